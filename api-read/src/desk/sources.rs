//! Sources as `control.events` says they are.

use crate::address::plain_id;
use crate::api::DeskApi;
use crate::params::PageParams;
use crate::query::page::PageRequest;
use crate::query::source::{self, SourcePage, SourceView};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::id::SourceId;
use mediamesh_edge::conditional::ETag;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

const ROOT: &str = "/api/v1/desk/sources";

/// The sources, by name.
#[utoipa::path(
    get, path = "/api/v1/desk/sources", tag = "desk", operation_id = "desk_list_sources",
    security(("api_key" = ["content:read-draft"])),
    params(PageParams, ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
    responses(
        (status = 200, description = "A page of sources; `Link` names the next one", body = SourcePage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 412, description = "The sources are not that far yet"),
    )
)]
pub(crate) async fn index(
    State(api): State<DeskApi>,
    Query(params): Query<PageParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (limit, cursor) = (params.limit, params.cursor.as_deref());
    let request = PageRequest::new(ROOT, uri.query(), limit, cursor, ROOT.to_owned())?;
    let state = source::state(&api, &headers).await?;
    let page = source::page(&api.read, &state, &request)?;
    reply::desk_page(&source::position(&state), &page.links, &page)
}

/// A source; `ETag` is what `If-Match` of a write names.
#[utoipa::path(
    get, path = "/api/v1/desk/sources/{source}", tag = "desk", operation_id = "desk_get_source",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("source" = String, Path, description = "Its id"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The source", body = SourceView),
        (status = 304, description = "It has the version that If-None-Match names"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such source"),
        (status = 412, description = "The sources are not that far yet"),
    )
)]
pub(crate) async fn show(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = plain_id(&name).ok_or_else(source::not_found)?;
    let state = source::state(&api, &headers).await?;
    let found = source::one(&state, SourceId(id)).ok_or_else(source::not_found)?;
    let body = serde_json::to_vec(&found).map_err(|_| reply::internal())?;
    let etag = ETag::version(found.version);
    reply::desk_versioned(&source::position(&state), &headers, &etag, body.into())
}

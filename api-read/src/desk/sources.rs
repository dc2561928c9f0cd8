//! Sources as `control.events` says they are.

use crate::address::plain_id;
use crate::api::DeskApi;
use crate::query::page::PageRequest;
use crate::query::source::{self, SourcePage, SourceStanding, SourceView, SourcesRequest};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::control::opml;
use mediamesh_domain::id::SourceId;
use mediamesh_edge::conditional::ETag;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which sources.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SourceParams {
    /// Only those that stand so.
    pub state: Option<SourceStanding>,
    /// Sources of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the list goes on: taken from `links.next`.
    pub cursor: Option<String>,
}

const ROOT: &str = "/api/v1/desk/sources";

/// The sources, by name, each with how it fares.
#[utoipa::path(
    get, path = "/api/v1/desk/sources", tag = "desk", operation_id = "desk_list_sources",
    security(("api_key" = ["content:read-draft"])),
    params(SourceParams, ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
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
    Query(params): Query<SourceParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (limit, cursor) = (params.limit, params.cursor.as_deref());
    let asked = SourcesRequest {
        state: params.state,
    };
    let scope = format!("{ROOT}?{asked:?}");
    let request = PageRequest::new(ROOT, uri.query(), limit, cursor, scope)?;
    let state = source::state(&api, &headers).await?;
    let page = source::page(&api.read, &state, asked, &request).await?;
    reply::desk_page(&source::position(&state), &page.links, &page)
}

/// The sources that have an address as an OPML 2.0 list, which every reader of feeds takes.
#[utoipa::path(
    get, path = "/api/v1/desk/sources.opml", tag = "desk", operation_id = "desk_export_sources",
    security(("api_key" = ["content:read-draft"])),
    params(("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
    responses(
        (status = 200, description = "The list", body = String, content_type = "text/x-opml"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 412, description = "The sources are not that far yet"),
    )
)]
pub(crate) async fn export(
    State(api): State<DeskApi>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let state = source::state(&api, &headers).await?;
    Ok(reply::desk_opml(&source::position(&state), opml(&state)))
}

/// A source and how it fares; `ETag` is what `If-Match` of a write names.
#[utoipa::path(
    get, path = "/api/v1/desk/sources/{source}", tag = "desk", operation_id = "desk_get_source",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("source" = String, Path, description = "Its id"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The source", body = SourceView),
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
    let found = source::one(&api.read, &state, SourceId(id)).await?;
    // How it fares changes without its version: never "not modified".
    let etag = ETag::version(found.version);
    reply::desk_tagged(&source::position(&state), &etag, &found)
}

//! Where fields come from, and which entries were taken for which episodes.

use crate::address::plain_id;
use crate::api::DeskApi;
use crate::query::matches::{self, MatchPage};
use crate::query::page::PageRequest;
use crate::query::provenance::{self, ProvenanceView};
use crate::query::{document, source};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::id::{ItemKind, SourceId};
use mediamesh_domain::view::View;
use mediamesh_edge::conditional::ETag;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which fields to show.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProvenanceParams {
    /// Only fields that an editor holds and a source says something of.
    pub overridden: bool,
}

/// A page of matches.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MatchParams {
    /// Matches of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the list goes on: taken from `links.next`.
    pub cursor: Option<String>,
    /// Only matches that something speaks against.
    pub suspicious: bool,
}

/// Where each field of an episode's draft comes from.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes/{episode}/provenance", tag = "desk", operation_id = "desk_episode_provenance",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("episode" = String, Path, description = "Its id or slug"), ProvenanceParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "Its fields with their origins", body = ProvenanceView),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episode(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<ProvenanceParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    provenance(&api, ItemKind::Episode, &name, &params, &headers).await
}

/// Where each field of a program's draft comes from.
#[utoipa::path(
    get, path = "/api/v1/desk/programs/{program}/provenance", tag = "desk", operation_id = "desk_program_provenance",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("program" = String, Path, description = "Its id or slug"), ProvenanceParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "Its fields with their origins", body = ProvenanceView),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such program"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn program(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<ProvenanceParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    provenance(&api, ItemKind::Program, &name, &params, &headers).await
}

async fn provenance(
    api: &DeskApi,
    kind: ItemKind,
    name: &str,
    params: &ProvenanceParams,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let reading = api.read.begin(headers, View::Catalog).await?;
    let found = document::draft(&api.read, reading.version, kind, name).await?;
    let view = provenance::view(&found, params.overridden)?;
    let body = serde_json::to_vec(&view).map_err(|_| reply::internal())?;
    let etag = ETag::version(view.version);
    reply::desk_versioned(&reading.position, headers, &etag, body.into())
}

/// The entries of a source that were taken for episodes known under other marks, newest first.
#[utoipa::path(
    get, path = "/api/v1/desk/sources/{source}/merges", tag = "desk", operation_id = "desk_source_merges",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("source" = String, Path, description = "Its id"), MatchParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "A page of matches with what speaks against each; `Link` names the next one", body = MatchPage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such source"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn merges(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<MatchParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = plain_id(&name).map(SourceId);
    let known = |id: &SourceId| api.control.current().sources.contains_key(id);
    let id = id.filter(known).ok_or_else(source::not_found)?;
    let path = format!("/api/v1/desk/sources/{id}/merges");
    let (limit, cursor) = (params.limit, params.cursor.as_deref());
    let request = PageRequest::new(&path, uri.query(), limit, cursor, path.clone())?;
    let reading = api.read.begin(&headers, View::History).await?;
    let page = matches::page(&api.read, &reading, id, params.suspicious, &request).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

//! What happened to an item, and when each view had come to it.

use crate::address::{Address, encoded};
use crate::api::DeskApi;
use crate::params::PageParams;
use crate::query::document::not_found;
use crate::query::history::{self, HistoryPage};
use crate::query::page::PageRequest;
use crate::query::timeline::{self, TimelinePage};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::{HeaderMap, Uri};
use mediamesh_domain::id::{ItemKind, ItemRef};
use mediamesh_domain::view::View;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

/// What happened to a program: who, when, what changed; newest first.
#[utoipa::path(
    get, path = "/api/v1/desk/programs/{program}/history", tag = "desk", operation_id = "desk_program_history",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("program" = String, Path, description = "Its id or slug"), PageParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "A page of events; `Link` names the next one", body = HistoryPage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such program"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn program_history(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<PageParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    history(&api, ItemKind::Program, &name, &params, &headers, &uri).await
}

/// What happened to an episode: who, when, what changed; newest first.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes/{episode}/history", tag = "desk", operation_id = "desk_episode_history",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("episode" = String, Path, description = "Its id or slug"), PageParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "A page of events; `Link` names the next one", body = HistoryPage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episode_history(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<PageParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    history(&api, ItemKind::Episode, &name, &params, &headers, &uri).await
}

/// When each event of an episode was put on the log and decided, and when each view had come to it; newest first.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes/{episode}/timeline", tag = "desk", operation_id = "desk_episode_timeline",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("episode" = String, Path, description = "Its id or slug"), PageParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "A page of events with times; `Link` names the next one", body = TimelinePage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episode_timeline(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<PageParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let item = named(ItemKind::Episode, &name)?;
    let path = format!("/api/v1/desk/episodes/{}/timeline", encoded(&name));
    let request = request(&path, &uri, &params)?;
    let reading = api.read.begin(&headers, View::History).await?;
    let page = timeline::page(&api.read, &reading, item, &request).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

async fn history(
    api: &DeskApi,
    kind: ItemKind,
    name: &str,
    params: &PageParams,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Response, Problem> {
    let item = named(kind, name)?;
    let path = format!("/api/v1/desk/{}s/{}/history", kind.as_str(), encoded(name));
    let request = request(&path, uri, params)?;
    let reading = api.read.begin(headers, View::History).await?;
    let page = history::page(&api.read, &reading, item, &request).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

/// The item that an address names.
pub(super) fn named(kind: ItemKind, name: &str) -> Result<ItemRef, Problem> {
    let address = Address::parse(name).ok_or_else(|| not_found(kind))?;
    Ok(ItemRef {
        kind,
        id: address.id,
    })
}

fn request<'a>(
    path: &'a str,
    uri: &'a Uri,
    params: &'a PageParams,
) -> Result<PageRequest<'a>, Problem> {
    let (limit, cursor) = (params.limit, params.cursor.as_deref());
    PageRequest::new(path, uri.query(), limit, cursor, path.to_owned())
}

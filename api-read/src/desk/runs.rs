//! Runs: what became of each entry of a fetch.

use crate::address::plain_id;
use crate::api::DeskApi;
use crate::params::PageParams;
use crate::query::page::PageRequest;
use crate::query::run::{self, RunPage};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::view::View;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

/// What became of each entry of a fetch, in its order.
#[utoipa::path(
    get, path = "/api/v1/desk/runs/{run}", tag = "desk", operation_id = "desk_get_run",
    security(("api_key" = ["content:read-draft"])),
    params(("run" = String, Path, description = "The run's id"), PageParams),
    responses(
        (status = 200, description = "A page of entries; `Link` names the next one", body = RunPage),
        (status = 400, description = "A parameter or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such run, or nothing of it was decided yet"),
    )
)]
pub(crate) async fn show(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<PageParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let run = plain_id(&name).ok_or_else(run::not_found)?;
    let path = format!("/api/v1/desk/runs/{run}");
    let (limit, cursor) = (params.limit, params.cursor.as_deref());
    let request = PageRequest::new(&path, uri.query(), limit, cursor, path.clone())?;
    let reading = api.read.begin(&headers, View::Verdicts).await?;
    let page = run::page(&api.read, &reading, run, &request).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

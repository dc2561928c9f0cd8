//! Search over drafts.

use crate::api::DeskApi;
use crate::params::wish;
use crate::query::page::PageRequest;
use crate::query::search::{self, DeskSearchParams, SearchPage, SearchParams};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::catalog::Lane;
use mediamesh_edge::extract::Query;
use mediamesh_edge::problem::Problem;

const PATH: &str = "/api/v1/desk/search";

/// Drafts by words and filters; `explain=true` says which spelling matched.
#[utoipa::path(
    get, path = "/api/v1/desk/search", tag = "desk", operation_id = "desk_search",
    security(("api_key" = ["content:read-draft"])),
    params(SearchParams, DeskSearchParams, ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
    responses(
        (status = 200, description = "A page of hits; `Link` names the next one", body = SearchPage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 410, description = "The index was rebuilt: start again"),
        (status = 412, description = "The view has not come that far yet"),
        (status = 503, description = "Too many searches at once, or the index is away; `Retry-After` says when to try again"),
    )
)]
pub(crate) async fn index(
    State(api): State<DeskApi>,
    Query(params): Query<SearchParams>,
    Query(more): Query<DeskSearchParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = [search::PARAMETERS, search::DESK_PARAMETERS];
    let scope = search::scope(PATH, uri.query(), &known)?;
    let asked = params.asked(&more)?;
    let cursor = params.cursor.as_deref();
    let request = PageRequest::new(PATH, uri.query(), params.limit, cursor, scope)?;
    let wish = wish(params.lang.as_deref(), &headers)?;
    let reading = api.read.begin_search(&headers).await?;
    let page = search::page(&api.read, &reading, Lane::Draft, &asked, &request, &wish).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

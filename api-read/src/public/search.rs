//! Search over what is live.

use crate::api::ReadApi;
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

const PATH: &str = "/api/v1/search";

/// Programs and episodes by words and filters.
#[utoipa::path(
    get, path = "/api/v1/search", tag = "search", operation_id = "search",
    params(SearchParams, ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
    responses(
        (status = 200, description = "A page of hits; `Link` names the next one", body = SearchPage),
        (status = 304, description = "The page is the one that If-None-Match names"),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 410, description = "The index was rebuilt: start again"),
        (status = 412, description = "The view has not come that far yet"),
        (status = 503, description = "Too many searches at once, or the index is away; `Retry-After` says when to try again"),
    )
)]
pub(crate) async fn index(
    State(api): State<ReadApi>,
    Query(params): Query<SearchParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let scope = search::scope(PATH, uri.query(), &[search::PARAMETERS])?;
    let asked = params.asked(&DeskSearchParams::default())?;
    let cursor = params.cursor.as_deref();
    let request = PageRequest::new(PATH, uri.query(), params.limit, cursor, scope)?;
    let wish = wish(params.lang.as_deref(), &headers)?;
    let reading = api.begin_search(&headers).await?;
    let page = search::page(&api, &reading, Lane::Live, &asked, &request, &wish).await?;
    reply::page(&reading, &headers, &page.links, &page)
}

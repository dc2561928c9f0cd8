//! Programs, and the episodes of one.

use super::{EpisodePage, ProgramPage, item};
use crate::address::{Address, encoded};
use crate::api::ReadApi;
use crate::params::{DocumentParams, ListParams, wish};
use crate::query::document::{leads_to, main_row, not_found};
use crate::query::list::{self, List};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::id::{ItemKind, ProgramId};
use mediamesh_domain::project::{ProgramView, episodes_key, programs_key};
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

const ROOT: &str = "/api/v1/programs";

/// The programs, newest first.
#[utoipa::path(
    get, path = "/api/v1/programs", tag = "programs", operation_id = "list_programs",
    params(ListParams, ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
    responses(
        (status = 200, description = "A page of programs; `Link` names the next one", body = ProgramPage),
        (status = 304, description = "The page is the one that If-None-Match names"),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 410, description = "The list was rebuilt: start again"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn index(
    State(api): State<ReadApi>,
    Query(params): Query<ListParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let list = List {
        table: Table::Programs,
        partition_keys: vec![programs_key(Lane::Live)],
        order: params.sort.order(),
        shows_all: false,
    };
    let request = list.request(ROOT, uri.query(), &params)?;
    let wish = wish(params.lang.as_deref(), &headers)?;
    let reading = api.begin(&headers, View::Catalog).await?;
    let page = list::page(&api, &reading, &list, &request, &wish).await?;
    reply::page(&reading, &headers, &page.links, &page)
}

/// A program in one language.
#[utoipa::path(
    get, path = "/api/v1/programs/{program}", tag = "programs", operation_id = "get_program",
    params(
        ("program" = String, Path, description = "Its id or slug"), DocumentParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The program", body = ProgramView<'static>),
        (status = 301, description = "The slug is out of date, or it is part of another: `Location` has today's"),
        (status = 304, description = "It is the one that If-None-Match names"),
        (status = 400, description = "A parameter or header is wrong"),
        (status = 404, description = "It is not there, not now, or not in the language that was named"),
        (status = 410, description = "It was withdrawn for good: `withdrawn` says why"),
        (status = 412, description = "The view has not come that far yet, or holds the item back (`held`)"),
    )
)]
pub(crate) async fn show(
    State(api): State<ReadApi>,
    Path(name): Path<String>,
    Query(params): Query<DocumentParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    item(
        &api,
        (ItemKind::Program, ROOT),
        &name,
        &params,
        &headers,
        &uri,
    )
    .await
}

/// A program's episodes, newest first.
#[utoipa::path(
    get, path = "/api/v1/programs/{program}/episodes", tag = "programs", operation_id = "list_episodes",
    params(
        ("program" = String, Path, description = "The program's id or slug"), ListParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "A page of episodes; `Link` names the next one", body = EpisodePage),
        (status = 301, description = "The program is part of another: `Location` has that one's"),
        (status = 304, description = "The page is the one that If-None-Match names"),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 404, description = "The program is not there, or not now"),
        (status = 410, description = "The program was withdrawn (`withdrawn` says why), or the list was rebuilt: start again"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episodes(
    State(api): State<ReadApi>,
    Path(name): Path<String>,
    Query(params): Query<ListParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let none = || not_found(ItemKind::Program);
    let program = Address::parse(&name).ok_or_else(none)?.id;
    let list = List {
        table: Table::Episodes,
        partition_keys: vec![episodes_key(Lane::Live, ProgramId(program))],
        order: params.sort.order(),
        shows_all: false,
    };
    let path = format!("{ROOT}/{}/episodes", encoded(&name));
    let request = list.request(&path, uri.query(), &params)?;
    let wish = wish(params.lang.as_deref(), &headers)?;
    let reading = api.begin(&headers, View::Catalog).await?;
    let there = main_row(&api, reading.version, ItemKind::Program, program).await?;
    if there.is_none() {
        let item = (ItemKind::Program, program);
        let into = leads_to(&api, reading.version, item, &wish).await?;
        let query = uri
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        let into = into.map(|into| format!("{ROOT}/{into}/episodes{query}"));
        return reply::moved(&into.ok_or_else(none)?);
    }
    let page = list::page(&api, &reading, &list, &request, &wish).await?;
    reply::page(&reading, &headers, &page.links, &page)
}

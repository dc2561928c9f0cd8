//! Programs as editors see them.

use super::{draft, listed};
use crate::address::{Address, encoded};
use crate::api::DeskApi;
use crate::params::{DeskListParams, wish};
use crate::public::{EpisodePage, ProgramPage};
use crate::query::document::{self, not_found};
use crate::query::list::{self, List};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::catalog::{Lane, ProgramDocument};
use mediamesh_domain::id::{ItemKind, ProgramId};
use mediamesh_domain::project::{episodes_in_key, episodes_key, programs_in_key, programs_key};
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

const ROOT: &str = "/api/v1/desk/programs";

/// All programs, whatever their state, or those in one, newest first.
#[utoipa::path(
    get, path = "/api/v1/desk/programs", tag = "desk", operation_id = "desk_list_programs",
    security(("api_key" = ["content:read-draft"])),
    params(DeskListParams, ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
    responses(
        (status = 200, description = "A page of programs; `Link` names the next one", body = ProgramPage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn index(
    State(api): State<DeskApi>,
    Query(params): Query<DeskListParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let list = List {
        table: Table::Programs,
        partition_keys: vec![match params.state {
            Some(status) => programs_in_key(status),
            None => programs_key(Lane::Draft),
        }],
        order: params.sort.order(),
        shows_all: true,
    };
    listed(&api, &list, ROOT, (&uri, params), &headers).await
}

/// A program's draft with all languages; `ETag` is what `If-Match` of a write names.
#[utoipa::path(
    get, path = "/api/v1/desk/programs/{program}", tag = "desk", operation_id = "desk_get_program",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("program" = String, Path, description = "Its id or slug"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The draft", body = ProgramDocument,
            headers(("Held" = String, description = "Where a newer state was accepted and is held back: the code of why"))),
        (status = 304, description = "It has the version that If-None-Match names"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such program; `held` where it was accepted and is held back"),
        (status = 412, description = "The view has not come that far yet, or holds the item back (`held`)"),
    )
)]
pub(crate) async fn show(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    draft(&api, ItemKind::Program, &name, &headers).await
}

/// All of a program's episodes, whatever their state, or those in one, newest first.
#[utoipa::path(
    get, path = "/api/v1/desk/programs/{program}/episodes", tag = "desk", operation_id = "desk_list_episodes",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("program" = String, Path, description = "The program's id or slug"), DeskListParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "A page of episodes; `Link` names the next one", body = EpisodePage),
        (status = 400, description = "A parameter, header or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such program"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episodes(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<DeskListParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let address = Address::parse(&name).ok_or_else(|| not_found(ItemKind::Program))?;
    let list = List {
        table: Table::Episodes,
        partition_keys: vec![match params.state {
            Some(status) => episodes_in_key(ProgramId(address.id), status),
            None => episodes_key(Lane::Draft, ProgramId(address.id)),
        }],
        order: params.sort.order(),
        shows_all: true,
    };
    let path = format!("{ROOT}/{}/episodes", encoded(&name));
    let params = params.of_list();
    let request = list.request(&path, uri.query(), &params)?;
    let wish = wish(params.lang.as_deref(), &headers)?;
    let reading = api.read.begin(&headers, View::Catalog).await?;
    document::draft(&api.read, reading.version, ItemKind::Program, &name).await?;
    let page = list::page(&api.read, &reading, &list, &request, &wish).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

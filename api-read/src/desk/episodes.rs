//! Episodes as editors see them.

use super::{draft, listed};
use crate::api::DeskApi;
use crate::params::DeskListParams;
use crate::public::EpisodePage;
use crate::query::list::List;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::catalog::{EpisodeDocument, Status};
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::project::all_episodes_in_key;
use mediamesh_domain::view::Table;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

const ROOT: &str = "/api/v1/desk/episodes";

/// The episodes of all programs, whatever their state, or those in one, newest first.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes", tag = "desk", operation_id = "desk_list_all_episodes",
    security(("api_key" = ["content:read-draft"])),
    params(DeskListParams, ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most")),
    responses(
        (status = 200, description = "A page of episodes; `Link` names the next one", body = EpisodePage),
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
    let states = match params.state {
        Some(status) => vec![status],
        None => Status::ALL.to_vec(),
    };
    let list = List {
        table: Table::Episodes,
        partition_keys: states.into_iter().map(all_episodes_in_key).collect(),
        order: params.sort.order(),
        shows_all: true,
    };
    listed(&api, &list, ROOT, (&uri, params), &headers).await
}

/// An episode's draft with all languages; `ETag` is what `If-Match` of a write names.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes/{episode}", tag = "desk", operation_id = "desk_get_episode",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("episode" = String, Path, description = "Its id or slug"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The draft", body = EpisodeDocument,
            headers(("Held" = String, description = "Where a newer state was accepted and is held back: the code of why"))),
        (status = 304, description = "It has the version that If-None-Match names"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode; `held` where it was accepted and is held back"),
        (status = 412, description = "The view has not come that far yet, or holds the item back (`held`)"),
    )
)]
pub(crate) async fn show(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    draft(&api, ItemKind::Episode, &name, &headers).await
}

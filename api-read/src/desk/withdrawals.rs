//! What proves that an item was withdrawn.

use crate::address::Address;
use crate::api::DeskApi;
use crate::query::document::not_found;
use crate::query::withdrawal::{self, WithdrawalProof};
use crate::reply;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::view::View;
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::Problem;

/// That a program was withdrawn, and since when it is gone from each surface.
#[utoipa::path(
    get, path = "/api/v1/desk/programs/{program}/withdrawal", tag = "desk", operation_id = "desk_program_withdrawal",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("program" = String, Path, description = "Its id or slug"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "Each surface with the time since when it is gone", body = WithdrawalProof),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such program, or it was not withdrawn"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn program(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    proof(&api, ItemKind::Program, &name, &headers).await
}

/// That an episode was withdrawn, and since when it is gone from each surface.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes/{episode}/withdrawal", tag = "desk", operation_id = "desk_episode_withdrawal",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("episode" = String, Path, description = "Its id or slug"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "Each surface with the time since when it is gone", body = WithdrawalProof),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode, or it was not withdrawn"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episode(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    proof(&api, ItemKind::Episode, &name, &headers).await
}

async fn proof(
    api: &DeskApi,
    kind: ItemKind,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let item = Address::parse(name)
        .ok_or_else(|| not_found(kind))?
        .of(kind);
    let reading = api.read.begin(headers, View::History).await?;
    let proof = withdrawal::proof(&api.read, &reading, item).await?;
    reply::desk_json(&reading.position, &proof)
}

//! Episodes as editors see them.

use super::draft;
use crate::api::DeskApi;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::catalog::EpisodeDocument;
use mediamesh_domain::id::ItemKind;
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::Problem;

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

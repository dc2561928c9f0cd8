//! Episodes as editors see them.

use super::draft;
use crate::api::DeskApi;
use crate::query::document;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::catalog::EpisodeDocument;
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::view::View;
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
        (status = 200, description = "The draft", body = EpisodeDocument),
        (status = 304, description = "It has the version that If-None-Match names"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn show(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let reading = api.read.begin(&headers, View::Catalog).await?;
    let found = document::draft(&api.read, reading.version, ItemKind::Episode, &name).await?;
    draft(&reading, &headers, found)
}

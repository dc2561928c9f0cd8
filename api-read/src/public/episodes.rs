//! Episodes by id or slug.

use super::item;
use crate::api::ReadApi;
use crate::params::DocumentParams;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::project::EpisodeView;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

/// An episode in one language.
#[utoipa::path(
    get, path = "/api/v1/episodes/{episode}", tag = "episodes", operation_id = "get_episode",
    params(
        ("episode" = String, Path, description = "Its id or slug"), DocumentParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The episode", body = EpisodeView<'static>),
        (status = 301, description = "The slug is out of date, or it is part of another: `Location` has today's"),
        (status = 304, description = "It is the one that If-None-Match names"),
        (status = 400, description = "A parameter or header is wrong"),
        (status = 404, description = "It is not there, not now, or not in the language that was named"),
        (status = 410, description = "It, or its program, was withdrawn for good: `withdrawn` says why"),
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
    let kind = (ItemKind::Episode, "/api/v1/episodes");
    item(&api, kind, &name, &params, &headers, &uri).await
}

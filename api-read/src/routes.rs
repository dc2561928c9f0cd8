//! All routes of both faces, on one page.

use crate::api::{DeskApi, ReadApi};
use crate::{desk, public};
use axum::Router;
use mediamesh_edge::frame::{self, Frame};
use mediamesh_edge::limit::Limit;
use mediamesh_edge::openapi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What everybody may read (port 8080): lane `live` alone.
pub fn public_routes(api: ReadApi) -> OpenApiRouter {
    let description = "Programs and episodes as they are published, and the search over them.";
    OpenApiRouter::with_openapi(openapi::base("MediaMesh read API", description))
        .routes(routes!(public::programs::index))
        .routes(routes!(public::programs::show))
        .routes(routes!(public::programs::episodes))
        .routes(routes!(public::episodes::show))
        .routes(routes!(public::search::index))
        .with_state(api)
}

/// The desk's reads (port 8081, beside the write API): lane `draft`, with a key that may read drafts.
pub fn desk_routes(api: DeskApi) -> OpenApiRouter {
    let admission = axum::middleware::from_fn_with_state(api.clone(), desk::admit);
    let description = "Drafts, histories, sources and runs, as editors see them.";
    OpenApiRouter::with_openapi(openapi::base("MediaMesh desk", description))
        .routes(routes!(desk::programs::index))
        .routes(routes!(desk::programs::show))
        .routes(routes!(desk::programs::episodes))
        .routes(routes!(desk::episodes::index))
        .routes(routes!(desk::episodes::show))
        .routes(routes!(desk::records::program_history))
        .routes(routes!(desk::records::episode_history))
        .routes(routes!(desk::records::episode_timeline))
        .routes(routes!(desk::versions::program))
        .routes(routes!(desk::versions::program_diff))
        .routes(routes!(desk::versions::episode))
        .routes(routes!(desk::versions::episode_diff))
        .routes(routes!(desk::withdrawals::program))
        .routes(routes!(desk::withdrawals::episode))
        .routes(routes!(desk::search::index))
        .routes(routes!(desk::sources::index))
        .routes(routes!(desk::sources::show))
        .routes(routes!(desk::sources::export))
        .routes(routes!(desk::runs::index))
        .routes(routes!(desk::runs::show))
        .routes(routes!(desk::identity::episode))
        .routes(routes!(desk::identity::program))
        .routes(routes!(desk::identity::merges))
        .route_layer(admission)
        .with_state(api)
}

/// The whole public service: its routes, `/openapi.json`, `/docs`, and the frame around them; and what else is at the
/// same port, with bounds of its own.
pub fn public_router(api: ReadApi, limit: Option<Limit>, beside: OpenApiRouter) -> Router {
    let frame = Frame {
        limit,
        ..Frame::new("read", api.ids())
    };
    frame::serve_beside(public_routes(api), beside, &frame)
}

/// The desk's reads as a service of their own; beside the write API, merge [`desk_routes`] into its routes.
pub fn desk_router(api: DeskApi) -> Router {
    let frame = Frame::new("desk", api.read.ids());
    frame::serve(desk_routes(api), &frame)
}

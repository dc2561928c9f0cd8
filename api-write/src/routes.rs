//! All routes of the write API, on one page.

use crate::api::WriteApi;
use crate::people::{groups, invitations, jwks, passwords, sessions, sign_up, users};
use crate::{commands, episodes, ingest, keys, programs, runs, sources};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use mediamesh_edge::frame::{self, Frame};
use mediamesh_edge::{limit, openapi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const ABOUT: &str = "Commands about programs, episodes, sources, keys and people. Every write needs an API key, or the access token \
    of a person who has logged in. \
    A write answers when it was decided (5 s at most, then 202), with the new version as ETag and its \
    position; `Prefer: respond-async` answers 202 at once. Failures are problems (RFC 9457).";

/// The write API's routes (port 8081); merge the desk's reads into them before they are served.
pub fn write_routes(api: WriteApi) -> OpenApiRouter {
    OpenApiRouter::with_openapi(openapi::base("MediaMesh write API", ABOUT))
        .routes(routes!(programs::create))
        .routes(routes!(programs::update, programs::withdraw))
        .routes(routes!(programs::publish))
        .routes(routes!(programs::unpublish))
        .routes(routes!(programs::archive))
        .routes(routes!(episodes::create))
        .routes(routes!(episodes::update, episodes::withdraw))
        .routes(routes!(episodes::publish))
        .routes(routes!(episodes::unpublish))
        .routes(routes!(episodes::archive))
        .routes(routes!(programs::restore::restore))
        .routes(routes!(episodes::restore::restore))
        .routes(routes!(episodes::restore::restore_by_id))
        .routes(routes!(episodes::short::update, episodes::short::withdraw))
        .routes(routes!(episodes::short::publish))
        .routes(routes!(episodes::short::unpublish))
        .routes(routes!(episodes::short::archive))
        .routes(routes!(episodes::identity::merge))
        .routes(routes!(episodes::identity::unmerge))
        .routes(routes!(episodes::identity::split))
        .routes(routes!(episodes::identity::release))
        .routes(routes!(programs::release))
        .routes(routes!(programs::identity::merge))
        .routes(routes!(programs::identity::unmerge))
        .routes(routes!(sources::create))
        .routes(routes!(sources::update))
        .routes(routes!(sources::poll))
        .routes(routes!(keys::index, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(commands::show))
        .routes(routes!(runs::approve))
        .routes(routes!(sessions::end))
        .routes(routes!(users::index, invitations::create))
        .routes(routes!(users::own))
        .routes(routes!(users::show, users::update, users::erase))
        .routes(routes!(invitations::link))
        .routes(routes!(groups::index))
        .routes(routes!(groups::set))
        .routes(routes!(jwks::show))
        .merge(doors(&api))
        .merge(large_bodies())
        .with_state(api)
}

/// Routes where a password or a token is tried: one network address may try so often.
fn doors(api: &WriteApi) -> OpenApiRouter<WriteApi> {
    let doors = OpenApiRouter::new()
        .routes(routes!(sessions::open))
        .routes(routes!(sessions::refresh))
        .routes(routes!(passwords::redeem))
        .routes(routes!(passwords::change))
        .routes(routes!(sign_up::create));
    match &api.ports().sign_in.per_address {
        Some(limit) => doors.layer(from_fn_with_state(limit.clone(), limit::guard)),
        None => doors,
    }
}

/// Routes that take whole documents.
fn large_bodies() -> OpenApiRouter<WriteApi> {
    OpenApiRouter::new()
        .routes(routes!(sources::test::run))
        .routes(routes!(sources::lists::import))
        .routes(routes!(ingest::push))
        .layer(DefaultBodyLimit::max(ingest::LARGEST + 64 * 1024))
}

/// The whole write service: its routes, `/openapi.json`, `/docs`, and the frame around them.
pub fn write_router(api: WriteApi) -> Router {
    let frame = Frame::new("write", api.ports().ids.clone());
    frame::serve(write_routes(api), &frame)
}

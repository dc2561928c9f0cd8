//! An item as it was at a version, and what differs between two.

use super::records::named;
use crate::api::DeskApi;
use crate::query::versions::{self, DiffView, VersionView};
use crate::reply;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::position::Version;
use mediamesh_domain::view::View;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which versions to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiffParams {
    /// The one version.
    #[param(value_type = i64)]
    pub from: Version,
    /// The other one; the newest where it is left out.
    #[param(value_type = Option<i64>)]
    pub to: Option<Version>,
}

/// A program's draft as it was at a version, with who made that version, when, and why.
#[utoipa::path(
    get, path = "/api/v1/desk/programs/{program}/versions/{version}", tag = "desk", operation_id = "desk_program_version",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("program" = String, Path, description = "Its id or slug"), ("version" = i64, Path, description = "The version, from 1"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The version", body = VersionView),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such program, or no such version of it"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn program(
    State(api): State<DeskApi>,
    Path((name, version)): Path<(String, Version)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    show(&api, ItemKind::Program, &name, version, &headers).await
}

/// An episode's draft as it was at a version, with who made that version, when, and why.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes/{episode}/versions/{version}", tag = "desk", operation_id = "desk_episode_version",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("episode" = String, Path, description = "Its id or slug"), ("version" = i64, Path, description = "The version, from 1"),
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The version", body = VersionView),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode, or no such version of it"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episode(
    State(api): State<DeskApi>,
    Path((name, version)): Path<(String, Version)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    show(&api, ItemKind::Episode, &name, version, &headers).await
}

/// What differs between two versions of a program's draft, field by field.
#[utoipa::path(
    get, path = "/api/v1/desk/programs/{program}/diff", tag = "desk", operation_id = "desk_program_diff",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("program" = String, Path, description = "Its id or slug"), DiffParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The fields that differ, with both values", body = DiffView),
        (status = 400, description = "A parameter is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such program, or no such version of it"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn program_diff(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<DiffParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    diff(&api, ItemKind::Program, &name, &params, &headers).await
}

/// What differs between two versions of an episode's draft, field by field.
#[utoipa::path(
    get, path = "/api/v1/desk/episodes/{episode}/diff", tag = "desk", operation_id = "desk_episode_diff",
    security(("api_key" = ["content:read-draft"])),
    params(
        ("episode" = String, Path, description = "Its id or slug"), DiffParams,
        ("If-Position-At-Least" = Option<String>, Header, description = "Wait for this position, 5 s at most"),
    ),
    responses(
        (status = 200, description = "The fields that differ, with both values", body = DiffView),
        (status = 400, description = "A parameter is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such episode, or no such version of it"),
        (status = 412, description = "The view has not come that far yet"),
    )
)]
pub(crate) async fn episode_diff(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<DiffParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    diff(&api, ItemKind::Episode, &name, &params, &headers).await
}

async fn show(
    api: &DeskApi,
    kind: ItemKind,
    name: &str,
    version: Version,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let item = named(kind, name)?;
    let reading = api.read.begin(headers, View::History).await?;
    let view = versions::show(&api.read, &reading, item, version).await?;
    reply::desk_json(&reading.position, &view)
}

async fn diff(
    api: &DeskApi,
    kind: ItemKind,
    name: &str,
    params: &DiffParams,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let item = named(kind, name)?;
    let reading = api.read.begin(headers, View::History).await?;
    let wanted = (params.from, params.to);
    let view = versions::diff(&api.read, &reading, item, wanted).await?;
    reply::desk_json(&reading.position, &view)
}

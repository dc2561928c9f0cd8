//! Groups of programs, by which access is granted.

use crate::answer::{self, CommandStatus};
use crate::api::WriteApi;
use crate::ask::{Admin, Request};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use mediamesh_domain::control::{ControlBody, SetProgramGroup};
use mediamesh_domain::id::ProgramId;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The programs of a group.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupPrograms {
    /// All of them; none: the group is no more.
    programs: Vec<ProgramId>,
}

/// A group of programs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgramGroup {
    /// Its name.
    name: String,
    /// Its programs.
    programs: Vec<ProgramId>,
}

/// The groups.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgramGroups {
    /// By name.
    data: Vec<ProgramGroup>,
}

/// The groups of programs.
#[utoipa::path(
    get, path = "/api/v1/program-groups", tag = "users", operation_id = "list_program_groups",
    security(("api_key" = ["admin"])),
    responses((status = 200, description = "The groups", body = ProgramGroups))
)]
pub(crate) async fn index(
    State(api): State<WriteApi>,
    _request: Request<Admin>,
) -> Json<ProgramGroups> {
    let state = api.ports().control.current();
    let groups = state.groups.iter().map(|(name, programs)| ProgramGroup {
        name: name.clone(),
        programs: programs.clone(),
    });
    Json(ProgramGroups {
        data: groups.collect(),
    })
}

/// Say which programs a group has. Who is granted the group may write them from now on, and no others.
#[utoipa::path(
    put, path = "/api/v1/program-groups/{name}", tag = "users", operation_id = "set_program_group",
    params(("name" = String, Path, description = "The group's name: a-z, 0-9 and -")),
    request_body = GroupPrograms, security(("api_key" = ["admin"])),
    responses(
        (status = 200, description = "It is so", body = ProgramGroup),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 422, description = "Fields break rules"),
    )
)]
pub(crate) async fn set(
    State(api): State<WriteApi>,
    request: Request<Admin>,
    Path(name): Path<String>,
    body: Body,
) -> Result<Response, Problem> {
    let ask = request.ask(&api, &body)?;
    let GroupPrograms { programs } = body.parse(Takes::Json)?;
    let (command, prefer) = (ask.command_id, ask.prefer);
    let group = SetProgramGroup { name, programs };
    let set = ControlBody::SetProgramGroup(group.clone());
    Ok(match api.control(ask, set).await? {
        None => answer::pending(command, &prefer, None),
        Some(_) => Json(ProgramGroup {
            name: group.name,
            programs: group.programs,
        })
        .into_response(),
    })
}

//! A program's older version is brought back.

use crate::answer::{CommandStatus, Written};
use crate::api::WriteApi;
use crate::ask::{Drafts, Request};
use crate::submit::Told;
use crate::versions::{self, Restore};
use axum::extract::State;
use axum::response::Response;
use mediamesh_domain::command::{CommandBody, UpdateProgram};
use mediamesh_domain::id::{ItemRef, ProgramId};
use mediamesh_domain::program::Program;
use mediamesh_edge::body::Body;
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::Problem;

/// Give a program's draft the fields of an older version again; what is live stays, unless `publish` is said.
///
/// It is a change as any other: the version that you saw counts, and fields that others changed since are a conflict.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/restore", tag = "programs", operation_id = "restore_program",
    params(
        ("program" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Restore, security(("api_key" = ["content:draft"])),
    responses(
        (status = 200, description = "The draft is as it was, or was so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program, or no such version of it"),
        (status = 409, description = "The version in the body is old, and so are fields"),
        (status = 412, description = "The version in If-Match is old, and so are fields"),
        (status = 422, description = "The fields break rules of today"),
    )
)]
pub(crate) async fn restore(
    State(api): State<WriteApi>,
    request: Request<Drafts>,
    Path(program): Path<ProgramId>,
    body: Body,
) -> Result<Response, Problem> {
    request.allowed_in(program)?;
    let ask = request.ask(&api, &body)?;
    let (ask, restored) = versions::restore(&api, ask, &Program(program), &body).await?;
    let body = CommandBody::UpdateProgram(UpdateProgram {
        patch: restored.patch,
        publish: restored.publish,
        reason: restored.reason,
        restores: restored.restores,
    });
    let told = Told::changed(ItemRef::program(program));
    api.content(ask, program, body, told).await
}

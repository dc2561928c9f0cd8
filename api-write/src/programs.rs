//! Commands about programs.

pub(crate) mod identity;
pub(crate) mod merging;
pub(crate) mod restore;

use crate::answer::{CommandStatus, Written};
use crate::api::WriteApi;
use crate::ask::{Ask, Content, Drafts, Request};
use crate::episodes::identity::Release;
use crate::patch;
use crate::submit::Told;
use crate::withdrawal::{self, NewWithdrawal, WithdrawalParams};
use axum::extract::State;
use axum::response::Response;
use mediamesh_domain::command::{
    ArchiveProgram, CommandBody, CreateProgram, PublishProgram, ReleaseProgram, UnpublishProgram,
    UpdateProgram, WithdrawProgram,
};
use mediamesh_domain::id::{ItemRef, ProgramId};
use mediamesh_domain::item::{Fields, main_lang, slug_of};
use mediamesh_domain::model::ProgramFields;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How a change is made.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowChanged {
    /// Whether to make the draft live in the same command.
    pub publish: bool,
}

/// How a draft is changed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowEdited {
    /// Whether to make the draft live in the same command.
    pub publish: bool,
    /// Why, for the history; 1,000 characters at most.
    pub reason: Option<String>,
}

/// A step in an item's life; an empty body is one too.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Step {
    /// Why, for the history; 1,000 characters at most.
    pub(crate) reason: Option<String>,
    /// The version that you saw, where you do not send If-Match.
    #[schema(value_type = Option<i64>)]
    pub(crate) version: Option<Value>,
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 1_000;

/// A step's reason, and the ask with the version that the step expects.
pub(crate) fn step(ask: Ask, body: &Body) -> Result<(Ask, Option<String>), Problem> {
    let step: Step = body.parse(Takes::JsonOrNothing)?;
    let expected = step.version.map(patch::version).transpose()?;
    Ok((ask.expecting(expected)?, reason(step.reason)?))
}

/// A reason that says something, and not too much.
pub(crate) fn reason(said: Option<String>) -> Result<Option<String>, Problem> {
    let reason = said.filter(|reason| !reason.trim().is_empty());
    if reason
        .as_ref()
        .is_some_and(|reason| reason.chars().count() > LONGEST_REASON)
    {
        let message = format!("a reason has {LONGEST_REASON} characters at most: shorten it");
        return Err(Problem::invalid("/reason", "too_long", message));
    }
    Ok(reason)
}

/// The public name that a new item gets: the decider makes it of the same parts.
pub(crate) fn slug(fields: &impl Fields, id: Uuid) -> String {
    let lang = main_lang(fields);
    slug_of(fields.title().get(&lang).unwrap_or_default(), id)
}

fn changed(program: ProgramId) -> Told {
    Told::changed(ItemRef::program(program))
}

/// Make a program.
#[utoipa::path(
    post, path = "/api/v1/programs", tag = "programs", operation_id = "create_program",
    params(HowChanged, ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h")),
    request_body = ProgramFields, security(("api_key" = ["content:draft"])),
    responses(
        (status = 201, description = "It is made", body = Written, headers(("ETag" = String), ("Location" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 422, description = "Fields break rules, or the Idempotency-Key was used for another request"),
        (status = 503, description = "The log does not take it"),
    )
)]
pub(crate) async fn create(
    State(api): State<WriteApi>,
    request: Request<Drafts>,
    Query(how): Query<HowChanged>,
    body: Body,
) -> Result<Response, Problem> {
    let ask = request.ask(&api, &body)?;
    let fields: ProgramFields = body.parse(Takes::Json)?;
    let id = ProgramId(ask.new_id(&api));
    let told = Told::created(ItemRef::program(id), slug(&fields, id.0));
    let publish = how.publish;
    let body = CommandBody::CreateProgram(CreateProgram { fields, publish });
    api.content(ask, id, body, told).await
}

/// Change a program's draft by a JSON merge patch (RFC 7396).
///
/// Name the version that you saw by If-Match, or as the member `version` of the patch. An older one is taken where
/// nobody else touched the same fields since; otherwise the answer has both sides of each.
#[utoipa::path(
    patch, path = "/api/v1/programs/{program}", tag = "programs", operation_id = "update_program",
    params(
        ("program" = uuid::Uuid, Path, description = "Its id"), HowEdited,
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body(content((ProgramFields = "application/merge-patch+json"), (ProgramFields = "application/json"))),
    security(("api_key" = ["content:draft"])),
    responses(
        (status = 200, description = "It is changed, or was so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program"),
        (status = 409, description = "The version in the body is old, and so are fields"),
        (status = 412, description = "The version in If-Match is old, and so are fields"),
        (status = 422, description = "Fields break rules"),
    )
)]
pub(crate) async fn update(
    State(api): State<WriteApi>,
    request: Request<Drafts>,
    Path(program): Path<ProgramId>,
    Query(how): Query<HowEdited>,
    body: Body,
) -> Result<Response, Problem> {
    let patch = patch::read::<ProgramFields>(&body)?;
    let ask = request.ask(&api, &body)?.expecting(patch.expected)?;
    let body = CommandBody::UpdateProgram(UpdateProgram {
        patch: patch.text,
        publish: how.publish,
        reason: reason(how.reason)?,
        restores: None,
    });
    api.content(ask, program, body, changed(program)).await
}

/// Make a program's draft live.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/publish", tag = "programs", operation_id = "publish_program",
    params(("program" = uuid::Uuid, Path, description = "Its id"), ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw")),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is live", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "It lacks what readers need"),
    )
)]
pub(crate) async fn publish(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(program): Path<ProgramId>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, reason) = step(request.ask(&api, &body)?, &body)?;
    let body = CommandBody::PublishProgram(PublishProgram { reason });
    api.content(ask, program, body, changed(program)).await
}

/// Take a program from the readers; it may return.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/unpublish", tag = "programs", operation_id = "unpublish_program",
    params(("program" = uuid::Uuid, Path, description = "Its id"), ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw")),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "Readers no longer see it", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program"),
        (status = 409, description = "It was never published"),
        (status = 412, description = "The version in If-Match is old"),
    )
)]
pub(crate) async fn unpublish(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(program): Path<ProgramId>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, reason) = step(request.ask(&api, &body)?, &body)?;
    let body = CommandBody::UnpublishProgram(UnpublishProgram { reason });
    api.content(ask, program, body, changed(program)).await
}

/// Keep a program for those who have its address, out of lists and search.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/archive", tag = "programs", operation_id = "archive_program",
    params(("program" = uuid::Uuid, Path, description = "Its id"), ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw")),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is archived", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program"),
        (status = 412, description = "The version in If-Match is old"),
    )
)]
pub(crate) async fn archive(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(program): Path<ProgramId>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, reason) = step(request.ask(&api, &body)?, &body)?;
    let body = CommandBody::ArchiveProgram(ArchiveProgram { reason });
    api.content(ask, program, body, changed(program)).await
}

/// Give fields of a program back to its sources, field by field.
///
/// What a source last said of them applies at once where it is known, else with the next import.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/release", tag = "programs", operation_id = "release_program",
    params(
        ("program" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Release, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "They are the source's again, or were so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program"),
        (status = 409, description = "It is part of another, or the version in the body is old"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "A pointer names no field"),
    )
)]
pub(crate) async fn release(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(program): Path<ProgramId>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, pointers) = Release::read(request.ask(&api, &body)?, &body)?;
    let body = CommandBody::ReleaseProgram(ReleaseProgram { pointers });
    api.content(ask, program, body, changed(program)).await
}

/// Withdraw a program for good: its addresses answer 410 with the note, readers see nothing more of it or of its
/// episodes, and no source brings it back.
///
/// Again with another note, it puts the note right.
#[utoipa::path(
    delete, path = "/api/v1/programs/{program}", tag = "programs", operation_id = "withdraw_program",
    params(
        ("program" = uuid::Uuid, Path, description = "Its id"), WithdrawalParams,
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Option<NewWithdrawal>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is withdrawn", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program"),
        (status = 409, description = "It is part of another, or the version in the body is old"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "Readers have seen it, and the note is missing"),
    )
)]
pub(crate) async fn withdraw(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(program): Path<ProgramId>,
    Query(params): Query<WithdrawalParams>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, note, reason) = withdrawal::read(request.ask(&api, &body)?, params, &body)?;
    let body = CommandBody::WithdrawProgram(WithdrawProgram { note, reason });
    api.content(ask, program, body, changed(program)).await
}

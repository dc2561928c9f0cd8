//! Answers to commands: what happened, what is not known yet, what was refused.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, LOCATION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use mediamesh_domain::id::{CommandId, ItemKind, ItemRef, RunId};
use mediamesh_domain::parked::HeldKey;
use mediamesh_domain::position::{Position, Version};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::{Accepted, Outcome, Verdict};
use mediamesh_edge::conditional::ETag;
use mediamesh_edge::held::HeldBack;
use mediamesh_edge::position::{self, POSITION};
use mediamesh_edge::prefer::{PREFERENCE_APPLIED, Prefer};
use mediamesh_edge::problem::{Problem, ProblemBody, ProblemError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a command did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Written {
    /// The id of the item, source or key.
    pub id: Uuid,
    /// The public name of a new program or episode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Its version now: send it back as If-Match.
    pub version: Version,
    /// The version that the change was rebased on: an older one was named, and nobody else touched its fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebased_on: Option<Version>,
    /// Rules that are nearly broken.
    pub warnings: Vec<ProblemError>,
    /// The position of the change: send it back as If-Position-At-Least to read your own write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// Where readers do not see it until an operator has looked: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldBack>,
    /// The command.
    pub command_id: CommandId,
    /// Where to go on.
    pub links: WrittenLinks,
}

/// Where to go on after a write.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WrittenLinks {
    /// Where it is written.
    #[serde(rename = "self")]
    pub this: String,
    /// Where editors read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
}

/// How far a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CommandState {
    /// It is on the log and will be decided.
    Pending,
    /// It happened, or nothing needed to.
    Accepted,
    /// A rule denied it; nothing happened.
    Refused,
}

/// What became of a command.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CommandStatus {
    /// The command.
    pub command_id: CommandId,
    /// How far it is.
    pub status: CommandState,
    /// Where to ask again.
    pub status_url: String,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// What it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Written>,
    /// Where what it did, or what became of it, is held back until an operator has looked: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldBack>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

/// Where to ask what became of a command.
pub(crate) fn status_url(command: CommandId) -> String {
    format!("/api/v1/commands/{command}")
}

/// Where the desk tells of a run.
pub(crate) fn status_of_run(run: RunId) -> String {
    format!("/api/v1/desk/runs/{run}")
}

/// What an acceptance says, for the thing at `path`.
pub(crate) fn written(
    command_id: CommandId,
    accepted: Accepted,
    path: String,
    slug: Option<String>,
    held: Option<&HeldKey>,
) -> Written {
    let item = accepted.item;
    let desk = content(item).then(|| path.replacen("/api/v1/", "/api/v1/desk/", 1));
    Written {
        id: item.id,
        slug,
        version: accepted.version,
        rebased_on: accepted.rebased_on,
        position: position_of(&accepted).map(|position| position.to_string()),
        warnings: accepted
            .warnings
            .into_iter()
            .map(ProblemError::from)
            .collect(),
        held: held.map(HeldBack::from),
        command_id,
        links: WrittenLinks { this: path, desk },
    }
}

/// The position of a content change; control commands have another counter, which no view follows.
pub(crate) fn position_of(accepted: &Accepted) -> Option<Position> {
    content(accepted.item).then(|| Position::at(accepted.partition, accepted.seq))
}

fn content(item: ItemRef) -> bool {
    matches!(item.kind, ItemKind::Program | ItemKind::Episode)
}

/// The path of a program or an episode.
pub(crate) fn path_of(item: ItemRef) -> String {
    format!("/api/v1/{}s/{}", item.kind.as_str(), item.id)
}

/// 200 or, where something was made, 201 with its address.
pub(crate) fn done(created: bool, position: Option<&Position>, written: &Written) -> Response {
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let mut response = (status, Json(written)).into_response();
    let headers = response.headers_mut();
    headers.insert(ETAG, ETag::version(written.version).header());
    if let Some(position) = position {
        headers.insert(POSITION, position::header(position));
    }
    if created {
        location(&mut response, &written.links.this);
    }
    response
}

/// 202: the command is durable and will be decided.
pub(crate) fn pending(command_id: CommandId, prefer: &Prefer, held: Option<&HeldKey>) -> Response {
    let status_url = status_url(command_id);
    let body = CommandStatus {
        command_id,
        status: CommandState::Pending,
        status_url: status_url.clone(),
        decided_at: None,
        result: None,
        held: held.map(HeldBack::from),
        problem: None,
    };
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    location(&mut response, &status_url);
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    if let Some(applied) = prefer.applied() {
        headers.insert(PREFERENCE_APPLIED, applied);
    }
    response
}

/// The status of a command whose verdict is known.
pub(crate) fn status(verdict: Verdict, held: Option<&HeldKey>) -> CommandStatus {
    let command_id = verdict.command_id;
    let (status, result, problem) = match verdict.outcome {
        Outcome::Accepted(accepted) => {
            let path = match content(accepted.item) {
                true => path_of(accepted.item),
                false => status_url(command_id),
            };
            let written = written(command_id, accepted, path, None, held);
            (CommandState::Accepted, Some(written), None)
        }
        Outcome::Refused(refusal) => {
            let problem = Problem::from(refusal).body().clone();
            (CommandState::Refused, None, Some(problem))
        }
    };
    CommandStatus {
        command_id,
        status,
        status_url: status_url(command_id),
        decided_at: Some(verdict.decided_at),
        held: result.as_ref().and_then(|written| written.held.clone()),
        result,
        problem,
    }
}

/// Names an address; ours are made of fixed text and ids, which a header may hold.
fn location(response: &mut Response, path: &str) {
    if let Ok(value) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, value);
    }
}

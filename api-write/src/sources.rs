//! Commands about sources, and the wish to poll one now.

pub(crate) mod lists;
pub(crate) mod test;

use crate::answer::{self, CommandStatus, Written, written};
use crate::api::WriteApi;
use crate::ask::{Request, Sources};
use crate::patch;
use crate::poll::{PollError, Polled};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use mediamesh_domain::control::{ControlBody, CreateSource, UpdateSource};
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::model::{SourceFields, SourceFormat};
use mediamesh_domain::repair::url::canonical_feed;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::{Problem, kind};
use serde::Serialize;
use utoipa::ToSchema;

/// How far a poll is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PollState {
    /// It goes on; the desk tells of the source's runs.
    Running,
    /// What is new is on the log and will be decided.
    Fetched,
}

/// A poll of a source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PollStatus {
    /// The source.
    pub source_id: SourceId,
    /// How far it is.
    pub status: PollState,
    /// What it found, once it is fetched.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub found: Option<PollFound>,
}

/// What a poll found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PollFound {
    /// The run.
    pub run_id: RunId,
    /// Where the desk tells what became of each entry.
    pub run_url: String,
    /// Whether the server said that nothing has changed.
    pub not_modified: bool,
    /// The entries in the document.
    pub entries_seen: u64,
    /// The entries that are new or changed.
    pub appended: u64,
    /// The entries that are as the last run saw them.
    pub unchanged: u64,
}

impl From<Polled> for PollFound {
    fn from(polled: Polled) -> Self {
        Self {
            run_id: polled.run_id,
            run_url: format!("/api/v1/desk/runs/{}", polled.run_id),
            not_modified: polled.not_modified,
            entries_seen: polled.entries_seen,
            appended: polled.appended,
            unchanged: polled.unchanged,
        }
    }
}

/// Make a source; where the same address has one, it stays as it is and is answered with 200. One that others push
/// to has the format `push` and no address.
///
/// New entries, and changes to live ones, wait for an editor unless its policies say otherwise.
#[utoipa::path(
    post, path = "/api/v1/sources", tag = "sources", operation_id = "create_source",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h")),
    request_body = SourceFields, security(("api_key" = ["sources:write"])),
    responses(
        (status = 200, description = "The address has this source already", body = Written, headers(("ETag" = String))),
        (status = 201, description = "It is made", body = Written, headers(("ETag" = String), ("Location" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 409, description = "Another source has this name"),
        (status = 422, description = "Fields break rules"),
    )
)]
pub(crate) async fn create(
    State(api): State<WriteApi>,
    request: Request<Sources>,
    body: Body,
) -> Result<Response, Problem> {
    let ask = request.ask(&api, &body)?;
    let mut fields: SourceFields = body.parse(Takes::Json)?;
    let source_id = identify(&mut fields)?;
    let (command, prefer) = (ask.command_id, ask.prefer);
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    Ok(match api.control(ask, body).await? {
        None => answer::pending(command, &prefer, None),
        Some(accepted) => {
            let created = !accepted.events.is_empty();
            let written = written(command, accepted, path(source_id), None, None);
            answer::done(created, None, &written)
        }
    })
}

/// Change a source by a JSON merge patch (RFC 7396).
#[utoipa::path(
    patch, path = "/api/v1/sources/{source}", tag = "sources", operation_id = "update_source",
    params(
        ("source" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body(content((SourceFields = "application/merge-patch+json"), (SourceFields = "application/json"))),
    security(("api_key" = ["sources:write"])),
    responses(
        (status = 200, description = "It is changed, or was so already", body = Written, headers(("ETag" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such source"),
        (status = 409, description = "Another source has this name, or the version in the body is old"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "Fields break rules"),
    )
)]
pub(crate) async fn update(
    State(api): State<WriteApi>,
    request: Request<Sources>,
    Path(source_id): Path<SourceId>,
    body: Body,
) -> Result<Response, Problem> {
    let patch = patch::read::<SourceFields>(&body)?;
    let ask = request.ask(&api, &body)?.expecting(patch.expected)?;
    let (command, prefer) = (ask.command_id, ask.prefer);
    let patch = patch.text;
    let body = ControlBody::UpdateSource(UpdateSource { source_id, patch });
    Ok(match api.control(ask, body).await? {
        None => answer::pending(command, &prefer, None),
        Some(accepted) => {
            let written = written(command, accepted, path(source_id), None, None);
            answer::done(false, None, &written)
        }
    })
}

/// Poll a source now, whether or not it is due.
///
/// The node that is asked does it, also where another polls the source in its time.
#[utoipa::path(
    post, path = "/api/v1/sources/{source}/poll", tag = "sources", operation_id = "poll_source",
    params(("source" = uuid::Uuid, Path, description = "Its id")),
    security(("api_key" = ["sources:write"])),
    responses(
        (status = 200, description = "What is new is on the log", body = PollStatus),
        (status = 202, description = "It goes on", body = PollStatus),
        (status = 404, description = "There is no such source"),
        (status = 409, description = "A poll of it is under way"),
        (status = 502, description = "The source could not be read"),
    )
)]
pub(crate) async fn poll(
    State(api): State<WriteApi>,
    request: Request<Sources>,
    Path(source_id): Path<SourceId>,
) -> Result<Response, Problem> {
    if !api
        .ports()
        .control
        .current()
        .sources
        .contains_key(&source_id)
    {
        return Err(refused(PollError::NoSource));
    }
    let place = api.control_room().enter().await?;
    let (port, correlation) = (
        api.ports().poll.clone(),
        request.correlation_id().to_string(),
    );
    // A task of its own: the run goes on where the caller does not wait for it, and keeps its place.
    let run = tokio::spawn(async move {
        let polled = port.poll(source_id, Some(correlation)).await;
        drop(place);
        polled
    });
    let (status, state, found) = match tokio::time::timeout(api.limits().verdict, run).await {
        Err(_) => (StatusCode::ACCEPTED, PollState::Running, None),
        Ok(Ok(Ok(polled))) => (StatusCode::OK, PollState::Fetched, Some(polled.into())),
        Ok(Ok(Err(error))) => return Err(refused(error)),
        Ok(Err(_)) => {
            return Err(Problem::new(
                kind::INTERNAL,
                "the poll ended without an answer",
            ));
        }
    };
    let body = PollStatus {
        source_id,
        status: state,
        found,
    };
    Ok((status, Json(body)).into_response())
}

/// The id of a new source: of its address in its one spelling, or of its name where others push to it.
fn identify(fields: &mut SourceFields) -> Result<SourceId, Problem> {
    if fields.url.is_empty() && fields.format == SourceFormat::Push {
        return Ok(SourceId::of_address(&format!("name:{}", fields.name)));
    }
    fields.url = canonical_feed(&fields.url).ok_or_else(no_address)?;
    Ok(SourceId::of_address(&fields.url))
}

fn path(source: SourceId) -> String {
    format!("/api/v1/sources/{source}")
}

fn no_address() -> Problem {
    Problem::invalid(
        "/url",
        "url_invalid",
        "give the address of the feed, https://…, without user or password",
    )
}

fn refused(error: PollError) -> Problem {
    let detail = error.to_string();
    match error {
        PollError::NoSource => Problem::new(kind::NOT_FOUND, detail).code("not_found"),
        PollError::Busy => Problem::new(kind::CONFLICT, detail).code("poll_under_way"),
        PollError::Failed {
            code, retry_after, ..
        } => {
            let problem = Problem::new(kind::SOURCE_FAILED, detail).code(code);
            match retry_after {
                Some(wait) => problem.retry_after(wait.as_secs().max(1)),
                None => problem,
            }
        }
    }
}

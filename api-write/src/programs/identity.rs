//! Programs that become part of another, and themselves again.

use super::merging::{Merger, ProgramsMerged};
use super::{Step, reason};
use crate::answer::path_of;
use crate::api::WriteApi;
use crate::ask::{Content, Request};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use mediamesh_domain::access::Reach;
use mediamesh_domain::id::{ItemRef, ProgramId, SourceId};
use mediamesh_domain::view::View;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::Path;
use mediamesh_edge::position::{self, POSITION};
use mediamesh_edge::prefer::{PREFERENCE_APPLIED, Prefer};
use mediamesh_edge::problem::{Problem, kind};
use serde::{Deserialize, Serialize};
use std::future::Future;
use utoipa::ToSchema;

/// Which program another becomes part of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProgramMerge {
    /// The program that stays.
    into: ProgramId,
    /// Why, for the history; 1,000 characters at most.
    #[serde(default)]
    reason: Option<String>,
}

/// How far a merge of programs, or its undoing, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MergeState {
    /// It goes on; the same request says when it is done.
    Running,
    /// All of it is done.
    Done,
}

/// A merge of programs, or its undoing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgramMergeStatus {
    /// The program that ends, or is itself again.
    from: ProgramId,
    /// How far it is.
    status: MergeState,
    /// What was done, once it is done.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    done: Option<ProgramMergeDone>,
    /// Where to go on.
    links: ProgramMergeLinks,
}

/// What a merge of programs, or its undoing, did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgramMergeDone {
    /// The program that stays.
    into: ProgramId,
    /// How many episodes were moved or given back; those of an earlier request are not counted again.
    episodes: u64,
    /// The sources that feed the other program now.
    sources: Vec<SourceId>,
    /// The position of the change: send it back as If-Position-At-Least to read your own write.
    position: String,
}

/// Where to go on after a merge of programs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgramMergeLinks {
    /// Where editors read the program that ends, or is itself again.
    desk: String,
}

/// Make a program part of another: its sources feed that one, its episodes stand there under new ids, and its
/// addresses lead there.
///
/// The same request again goes on where one was cut short, and does nothing where all is done.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/merge", tag = "programs", operation_id = "merge_program",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of the program that ends"),
        ("If-Position-At-Least" = Option<String>, Header, description = "The position that its episodes are read at"),
    ),
    request_body = ProgramMerge, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is part of the other", body = ProgramMergeStatus, headers(("Position" = String))),
        (status = 202, description = "It goes on: send the same request again", body = ProgramMergeStatus),
        (status = 404, description = "There is no such program"),
        (status = 409, description = "One of them is part of another already, or a merge of it is under way"),
        (status = 422, description = "The body has another shape, or both are the same"),
        (status = 503, description = "The log does not take it now: the same request goes on where this one was"),
    )
)]
pub(crate) async fn merge(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(from): Path<ProgramId>,
    body: Body,
) -> Result<Response, Problem> {
    let asked: ProgramMerge = body.parse(Takes::Json)?;
    let (merger, prefer) = merger(&api, &request, &body, asked.reason).await?;
    let working = api.clone();
    let merge = async move {
        working
            .merge_programs(merger, from, asked.into, &|_| ())
            .await
    };
    wait(&api, from, prefer, merge).await
}

/// Undo a merge of programs: the program is itself again with its episodes and sources.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/unmerge", tag = "programs", operation_id = "unmerge_program",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of the program that was merged"),
        ("If-Position-At-Least" = Option<String>, Header, description = "The position that the other's episodes are read at"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is itself again", body = ProgramMergeStatus, headers(("Position" = String))),
        (status = 202, description = "It goes on: send the same request again", body = ProgramMergeStatus),
        (status = 404, description = "There is no such program"),
        (status = 409, description = "It was never merged, or a merge of it is under way"),
        (status = 503, description = "The log does not take it now: the same request goes on where this one was"),
    )
)]
pub(crate) async fn unmerge(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(from): Path<ProgramId>,
    body: Body,
) -> Result<Response, Problem> {
    let step: Step = body.parse(Takes::JsonOrNothing)?;
    if step.version.is_some() {
        let message = "an undoing looks at the state, not at a version: leave it out";
        return Err(Problem::invalid("/version", "unknown_field", message));
    }
    let (merger, prefer) = merger(&api, &request, &body, step.reason).await?;
    let working = api.clone();
    let unmerge = async move { working.unmerge_programs(merger, from, &|_| ()).await };
    wait(&api, from, prefer, unmerge).await
}

/// Who merges, and how to answer; the views have come as far as the request asks.
async fn merger(
    api: &WriteApi,
    request: &Request<Content>,
    body: &Body,
    said: Option<String>,
) -> Result<(Merger, Prefer), Problem> {
    if request.caller().rights.reach != Reach::Everything {
        let detail =
            "merging programs moves sources too: it is for those to whom everything is granted";
        return Err(Problem::new(kind::FORBIDDEN, detail).code("program_not_granted"));
    }
    let ask = request.ask(api, body)?;
    if ask.expected.is_some() {
        let detail = "a merge of programs looks at the state, not at a version: leave If-Match out";
        return Err(Problem::new(kind::BAD_HEADER, detail).code("if_match_not_taken"));
    }
    let reason = reason(said)?;
    let progress = api.ports().progress.as_ref();
    let wait = position::LONGEST_WAIT;
    position::reach(request.headers(), progress, View::Catalog, wait).await?;
    let merger = Merger {
        principal: ask.principal,
        correlation_id: Some(ask.correlation_id),
        reason,
    };
    Ok((merger, ask.prefer))
}

/// Waits for the end as long as the caller likes to; the work goes on without.
async fn wait(
    api: &WriteApi,
    from: ProgramId,
    prefer: Prefer,
    work: impl Future<Output = Result<ProgramsMerged, Problem>> + Send + 'static,
) -> Result<Response, Problem> {
    let place = api.merge_room().enter().await?;
    // A task of its own: what is begun goes on where the caller does not wait for it, and keeps its place.
    let work = tokio::spawn(async move {
        let done = work.await;
        if let Err(problem) = &done {
            // Perhaps nobody waits any more.
            let reason = problem.body();
            tracing::warn!(program.id = %from, ?reason, "a merge of programs was not ended");
        }
        drop(place);
        done
    });
    match tokio::time::timeout(prefer.waits(api.limits().verdict), work).await {
        Err(_) => Ok(running(from, &prefer)),
        Ok(Ok(done)) => Ok(told(done?)),
        Ok(Err(_)) => Err(Problem::new(
            kind::INTERNAL,
            "the merge ended without an answer: send the same request again",
        )),
    }
}

fn running(from: ProgramId, prefer: &Prefer) -> Response {
    let body = ProgramMergeStatus {
        from,
        status: MergeState::Running,
        done: None,
        links: links(from),
    };
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, http::HeaderValue::from_static("5"));
    if let Some(applied) = prefer.applied() {
        headers.insert(PREFERENCE_APPLIED, applied);
    }
    response
}

fn told(merged: ProgramsMerged) -> Response {
    let position = position::header(&merged.position);
    let body = ProgramMergeStatus {
        from: merged.from,
        status: MergeState::Done,
        links: links(merged.from),
        done: Some(ProgramMergeDone {
            into: merged.into,
            episodes: merged.episodes,
            sources: merged.sources,
            position: merged.position.to_string(),
        }),
    };
    let mut response = Json(body).into_response();
    response.headers_mut().insert(POSITION, position);
    response
}

fn links(program: ProgramId) -> ProgramMergeLinks {
    let path = path_of(ItemRef::program(program));
    ProgramMergeLinks {
        desk: path.replacen("/api/v1/", "/api/v1/desk/", 1),
    }
}

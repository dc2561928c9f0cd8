//! Pushing: any program is a connector that has a key bound to its sources.

mod batch;

use crate::answer::status_of_run;
use crate::api::WriteApi;
use crate::ask::{Pusher, Request};
use crate::connect::{Push, PushError};
use axum::Json;
use axum::extract::{FromRequest as _, State};
use axum::response::{IntoResponse, Response};
use batch::Batch;
use http::StatusCode;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::verdict::Finding;
use mediamesh_edge::body::Body;
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::{Problem, kind};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub(crate) use batch::PushLine;

/// The largest push, in bytes.
pub(crate) const LARGEST: usize = 15 * 1024 * 1024;

/// What became of a push.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushResult {
    /// The source.
    source_id: SourceId,
    /// The run that the entries are part of.
    run_id: RunId,
    /// Where the desk tells what becomes of each entry.
    run_url: String,
    /// How many entries are on the log.
    accepted: usize,
    /// How many are not, for their shape.
    rejected: usize,
    /// Each entry, in the order of the request.
    entries: Vec<PushedEntry>,
}

/// What became of one entry of a push.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushedEntry {
    /// Its place in the request, from 0: its place in the run, too.
    index: i32,
    /// Whether it is on the log; what the rules say of it, the run tells.
    accepted: bool,
    /// Where it is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Finding>,
}

/// Push entries to a source: a JSON array, or one JSON object a line.
///
/// Each is written as JSON Feed has it (`{"entry": {"id": …, "title": …}}`) unless `format` names another one; one of
/// them may say what the source says of its program (`{"program": {"title": …}}`). An entry that cannot be read
/// is answered with where it is wrong, and the others are taken. What the rules say of them, the run tells.
#[utoipa::path(
    post, path = "/api/v1/ingest/{source}", tag = "ingest", operation_id = "push_entries",
    params(
        ("source" = uuid::Uuid, Path, description = "The source's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same run, for 72 h"),
    ),
    request_body(content(
        (Vec<PushLine> = "application/json"),
        (PushLine = "application/x-ndjson"),
    )),
    security(("api_key" = ["ingest:push"])),
    responses(
        (status = 202, description = "The accepted entries are on the log and will be decided", body = PushResult),
        (status = 400, description = "The body is not JSON at all"),
        (status = 403, description = "The key is not bound to this source"),
        (status = 404, description = "There is no such source"),
        (status = 409, description = "The source is paused"),
        (status = 413, description = "More than 1,000 entries, or more than 15 MiB"),
        (status = 422, description = "No entry could be taken; the errors say where they are wrong"),
        (status = 503, description = "The log does not take them now"),
    )
)]
pub(crate) async fn push(
    State(api): State<WriteApi>,
    caller: Request<Pusher>,
    Path(source): Path<SourceId>,
    request: axum::extract::Request,
) -> Result<Response, Problem> {
    may_push(&api, &caller, source)?;
    // A place before the body: what is read stands in memory.
    let _place = api.push_room().enter().await?;
    let body = Body::from_request(request, &api).await?;
    let ask = caller.ask(&api, &body)?;
    let batch = Batch::read(caller.headers(), body.bytes())?;
    let run_id = RunId(ask.command_id.0);
    let (places, mut wrong) = (batch.places, batch.wrong);
    let push = Push {
        source_id: source,
        run_id,
        payload_hash: ask.payload_hash,
        correlation_id: ask.correlation_id,
        entries: batch.entries,
        rejected: wrong.len() as u64,
    };
    let answer = api.ports().push.push(push).await.map_err(refused)?;
    wrong.extend(answer.rejected);
    result(source, run_id, places, wrong)
}

/// Whether the key may push to this source.
fn may_push(api: &WriteApi, caller: &Request<Pusher>, source: SourceId) -> Result<(), Problem> {
    if !caller.caller().may_push_to(source) {
        let detail = "the key is not bound to this source: make one that names it in sources";
        return Err(Problem::new(kind::FORBIDDEN, detail).code("source_not_bound"));
    }
    let control = api.ports().control.current();
    let known = control.sources.get(&source);
    let known = known.ok_or_else(|| refused(PushError::NoSource))?;
    if known.fields.paused {
        let detail = "the source is paused: resume it, then push again";
        return Err(Problem::new(kind::CONFLICT, detail).code("source_paused"));
    }
    Ok(())
}

fn result(
    source_id: SourceId,
    run_id: RunId,
    places: i32,
    wrong: BTreeMap<i32, Finding>,
) -> Result<Response, Problem> {
    let rejected = wrong.len();
    let accepted = usize::try_from(places)
        .unwrap_or(0)
        .saturating_sub(rejected);
    if accepted == 0 {
        let detail = "no entry can be taken: mend what the errors name";
        let errors = wrong.into_values().collect();
        return Err(Problem::new(kind::INVALID_FIELDS, detail)
            .code("no_entry_taken")
            .errors(errors));
    }
    let mut wrong = wrong;
    let entry = |index| {
        let error = wrong.remove(&index);
        PushedEntry {
            index,
            accepted: error.is_none(),
            error,
        }
    };
    let body = PushResult {
        source_id,
        run_id,
        run_url: status_of_run(run_id),
        accepted,
        rejected,
        entries: (0..places).map(entry).collect(),
    };
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}

fn refused(error: PushError) -> Problem {
    let detail = error.to_string();
    match error {
        PushError::NoSource => Problem::new(kind::NOT_FOUND, detail).code("not_found"),
        PushError::KeyReused => {
            Problem::new(kind::IDEMPOTENCY_KEY_REUSED, detail).code("idempotency_mismatch")
        }
        PushError::Away(_) => Problem::new(kind::UNAVAILABLE, detail)
            .code("log_away")
            .retry_after(2),
    }
}

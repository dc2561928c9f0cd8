//! Runs: what came of each fetch or push, and what became of each entry of it.

use crate::address::plain_id;
use crate::api::DeskApi;
use crate::params::wrong;
use crate::query::page::PageRequest;
use crate::query::run::{self, EntriesRequest, RunListPage, RunListRequest, RunPage};
use crate::reply;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::control::ControlState;
use mediamesh_domain::id::SourceId;
use mediamesh_domain::project::RunScope;
use mediamesh_domain::run::{EntryFilter, RunState};
use mediamesh_domain::view::View;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

const ROOT: &str = "/api/v1/desk/runs";

/// Which runs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RunParams {
    /// Only those of this source: its id or name.
    pub source: Option<String>,
    /// Only those that stand so; left out: all but those where nothing had changed.
    pub state: Option<RunState>,
    /// Runs of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the list goes on: taken from `links.next`.
    pub cursor: Option<String>,
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EntryParams {
    /// Only entries that ended so, or of which something was put right (`repaired`).
    pub outcome: Option<EntryFilter>,
    /// Entries of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the list goes on: taken from `links.next`.
    pub cursor: Option<String>,
}

/// The runs, newest first, each with how many of its entries ended how.
#[utoipa::path(
    get, path = "/api/v1/desk/runs", tag = "desk", operation_id = "desk_list_runs",
    security(("api_key" = ["content:read-draft"])),
    params(RunParams),
    responses(
        (status = 200, description = "A page of runs; `Link` names the next one", body = RunListPage),
        (status = 400, description = "A parameter or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
    )
)]
pub(crate) async fn index(
    State(api): State<DeskApi>,
    Query(params): Query<RunParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = RunListRequest {
        scope: scope(&api.control.current(), &params)?,
        state: params.state,
    };
    let list = format!("{ROOT}?{asked:?}");
    let (limit, cursor) = (params.limit, params.cursor.as_deref());
    let request = PageRequest::new(ROOT, uri.query(), limit, cursor, list)?;
    let reading = api.read.begin(&headers, View::Runs).await?;
    let page = run::list(&api.read, &reading, asked, &request).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

/// A run with how many entries ended how, and what became of each, in its order.
#[utoipa::path(
    get, path = "/api/v1/desk/runs/{run}", tag = "desk", operation_id = "desk_get_run",
    security(("api_key" = ["content:read-draft"])),
    params(("run" = String, Path, description = "The run's id"), EntryParams),
    responses(
        (status = 200, description = "A page of entries; `Link` names the next one", body = RunPage),
        (status = 400, description = "A parameter or cursor is wrong"),
        (status = 401, description = "There is no valid key"),
        (status = 403, description = "The key may not read drafts"),
        (status = 404, description = "There is no such run, or nothing of it was decided yet"),
    )
)]
pub(crate) async fn show(
    State(api): State<DeskApi>,
    Path(name): Path<String>,
    Query(params): Query<EntryParams>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let run = plain_id(&name).ok_or_else(run::not_found)?;
    let path = format!("{ROOT}/{run}");
    let outcome = params.outcome;
    let (limit, cursor) = (params.limit, params.cursor.as_deref());
    let scope = format!("{path}?{outcome:?}");
    let request = PageRequest::new(&path, uri.query(), limit, cursor, scope)?;
    let reading = api.read.begin(&headers, View::Verdicts).await?;
    let asked = EntriesRequest { run, outcome };
    let page = run::page(&api.read, &reading, asked, &request).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

/// Whose runs are asked for.
fn scope(control: &ControlState, params: &RunParams) -> Result<RunScope, Problem> {
    let Some(named) = &params.source else {
        if params.state == Some(RunState::NotModified) {
            let detail = "runs where nothing had changed are listed by source: add source=";
            return Err(wrong("source_needed", detail));
        }
        return Ok(RunScope::All);
    };
    let by_name = || {
        let mut sources = control.sources.iter();
        let found = sources.find(|(_, entry)| entry.fields.name == *named);
        found.map(|(id, _)| *id)
    };
    plain_id(named)
        .map(SourceId)
        .or_else(by_name)
        .map(RunScope::Source)
        .ok_or_else(|| wrong("no_such_source", "source is the id or the name of a source"))
}

//! What became of a command that nobody waits for any more.

use crate::answer::{self, CommandStatus};
use crate::api::WriteApi;
use crate::ask::{Anybody, Request};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use mediamesh_domain::id::CommandId;
use mediamesh_domain::parked::About;
use mediamesh_domain::verdict::{Outcome, Verdict};
use mediamesh_domain::view::{RowKey, Table, View};
use mediamesh_edge::extract::Path;
use mediamesh_edge::prefer::Prefer;
use mediamesh_edge::problem::{Problem, kind};

/// What became of a command.
///
/// 202 while it is on the log and not decided; 404 where no verdict is known and this node did not append it, as
/// for an id that was never sent (a node behind another address may know it a moment later).
#[utoipa::path(
    get, path = "/api/v1/commands/{command}", tag = "commands", operation_id = "get_command",
    params(("command" = uuid::Uuid, Path, description = "The id of the command")),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "It was decided", body = CommandStatus),
        (status = 202, description = "It will be decided: ask again after Retry-After", body = CommandStatus),
        (status = 404, description = "No such command is known here"),
    )
)]
pub(crate) async fn show(
    State(api): State<WriteApi>,
    _request: Request<Anybody>,
    Path(command): Path<CommandId>,
) -> Result<Response, Problem> {
    if let Some(verdict) = verdict(&api, command).await? {
        let item = match &verdict.outcome {
            Outcome::Accepted(accepted) => verdict.program_id.zip(Some(accepted.item)),
            Outcome::Refused(_) => None,
        };
        let held = item.and_then(|(program, item)| api.held(program, item));
        return Ok(Json(answer::status(verdict, held.as_ref())).into_response());
    }
    let told = api
        .ports()
        .progress
        .held(View::Verdicts, About::Command(command));
    if told.is_some() || api.was_taken(command) {
        return Ok(answer::pending(command, &Prefer::default(), told.as_ref()));
    }
    let detail = "no such command is known here; where it was sent a moment ago, ask again";
    Err(Problem::new(kind::NOT_FOUND, detail)
        .code("command_unknown")
        .retry_after(1))
}

async fn verdict(api: &WriteApi, command: CommandId) -> Result<Option<Verdict>, Problem> {
    let view = api.ports().progress.active(View::Verdicts);
    let key = RowKey::new(Table::Verdicts, command.to_string(), Vec::new());
    let row = api.ports().views.get(view, &key).await?;
    row.map(|row| serde_json::from_slice(&row.body))
        .transpose()
        .map_err(|error| {
            tracing::error!(%error, command.id = %command, "a verdict's row cannot be read");
            Problem::new(kind::INTERNAL, "the verdict cannot be read")
        })
}

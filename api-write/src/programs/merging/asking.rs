//! The commands of a merge, one after the other, and how far they have brought the log.

use super::Merger;
use crate::api::WriteApi;
use crate::ask::Ask;
use mediamesh_domain::command::{Command, CommandBody};
use mediamesh_domain::control::{ControlBody, UpdateSource};
use mediamesh_domain::id::{CommandId, ItemRef, ProgramId, SourceId};
use mediamesh_domain::position::Position;
use mediamesh_domain::verdict::Outcome;
use mediamesh_edge::prefer::Prefer;
use mediamesh_edge::problem::{Problem, kind};
use serde_json::json;
use std::time::Duration;

/// How long commands of a merge may take: a change of a program reaches all its episodes first.
const WAIT: Duration = Duration::from_secs(60);

/// Asks for somebody.
pub(super) struct Asking<'a> {
    api: &'a WriteApi,
    pub(super) merger: Merger,
    /// How far the log has come by what was asked.
    pub(super) position: Position,
}

impl<'a> Asking<'a> {
    pub(super) fn new(api: &'a WriteApi, merger: Merger) -> Self {
        Self {
            api,
            merger,
            position: Position::default(),
        }
    }

    /// One command on a program's key.
    pub(super) async fn content(
        &mut self,
        program: ProgramId,
        body: CommandBody,
    ) -> Result<(), Problem> {
        self.contents(program, vec![body]).await.map(drop)
    }

    /// Commands on a program's key, in their order; the items that they are about.
    pub(super) async fn contents(
        &mut self,
        program: ProgramId,
        bodies: Vec<CommandBody>,
    ) -> Result<Vec<ItemRef>, Problem> {
        if bodies.is_empty() {
            return Ok(Vec::new());
        }
        let commands = bodies.into_iter().map(|body| self.command(program, body));
        let commands = commands.collect();
        let verdicts = self.api.contents(commands, WAIT).await?;
        let mut items = Vec::with_capacity(verdicts.len());
        for verdict in verdicts {
            match verdict.ok_or_else(late)?.outcome {
                Outcome::Accepted(accepted) => {
                    self.position.advance(accepted.partition, accepted.seq);
                    items.push(accepted.item);
                }
                Outcome::Refused(refusal) => return Err(refusal.into()),
            }
        }
        Ok(items)
    }

    /// Lets a source feed a program; none: its own.
    pub(super) async fn bind(
        &self,
        source_id: SourceId,
        program: Option<ProgramId>,
    ) -> Result<(), Problem> {
        let patch = json!({ "program_id": program }).to_string();
        let body = ControlBody::UpdateSource(UpdateSource { source_id, patch });
        let ask = Ask {
            command_id: self.new_id(),
            payload_hash: None,
            principal: self.merger.principal.clone(),
            correlation_id: self.merger.correlation_id.clone().unwrap_or_default(),
            expected: None,
            prefer: Prefer::default(),
        };
        let accepted = self.api.control(ask, body).await?;
        accepted.map(drop).ok_or_else(late)
    }

    fn command(&self, program_id: ProgramId, body: CommandBody) -> Command {
        Command {
            // The halves of a merge that was undone are asked for anew: what decides is the state, not the id.
            command_id: self.new_id(),
            program_id,
            at: (self.api.ports().clock)(),
            principal: self.merger.principal.clone(),
            expected: None,
            reply_to: Some(self.api.ports().verdicts.reply_partition()),
            payload_hash: None,
            correlation_id: self.merger.correlation_id.clone(),
            body,
        }
    }

    fn new_id(&self) -> CommandId {
        CommandId((self.api.ports().ids)())
    }
}

fn late() -> Problem {
    let detail =
        "no verdict came in time: send the same request again; what was done is not done twice";
    Problem::new(kind::UNAVAILABLE, detail)
        .code("verdict_late")
        .retry_after(2)
}

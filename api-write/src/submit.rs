//! The way of a command: onto the log, then to its verdict.
//!
//! Nothing is told as done before the log has it, and a log that does not answer is never told as "not done".

use crate::answer::{self, status_url};
use crate::api::WriteApi;
use crate::ask::Ask;
use async_trait::async_trait;
use axum::response::Response;
use mediamesh_domain::access::Denied;
use mediamesh_domain::command::{Command, CommandBody};
use mediamesh_domain::control::{ControlBody, ControlCommand};
use mediamesh_domain::id::{CommandId, ItemRef, ProgramId};
use mediamesh_domain::parked::{About, HeldKey};
use mediamesh_domain::position::Partition;
use mediamesh_domain::verdict::{Accepted, Outcome, Verdict};
use mediamesh_domain::view::View;
use mediamesh_edge::held;
use mediamesh_edge::prefer::Prefer;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::event_log::{self, NewRecord, header, partition_of_program};
use mediamesh_ports::verdicts::Expected;
use mediamesh_schemas::Contract;
use std::time::Duration;

/// How a command's acceptance is told.
pub(crate) struct Told {
    /// What it is about.
    pub item: ItemRef,
    /// Where the thing is written.
    pub path: String,
    /// Its public name, where it is new.
    pub slug: Option<String>,
    /// Whether it is told as created.
    pub creates: bool,
}

impl Told {
    /// Of a change to an item.
    pub fn changed(item: ItemRef) -> Self {
        Self {
            item,
            path: answer::path_of(item),
            slug: None,
            creates: false,
        }
    }

    /// Of a new item.
    pub fn created(item: ItemRef, slug: String) -> Self {
        Self {
            slug: Some(slug),
            creates: true,
            ..Self::changed(item)
        }
    }
}

/// A command's record and how it is waited for.
struct Submission {
    command_id: CommandId,
    record: NewRecord,
    prefer: Prefer,
}

impl WriteApi {
    /// Submits a command about a program or an item of it and tells what became of it.
    pub(crate) async fn content(
        &self,
        ask: Ask,
        program_id: ProgramId,
        body: CommandBody,
        told: Told,
    ) -> Result<Response, Problem> {
        let (command_id, prefer) = (ask.command_id, ask.prefer);
        let kind = body.name();
        let command = Command {
            command_id,
            program_id,
            at: (self.ports().clock)(),
            principal: ask.principal,
            expected: ask.expected,
            // Also where nobody waits: the status address stands on the verdict.
            reply_to: Some(self.ports().verdicts.reply_partition()),
            payload_hash: ask.payload_hash,
            correlation_id: Some(ask.correlation_id),
            body,
        };
        self.allow(&command).map_err(Denied::refusal)?;
        let partition = partition_of_program(program_id);
        let key = program_id.to_string();
        let record = self.record(&command, partition, key, command.correlation_id.as_deref())?;
        let _place = self.content_room().enter().await?;
        let submission = Submission {
            command_id,
            record,
            prefer,
        };
        match self.submit(kind, submission).await? {
            None => Ok(answer::pending(command_id, &prefer, None)),
            Some(verdict) => {
                let held = self.held(program_id, told.item);
                let accepted =
                    accepted(verdict).map_err(|problem| explained(problem, held.as_ref()))?;
                let position = answer::position_of(&accepted);
                position
                    .iter()
                    .for_each(|position| self.note_written(position));
                let (path, slug) = (told.path, told.slug);
                let written = answer::written(command_id, accepted, path, slug, held.as_ref());
                Ok(answer::done(told.creates, position.as_ref(), &written))
            }
        }
    }

    /// Whether the principal may ask for it: the decider asks the same again.
    fn allow(&self, command: &Command) -> Result<(), Denied> {
        self.ports().control.current().allow(command)
    }

    /// What some view holds back of an item.
    pub(crate) fn held(&self, program_id: ProgramId, item: ItemRef) -> Option<HeldKey> {
        let progress = self.ports().progress.as_ref();
        let of_item = |view| progress.held(view, About::Item(item));
        of_item(View::Catalog)
            .or_else(|| of_item(View::Search))
            .or_else(|| progress.held(View::History, About::Program(program_id)))
    }

    /// Submits commands together and tells what became of each, in their order; none: not known within `wait`. What
    /// the principal may not ask for is refused here, and the others go on.
    pub(crate) async fn contents(
        &self,
        commands: Vec<Command>,
        wait: Duration,
    ) -> Result<Vec<Option<Verdict>>, Problem> {
        let (mut records, mut ids) = (Vec::new(), Vec::new());
        let mut expected: Vec<Box<dyn Expected>> = Vec::with_capacity(commands.len());
        for command in &commands {
            if let Err(denied) = self.allow(command) {
                expected.push(Box::new(Known(refused(command, denied))));
                continue;
            }
            let partition = partition_of_program(command.program_id);
            let key = command.program_id.to_string();
            let correlation = command.correlation_id.as_deref();
            records.push(self.record(command, partition, key, correlation)?);
            expected.push(self.ports().verdicts.expect(command.command_id));
            ids.push(command.command_id);
        }
        let _place = self.content_room().enter().await?;
        if !records.is_empty() {
            self.append_all(records, ids.into_iter()).await?;
        }
        Ok(all(expected, wait).await)
    }

    /// Submits commands about sources together and tells what became of each, in their order; none: not known in
    /// time. This node follows those that were accepted.
    pub(crate) async fn controls(
        &self,
        commands: Vec<ControlCommand>,
    ) -> Result<Vec<Option<Verdict>>, Problem> {
        let mut records = Vec::with_capacity(commands.len());
        let mut expected = Vec::with_capacity(commands.len());
        for command in &commands {
            let key = command.command_id.to_string();
            let correlation = command.correlation_id.as_deref();
            records.push(self.record(command, Partition(0), key, correlation)?);
            expected.push(self.ports().verdicts.expect(command.command_id));
        }
        let _place = self.control_room().enter().await?;
        let ids = commands.iter().map(|command| command.command_id);
        self.append_all(records, ids).await?;
        let verdicts = all(expected, self.limits().verdict).await;
        let accepted = verdicts
            .iter()
            .flatten()
            .filter_map(|verdict| match &verdict.outcome {
                Outcome::Accepted(accepted) => Some(accepted.seq),
                Outcome::Refused(_) => None,
            });
        if let Some(last) = accepted.max() {
            let wait = self.limits().own_writes;
            self.ports().control.reach(last, wait).await;
        }
        Ok(verdicts)
    }

    async fn append_all(
        &self,
        records: Vec<NewRecord>,
        commands: impl Iterator<Item = CommandId>,
    ) -> Result<(), Problem> {
        let late = || event_log::Error::Transient("no answer in time".to_owned());
        let append = self.ports().log.append(records);
        tokio::time::timeout(self.limits().append, append)
            .await
            .unwrap_or_else(|_| Err(late()))?;
        commands.for_each(|command| self.note_taken(command));
        Ok(())
    }

    /// Submits a command about a source or a key; its acceptance, once this node follows it, or none yet.
    pub(crate) async fn control(
        &self,
        ask: Ask,
        body: ControlBody,
    ) -> Result<Option<Accepted>, Problem> {
        let (command_id, prefer) = (ask.command_id, ask.prefer);
        let kind = body.name();
        let command = ControlCommand {
            command_id,
            at: (self.ports().clock)(),
            principal: ask.principal,
            expected: ask.expected,
            reply_to: Some(self.ports().verdicts.reply_partition()),
            payload_hash: ask.payload_hash,
            correlation_id: Some(ask.correlation_id),
            body,
        };
        let key = command_id.to_string();
        let record = self.record(
            &command,
            Partition(0),
            key,
            command.correlation_id.as_deref(),
        )?;
        let _place = self.control_room().enter().await?;
        let submission = Submission {
            command_id,
            record,
            prefer,
        };
        let Some(verdict) = self.submit(kind, submission).await? else {
            return Ok(None);
        };
        let accepted = accepted(verdict)?;
        // A key that was just made should open, a source that was just made should poll.
        let wait = self.limits().own_writes;
        self.ports().control.reach(accepted.seq, wait).await;
        Ok(Some(accepted))
    }

    fn record<T: Contract>(
        &self,
        command: &T,
        partition: Partition,
        key: String,
        correlation_id: Option<&str>,
    ) -> Result<NewRecord, Problem> {
        let correlation = correlation_id.unwrap_or_default().as_bytes().to_vec();
        Ok(NewRecord {
            topic: T::TOPIC,
            partition,
            key: key.into_bytes(),
            value: Some(self.ports().codec.encode(command)?),
            headers: vec![(header::CORRELATION_ID.to_owned(), correlation)],
            timestamp: (self.ports().clock)(),
        })
    }

    /// Appends a command and waits for its verdict as long as its caller likes to.
    async fn submit(
        &self,
        kind: &'static str,
        submission: Submission,
    ) -> Result<Option<Verdict>, Problem> {
        let command_id = submission.command_id;
        let wait = submission.prefer.waits(self.limits().verdict);
        let expected = self.ports().verdicts.expect(command_id);
        self.append(kind, command_id, submission.record).await?;
        if wait == Duration::ZERO {
            return Ok(None);
        }
        Ok(expected.verdict(wait).await)
    }

    async fn append(
        &self,
        kind: &'static str,
        command_id: CommandId,
        record: NewRecord,
    ) -> Result<(), Problem> {
        let append = self.ports().log.append(vec![record]);
        let late = || event_log::Error::Transient("no answer in time".to_owned());
        let appended = tokio::time::timeout(self.limits().append, append)
            .await
            .unwrap_or_else(|_| Err(late()));
        let result = if appended.is_ok() { "taken" } else { "failed" };
        metrics::counter!("commands_appended_total", "command" => kind, "result" => result)
            .increment(1);
        match appended {
            Ok(_) => {
                self.note_taken(command_id);
                Ok(())
            }
            Err(error) => {
                // Whether it was taken may not be known: the caller can ask, or send the same key again.
                Err(Problem::from(error).command(command_id, status_url(command_id)))
            }
        }
    }
}

/// A verdict that is known before anything is asked.
struct Known(Verdict);

#[async_trait]
impl Expected for Known {
    async fn verdict(self: Box<Self>, _: Duration) -> Option<Verdict> {
        Some(self.0)
    }
}

/// The verdict on a command that its principal may not ask for.
fn refused(command: &Command, denied: Denied) -> Verdict {
    Verdict {
        command_id: command.command_id,
        program_id: Some(command.program_id),
        command: command.body.name().to_owned(),
        decided_at: command.at,
        correlation_id: command.correlation_id.clone(),
        import: None,
        outcome: Outcome::Refused(denied.refusal()),
    }
}

fn accepted(verdict: Verdict) -> Result<Accepted, Problem> {
    match verdict.outcome {
        Outcome::Accepted(accepted) => Ok(accepted),
        Outcome::Refused(refusal) => Err(refusal.into()),
    }
}

/// The verdicts that come within a time, in the order of the commands.
async fn all(expected: Vec<Box<dyn Expected>>, wait: Duration) -> Vec<Option<Verdict>> {
    let deadline = tokio::time::Instant::now() + wait;
    let mut verdicts = Vec::with_capacity(expected.len());
    for verdict in expected {
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        verdicts.push(verdict.verdict(left).await);
    }
    verdicts
}

/// A conflict with a version that the caller could not see: it says so, for they would try again without end.
fn explained(problem: Problem, held: Option<&HeldKey>) -> Problem {
    match held {
        Some(held) if [kind::CONFLICT, kind::PRECONDITION_FAILED].contains(&problem.kind()) => {
            let more = format!(
                "what was written before is {}, so readers and the desk show an older state",
                held::phrase(held)
            );
            problem.adding(&more).held(held)
        }
        _ => problem,
    }
}

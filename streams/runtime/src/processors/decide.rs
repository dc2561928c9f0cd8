//! The decider's task: commands in; events, catalogue documents and verdicts out, in one step.

use super::door::Door;
use super::wire;
use crate::processor::{Effects, Failure, Outcome, Processor};
use mediamesh_domain::catalog::{CatalogBody, CatalogRecord, Progress};
use mediamesh_domain::command::Command;
use mediamesh_domain::decide::{self, Decision};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::state::StateView;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::{Record, header};
use mediamesh_schemas::Codec;
use std::collections::BTreeMap;

/// Decides commands.
pub struct DecideProcessor {
    codec: Codec,
    /// Asks whether a principal may; none: all may, as in trials and tests.
    door: Option<Door>,
    /// When the last decision of each partition was: the time of its progress records, and no more.
    decided_at: BTreeMap<Partition, Timestamp>,
}

/// What is known of the command that led to a decision.
#[derive(Default)]
struct Asked<'a> {
    reply_to: Option<Partition>,
    correlation_id: Option<&'a str>,
    appended_at: Option<Timestamp>,
}

impl DecideProcessor {
    /// A decider.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            door: None,
            decided_at: BTreeMap::new(),
        }
    }

    /// A decider that refuses what a principal may not ask for.
    #[must_use]
    pub fn with_door(self, door: Door) -> Self {
        Self {
            door: Some(door),
            ..self
        }
    }

    fn emit(
        &mut self,
        partition: Partition,
        asked: &Asked<'_>,
        decision: Decision,
        effects: &mut Effects,
    ) -> Result<(), Failure> {
        let Asked {
            reply_to,
            correlation_id,
            appended_at,
        } = *asked;
        let appended = |at: Timestamp| {
            let name = header::APPENDED_AT.to_owned();
            (name, at.to_string().into_bytes())
        };
        let appended = appended_at.map(appended);
        for event in &decision.events {
            let to = wire::To {
                partition,
                key: event.program_id.to_string(),
                correlation_id,
                timestamp: event.decided_at,
            };
            let mut output = wire::encode(&self.codec, event, to)?;
            output.headers.extend(appended.clone());
            effects.outputs.push(output);
            self.say(partition, event.seq, event.decided_at, effects);
        }
        for record in &decision.catalog {
            let output = wire::catalog(&self.codec, partition, record, correlation_id)?;
            effects.outputs.push(output);
            self.say(partition, record.seq, record.decided_at, effects);
        }
        if let Some(verdict) = &decision.verdict {
            let output = wire::verdict(&self.codec, verdict, reply_to, correlation_id)?;
            effects.outputs.push(output);
        }
        if let Some(command) = &decision.onward {
            effects.outputs.push(wire::command(&self.codec, command)?);
        }
        effects.changes.extend(decision.changes);
        Ok(())
    }

    fn say(&mut self, partition: Partition, seq: Seq, at: Timestamp, effects: &mut Effects) {
        effects.said = effects.said.max(Some(seq));
        let last = self.decided_at.entry(partition).or_insert(at);
        *last = at.max(*last);
    }
}

impl Processor for DecideProcessor {
    fn name(&self) -> &'static str {
        "decide"
    }

    fn process(
        &mut self,
        record: &Record,
        state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<Outcome, Failure> {
        let command: Command = wire::decode(&self.codec, record)?;
        let allowed = self.door.as_ref().map_or(Ok(()), |door| door.ask(&command));
        let decision = match allowed {
            Ok(()) => decide::decide(record.partition, state, &command)?,
            Err(denied) => decide::deny(record.partition, state, &command, denied)?,
        };
        let duplicate = decision.duplicate;
        let correlation_id = command
            .correlation_id
            .as_deref()
            .or_else(|| record.header(header::CORRELATION_ID));
        let asked = Asked {
            reply_to: command.reply_to,
            correlation_id,
            appended_at: Some(record.timestamp),
        };
        self.emit(record.partition, &asked, decision, effects)?;
        Ok(if duplicate {
            Outcome::Duplicate
        } else {
            Outcome::of(effects)
        })
    }

    fn resume(
        &mut self,
        partition: Partition,
        state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<bool, Failure> {
        match decide::resume(partition, state)? {
            Some(chunk) => {
                self.emit(partition, &Asked::default(), chunk, effects)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn finish(
        &mut self,
        partition: Partition,
        said: Option<Seq>,
        effects: &mut Effects,
    ) -> Result<(), Failure> {
        let Some(seq) = said else { return Ok(()) };
        let progress = CatalogRecord {
            seq,
            decided_at: self.decided_at.get(&partition).copied().unwrap_or_default(),
            correlation_id: None,
            body: CatalogBody::Progress(Progress { partition }),
        };
        let output = wire::catalog(&self.codec, partition, &progress, None)?;
        effects.outputs.push(output);
        Ok(())
    }
}

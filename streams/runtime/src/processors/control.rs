//! The control decider's task: sources, keys, users and view switches, one partition, one writer.

use super::wire;
use crate::processor::{Effects, Failure, Outcome, Processor};
use mediamesh_domain::control::{self, ControlCommand, ControlFact};
use mediamesh_domain::position::Partition;
use mediamesh_domain::state::StateView;
use mediamesh_ports::event_log::{Record, header};
use mediamesh_schemas::Codec;

/// Decides control commands.
pub struct ControlProcessor {
    codec: Codec,
}

impl ControlProcessor {
    /// A control decider.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self { codec }
    }
}

impl Processor for ControlProcessor {
    fn name(&self) -> &'static str {
        "control"
    }

    fn process(
        &mut self,
        record: &Record,
        state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<Outcome, Failure> {
        let command: ControlCommand = wire::decode(&self.codec, record)?;
        let decision = control::decide(state, &command)?;
        let correlation_id = command
            .correlation_id
            .as_deref()
            .or_else(|| record.header(header::CORRELATION_ID));
        for event in &decision.events {
            let to = wire::To {
                partition: record.partition,
                key: about(&event.body),
                correlation_id,
                timestamp: event.decided_at,
            };
            effects.outputs.push(wire::encode(&self.codec, event, to)?);
        }
        for (part, record) in &decision.accounts {
            let to = wire::To {
                partition: Partition(0),
                key: part.key(record.user_id),
                correlation_id,
                timestamp: record.at,
            };
            effects.outputs.push(wire::encode(&self.codec, record, to)?);
        }
        if let Some(verdict) = &decision.verdict {
            let output = wire::verdict(&self.codec, verdict, command.reply_to, correlation_id)?;
            effects.outputs.push(output);
        }
        effects.changes.extend(decision.changes);
        Ok(if decision.duplicate {
            Outcome::Duplicate
        } else {
            Outcome::of(effects)
        })
    }
}

/// What a control event is about: the record's key.
fn about(fact: &ControlFact) -> String {
    match fact {
        ControlFact::SourceCreated(source) | ControlFact::SourceUpdated(source) => {
            source.source_id.to_string()
        }
        ControlFact::ApiKeyCreated(key) => key.prefix.clone(),
        ControlFact::ApiKeyRevoked(key) => key.prefix.clone(),
        ControlFact::ViewSwitched(switch) => switch.view.clone(),
        ControlFact::UserCreated(user) | ControlFact::UserUpdated(user) => user.user_id.to_string(),
        ControlFact::UserLinked(linked) => linked.user_id.to_string(),
        ControlFact::UserErased(erased) => erased.user_id.to_string(),
        ControlFact::SessionEnded(ended) => ended.user_id.to_string(),
        ControlFact::ProgramGroupSet(group) => group.name.clone(),
    }
}

//! The control decider: one writer, so that names and addresses are unique without reservation.

mod answers;
mod api_keys;
mod groups;
mod rights;
mod sessions;
mod sources;
mod users;
mod views;

pub use sources::{SHORTEST_INTERVAL_S, check_source};

use super::accounts::{AccountRecord, Part};
use super::{ControlBody, ControlCommand, ControlEvent, ControlFact};
use crate::decide::Stop;
use crate::decide::values::{put, read};
use crate::id::{EventId, ItemKind, ItemRef};
use crate::position::{Partition, Seq, Version};
use crate::state::{Change, StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::{Accepted, Finding, Outcome, Refusal, RefusalKind, Verdict};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What becomes of a control command, as data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ControlDecision {
    /// Changes of the state.
    pub changes: Vec<Change>,
    /// Events, in order.
    pub events: Vec<ControlEvent>,
    /// What is personal, for `accounts`: each record with the part of the person that it stands for.
    pub accounts: Vec<(Part, AccountRecord)>,
    /// The answer, where somebody waits for it.
    pub verdict: Option<Verdict>,
    /// Whether the command was decided before.
    pub duplicate: bool,
}

/// A thing under control as the decider keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Held<T> {
    version: Version,
    seq: Seq,
    value: T,
}

impl<T> Held<T> {
    fn first(seq: Seq, value: T) -> Self {
        Self {
            version: Version(1),
            seq,
            value,
        }
    }

    fn next(&self, seq: Seq, value: T) -> Self {
        Self {
            version: self.version.next(),
            seq,
            value,
        }
    }
}

/// What is decided of one command: the fact, and the thing it is about.
struct Decided {
    fact: Option<ControlFact>,
    changes: Vec<Change>,
    accounts: Vec<(Part, AccountRecord)>,
    id: Uuid,
    version: Version,
    seq: Seq,
}

impl Decided {
    /// It is already as the command wants it.
    fn nothing<T>(id: Uuid, held: &Held<T>) -> Self {
        Self {
            fact: None,
            changes: Vec::new(),
            accounts: Vec::new(),
            id,
            version: held.version,
            seq: held.seq,
        }
    }

    /// It happens, and the thing is now as it is held.
    fn happens<T>(id: Uuid, held: &Held<T>, fact: ControlFact, changes: Vec<Change>) -> Self {
        Self {
            fact: Some(fact),
            changes,
            ..Self::nothing(id, held)
        }
    }
}

/// What becomes of one control command.
///
/// # Errors
/// [`Unreadable`] where the state cannot be read: nothing is decided, try again.
pub fn decide(
    state: &dyn StateView,
    command: &ControlCommand,
) -> Result<ControlDecision, Unreadable> {
    if let Some(decision) = answers::remembered(state, command)? {
        return Ok(decision);
    }
    let last: Option<(Seq, Timestamp)> = read(state, SEQ)?;
    let (seq, last_at) = last.unwrap_or((Seq(0), command.at));
    let at = command.at.max(last_at);
    let step = users::Step {
        state,
        command,
        seq: seq.next(),
        at,
    };
    let (mut decision, outcome) = match judge(step) {
        Ok(decided) => accepted(command, decided, seq.next(), at)?,
        Err(Stop::Refused(refusal)) => (ControlDecision::default(), Outcome::Refused(*refusal)),
        Err(Stop::Unreadable(error)) => return Err(error),
    };
    let verdict = Verdict {
        command_id: command.command_id,
        program_id: None,
        command: command.body.name().to_owned(),
        decided_at: at,
        correlation_id: command.correlation_id.clone(),
        import: None,
        outcome,
    };
    let remembered = answers::remember(state, command, &verdict)?;
    decision.changes.extend(remembered);
    decision.verdict = command.reply_to.map(|_| verdict);
    Ok(decision)
}

/// The last `seq` and when it was given.
const SEQ: &[u8] = b"s";

fn judge(step: users::Step<'_>) -> Result<Decided, Stop> {
    let users::Step {
        state,
        command,
        seq,
        ..
    } = step;
    rights::check(state, command)?;
    match &command.body {
        ControlBody::CreateSource(body) => sources::create(state, body, seq),
        ControlBody::UpdateSource(body) => sources::update(state, body, command.expected, seq),
        ControlBody::CreateApiKey(body) => api_keys::create(state, body, seq),
        ControlBody::RevokeApiKey(body) => api_keys::revoke(state, body, command.at, seq),
        ControlBody::SwitchView(body) => views::switch(state, body, seq),
        ControlBody::InviteUser(body) => users::invite(step, body),
        ControlBody::SignUp(body) => users::sign_up(step, body),
        ControlBody::UpdateUser(body) => users::update(step, body),
        ControlBody::LinkUser(body) => users::link(step, body),
        ControlBody::SetPassword(body) => users::set(step, body),
        ControlBody::EraseUser(body) => users::erase(step, body),
        ControlBody::OpenSession(body) => sessions::open(step, body),
        ControlBody::RefreshSession(body) => sessions::refresh(step, body),
        ControlBody::EndSession(body) => sessions::end(step, body),
        ControlBody::SetProgramGroup(body) => groups::set(state, body, seq),
    }
}

fn accepted(
    command: &ControlCommand,
    decided: Decided,
    seq: Seq,
    at: Timestamp,
) -> Result<(ControlDecision, Outcome), Unreadable> {
    let mut decision = ControlDecision {
        changes: decided.changes,
        accounts: decided.accounts,
        ..ControlDecision::default()
    };
    if let Some(body) = decided.fact {
        decision.events.push(ControlEvent {
            event_id: EventId(command.command_id.derive(0)),
            seq,
            version: decided.version,
            decided_at: at,
            command_id: command.command_id,
            principal: command.principal.clone(),
            correlation_id: command.correlation_id.clone(),
            body,
        });
        decision.changes.push(put(SEQ.to_vec(), &(seq, at))?);
    }
    let accepted = Accepted {
        // Sources and keys are no catalogue items; the answer names them by id in the same place.
        item: ItemRef {
            kind: ItemKind::Asset,
            id: decided.id,
        },
        version: decided.version,
        events: decision.events.iter().map(|event| event.event_id).collect(),
        partition: Partition(0),
        seq: decided.seq,
        rebased_on: None,
        warnings: Vec::new(),
    };
    Ok((decision, Outcome::Accepted(accepted)))
}

/// The refusal of a name that something else has.
fn name_taken(kind: &str, name: &str) -> Refusal {
    let message = format!("another {kind} is called {name:?}: choose another name");
    let errors = vec![Finding::new("/name", "name_taken", message)];
    Refusal {
        kind: RefusalKind::Conflict,
        ..crate::decide::refusal::invalid(errors, None)
    }
}

/// Names that differ in case or outer white space only are one name.
fn name_key(prefix: &[u8], name: &str) -> Vec<u8> {
    [prefix, name.trim().to_lowercase().as_bytes()].concat()
}

/// The id by which answers name an API key.
#[must_use]
pub fn api_key_id(prefix: &str) -> Uuid {
    named_id("api_key", prefix)
}

/// The id by which answers name a thing that has a name of its own.
fn named_id(kind: &str, name: &str) -> Uuid {
    crate::id::name_based("control", &[kind.as_bytes(), name.as_bytes()])
}

//! The control decider: one writer, so that names and addresses are unique without reservation.

use super::{
    ControlBody, ControlCommand, ControlEvent, ControlFact, CreateApiKey, CreateSource,
    RevokeApiKey, SourceState, SwitchView, UpdateSource,
};
use crate::command::Expectation;
use crate::decide::desk::{encode, read};
use crate::decide::refusal;
use crate::id::{EventId, ItemKind, ItemRef, SourceId};
use crate::item::{self, Fields};
use crate::lang::{Lang, Localized};
use crate::model::SourceFields;
use crate::position::{Partition, Seq, Version};
use crate::rules::Findings;
use crate::state::{Change, StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::{Accepted, Finding, Outcome, Refusal, RefusalKind, Verdict};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// The shortest time between two polls of a source, in seconds.
pub const SHORTEST_INTERVAL_S: i64 = 60;

/// What becomes of a control command, as data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ControlDecision {
    /// Changes of the state.
    pub changes: Vec<Change>,
    /// Events, in order.
    pub events: Vec<ControlEvent>,
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

/// An answer to a command whose client named an Idempotency-Key.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    #[serde(with = "serde_bytes")]
    payload_hash: Vec<u8>,
    until: Timestamp,
    verdict: Verdict,
}

/// What is decided of one command: the fact, and the thing it is about.
struct Decided {
    fact: Option<ControlFact>,
    changes: Vec<Change>,
    id: uuid::Uuid,
    version: Version,
    seq: Seq,
}

enum Stop {
    Refused(Box<Refusal>),
    Unreadable(Unreadable),
}

impl From<Unreadable> for Stop {
    fn from(error: Unreadable) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
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
    if let Some(decision) = remembered(state, command)? {
        return Ok(decision);
    }
    let last: Option<(Seq, Timestamp)> = read(state, b"s")?;
    let (seq, last_at) = last.unwrap_or((Seq(0), command.at));
    let at = command.at.max(last_at);
    let (mut decision, outcome) = match judge(state, command, seq.next()) {
        Ok(decided) => accepted(command, decided, seq, at)?,
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
    if let Some(payload_hash) = command.payload_hash.clone() {
        let until = at.plus_seconds(crate::decide::ANSWERS_KEPT_S);
        let answer = Answer {
            payload_hash,
            until,
            verdict: verdict.clone(),
        };
        decision.changes.push(change(answer_key(command), &answer)?);
    }
    decision.verdict = command.reply_to.map(|_| verdict);
    Ok(decision)
}

fn answer_key(command: &ControlCommand) -> Vec<u8> {
    [b"a/".as_slice(), command.command_id.as_bytes()].concat()
}

fn remembered(
    state: &dyn StateView,
    command: &ControlCommand,
) -> Result<Option<ControlDecision>, Unreadable> {
    let Some(hash) = &command.payload_hash else {
        return Ok(None);
    };
    let Some(answer) = read::<Answer>(state, &answer_key(command))? else {
        return Ok(None);
    };
    if answer.until <= command.at {
        return Ok(None);
    }
    let mut verdict = answer.verdict;
    if answer.payload_hash != *hash {
        verdict.outcome = Outcome::Refused(refusal::key_reused());
    }
    let verdict = command.reply_to.map(|_| verdict);
    Ok(Some(ControlDecision {
        verdict,
        duplicate: true,
        ..ControlDecision::default()
    }))
}

fn accepted(
    command: &ControlCommand,
    decided: Decided,
    last: Seq,
    at: Timestamp,
) -> Result<(ControlDecision, Outcome), Unreadable> {
    let mut decision = ControlDecision {
        changes: decided.changes,
        ..ControlDecision::default()
    };
    if let Some(body) = decided.fact {
        decision.events.push(ControlEvent {
            event_id: EventId(command.command_id.derive(0)),
            seq: last.next(),
            version: decided.version,
            decided_at: at,
            command_id: command.command_id,
            principal: command.principal.clone(),
            correlation_id: command.correlation_id.clone(),
            body,
        });
        decision
            .changes
            .push(change(b"s".to_vec(), &(last.next(), at))?);
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

fn judge(state: &dyn StateView, command: &ControlCommand, seq: Seq) -> Result<Decided, Stop> {
    match &command.body {
        ControlBody::CreateSource(body) => create_source(state, body, seq),
        ControlBody::UpdateSource(body) => update_source(state, body, command.expected, seq),
        ControlBody::CreateApiKey(body) => create_key(state, body, seq),
        ControlBody::RevokeApiKey(body) => revoke_key(state, body, seq),
        ControlBody::SwitchView(body) => switch_view(state, body, seq),
    }
}

fn create_source(state: &dyn StateView, body: &CreateSource, seq: Seq) -> Result<Decided, Stop> {
    let key = source_key(body.source_id);
    if let Some(held) = read::<Held<SourceFields>>(state, &key)? {
        // The same address again is the same source: it stays as it is.
        return Ok(Decided {
            fact: None,
            changes: Vec::new(),
            id: body.source_id.0,
            version: held.version,
            seq: held.seq,
        });
    }
    check_source(&body.fields)?;
    name_is_free(state, &body.fields.name, body.source_id)?;
    let fact = SourceState {
        source_id: body.source_id,
        fields: body.fields.clone(),
    };
    let held = Held {
        version: Version(1),
        seq,
        value: body.fields.clone(),
    };
    Ok(Decided {
        fact: Some(ControlFact::SourceCreated(fact)),
        changes: vec![
            change(key, &held)?,
            change(name_key(&body.fields.name), &body.source_id)?,
        ],
        id: body.source_id.0,
        version: Version(1),
        seq,
    })
}

fn update_source(
    state: &dyn StateView,
    body: &UpdateSource,
    expected: Option<Expectation>,
    seq: Seq,
) -> Result<Decided, Stop> {
    let key = source_key(body.source_id);
    let Some(held) = read::<Held<SourceFields>>(state, &key)? else {
        let message = format!("there is no source {}", body.source_id);
        return Err(refusal::new(RefusalKind::NotFound, "not_found", message).into());
    };
    if let Some(expected) = expected.filter(|expected| expected.version != held.version) {
        return Err(refusal::other_version(expected, held.version, Vec::new()).into());
    }
    let fields: SourceFields = item::apply(&held.value, &body.patch).map_err(refusal::bad_patch)?;
    if fields == held.value {
        return Ok(Decided {
            fact: None,
            changes: Vec::new(),
            id: body.source_id.0,
            version: held.version,
            seq: held.seq,
        });
    }
    check_source(&fields)?;
    name_is_free(state, &fields.name, body.source_id)?;
    let version = held.version.next();
    let mut changes = vec![change(
        key,
        &Held {
            version,
            seq,
            value: fields.clone(),
        },
    )?];
    if fields.name != held.value.name {
        changes.push(Change {
            key: name_key(&held.value.name),
            value: None,
        });
        changes.push(change(name_key(&fields.name), &body.source_id)?);
    }
    let fact = SourceState {
        source_id: body.source_id,
        fields,
    };
    Ok(Decided {
        fact: Some(ControlFact::SourceUpdated(fact)),
        changes,
        id: body.source_id.0,
        version,
        seq,
    })
}

fn check_source(fields: &SourceFields) -> Result<(), Stop> {
    let mut found = Findings::default();
    if fields.name.trim().is_empty() {
        found.error("/name", "name_missing", "a source needs a name");
    }
    if !fields.url.is_empty() {
        found.url("/url", &fields.url);
    }
    if fields.interval_s != 0 && fields.interval_s < SHORTEST_INTERVAL_S {
        let message =
            format!("a source is polled every {SHORTEST_INTERVAL_S} seconds at most, or never: 0");
        found.error("/interval_s", "interval_too_short", message);
    }
    let (errors, _): (Vec<Finding>, _) = found.split();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal::invalid(errors, None).into())
    }
}

fn name_is_free(state: &dyn StateView, name: &str, owner: SourceId) -> Result<(), Stop> {
    match read::<SourceId>(state, &name_key(name))? {
        Some(other) if other != owner => {
            let errors = vec![Finding::new(
                "/name",
                "name_taken",
                format!("another source is called {name:?}: choose another name"),
            )];
            Err(Refusal {
                kind: RefusalKind::Conflict,
                ..refusal::invalid(errors, None)
            }
            .into())
        }
        _ => Ok(()),
    }
}

fn create_key(state: &dyn StateView, body: &CreateApiKey, seq: Seq) -> Result<Decided, Stop> {
    let key = api_key_key(&body.prefix);
    if read::<Held<CreateApiKey>>(state, &key)?.is_some() {
        let message = "this prefix was used before: make another key";
        return Err(refusal::new(RefusalKind::Conflict, "prefix_taken", message).into());
    }
    let held = Held {
        version: Version(1),
        seq,
        value: body.clone(),
    };
    Ok(Decided {
        fact: Some(ControlFact::ApiKeyCreated(body.clone())),
        changes: vec![change(key, &held)?],
        id: key_id(&body.prefix),
        version: Version(1),
        seq,
    })
}

fn revoke_key(state: &dyn StateView, body: &RevokeApiKey, seq: Seq) -> Result<Decided, Stop> {
    let key = api_key_key(&body.prefix);
    let Some(mut held) = read::<Held<CreateApiKey>>(state, &key)? else {
        let message = format!("there is no API key {}", body.prefix);
        return Err(refusal::new(RefusalKind::NotFound, "not_found", message).into());
    };
    let id = key_id(&body.prefix);
    if held.version > Version(1) {
        let (version, seq) = (held.version, held.seq);
        return Ok(Decided {
            fact: None,
            changes: Vec::new(),
            id,
            version,
            seq,
        });
    }
    held.version = held.version.next();
    held.seq = seq;
    Ok(Decided {
        fact: Some(ControlFact::ApiKeyRevoked(body.clone())),
        changes: vec![change(key, &held)?],
        id,
        version: held.version,
        seq,
    })
}

fn switch_view(state: &dyn StateView, body: &SwitchView, seq: Seq) -> Result<Decided, Stop> {
    let id = key_id(&body.view);
    if View::by_name(&body.view).is_none() || body.version < 1 {
        let message = format!(
            "there is no view {} with a version {}",
            body.view, body.version
        );
        return Err(refusal::new(RefusalKind::Invalid, "view_unknown", message).into());
    }
    let key = [b"v/", body.view.as_bytes()].concat();
    let held: Option<Held<i32>> = read(state, &key)?;
    let version = held.as_ref().map_or(Version(0), |held| held.version).next();
    let held = Held {
        version,
        seq,
        value: body.version,
    };
    Ok(Decided {
        fact: Some(ControlFact::ViewSwitched(body.clone())),
        changes: vec![change(key, &held)?],
        id,
        version,
        seq,
    })
}

fn change<T: Serialize>(key: Vec<u8>, value: &T) -> Result<Change, Unreadable> {
    Ok(Change {
        key,
        value: Some(encode(value)?),
    })
}

fn source_key(id: SourceId) -> Vec<u8> {
    [b"c/", id.as_bytes().as_slice()].concat()
}

fn name_key(name: &str) -> Vec<u8> {
    [b"n/", name.trim().to_lowercase().as_bytes()].concat()
}

fn api_key_key(prefix: &str) -> Vec<u8> {
    [b"k/", prefix.as_bytes()].concat()
}

fn key_id(prefix: &str) -> uuid::Uuid {
    crate::id::name_based("control", &[prefix.as_bytes()])
}

/// A source has no texts per language; patches work on it as on other fields.
impl Fields for SourceFields {
    fn title(&self) -> &Localized {
        static NONE: Localized = Localized(std::collections::BTreeMap::new());
        &NONE
    }
    fn default_lang(&self) -> Option<&Lang> {
        None
    }
}

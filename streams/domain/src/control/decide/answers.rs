//! Answers that are remembered for 72 h of record time. There are no timers on the control topic: the commands
//! that come later forget them.

use super::ControlDecision;
use crate::control::ControlCommand;
use crate::decide::values::{decode, put, read, removal};
use crate::decide::{ANSWERS_KEPT_S, refusal};
use crate::id::CommandId;
use crate::state::{Change, StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::{Outcome, Verdict};
use serde::{Deserialize, Serialize};

/// How many old answers one command forgets at most.
const FORGET: usize = 10;
/// The prefix of the answers by the time they end.
const ENDS: &[u8] = b"t/";

/// An answer and the request it was for.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    #[serde(with = "serde_bytes")]
    payload_hash: Vec<u8>,
    until: Timestamp,
    verdict: Verdict,
}

/// The decision where the command was answered before.
pub(super) fn remembered(
    state: &dyn StateView,
    command: &ControlCommand,
) -> Result<Option<ControlDecision>, Unreadable> {
    let Some(hash) = &command.payload_hash else {
        return Ok(None);
    };
    let Some(answer) = read::<Answer>(state, &answer_key(command.command_id))? else {
        return Ok(None);
    };
    if answer.until <= command.at {
        return Ok(None);
    }
    let mut verdict = answer.verdict;
    verdict.correlation_id.clone_from(&command.correlation_id);
    if answer.payload_hash != *hash {
        verdict.outcome = Outcome::Refused(refusal::key_reused());
    }
    Ok(Some(ControlDecision {
        verdict: command.reply_to.map(|_| verdict),
        duplicate: true,
        ..ControlDecision::default()
    }))
}

/// Remembers an answer where the client named an Idempotency-Key, and forgets some that are old.
pub(super) fn remember(
    state: &dyn StateView,
    command: &ControlCommand,
    verdict: &Verdict,
) -> Result<Vec<Change>, Unreadable> {
    let Some(payload_hash) = command.payload_hash.clone() else {
        return Ok(Vec::new());
    };
    let mut changes = forget(state, command)?;
    let until = verdict.decided_at.plus_seconds(ANSWERS_KEPT_S);
    let answer = Answer {
        payload_hash,
        until,
        verdict: verdict.clone(),
    };
    changes.push(put(answer_key(command.command_id), &answer)?);
    changes.push(put(
        ends_key(until, command.command_id),
        &command.command_id,
    )?);
    Ok(changes)
}

fn forget(state: &dyn StateView, command: &ControlCommand) -> Result<Vec<Change>, Unreadable> {
    let now = ends_key(command.at, CommandId(uuid::Uuid::max()));
    let mut changes = Vec::new();
    for (key, id) in state.scan(ENDS, b"", FORGET)? {
        if key > now {
            break;
        }
        let answer = answer_key(decode(&id)?);
        if read::<Answer>(state, &answer)?.is_some_and(|answer| answer.until <= command.at) {
            changes.push(removal(answer));
        }
        changes.push(removal(key));
    }
    Ok(changes)
}

fn answer_key(command: CommandId) -> Vec<u8> {
    [b"a/".as_slice(), command.as_bytes()].concat()
}

fn ends_key(until: Timestamp, command: CommandId) -> Vec<u8> {
    [ENDS, &until.0.max(0).to_be_bytes(), command.as_bytes()].concat()
}

//! Answers that are remembered: a command with an Idempotency-Key is decided once and answered alike for 72 h
//! of record time; a timer forgets them.

use super::desk::{Decision, Desk};
use super::values::read;
use super::{keys, refusal};
use crate::command::Command;
use crate::id::CommandId;
use crate::state::{StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::{Outcome, Verdict};
use serde::{Deserialize, Serialize};

/// How long an answer is remembered, in seconds of record time.
pub const KEEP_S: i64 = 72 * 3600;

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
    command: &Command,
) -> Result<Option<Decision>, Unreadable> {
    let Some(hash) = &command.payload_hash else {
        return Ok(None);
    };
    let key = keys::answer(command.program_id, command.command_id);
    let Some(answer) = read::<Answer>(state, &key)? else {
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
    let verdict = command.reply_to.is_some().then_some(verdict);
    Ok(Some(Decision {
        verdict,
        duplicate: true,
        ..Decision::default()
    }))
}

/// Remembers an answer, and sets the timer that forgets it.
pub(super) fn remember(desk: &mut Desk<'_>, verdict: &Verdict) -> Result<(), Unreadable> {
    let Some(payload_hash) = desk.command.payload_hash.clone() else {
        return Ok(());
    };
    let (program, command) = (desk.command.program_id, desk.command.command_id);
    let until = desk.decided_at().plus_seconds(KEEP_S);
    let answer = Answer {
        payload_hash,
        until,
        verdict: verdict.clone(),
    };
    desk.write(keys::answer(program, command), &answer)?;
    desk.write(
        keys::timer(until, program, &format!("{FORGET}{command}")),
        &(),
    )
}

/// Forgets the answer to a command once its time is over: a key that was used again since is kept.
pub(super) fn forget(
    desk: &mut Desk<'_>,
    command: CommandId,
    due: Timestamp,
) -> Result<(), Unreadable> {
    let key = keys::answer(desk.command.program_id, command);
    if desk
        .read::<Answer>(&key)?
        .is_some_and(|answer| answer.until <= due)
    {
        desk.remove(key);
    }
    Ok(())
}

/// The start of the names of timers that forget an answer.
pub(super) const FORGET: &str = "forget-answer/";

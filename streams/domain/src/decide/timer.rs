//! Timers that have come due: the first record of one is carried out, repetitions find nothing.

use super::desk::Desk;
use super::{Judged, Stop, answers, keys};
use crate::command::FireTimer;
use crate::id::CommandId;

/// Carries out what was put off.
pub(super) fn fire(desk: &mut Desk<'_>, timer: &FireTimer) -> Result<Judged, Stop> {
    let key = keys::timer(timer.due, desk.command.program_id, &timer.timer);
    if desk.read::<()>(&key)?.is_none() {
        return Ok(Judged::Duplicate);
    }
    desk.remove(key);
    if let Some(command) = timer.timer.strip_prefix(answers::FORGET)
        && let Ok(command) = command.parse::<CommandId>()
    {
        answers::forget(desk, command, timer.due)?;
    }
    Ok(Judged::Timer)
}

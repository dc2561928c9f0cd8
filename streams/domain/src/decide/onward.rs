//! An entry that was under way when its program became part of another: it goes on to the one that took it over.
//!
//! What goes on is the command that the entry would have become under the binding of now, with the same id: whoever
//! brings it there first, it is one import.

use super::Judged;
use super::desk::Desk;
use crate::command::{Command, ImportOrigin};
use crate::id::ProgramId;
use crate::ingest::import_id;

/// The command that an import becomes where its program is part of another.
///
/// What is normalised again is normalised under the binding of now: it does not go on, and is refused.
pub(super) fn to_successor(desk: &Desk<'_>, origin: &ImportOrigin) -> Option<Judged> {
    let merged = desk.program()?.merged?;
    if origin.renormalised {
        return None;
    }
    let into = ProgramId(merged.into);
    Some(Judged::Onward(Box::new(Command {
        command_id: import_id(into, origin.source_id, origin.run_id, origin.order.index),
        program_id: into,
        ..desk.command.clone()
    })))
}

//! Items that are withdrawn: gone from readers for good, with a public note, and no import brings them back.
//!
//! Their marks go on leading to them, so that an entry of theirs is known and changes nothing (ADR 0030).

use super::desk::Desk;
use super::edit::{OnDesk, accepted, existing, expected, is_itself};
use super::{Stop, refusal};
use crate::event::Withdrawn;
use crate::lang::Localized;
use crate::model::limits;
use crate::rules::Findings;
use crate::verdict::{Accepted, Finding};

/// Withdraws an item; one that is withdrawn already gets the note.
pub(super) fn item<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    note: &Localized,
    reason: Option<String>,
) -> Result<Accepted, Stop> {
    let command = desk.command;
    let item = existing(desk, entity)?;
    if !item.was_changed_by(command) {
        is_itself(item)?;
    }
    expected(command, item)?;
    if item
        .withdrawn
        .as_ref()
        .is_some_and(|known| known.note == *note)
    {
        return accepted(desk, entity, Vec::new());
    }
    let version = item.version;
    let errors = broken(note, item.first_published_at.is_some());
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, Some(version)).into());
    }
    let note = note.clone();
    entity.happen(desk, entity.withdrawn(Withdrawn { note, reason }))?;
    accepted(desk, entity, Vec::new())
}

/// The rules that a public note breaks; one is needed where readers saw the item.
fn broken(note: &Localized, was_seen: bool) -> Vec<Finding> {
    let mut found = Findings::default();
    if note.is_empty() && was_seen {
        let message = "readers have seen it: say in at least one language why it is gone";
        found.error("/note", "note_missing", message);
    }
    found.at_most("/note", note.0.len(), limits::LANGUAGES, "languages");
    for (lang, text) in &note.0 {
        let at = format!("/note/{lang}");
        if text.trim().is_empty() {
            let message = "the note is empty: write one or remove the language";
            found.error(&at, "note_empty", message);
        } else if text.chars().count() > limits::NOTE {
            let message = format!("the note is longer than {} characters", limits::NOTE);
            found.error(&at, "note_too_long", message);
        }
        found.language(&at, lang);
    }
    found.checked().errors
}

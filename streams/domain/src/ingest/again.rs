//! Raw entries that were taken before, normalised by today's rules.

use super::RawEntry;
use crate::catalog::Provenance;
use crate::command::{Command, CommandBody};
use crate::episode::ladder;
use crate::id::{CommandId, ProgramId};
use crate::item::{self, Fields};
use crate::model::EpisodeFields;
use crate::time::Timestamp;

/// The command of an entry that is normalised again: it counts though its fetch is not newer.
///
/// Its id follows from what it says, so that a run that is begun again asks for nothing twice.
#[must_use]
pub fn again(mut command: Command, now: Timestamp) -> Command {
    let said = match &mut command.body {
        CommandBody::ImportProgram(import) => {
            import.origin.renormalised = true;
            serde_json::to_vec(&import.fields)
        }
        CommandBody::ImportEpisode(import) => {
            import.origin.renormalised = true;
            serde_json::to_vec(&import.fields)
        }
        _ => return command,
    };
    let said = said.unwrap_or_default();
    command.command_id = CommandId::of(&[b"renormalise", command.command_id.as_bytes(), &said]);
    command.at = now;
    command
}

/// What tells an entry from the others of its source, so that the newest of each can be found.
#[must_use]
pub fn entry_key(raw: &RawEntry, command: &Command) -> CommandId {
    let mark = match &command.body {
        CommandBody::ImportEpisode(import) => ladder::keys_of(&import.fields).into_iter().next(),
        _ => Some(String::from("program")),
    };
    // An entry without any mark is only ever itself.
    let mark = mark.unwrap_or_else(|| command.command_id.to_string());
    CommandId::of(&[b"entry", raw.source_id.as_bytes(), mark.as_bytes()])
}

/// An item as it stands, as far as a new normalisation is compared with it.
#[derive(Clone, Debug)]
pub struct Known<F> {
    /// The draft.
    pub draft: F,
    /// Where its fields come from.
    pub provenance: Option<Provenance>,
}

/// A field that another normalisation changes: its pointer, the value that stands and the one that comes.
pub type FieldChange = (String, String, String);

impl<F: Fields> Known<F> {
    /// The fields that these would change: those that no editor holds.
    #[must_use]
    pub fn changes(&self, fields: &F) -> Vec<FieldChange> {
        let held = |at: &str| self.provenance.as_ref().is_some_and(|p| p.holds(at));
        let differing = item::changed(&self.draft, fields);
        let theirs = differing.into_iter().filter(|at| !held(at));
        theirs
            .map(|at| {
                let (before, after) = (
                    item::value_at(&self.draft, &at),
                    item::value_at(fields, &at),
                );
                (at, before, after)
            })
            .collect()
    }
}

/// The marks by which an entry of a program is known again, strongest first.
#[must_use]
pub fn marks_of(program: ProgramId, fields: &EpisodeFields) -> Vec<String> {
    let marks = ladder::keys_of(fields).into_iter();
    marks.map(|mark| format!("{program}/{mark}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{episode_fields, import_episode};

    #[test]
    fn an_entry_that_says_the_same_again_is_the_same_command() {
        let one = again(import_episode(1, 0, episode_fields(1)), Timestamp(5));
        let same = again(import_episode(1, 0, episode_fields(1)), Timestamp(9));
        let other = again(import_episode(1, 0, episode_fields(2)), Timestamp(5));
        assert_eq!(one.command_id, same.command_id);
        assert_ne!(one.command_id, other.command_id);
        let CommandBody::ImportEpisode(import) = one.body else {
            panic!("an import stays one");
        };
        assert!(import.origin.renormalised);
    }

    #[test]
    fn only_fields_that_no_editor_holds_change() {
        let mut new = episode_fields(1);
        new.number = Some(9);
        new.season = Some(2);
        let mut known = Known {
            draft: episode_fields(1),
            provenance: None,
        };
        let pointers = |known: &Known<EpisodeFields>| -> Vec<String> {
            known.changes(&new).into_iter().map(|(at, ..)| at).collect()
        };
        assert_eq!(pointers(&known), ["/number", "/season"]);
        let origin = |held| crate::catalog::FieldOrigin {
            at: Timestamp(1),
            by: crate::command::Principal::system("x"),
            run_id: None,
            held,
        };
        known.provenance = Some(Provenance {
            made: origin(false),
            fields: [("/number".to_owned(), origin(true))].into(),
            overridden: Default::default(),
        });
        assert_eq!(pointers(&known), ["/season"]);
    }
}

//! What a test says of the last step.

use super::world::{Step, World};
use crate::catalog::{CatalogBody, EpisodeDocument, Lane, ProgramDocument};
use crate::command::Command;
use crate::decide::Decision;
use crate::event::EventBody;
use crate::id::{EpisodeId, ItemRef, ProgramId};
use crate::verdict::{Accepted, EntryOutcome, Outcome, Refusal};

impl World {
    /// The last step.
    ///
    /// # Panics
    /// Where no command has come.
    #[must_use]
    pub fn step(&self) -> &Step {
        self.last.as_ref().expect("a command has come")
    }

    fn outcome(&self) -> &Outcome {
        let verdict = self.step().decision.verdict.as_ref();
        &verdict.expect("the command was answered").outcome
    }

    /// The acceptance of the last command.
    ///
    /// # Panics
    /// Where it was refused.
    #[must_use]
    pub fn acceptance(&self) -> &Accepted {
        let outcome = self.outcome();
        let accepted = match outcome {
            Outcome::Accepted(accepted) => Some(accepted),
            Outcome::Refused(_) => None,
        };
        assert!(accepted.is_some(), "accepted, not {outcome:#?}");
        accepted.expect("just checked")
    }

    /// The refusal of the last command.
    ///
    /// # Panics
    /// Where it was accepted.
    #[must_use]
    pub fn refusal(&self) -> &Refusal {
        let outcome = self.outcome();
        let refused = match outcome {
            Outcome::Refused(refusal) => Some(refusal),
            Outcome::Accepted(_) => None,
        };
        assert!(refused.is_some(), "refused, not {outcome:#?}");
        refused.expect("just checked")
    }

    /// Then the command is accepted; a repeated record or a timer, which nobody hears of, too.
    ///
    /// # Panics
    /// Where it was refused.
    #[must_use]
    pub fn accepted(self) -> Self {
        if self.step().decision.verdict.is_some() {
            let _ = self.acceptance();
        }
        self
    }

    /// Then the command is refused with this code.
    ///
    /// # Panics
    /// Where it was not.
    #[must_use]
    pub fn refused(self, code: &str) -> Self {
        assert_eq!(self.refusal().code, code, "{:#?}", self.refusal());
        self
    }

    /// Then these rules are broken, by pointer and code.
    ///
    /// # Panics
    /// Where others are.
    #[must_use]
    pub fn broken(self, rules: &[(&str, &str)]) -> Self {
        let errors = self.refusal().errors.iter();
        let broken: Vec<_> = errors
            .map(|e| (e.pointer.as_str(), e.code.as_str()))
            .collect();
        assert_eq!(broken, rules);
        self
    }

    /// Then these events happen, by name.
    ///
    /// # Panics
    /// Where others do.
    #[must_use]
    pub fn happened(self, names: &[&str]) -> Self {
        let events = self.step().decision.events.iter();
        let happened: Vec<_> = events.map(|event| event.body.name()).collect();
        assert_eq!(happened, names);
        self
    }

    /// Then an entry of a fetch ended so.
    ///
    /// # Panics
    /// Where it ended otherwise.
    #[must_use]
    pub fn entry(self, outcome: EntryOutcome) -> Self {
        let verdict = self.step().decision.verdict.as_ref();
        let import = verdict.and_then(|verdict| verdict.import.as_ref());
        assert_eq!(
            import.map(|import| import.outcome),
            Some(outcome),
            "{verdict:#?}"
        );
        self
    }

    /// Then the command goes on to the program that took its own over; gives what it becomes there.
    ///
    /// # Panics
    /// Where it does not, or where anything happens here.
    #[must_use]
    pub fn goes_on(&self) -> Command {
        let decision = &self.step().decision;
        let onward = decision.onward.clone().expect("the command goes on");
        let expected = Decision {
            onward: Some(onward.clone()),
            ..Decision::default()
        };
        assert_eq!(*decision, expected, "it goes on, and nothing else happens");
        *onward
    }

    /// Then the record was a repetition, and nobody hears of it.
    ///
    /// # Panics
    /// Where it was not.
    #[must_use]
    pub fn duplicate(self) -> Self {
        assert!(
            self.step().decision.duplicate,
            "{:#?}",
            self.step().decision
        );
        self.happened(&[])
    }

    /// Then at least these events happened, in this order.
    ///
    /// # Panics
    /// Where one of them did not.
    #[must_use]
    pub fn happened_at_least(self, names: &[&str]) -> Self {
        let all = self.step().decision.events.iter();
        let all: Vec<&str> = all.map(|event| event.body.name()).collect();
        let mut rest = all.iter();
        assert!(
            names.iter().all(|name| rest.any(|is| is == name)),
            "{all:?}"
        );
        self
    }

    /// The id of the only episode that was made.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn only_episode(&self) -> EpisodeId {
        let made = self.events.iter().find_map(|event| match &event.body {
            EventBody::EpisodeCreated(made) => Some(made.episode_id),
            _ => None,
        });
        made.expect("an episode was made")
    }

    /// The pointers that the last step's changes name.
    #[must_use]
    pub fn changed(&self) -> Vec<String> {
        let events = self.step().decision.events.iter();
        let changed = events.filter_map(|event| match &event.body {
            EventBody::ProgramUpdated(updated) => Some(&updated.changed),
            EventBody::EpisodeUpdated(updated) => Some(&updated.changed),
            _ => None,
        });
        changed.flatten().cloned().collect()
    }

    /// An episode's document in a lane.
    #[must_use]
    pub fn episode_document(&self, id: EpisodeId, lane: Lane) -> Option<&EpisodeDocument> {
        match &self.document(ItemRef::episode(id), lane)?.body {
            CatalogBody::Episode(document) => Some(document),
            _ => None,
        }
    }

    /// A program's document in a lane.
    #[must_use]
    pub fn program_document(&self, id: ProgramId, lane: Lane) -> Option<&ProgramDocument> {
        match &self.document(ItemRef::program(id), lane)?.body {
            CatalogBody::Program(document) => Some(document),
            _ => None,
        }
    }
}

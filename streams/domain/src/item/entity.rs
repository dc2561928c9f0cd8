//! What makes a kind of item: its events and its rules, so that `decide` is written once.

use super::{Fields, Item, Merged, Stamp, TakenOver};
use crate::event::{Event, EventBody, HeldField, ImportFact, Rung, Withdrawn};
use crate::id::ItemRef;
use crate::lang::{Lang, Localized};
use crate::position::Version;
use crate::verdict::Finding;
use uuid::Uuid;

/// How strict the rules are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What may be saved, incomplete as it is.
    Draft,
    /// What may be shown to readers.
    Publish,
}

/// The rules that fields break, by what they stop.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Checked {
    /// Not even a draft may be so.
    pub errors: Vec<Finding>,
    /// A draft may be so, what readers see may not.
    pub unfit: Vec<Finding>,
    /// Worth a look; nothing is stopped.
    pub warnings: Vec<Finding>,
}

impl Checked {
    /// What stops a command of this stage, and what travels with its acceptance.
    #[must_use]
    pub fn at(mut self, stage: Stage) -> (Vec<Finding>, Vec<Finding>) {
        if stage == Stage::Publish {
            self.errors.append(&mut self.unfit);
        }
        (self.errors, self.warnings)
    }
}

/// A change of the draft as an event tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<F> {
    /// The whole draft after it.
    pub fields: F,
    /// The pointers that changed.
    pub changed: Vec<String>,
    /// The version it was made against, where that was an older one.
    pub rebased_from: Option<Version>,
    /// The import, where it was one.
    pub import: Option<ImportFact>,
    /// The mark by which the import found the item.
    pub matched_by: Option<Rung>,
    /// What the import says of fields that an editor holds.
    pub held: Vec<HeldField>,
    /// Why, in the words of who asked.
    pub reason: Option<String>,
    /// The version whose fields it brings back, where it does.
    pub restores: Option<Version>,
}

/// A release of fields as an event tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Release<F> {
    /// The whole draft after it.
    pub fields: F,
    /// The pointers that are given back.
    pub pointers: Vec<String>,
    /// The pointers that took the source's value at once.
    pub changed: Vec<String>,
}

/// What an event of any kind of item means to its aggregate.
pub enum Fact<'a, F> {
    /// It was made.
    Created {
        /// The first draft.
        fields: &'a F,
        /// The public name.
        slug: &'a str,
        /// Whether it waits for an editor.
        in_review: bool,
        /// The import, where it was one.
        import: Option<&'a ImportFact>,
        /// Items of elsewhere that it stands for.
        stands_for: Vec<Uuid>,
        /// Fields that an editor holds from the start.
        held: &'a [String],
    },
    /// The draft changed.
    Updated {
        /// The whole draft after it.
        fields: &'a F,
        /// The pointers that changed.
        changed: &'a [String],
        /// The import, where it was one.
        import: Option<&'a ImportFact>,
        /// What the import says of fields that an editor holds.
        held: &'a [HeldField],
    },
    /// The draft became live in these languages.
    Published(&'a [Lang]),
    /// Readers no longer see it.
    Unpublished,
    /// It is kept out of lists.
    Archived,
    /// It is gone for good, with this public note.
    Withdrawn(&'a Localized),
    /// An import found it under other marks.
    Matched(&'a ImportFact),
    /// Fields went back to the sources.
    Released {
        /// The whole draft after it.
        fields: &'a F,
        /// The pointers that were given back.
        pointers: &'a [String],
        /// The pointers that took the source's value.
        changed: &'a [String],
    },
    /// It became part of another.
    Merged(Merged),
    /// It is itself again.
    Unmerged,
    /// Another became part of it.
    Absorbed(Uuid, TakenOver<'a, F>),
    /// Another is no longer part of it.
    Returned {
        /// The other.
        from: Uuid,
        /// The whole draft after it, where that changed.
        fields: Option<&'a F>,
        /// The pointers that changed.
        changed: &'a [String],
    },
    /// Entries that were taken for it went to an item of their own.
    Split {
        /// The whole draft after it.
        fields: &'a F,
        /// The pointers that changed.
        changed: &'a [String],
        /// The import that the changes came with.
        import: Option<&'a ImportFact>,
    },
}

impl<'a, F> Fact<'a, F> {
    /// The whole draft after it, where it says one.
    #[must_use]
    pub fn draft(&self) -> Option<&'a F> {
        match *self {
            Self::Created { fields, .. }
            | Self::Updated { fields, .. }
            | Self::Released { fields, .. }
            | Self::Split { fields, .. } => Some(fields),
            Self::Absorbed(_, ref taken) => taken.fields,
            Self::Returned { fields, .. } => fields,
            _ => None,
        }
    }
}

/// The whole draft after an event, where it says one.
#[must_use]
pub fn draft_of<E: Entity>(event: &Event) -> Option<&E::Fields> {
    E::fact(&event.body)?.draft()
}

/// A kind of item.
pub trait Entity {
    /// What people edit of it.
    type Fields: Fields;

    /// The item.
    fn item(&self) -> ItemRef;
    /// The rules that fields break.
    fn check(fields: &Self::Fields) -> Checked;
    /// Makes what an editor wrote safe to show, and says where it had to.
    fn tidy(fields: &mut Self::Fields) -> Vec<Finding>;
    /// The event of its making.
    fn created(
        &self,
        fields: Self::Fields,
        slug: String,
        in_review: bool,
        import: Option<ImportFact>,
    ) -> EventBody;
    /// The event of a change.
    fn updated(&self, change: Change<Self::Fields>) -> EventBody;
    /// The event of a release of fields.
    fn released(&self, release: Release<Self::Fields>) -> EventBody;
    /// The event of its publication.
    fn published(&self, languages: Vec<Lang>, reason: Option<String>) -> EventBody;
    /// The event of its end before readers.
    fn unpublished(&self, reason: Option<String>) -> EventBody;
    /// The event of its archiving.
    fn archived(&self, reason: Option<String>) -> EventBody;
    /// The event of its withdrawal.
    fn withdrawn(&self, withdrawn: Withdrawn) -> EventBody;
    /// What an event means to this kind of item; none where it is of another kind.
    fn fact(event: &EventBody) -> Option<Fact<'_, Self::Fields>>;
}

/// The item after an event: never fails, holds no rules. An event that means nothing here changes nothing.
#[must_use]
pub fn evolve<E: Entity>(item: Option<Item<E::Fields>>, event: &Event) -> Option<Item<E::Fields>> {
    let stamp = Stamp {
        seq: event.seq,
        version: event.version,
        at: event.decided_at,
        command: event.command_id,
        by: &event.principal,
    };
    let Some(fact) = E::fact(&event.body) else {
        return item;
    };
    if let Fact::Created {
        fields,
        slug,
        in_review,
        import,
        stands_for,
        held,
    } = fact
    {
        let mut item = Item::created(stamp, fields.clone(), slug.to_owned(), in_review, import);
        item.stands_for.extend(stands_for);
        item.held_from_the_start(stamp, held);
        return Some(item);
    }
    let mut item = item?;
    match fact {
        Fact::Created { .. } => {}
        Fact::Updated {
            fields,
            changed,
            import,
            held,
        } => item.updated(stamp, fields.clone(), changed, import, held),
        Fact::Published(languages) => item.published(stamp, languages.to_vec()),
        Fact::Unpublished => item.unpublished(stamp),
        Fact::Archived => item.archived(stamp),
        Fact::Withdrawn(note) => item.withdrawn(stamp, note.clone()),
        Fact::Matched(import) => item.matched(stamp, import),
        Fact::Released {
            fields,
            pointers,
            changed,
        } => item.released(stamp, fields.clone(), pointers, changed),
        Fact::Merged(merged) => item.merged(stamp, merged),
        Fact::Unmerged => item.unmerged(stamp),
        Fact::Absorbed(from, over) => item.absorbed(stamp, from, over),
        Fact::Returned {
            from,
            fields,
            changed,
        } => item.returned(stamp, from, fields, changed),
        Fact::Split {
            fields,
            changed,
            import,
        } => item.split(stamp, fields.clone(), changed, import),
    }
    Some(item)
}

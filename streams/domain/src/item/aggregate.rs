//! The state of one item. `decide` reads it, [`Item`]'s methods evolve it and hold no rules.

mod merging;
mod provenance;

pub use merging::{Absorbed, Before, Merged, TakenOver};

use super::Fields;
use super::patch::is_within;
use crate::catalog::{FieldOrigin, SourceValue, Status, Withdrawal};
use crate::command::{Command, FetchOrder, Principal};
use crate::event::{HeldField, ImportFact};
use crate::id::{CommandId, RunId, SourceId};
use crate::lang::{Lang, Localized};
use crate::position::{Seq, Version};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What readers see of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Live<F> {
    /// Nothing.
    Nothing,
    /// The draft as it is: the usual case, kept without a second copy.
    Draft,
    /// An older state of the draft.
    Older(Box<F>),
}

/// When a field last changed after the item was made, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// The item's version in which it came to stand.
    pub version: Version,
    /// Whether an editor set it: imports then leave it alone.
    pub by_editor: bool,
}

/// What is remembered of the last import from a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastImport {
    /// The fetch.
    pub run_id: RunId,
    /// Its place among all fetches.
    pub order: FetchOrder,
    /// SHA-256 of the raw entry.
    #[serde(with = "serde_bytes")]
    pub raw_hash: Vec<u8>,
}

/// The state of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item<F> {
    /// Its version.
    pub version: Version,
    /// Where it stands in its life.
    pub status: Status,
    /// What editors see.
    pub draft: F,
    /// What readers see.
    pub live: Live<F>,
    /// The languages that are live.
    pub live_languages: Vec<Lang>,
    /// Its public name.
    pub slug: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When what readers see last changed.
    pub live_updated_at: Timestamp,
    /// When it was first live.
    pub first_published_at: Option<Timestamp>,
    /// The `seq` of its last event.
    pub seq: Seq,
    /// The last command that changed it: the same one again is a repetition.
    pub last_command: CommandId,
    /// Fields that changed since it was made, by JSON pointer.
    pub touched: BTreeMap<String, Touch>,
    /// Whether an editor made it.
    pub by_editor: bool,
    /// The last import from each source.
    pub imports: BTreeMap<SourceId, LastImport>,
    /// Who made it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<FieldOrigin>,
    /// Where the fields that changed since come from, by JSON pointer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub origins: BTreeMap<String, FieldOrigin>,
    /// What sources say of fields that an editor holds, by JSON pointer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, SourceValue>,
    /// What it is part of, where it was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
    /// The items that are part of it, and how it was before them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub absorbed: BTreeMap<Uuid, Absorbed<F>>,
    /// Items of elsewhere that it stands for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stands_for: BTreeSet<Uuid>,
    /// The item that is part of it and by whose entries sources change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Uuid>,
    /// That it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawal>,
}

/// What every event says of itself, as `evolve` needs it.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// The event's `seq`.
    pub seq: Seq,
    /// The item's version after it.
    pub version: Version,
    /// When it was decided.
    pub at: Timestamp,
    /// The command behind it.
    pub command: CommandId,
    /// Who asked.
    pub by: &'a Principal,
}

impl<F: Fields> Item<F> {
    /// The item that a creation makes.
    #[must_use]
    pub fn created(
        stamp: Stamp<'_>,
        fields: F,
        slug: String,
        in_review: bool,
        import: Option<&ImportFact>,
    ) -> Self {
        let mut item = Self {
            version: stamp.version,
            status: if in_review {
                Status::InReview
            } else {
                Status::Draft
            },
            draft: fields,
            live: Live::Nothing,
            live_languages: Vec::new(),
            slug,
            created_at: stamp.at,
            updated_at: stamp.at,
            live_updated_at: stamp.at,
            first_published_at: None,
            seq: stamp.seq,
            last_command: stamp.command,
            touched: BTreeMap::new(),
            by_editor: import.is_none(),
            imports: BTreeMap::new(),
            made: Some(stamp.origin(import)),
            origins: BTreeMap::new(),
            held: BTreeMap::new(),
            merged: None,
            absorbed: BTreeMap::new(),
            stands_for: BTreeSet::new(),
            follows: None,
            withdrawn: None,
        };
        item.remember(import);
        item
    }

    /// The draft changes; what was live stays live.
    pub fn updated(
        &mut self,
        stamp: Stamp<'_>,
        fields: F,
        changed: &[String],
        import: Option<&ImportFact>,
        held: &[HeldField],
    ) {
        if import.is_none() {
            self.lay_aside(changed);
        }
        self.hold(stamp, import, held);
        self.replace(stamp, fields, changed, &stamp.origin(import));
        self.remember(import);
        self.stamp(stamp);
    }

    /// Another draft, with a note of where its fields come from.
    fn replace(&mut self, stamp: Stamp<'_>, fields: F, changed: &[String], origin: &FieldOrigin) {
        if self.live == Live::Draft {
            self.live = Live::Older(Box::new(std::mem::take(&mut self.draft)));
        }
        self.draft = fields;
        if matches!(&self.live, Live::Older(live) if **live == self.draft) {
            self.live = Live::Draft;
        }
        let touch = Touch {
            version: stamp.version,
            by_editor: origin.held,
        };
        for pointer in changed {
            self.touched.insert(pointer.clone(), touch);
            self.origins.insert(pointer.clone(), origin.clone());
        }
    }

    /// The draft becomes live.
    pub fn published(&mut self, stamp: Stamp<'_>, languages: Vec<Lang>) {
        self.live = Live::Draft;
        self.live_languages = languages;
        self.status = Status::Published;
        self.first_published_at.get_or_insert(stamp.at);
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// Readers no longer see it.
    pub fn unpublished(&mut self, stamp: Stamp<'_>) {
        self.live = Live::Nothing;
        self.live_languages.clear();
        self.status = Status::Unpublished;
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// It is kept out of lists.
    pub fn archived(&mut self, stamp: Stamp<'_>) {
        self.status = Status::Archived;
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// It is gone for good; the first time counts where its note is put right.
    pub fn withdrawn(&mut self, stamp: Stamp<'_>, note: Localized) {
        self.live = Live::Nothing;
        self.live_languages.clear();
        self.status = Status::Withdrawn;
        let at = self.withdrawn.as_ref().map_or(stamp.at, |first| first.at);
        self.withdrawn = Some(Withdrawal { at, note });
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// An import is noted that changes no field.
    pub fn matched(&mut self, stamp: Stamp<'_>, import: &ImportFact) {
        self.remember(Some(import));
        self.stamp(stamp);
    }

    /// Whether this very command was the last to change it: then it came again.
    ///
    /// An Idempotency-Key that is used again once its answer is forgotten gives the same id at a later time.
    #[must_use]
    pub fn was_changed_by(&self, command: &Command) -> bool {
        self.last_command == command.command_id && command.at <= self.updated_at
    }

    /// What readers see, where they see anything: of an item that was merged, nothing.
    #[must_use]
    pub fn live_fields(&self) -> Option<&F> {
        match &self.live {
            _ if self.merged.is_some() => None,
            Live::Nothing => None,
            Live::Draft => Some(&self.draft),
            Live::Older(fields) => Some(fields),
        }
    }

    /// Whether the draft differs from what is live.
    #[must_use]
    pub fn has_unpublished_changes(&self) -> bool {
        self.live != Live::Draft
    }

    /// The version in which a field came to stand, and whether an editor set it.
    #[must_use]
    pub fn touch(&self, pointer: &str) -> Touch {
        let own = self.touched.get(pointer);
        let within = self
            .touched
            .iter()
            .filter(|(p, _)| is_within(p, pointer))
            .map(|(_, t)| t);
        let around = self
            .touched
            .iter()
            .filter(|(p, _)| is_within(pointer, p))
            .map(|(_, t)| t);
        own.into_iter()
            .chain(within)
            .chain(around)
            .copied()
            .reduce(|a, b| Touch {
                version: a.version.max(b.version),
                by_editor: a.by_editor || b.by_editor,
            })
            .unwrap_or(Touch {
                version: Version(1),
                by_editor: self.by_editor,
            })
    }

    fn remember(&mut self, import: Option<&ImportFact>) {
        if let Some(fact) = import {
            let last = LastImport {
                run_id: fact.run_id,
                order: fact.order,
                raw_hash: fact.raw_hash.clone(),
            };
            self.imports.insert(fact.source_id, last);
        }
    }

    fn stamp(&mut self, stamp: Stamp<'_>) {
        self.version = stamp.version;
        self.updated_at = stamp.at;
        self.seq = stamp.seq;
        self.last_command = stamp.command;
    }
}

//! Items that are part of others: everything of them stays, so that it can come back as it was.

use super::{Item, LastImport, Stamp};
use crate::catalog::FieldOrigin;
use crate::event::ImportFact;
use crate::id::{ProgramId, SourceId};
use crate::item::Fields;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What an item is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The item.
    pub into: Uuid,
    /// Its program, where that is another.
    pub program: Option<ProgramId>,
}

/// An item that is part of this one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Absorbed<F> {
    /// How this one was before, where it changed.
    pub before: Option<Box<Before<F>>>,
}

/// How an item was before it took another in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Before<F> {
    /// Its draft.
    pub fields: F,
    /// Where its fields came from.
    pub origins: BTreeMap<String, FieldOrigin>,
    /// Its last imports.
    pub imports: BTreeMap<SourceId, LastImport>,
    /// By whose entries sources changed it.
    pub follows: Option<Uuid>,
}

/// What an item takes over from one that becomes part of it.
pub struct TakenOver<'a, F> {
    /// Whether sources change it by the other's entries from now on.
    pub follows: bool,
    /// The draft after it, where that changes.
    pub fields: Option<&'a F>,
    /// The pointers that change.
    pub changed: &'a [String],
    /// The import that the changes came with.
    pub import: Option<&'a ImportFact>,
}

impl<F> TakenOver<'_, F> {
    /// Nothing but the other's address.
    pub fn nothing() -> Self {
        Self {
            follows: false,
            fields: None,
            changed: &[],
            import: None,
        }
    }
}

impl<F: Fields> Item<F> {
    /// It becomes part of another.
    pub fn merged(&mut self, stamp: Stamp<'_>, merged: Merged) {
        self.merged = Some(merged);
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// It is itself again.
    pub fn unmerged(&mut self, stamp: Stamp<'_>) {
        self.merged = None;
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// Another becomes part of it.
    pub fn absorbed(&mut self, stamp: Stamp<'_>, from: Uuid, over: TakenOver<'_, F>) {
        let before = over.follows.then(|| {
            Box::new(Before {
                fields: self.draft.clone(),
                origins: self.origins.clone(),
                imports: self.imports.clone(),
                follows: self.follows,
            })
        });
        self.absorbed.insert(from, Absorbed { before });
        if over.follows {
            self.follows = Some(from);
        }
        if let Some(fields) = over.fields {
            let origin = stamp.origin(over.import);
            self.replace(stamp, fields.clone(), over.changed, &origin);
            self.remember(over.import);
        }
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// Another is no longer part of it; what that one brought goes.
    pub fn returned(
        &mut self,
        stamp: Stamp<'_>,
        from: Uuid,
        fields: Option<&F>,
        changed: &[String],
    ) {
        self.stands_for.remove(&from);
        let before = self.absorbed.remove(&from).and_then(|gone| gone.before);
        if let Some(before) = before {
            self.imports = before.imports;
            if self.follows == Some(from) {
                self.follows = before.follows;
            }
            for pointer in fields.iter().flat_map(|_| changed) {
                let made = || self.made.clone().unwrap_or_else(|| stamp.origin(None));
                let origin = before.origins.get(pointer).cloned().unwrap_or_else(made);
                if let Some(fields) = fields {
                    let pointer = std::slice::from_ref(pointer);
                    self.replace(stamp, fields.clone(), pointer, &origin);
                }
            }
        }
        self.live_updated_at = stamp.at;
        self.stamp(stamp);
    }

    /// Entries that were taken for it go to an item of their own; what they brought goes.
    pub fn split(
        &mut self,
        stamp: Stamp<'_>,
        fields: F,
        changed: &[String],
        import: Option<&ImportFact>,
    ) {
        let origin = match import {
            Some(import) => stamp.origin(Some(import)),
            None => FieldOrigin {
                held: false,
                ..stamp.origin(None)
            },
        };
        self.replace(stamp, fields, changed, &origin);
        self.remember(import);
        self.stamp(stamp);
    }

    /// The items that are part of it or that it stands for.
    pub fn same_as(&self) -> Vec<Uuid> {
        let parts = self.absorbed.keys().chain(&self.stands_for);
        let mut all: Vec<Uuid> = parts.copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

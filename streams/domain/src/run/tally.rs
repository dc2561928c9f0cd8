//! What became of the entries of a run, counted from a note of each entry: a note that comes again counts once.

use crate::event::Rung;
use crate::verdict::EntryOutcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The notes of a run's entries that lie in one partition of `command.verdicts`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunTally {
    entries: BTreeMap<i32, EntryTally>,
}

/// The note of one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryTally {
    /// Where its verdict stands: of two, the later one counts.
    pub offset: i64,
    /// What became of it.
    pub outcome: EntryOutcome,
    /// How many fields were put right.
    pub repairs: i32,
    /// The mark that told which item it is, where that was found out.
    pub rung: Option<Rung>,
    /// How often each thing was put right.
    #[serde(default)]
    pub codes: BTreeMap<String, i64>,
    /// Whether it was merged though something speaks against it.
    #[serde(default)]
    pub suspicious: bool,
}

/// What became of the entries of a run, in numbers. The program itself counts apart.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RunCounts {
    /// Entries that are decided.
    pub decided: u64,
    /// New items.
    pub created: u64,
    /// Known items that changed.
    pub changed: u64,
    /// Known items that stayed as they were.
    pub same: u64,
    /// Entries found to be items known under other marks, or repetitions within the fetch.
    pub merged: u64,
    /// Entries of an older fetch than the last one taken.
    pub stale: u64,
    /// Entries that a rule denied.
    pub refused: u64,
    /// Entries of what was withdrawn.
    pub withdrawn: u64,
    /// Entries, whatever became of them, of which a field was put right.
    pub repaired: u64,
    /// Fields that were put right.
    pub repairs: u64,
    /// Entries that were merged though something speaks against it: look at them.
    pub suspicious_merges: u64,
    /// How often each thing was put right, by code.
    pub repairs_by_code: BTreeMap<String, u64>,
    /// Merged entries by the mark that told.
    pub merged_by: BTreeMap<String, u64>,
    /// What became of the program itself, where the feed's own fields were taken in.
    pub program: Option<EntryOutcome>,
}

/// Which entries of a run are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryFilter {
    /// New items.
    Created,
    /// Known items that changed.
    Changed,
    /// Known items that stayed as they were.
    Same,
    /// Items known under other marks, and repetitions.
    Merged,
    /// Entries of an older fetch.
    Stale,
    /// Entries that a rule denied.
    Refused,
    /// Entries of which a field was put right.
    Repaired,
    /// Entries of what was withdrawn.
    Withdrawn,
}

impl EntryFilter {
    /// Whether an entry is asked for.
    #[must_use]
    pub fn takes(self, entry: &EntryTally) -> bool {
        match self {
            Self::Created => entry.outcome == EntryOutcome::Created,
            Self::Changed => entry.outcome == EntryOutcome::Changed,
            Self::Same => entry.outcome == EntryOutcome::Same,
            Self::Merged => entry.outcome == EntryOutcome::Merged,
            Self::Stale => entry.outcome == EntryOutcome::Stale,
            Self::Refused => entry.outcome == EntryOutcome::Refused,
            Self::Repaired => entry.repairs > 0,
            Self::Withdrawn => entry.outcome == EntryOutcome::Withdrawn,
        }
    }
}

impl RunTally {
    /// The notes in bytes that [`RunTally::bytes`] wrote; none where they are something else.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        rmp_serde::from_slice(bytes).ok()
    }

    /// The notes as bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        // Maps of numbers, texts and names are always MessagePack.
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    /// Notes what became of an entry; an older verdict than the one noted changes nothing.
    pub fn note(&mut self, index: i32, entry: EntryTally) {
        let newer = |known: &EntryTally| known.offset > entry.offset;
        if !self.entries.get(&index).is_some_and(newer) {
            self.entries.insert(index, entry);
        }
    }

    /// The notes by the entries' places; -1 is the program itself.
    #[must_use]
    pub fn entries(&self) -> &BTreeMap<i32, EntryTally> {
        &self.entries
    }

    /// The numbers of these notes.
    #[must_use]
    pub fn counts(&self) -> RunCounts {
        let mut counts = RunCounts::default();
        for (index, entry) in &self.entries {
            if *index < 0 {
                counts.program = Some(entry.outcome);
            } else {
                counts.count(entry);
            }
            counts.put_right(entry);
        }
        counts
    }
}

impl RunCounts {
    fn count(&mut self, entry: &EntryTally) {
        self.decided += 1;
        self.repaired += u64::from(entry.repairs > 0);
        self.suspicious_merges += u64::from(entry.suspicious);
        let outcome = match entry.outcome {
            EntryOutcome::Created => &mut self.created,
            EntryOutcome::Changed => &mut self.changed,
            EntryOutcome::Same => &mut self.same,
            EntryOutcome::Merged => &mut self.merged,
            EntryOutcome::Stale => &mut self.stale,
            EntryOutcome::Refused => &mut self.refused,
            EntryOutcome::Withdrawn => &mut self.withdrawn,
        };
        *outcome += 1;
        if let (EntryOutcome::Merged, Some(rung)) = (entry.outcome, entry.rung) {
            *self.merged_by.entry(rung.as_str().to_owned()).or_default() += 1;
        }
    }

    fn put_right(&mut self, entry: &EntryTally) {
        self.repairs += u64::try_from(entry.repairs).unwrap_or(0);
        for (code, count) in &entry.codes {
            let count = u64::try_from(*count).unwrap_or(0);
            *self.repairs_by_code.entry(code.clone()).or_default() += count;
        }
    }

    /// Adds the numbers of another part of the same run, or of another run.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.decided, other.decided),
            (&mut self.created, other.created),
            (&mut self.changed, other.changed),
            (&mut self.same, other.same),
            (&mut self.merged, other.merged),
            (&mut self.stale, other.stale),
            (&mut self.refused, other.refused),
            (&mut self.withdrawn, other.withdrawn),
            (&mut self.repaired, other.repaired),
            (&mut self.repairs, other.repairs),
            (&mut self.suspicious_merges, other.suspicious_merges),
        ] {
            *mine = mine.saturating_add(theirs);
        }
        for (mine, theirs) in [
            (&mut self.repairs_by_code, &other.repairs_by_code),
            (&mut self.merged_by, &other.merged_by),
        ] {
            for (name, count) in theirs {
                let sum = mine.entry(name.clone()).or_default();
                *sum = sum.saturating_add(*count);
            }
        }
        self.program = self.program.or(other.program);
    }
}

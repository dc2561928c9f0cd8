//! Trying a source out: the real normaliser and the real decider over a state of which nothing is kept.

use super::{EntryTally, RepairCount, RunCompleted, RunCounts, RunTally};
use crate::catalog::{CatalogBody, Lane, Status};
use crate::command::{Command, CommandBody, FieldRepair};
use crate::decide::{Decision, decide, keys};
use crate::episode::suspicion;
use crate::event::{EventBody, Rung};
use crate::id::{ItemRef, ProgramId, SourceId};
use crate::ingest::{self, RawEntry};
use crate::model::SourceFields;
use crate::position::Partition;
use crate::state::{Change, StateView, Unreadable};
use crate::verdict::{EntryOutcome, Finding, Outcome};
use serde::{Deserialize, Serialize};

/// What would come of a source, had it been run now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trial {
    /// The source, or the one that its address would make.
    pub source_id: SourceId,
    /// Whether the source is there already: then what is known of its program counts.
    pub known: bool,
    /// What kind of document came, for example `rss`.
    pub format: Option<String>,
    /// The feed's title.
    pub title: Option<String>,
    /// How many entries would end how.
    pub counts: RunCounts,
    /// The program, and then the entries in the order of the document; the first ones where there are many.
    pub entries: Vec<TriedEntry>,
    /// How many entries are not listed here; they are counted.
    pub left_out: u64,
    /// What the connector saw: encoding, pages, what of the document as a whole was put right, how much of the feed is
    /// listed, what it took of a quota.
    #[serde(default)]
    pub seen: RunCompleted,
    /// What is worth knowing of it, in sentences.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What would become of an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TriedEntry {
    /// Its place in the document; -1 for the program itself.
    pub index: i32,
    /// What would become of it.
    pub outcome: EntryOutcome,
    /// Its title in its first language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The item; the id of a new one is another when it is really imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemRef>,
    /// The program that it goes to, by the source's binding and rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_id: Option<ProgramId>,
    /// Where the item would stand then, where something would change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// JSON pointers of the fields that would change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The mark that told which item it is, where that was not the strongest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<Rung>,
    /// What was put right, field by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<FieldRepair>,
    /// Why it would be refused: a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it would be refused, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Every broken rule with its field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Finding>,
    /// What would keep it from being published, or nearly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Finding>,
    /// What the source says of it, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub fields: Option<serde_json::Value>,
}

/// The command of a raw entry, or what would be said of one that none can be made of.
///
/// # Errors
/// The entry as it would be refused.
pub fn command_of(source: &SourceFields, raw: &RawEntry) -> Result<Command, Box<TriedEntry>> {
    ingest::normalise(raw, source).map_err(|rejected| {
        let mut entry = TriedEntry::new(raw.index, EntryOutcome::Refused);
        entry.code = Some(rejected.code.to_owned());
        entry.message = Some(rejected.reason);
        Box::new(entry)
    })
}

/// What one look at an entry leads to.
#[derive(Debug)]
pub struct Look {
    /// What would become of the entry.
    pub entry: TriedEntry,
    /// The changes that later entries of the document have to see.
    pub changes: Vec<Change>,
    /// The command that it becomes for another program, where its own is part of that: that one tells.
    pub onward: Option<Box<Command>>,
}

/// What would become of a command's entry.
///
/// # Errors
/// [`Unreadable`] where the state cannot be read.
pub fn try_entry(
    partition: Partition,
    state: &dyn StateView,
    index: i32,
    command: &Command,
) -> Result<Look, Unreadable> {
    let mut decision = decide(partition, state, command)?;
    let mut changes = std::mem::take(&mut decision.changes);
    // A changed program is not brought to its episodes: nobody looks at them here.
    changes.retain(|change| change.key != keys::FANOUT);
    let mut entry = of_decision(index, &decision);
    entry.program_id = Some(command.program_id);
    match &command.body {
        CommandBody::ImportProgram(import) => {
            entry.repairs.clone_from(&import.origin.repairs);
            entry.title = import.fields.title.0.values().next().cloned();
            entry.fields = serde_json::to_value(&import.fields).ok();
        }
        CommandBody::ImportEpisode(import) => {
            entry.repairs.clone_from(&import.origin.repairs);
            entry.title = import.fields.title.0.values().next().cloned();
            entry.fields = serde_json::to_value(&import.fields).ok();
        }
        _ => {}
    }
    Ok(Look {
        entry,
        changes,
        onward: decision.onward,
    })
}

fn of_decision(index: i32, decision: &Decision) -> TriedEntry {
    let verdict = decision.verdict.as_ref();
    let import = verdict.and_then(|verdict| verdict.import.as_ref());
    // Without a verdict the very same record came before.
    let outcome = import.map_or(EntryOutcome::Same, |import| import.outcome);
    let mut entry = TriedEntry::new(index, outcome);
    entry.matched_by = import.and_then(|import| import.matched_by);
    entry.status = decision
        .catalog
        .iter()
        .find_map(|record| match &record.body {
            CatalogBody::Program(document) if document.facts.lane == Lane::Draft => {
                Some(document.facts.status)
            }
            CatalogBody::Episode(document) if document.facts.lane == Lane::Draft => {
                Some(document.facts.status)
            }
            _ => None,
        });
    for event in &decision.events {
        match &event.body {
            EventBody::ProgramUpdated(updated) => entry.changed.clone_from(&updated.changed),
            EventBody::EpisodeUpdated(updated) => entry.changed.clone_from(&updated.changed),
            _ => {}
        }
    }
    match verdict.map(|verdict| &verdict.outcome) {
        Some(Outcome::Accepted(accepted)) => {
            entry.item = Some(accepted.item);
            entry.warnings.clone_from(&accepted.warnings);
        }
        Some(Outcome::Refused(refusal)) => {
            entry.code = Some(refusal.code.clone());
            entry.message = Some(refusal.message.clone());
            entry.errors.clone_from(&refusal.errors);
        }
        None => {}
    }
    entry
}

impl TriedEntry {
    fn new(index: i32, outcome: EntryOutcome) -> Self {
        Self {
            index,
            outcome,
            title: None,
            item: None,
            program_id: None,
            status: None,
            changed: Vec::new(),
            matched_by: None,
            repairs: Vec::new(),
            code: None,
            message: None,
            errors: Vec::new(),
            warnings: Vec::new(),
            fields: None,
        }
    }
}

/// How many of these entries would end how.
#[must_use]
pub fn counts<'a>(entries: impl IntoIterator<Item = &'a TriedEntry>) -> RunCounts {
    let mut tally = RunTally::default();
    for entry in entries {
        let codes = RepairCount::of(&entry.repairs);
        let note = EntryTally {
            offset: 0,
            outcome: entry.outcome,
            repairs: i32::try_from(entry.repairs.len()).unwrap_or(i32::MAX),
            rung: entry.matched_by,
            codes: codes.into_iter().map(|r| (r.code, r.count)).collect(),
            suspicious: suspicion::is_suspicious(&entry.warnings),
        };
        tally.note(entry.index, note);
    }
    tally.counts()
}

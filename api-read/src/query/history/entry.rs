//! One event as an editor reads it.

use mediamesh_domain::command::{FieldRepair, Principal};
use mediamesh_domain::event::{Event, EventBody, HeldField, ImportFact, Rung};
use mediamesh_domain::id::{CommandId, EventId, RunId, SourceId};
use mediamesh_domain::item::{self, Fields};
use mediamesh_domain::lang::{Lang, Localized};
use mediamesh_domain::position::{Seq, Version};
use mediamesh_domain::time::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// One event: who, when, what changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// The item's version after it.
    pub version: Version,
    /// When it was decided.
    pub at: Timestamp,
    /// What happened, for example `episode_updated`.
    pub event: &'static str,
    /// Who asked.
    pub by: Principal,
    /// Its id.
    pub event_id: EventId,
    /// The command that led to it.
    pub command_id: CommandId,
    /// Its place in its partition.
    pub seq: Seq,
    /// Ties log lines, records and answers of one request together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The fields that it set, with what they became.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The languages that became live.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Lang>,
    /// Why, in the words of who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The version whose fields it brought back, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<Version>,
    /// The public note in each language, where it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Localized>,
    /// The version that the change was made against, where it was an older one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebased_from: Option<Version>,
    /// The mark by which an import found the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<Rung>,
    /// The import that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportView>,
    /// What the import says of fields that an editor holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Change>,
    /// The fields that were given back to the sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub released: Vec<String>,
    /// The other item of a merge, a split or an undo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Uuid>,
}

/// A field with what it became.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// JSON pointer of the field.
    pub pointer: String,
    /// Its value after the event.
    #[schema(value_type = Option<Object>)]
    pub value: Option<Box<RawValue>>,
}

/// The import that brought an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// The source.
    pub source_id: SourceId,
    /// The fetch.
    pub run_id: RunId,
    /// What the ingest put right.
    pub repairs: Vec<FieldRepair>,
}

impl HistoryEntry {
    /// An event as an editor reads it.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let entry = Self {
            version: event.version,
            at: event.decided_at,
            event: event.body.name(),
            by: event.principal.clone(),
            event_id: event.event_id,
            command_id: event.command_id,
            seq: event.seq,
            correlation_id: event.correlation_id.clone(),
            changes: Vec::new(),
            languages: Vec::new(),
            reason: None,
            restores: None,
            note: None,
            rebased_from: None,
            matched_by: None,
            import: None,
            held: Vec::new(),
            released: Vec::new(),
            other: None,
        };
        entry.with(&event.body)
    }

    fn with(self, body: &EventBody) -> Self {
        match body {
            EventBody::ProgramCreated(made) => {
                self.made(&made.fields).imported(made.import.as_ref())
            }
            EventBody::EpisodeCreated(made) => {
                self.made(&made.fields).imported(made.import.as_ref())
            }
            EventBody::ProgramUpdated(change) => Self {
                reason: change.reason.clone(),
                restores: change.restores,
                rebased_from: change.rebased_from,
                held: held(&change.held),
                ..self.changed(&change.fields, &change.changed)
            }
            .imported(change.import.as_ref()),
            EventBody::EpisodeUpdated(change) => Self {
                reason: change.reason.clone(),
                restores: change.restores,
                rebased_from: change.rebased_from,
                matched_by: change.matched_by,
                held: held(&change.held),
                ..self.changed(&change.fields, &change.changed)
            }
            .imported(change.import.as_ref()),
            EventBody::ProgramPublished(live) => self.live(&live.languages, &live.reason),
            EventBody::EpisodePublished(live) => self.live(&live.languages, &live.reason),
            EventBody::ProgramUnpublished(gone) | EventBody::EpisodeUnpublished(gone) => {
                self.live(&[], &gone.reason)
            }
            EventBody::ProgramArchived(kept) | EventBody::EpisodeArchived(kept) => {
                self.live(&[], &kept.reason)
            }
            EventBody::ProgramWithdrawn(gone) | EventBody::EpisodeWithdrawn(gone) => Self {
                note: Some(gone.note.clone()),
                ..self.live(&[], &gone.reason)
            },
            EventBody::EpisodeMatched(found) => Self {
                matched_by: Some(found.rung),
                ..self
            }
            .imported(Some(&found.import)),
            EventBody::ProgramReleased(given) => Self {
                released: given.pointers.clone(),
                ..self.changed(&given.fields, &given.changed)
            },
            EventBody::EpisodeReleased(given) => Self {
                released: given.pointers.clone(),
                ..self.changed(&given.fields, &given.changed)
            },
            other => self.merged(other),
        }
    }

    /// Merges, splits and their undoing.
    fn merged(self, body: &EventBody) -> Self {
        match body {
            EventBody::EpisodeMerged(gone) => self.about(gone.into.0, &gone.reason),
            EventBody::EpisodeUnmerged(back) => self.about(back.into.0, &back.reason),
            EventBody::EpisodeAbsorbed(taken) => self
                .about(taken.from.0, &taken.reason)
                .maybe_changed(taken.fields.as_ref(), &taken.changed)
                .imported(taken.import.as_ref()),
            EventBody::EpisodeReturned(given) => self
                .about(given.from.0, &given.reason)
                .maybe_changed(given.fields.as_ref(), &given.changed),
            EventBody::EpisodeSplit(split) => self
                .about(split.new_episode_id.0, &split.reason)
                .changed(&split.fields, &split.changed)
                .imported(split.import.as_ref()),
            EventBody::ProgramMerged(gone) => self.about(gone.into.0, &gone.reason),
            EventBody::ProgramReopened(back) => self.live(&[], &back.reason),
            EventBody::ProgramAbsorbed(taken) => self.about(taken.from.0, &taken.reason),
            EventBody::ProgramReturned(given) => self.about(given.from.0, &given.reason),
            _ => self,
        }
    }

    fn about(self, other: Uuid, reason: &Option<String>) -> Self {
        Self {
            other: Some(other),
            ..self.live(&[], reason)
        }
    }

    fn maybe_changed<F: Fields>(self, fields: Option<&F>, pointers: &[String]) -> Self {
        match fields {
            Some(fields) => self.changed(fields, pointers),
            None => self,
        }
    }

    fn made<F: Fields>(self, fields: &F) -> Self {
        self.changed(fields, &item::changed(&F::default(), fields))
    }

    fn changed<F: Fields>(self, fields: &F, pointers: &[String]) -> Self {
        let change = |pointer: &String| Change {
            pointer: pointer.clone(),
            value: RawValue::from_string(item::value_at(fields, pointer)).ok(),
        };
        Self {
            changes: pointers.iter().map(change).collect(),
            ..self
        }
    }

    fn live(self, languages: &[Lang], reason: &Option<String>) -> Self {
        Self {
            languages: languages.to_vec(),
            reason: reason.clone(),
            ..self
        }
    }

    fn imported(self, import: Option<&ImportFact>) -> Self {
        let import = import.map(|import| ImportView {
            source_id: import.source_id,
            run_id: import.run_id,
            repairs: import.repairs.clone(),
        });
        Self { import, ..self }
    }
}

fn held(fields: &[HeldField]) -> Vec<Change> {
    let held = fields.iter().map(|field| Change {
        pointer: field.pointer.clone(),
        value: RawValue::from_string(field.value.clone()).ok(),
    });
    held.collect()
}

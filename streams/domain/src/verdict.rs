//! Verdicts: what became of a command.

use crate::event::Rung;
use crate::id::{CommandId, EventId, ItemRef, ProgramId, RunId, SourceId};
use crate::position::{Partition, Seq, Version};
use crate::run::RepairCount;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What became of one command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The command.
    pub command_id: CommandId,
    /// The program it was about; absent on control commands.
    pub program_id: Option<ProgramId>,
    /// The name of the command's kind.
    pub command: String,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// The import it was part of, where it was one.
    pub import: Option<ImportOutcome>,
    /// Accepted or refused.
    pub outcome: Outcome,
}

/// Accepted or refused. The order of the kinds is the wire's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It happened, or nothing needed to.
    Accepted(Accepted),
    /// A rule denied it; nothing happened.
    Refused(Refusal),
}

/// A command that happened, or that asked for what was already so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// The item it was about.
    pub item: ItemRef,
    /// The item's version now.
    pub version: Version,
    /// The events, in order; empty where nothing needed to change.
    #[serde(default)]
    pub events: Vec<EventId>,
    /// The partition of the item's program.
    pub partition: Partition,
    /// The last `seq` of the events, or of the item's last change where there are none.
    pub seq: Seq,
    /// The version that the caller's change was rebased on, where they had seen an older one.
    pub rebased_on: Option<Version>,
    /// Warnings of the rules that do not stop it.
    #[serde(default)]
    pub warnings: Vec<Finding>,
}

/// What kind of rule denied a command; it decides the status of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The fields break rules (422).
    Invalid,
    /// There is no such item (404).
    NotFound,
    /// The item is not in a state where this can happen, or a version in the body is old (409).
    Conflict,
    /// The version in `If-Match` is old (412).
    PreconditionFailed,
    /// The principal may not (403).
    Forbidden,
    /// The same Idempotency-Key came with another request (422).
    IdempotencyMismatch,
}

/// A command that a rule denied: who asked can mend it by what stands here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// What kind of rule denied it.
    pub kind: RefusalKind,
    /// A stable code.
    pub code: String,
    /// What is wrong, in words.
    pub message: String,
    /// Every broken rule with its field.
    #[serde(default)]
    pub errors: Vec<Finding>,
    /// The item's version now, where it has one.
    pub current_version: Option<Version>,
    /// Both sides of each field that changed since the caller saw it.
    #[serde(default)]
    pub conflicts: Vec<FieldConflict>,
}

/// A rule that a field breaks, or nearly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// JSON pointer (RFC 6901) of the field.
    pub pointer: String,
    /// A stable code.
    pub code: String,
    /// What is wrong and what to change, in words.
    pub message: String,
}

impl Finding {
    /// A finding about the field at a pointer.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// Both sides of a field that somebody else changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldConflict {
    /// JSON pointer of the field.
    pub pointer: String,
    /// The caller's value, as JSON text.
    pub yours: String,
    /// The value that stands, as JSON text.
    pub theirs: String,
    /// The version in which it came to stand.
    pub since: Version,
}

/// What became of one entry of a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryOutcome {
    /// A new item.
    Created,
    /// A known item changed.
    Changed,
    /// A known item stayed as it was.
    Same,
    /// It was found to be an item known under other marks, or a repetition within its fetch.
    Merged,
    /// An entry of an older fetch than the last one taken: dropped.
    Stale,
    /// A rule denied it.
    Refused,
    /// Its item, or its program, was withdrawn: nothing changes.
    Withdrawn,
}

/// What became of an entry of a fetch, for the run's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportOutcome {
    /// The source.
    pub source_id: SourceId,
    /// The fetch.
    pub run_id: RunId,
    /// The entry's place in the fetch; -1 for the program itself.
    pub index: i32,
    /// What became of it.
    pub outcome: EntryOutcome,
    /// How many of its fields were put right.
    pub repairs: i32,
    /// What was put right, by code.
    #[serde(default)]
    pub repaired: Vec<RepairCount>,
    /// The mark that told which item it is, where that was not the strongest one.
    #[serde(default)]
    pub matched_by: Option<Rung>,
}

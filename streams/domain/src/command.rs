//! Commands: what somebody asks for. Whether it happens is for `decide` to say.
//!
//! A command is one record on `content.commands`, keyed and partitioned by its program. It carries all that
//! a decision needs and the decider must not look up: the time, the ids, who asks, what they expect.

mod episodes;
mod imports;
mod merging;
mod programs;

pub use episodes::{
    ArchiveEpisode, CreateEpisode, PublishEpisode, ReleaseEpisode, UnpublishEpisode, UpdateEpisode,
    WithdrawEpisode,
};
pub use imports::{FetchOrder, FieldRepair, ImportEpisode, ImportOrigin, ImportProgram};
pub use merging::{
    AbsorbProgram, AdoptEpisode, MergeEpisodes, MergeProgram, MoveEpisode, ReopenProgram,
    ReturnProgram, SplitEpisode, UndoMerge,
};
pub use programs::{
    ArchiveProgram, CreateProgram, PublishProgram, ReleaseProgram, UnpublishProgram, UpdateProgram,
    WithdrawProgram,
};

use crate::id::{CommandId, ProgramId, SourceId, UserId};
use crate::position::{Partition, Version};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What kind of actor asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A person with an account.
    User,
    /// A machine with an API key.
    ApiKey,
    /// A source's import.
    Source,
    /// The deployment itself: timers, operators at the command line.
    System,
}

/// Who asks; no personal data, only a kind and an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Principal {
    /// What kind of actor.
    pub kind: PrincipalKind,
    /// Its id: a user's id, a key's prefix, a source's id, the name of a part of the system.
    pub id: String,
}

impl Principal {
    /// A part of the deployment itself.
    #[must_use]
    pub fn system(name: &str) -> Self {
        Self {
            kind: PrincipalKind::System,
            id: name.to_owned(),
        }
    }

    /// An API key, by its public prefix.
    #[must_use]
    pub fn api_key(prefix: &str) -> Self {
        Self {
            kind: PrincipalKind::ApiKey,
            id: prefix.to_owned(),
        }
    }

    /// A person.
    #[must_use]
    pub fn user(id: UserId) -> Self {
        Self {
            kind: PrincipalKind::User,
            id: id.to_string(),
        }
    }

    /// A source.
    #[must_use]
    pub fn source(id: SourceId) -> Self {
        Self {
            kind: PrincipalKind::Source,
            id: id.to_string(),
        }
    }
}

/// Which version the caller saw, and how they said so; it decides between 412 and 409.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExpectationKind {
    /// By `If-Match`.
    IfMatch,
    /// By a version in the body.
    InBody,
}

/// The version that the caller expects the item to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Expectation {
    /// How the caller said so.
    pub kind: ExpectationKind,
    /// The version; 0: the item must not exist yet.
    pub version: Version,
}

/// One command with all that a decision about it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Command {
    /// Its id; a command whose id was decided before is answered as before.
    pub command_id: CommandId,
    /// The program it is about; the record's key.
    pub program_id: ProgramId,
    /// When it was asked, by the clock of who appended it.
    pub at: Timestamp,
    /// Who asks.
    pub principal: Principal,
    /// The version expected, where the caller named one.
    pub expected: Option<Expectation>,
    /// The partition of `command.verdicts` on which the node that asked listens; absent: nobody waits.
    pub reply_to: Option<Partition>,
    /// SHA-256 of the request where the client gave an Idempotency-Key; the answer is then kept for 72 h.
    #[serde(default, with = "crate::bytes_option")]
    pub payload_hash: Option<Vec<u8>>,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// What is asked.
    pub body: CommandBody,
}

/// What is asked. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "imports are the rule and the largest, and a box would only move them"
)]
pub enum CommandBody {
    /// Make a program.
    CreateProgram(CreateProgram),
    /// Change a program's draft.
    UpdateProgram(UpdateProgram),
    /// Make a program's draft live.
    PublishProgram(PublishProgram),
    /// Take a program from the readers; it may return.
    UnpublishProgram(UnpublishProgram),
    /// Keep a program for those who have its address, out of lists and search.
    ArchiveProgram(ArchiveProgram),
    /// Make an episode.
    CreateEpisode(CreateEpisode),
    /// Change an episode's draft.
    UpdateEpisode(UpdateEpisode),
    /// Make an episode's draft live.
    PublishEpisode(PublishEpisode),
    /// Take an episode from the readers; it may return.
    UnpublishEpisode(UnpublishEpisode),
    /// Keep an episode for those who have its address, out of lists and search.
    ArchiveEpisode(ArchiveEpisode),
    /// Take in what a source says of its program.
    ImportProgram(ImportProgram),
    /// Take in one entry of a source.
    ImportEpisode(ImportEpisode),
    /// Carry out what was put off until a time that has come.
    FireTimer(FireTimer),
    /// Give fields of a program back to its sources.
    ReleaseProgram(ReleaseProgram),
    /// Give fields of an episode back to its sources.
    ReleaseEpisode(ReleaseEpisode),
    /// Make one episode part of another of the same program.
    MergeEpisodes(MergeEpisodes),
    /// Undo a merge of an episode.
    UndoMerge(UndoMerge),
    /// Give entries that were taken for an episode to one of their own.
    SplitEpisode(SplitEpisode),
    /// Make the program part of another.
    MergeProgram(MergeProgram),
    /// Undo a merge of the program.
    ReopenProgram(ReopenProgram),
    /// Note that another program is part of this one.
    AbsorbProgram(AbsorbProgram),
    /// Note that another program is no longer part of this one.
    ReturnProgram(ReturnProgram),
    /// Take in an episode of a program that is part of this one.
    AdoptEpisode(AdoptEpisode),
    /// Let an episode lead to the one that stands for it in another program.
    MoveEpisode(MoveEpisode),
    /// Withdraw a program for good.
    WithdrawProgram(WithdrawProgram),
    /// Withdraw an episode for good.
    WithdrawEpisode(WithdrawEpisode),
}

/// Carry out what was put off: put on the log by the partition's owner when the time has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FireTimer {
    /// The timer's key in the decider's state.
    pub timer: String,
    /// When it was due.
    pub due: Timestamp,
}

impl CommandBody {
    /// The kind's name as it stands in metrics, histories and answers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateProgram(_) => "create_program",
            Self::UpdateProgram(_) => "update_program",
            Self::PublishProgram(_) => "publish_program",
            Self::UnpublishProgram(_) => "unpublish_program",
            Self::ArchiveProgram(_) => "archive_program",
            Self::CreateEpisode(_) => "create_episode",
            Self::UpdateEpisode(_) => "update_episode",
            Self::PublishEpisode(_) => "publish_episode",
            Self::UnpublishEpisode(_) => "unpublish_episode",
            Self::ArchiveEpisode(_) => "archive_episode",
            Self::ImportProgram(_) => "import_program",
            Self::ImportEpisode(_) => "import_episode",
            Self::FireTimer(_) => "fire_timer",
            Self::ReleaseProgram(_) => "release_program",
            Self::ReleaseEpisode(_) => "release_episode",
            Self::MergeEpisodes(_) => "merge_episodes",
            Self::UndoMerge(_) => "undo_merge",
            Self::SplitEpisode(_) => "split_episode",
            Self::MergeProgram(_) => "merge_program",
            Self::ReopenProgram(_) => "reopen_program",
            Self::AbsorbProgram(_) => "absorb_program",
            Self::ReturnProgram(_) => "return_program",
            Self::AdoptEpisode(_) => "adopt_episode",
            Self::MoveEpisode(_) => "move_episode",
            Self::WithdrawProgram(_) => "withdraw_program",
            Self::WithdrawEpisode(_) => "withdraw_episode",
        }
    }
}

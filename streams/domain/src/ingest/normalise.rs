//! One raw entry to one command.

use super::mapping::{self, Mapping};
use super::{Element, RawBody, RawEntry, RawFormat, binding, youtube};
use crate::command::{
    Command, CommandBody, FetchOrder, FieldRepair, ImportEpisode, ImportOrigin, ImportProgram,
    Principal,
};
use crate::id::{CommandId, ProgramId, RunId, SourceId};
use crate::model::{EpisodeFields, ProgramFields, SourceFields};
use crate::{episode, program};

/// A raw entry that cannot be made a command of; it goes to the dead letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Rejected {
    /// A stable code.
    pub code: &'static str,
    /// Why, in words.
    pub reason: String,
}

/// The id of the command that a raw entry becomes for a program: the same entry of the same fetch, the same
/// command; a source that is bound to another program in between makes other ones of it.
#[must_use]
pub fn command_id(raw: &RawEntry, program: ProgramId) -> CommandId {
    import_id(program, raw.source_id, raw.run_id, raw.index)
}

/// The id of the command that an entry of a run becomes for a program.
#[must_use]
pub fn import_id(program: ProgramId, source: SourceId, run: RunId, index: i32) -> CommandId {
    CommandId::of(&[
        b"import",
        program.as_bytes(),
        source.as_bytes(),
        run.as_bytes(),
        &index.to_be_bytes(),
    ])
}

/// The command that a raw entry becomes, under the policies and the binding of its source.
///
/// # Errors
/// [`Rejected`] where its body is missing or of a format that this build does not read.
pub fn normalise(raw: &RawEntry, source: &SourceFields) -> Result<Command, Rejected> {
    let Some(body) = &raw.body else {
        return Err(Rejected {
            code: "body_missing",
            reason: "the entry has neither a body nor an object that holds one".to_owned(),
        });
    };
    let mut origin = ImportOrigin {
        source_id: raw.source_id,
        run_id: raw.run_id,
        order: FetchOrder {
            fetched_at: raw.fetched_at,
            index: raw.index,
        },
        policies: source.policies,
        raw_hash: raw.raw_hash.clone(),
        repairs: Vec::new(),
        renormalised: false,
    };
    let mut program_id = binding::program(raw, source);
    let body = match body {
        RawBody::Feed(feed) => {
            let (fields, repairs) = program_of(raw, feed, source)?;
            origin.repairs = repairs;
            CommandBody::ImportProgram(ImportProgram { origin, fields })
        }
        RawBody::Entry(entry) => {
            let (mut fields, repairs) = episode_of(raw, entry, source)?;
            origin.repairs = repairs;
            program_id = binding::bind(raw, entry, &mut fields, source);
            CommandBody::ImportEpisode(ImportEpisode { origin, fields })
        }
    };
    Ok(Command {
        command_id: command_id(raw, program_id),
        program_id,
        at: raw.fetched_at,
        principal: Principal::source(raw.source_id),
        expected: None,
        reply_to: None,
        payload_hash: None,
        correlation_id: raw.correlation_id.clone(),
        body,
    })
}

/// Fields, and what was repaired.
type Read<F> = Result<(F, Vec<FieldRepair>), Rejected>;

fn program_of(raw: &RawEntry, feed: &Element, source: &SourceFields) -> Read<ProgramFields> {
    let context = &raw.feed;
    Ok(match raw.format {
        RawFormat::Rss => program::normalise::rss(feed, context),
        RawFormat::Atom => program::normalise::atom(feed, context),
        RawFormat::JsonFeed => program::normalise::json_feed(feed, context),
        RawFormat::Json => mapping::program(&mapping_of(source)?, feed, context, source),
        RawFormat::YoutubeApi => youtube::program(feed, context),
    })
}

fn episode_of(raw: &RawEntry, entry: &Element, source: &SourceFields) -> Read<EpisodeFields> {
    let context = &raw.feed;
    Ok(match raw.format {
        RawFormat::Rss => episode::normalise::rss(entry, context),
        RawFormat::Atom => episode::normalise::atom(entry, context),
        RawFormat::JsonFeed => episode::normalise::json_feed(entry, context),
        RawFormat::Json => mapping::episode(&mapping_of(source)?, entry, context),
        RawFormat::YoutubeApi => youtube::episode(entry, context),
    })
}

/// How the source's own members are read.
fn mapping_of(source: &SourceFields) -> Result<Mapping, Rejected> {
    Mapping::of(source).ok_or_else(|| Rejected {
        code: "mapping_missing",
        reason: "the entry is of a JSON of its own, and its source has no mapping that can be read"
            .to_owned(),
    })
}

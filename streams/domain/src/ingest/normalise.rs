//! One raw entry to one command.

use super::{Element, FeedContext, RawBody, RawEntry, RawFormat, binding};
use crate::command::{
    Command, CommandBody, FetchOrder, FieldRepair, ImportEpisode, ImportOrigin, ImportProgram,
    Principal,
};
use crate::id::{CommandId, ProgramId};
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
    CommandId::of(&[
        b"import",
        program.as_bytes(),
        raw.source_id.as_bytes(),
        raw.run_id.as_bytes(),
        &raw.index.to_be_bytes(),
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
            let (fields, repairs) = program_of(raw.format)?(feed, &raw.feed);
            origin.repairs = repairs;
            CommandBody::ImportProgram(ImportProgram { origin, fields })
        }
        RawBody::Entry(entry) => {
            let (mut fields, repairs) = episode_of(raw.format)?(entry, &raw.feed);
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

/// From elements of one format to fields, and what was repaired.
type Read<F> = fn(&Element, &FeedContext) -> (F, Vec<FieldRepair>);

fn program_of(format: RawFormat) -> Result<Read<ProgramFields>, Rejected> {
    match format {
        RawFormat::Rss => Ok(program::normalise::rss),
        RawFormat::Atom => Ok(program::normalise::atom),
        RawFormat::JsonFeed => Ok(program::normalise::json_feed),
        RawFormat::YoutubeApi | RawFormat::Json => Err(unsupported(format)),
    }
}

fn episode_of(format: RawFormat) -> Result<Read<EpisodeFields>, Rejected> {
    match format {
        RawFormat::Rss => Ok(episode::normalise::rss),
        RawFormat::Atom => Ok(episode::normalise::atom),
        RawFormat::JsonFeed => Ok(episode::normalise::json_feed),
        RawFormat::YoutubeApi | RawFormat::Json => Err(unsupported(format)),
    }
}

fn unsupported(format: RawFormat) -> Rejected {
    Rejected {
        code: "format_unsupported",
        reason: format!("this build does not normalise entries of the format {format:?}"),
    }
}

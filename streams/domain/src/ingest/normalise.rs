//! One raw entry to one command.

use super::{RawBody, RawEntry, RawFormat};
use crate::command::{
    Command, CommandBody, FetchOrder, ImportEpisode, ImportOrigin, ImportProgram, Principal,
};
use crate::id::{CommandId, ProgramId};
use crate::model::SourceFields;
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

/// The program that a source feeds.
#[must_use]
pub fn bound_to(raw: &RawEntry, source: &SourceFields) -> ProgramId {
    let own = || raw.source_id.own_program();
    source.program_id.unwrap_or_else(own)
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
    if raw.format != RawFormat::Rss {
        return Err(Rejected {
            code: "format_unsupported",
            reason: format!(
                "this build does not normalise entries of the format {:?}",
                raw.format
            ),
        });
    }
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
    let body = match body {
        RawBody::Feed(channel) => {
            let (fields, repairs) = program::normalise::rss(channel, &raw.feed);
            origin.repairs = repairs;
            CommandBody::ImportProgram(ImportProgram { origin, fields })
        }
        RawBody::Entry(item) => {
            let (fields, repairs) = episode::normalise::rss(item, &raw.feed);
            origin.repairs = repairs;
            CommandBody::ImportEpisode(ImportEpisode { origin, fields })
        }
    };
    let program_id = bound_to(raw, source);
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

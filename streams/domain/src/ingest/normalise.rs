//! One raw entry to one command.

use super::{RawBody, RawEntry, RawFormat, binding};
use crate::command::{
    Command, CommandBody, FetchOrder, ImportEpisode, ImportOrigin, ImportProgram, Principal,
};
use crate::id::CommandId;
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

/// The id of the command that a raw entry becomes: the same entry of the same fetch, the same command.
#[must_use]
pub fn command_id(raw: &RawEntry) -> CommandId {
    CommandId::of(&[
        b"import",
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
    };
    let mut program_id = binding::program(raw, source);
    let body = match body {
        RawBody::Feed(channel) => {
            let (fields, repairs) = program::normalise::rss(channel, &raw.feed);
            origin.repairs = repairs;
            CommandBody::ImportProgram(ImportProgram { origin, fields })
        }
        RawBody::Entry(item) => {
            let (mut fields, repairs) = episode::normalise::rss(item, &raw.feed);
            origin.repairs = repairs;
            program_id = binding::bind(raw, item, &mut fields, source);
            CommandBody::ImportEpisode(ImportEpisode { origin, fields })
        }
    };
    Ok(Command {
        command_id: command_id(raw),
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

//! `mediamesh programs`.

use super::{Common, operate, output};
use crate::operations::{Request, program_id};
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Merge programs, or undo it.
#[derive(Debug, Args)]
pub(super) struct Programs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a program part of another: its sources feed that one, its episodes stand there under new ids, and its
    /// addresses lead there. What was cut short goes on when it is asked for again.
    Merge {
        /// The program that ends: its id or slug.
        from: String,
        /// The program that stays: its id or slug.
        into: String,
    },
    /// Undo a merge: the program is itself again, with its episodes and sources.
    Unmerge {
        /// The program that was merged: its id or slug.
        from: String,
    },
}

impl Programs {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let request = match &self.verb {
            Verb::Merge { from, into } => Request::MergePrograms {
                from: program_id(from)?,
                into: program_id(into)?,
            },
            Verb::Unmerge { from } => Request::UnmergePrograms {
                from: program_id(from)?,
            },
        };
        let value = operate::ask(common, "programs", request)?;
        output::line(serde_json::to_string_pretty(&value)?);
        Ok(ExitCode::SUCCESS)
    }
}

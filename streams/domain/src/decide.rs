//! The decider: one command and the state of its partition in, events and documents out.
//!
//! All rules about what may happen meet here; [`crate::item::evolve`] holds none. One step judges the command,
//! gives each event its `seq`, evolves the items, joins their documents and answers, so that decide and join
//! are one task and one transaction. A refusal changes nothing but the answer that is remembered for it.

mod answers;
pub(crate) mod desk;
pub(crate) mod edit;
mod fanout;
mod import;
pub mod keys;
mod merge;
mod onward;
mod programs;
mod rebase;
pub(crate) mod refusal;
mod release;
pub(crate) mod sightings;
mod split;
#[cfg(test)]
mod tests;
mod timer;
pub(crate) mod values;
mod withdraw;

pub use answers::KEEP_S as ANSWERS_KEPT_S;
pub use desk::Decision;
pub use fanout::CHUNK;

use crate::access::Denied;
use crate::command::{Command, CommandBody};
use crate::episode::Episode;
use crate::position::Partition;
use crate::program::Program;
use crate::state::{StateView, Unreadable};
use crate::verdict::{Accepted, Refusal};
use desk::Desk;

/// Why a command was not accepted: a rule, or a state that cannot be read now.
pub(crate) enum Stop {
    /// A rule denied it.
    Refused(Box<Refusal>),
    /// The state cannot be read; the record is not to blame.
    Unreadable(Unreadable),
}

impl From<Unreadable> for Stop {
    fn from(error: Unreadable) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// What becomes of a command whose principal may not ask for it: it is refused, and answered as others are.
///
/// # Errors
/// As [`decide`].
pub fn deny(
    partition: Partition,
    state: &dyn StateView,
    command: &Command,
    denied: Denied,
) -> Result<Decision, Unreadable> {
    match answers::remembered(state, command)? {
        Some(answered) => Ok(answered),
        None => Desk::open(partition, state, command)?.refuse(denied.refusal()),
    }
}

/// What becomes of one command.
///
/// # Errors
/// [`Unreadable`] where the state cannot be read: nothing is decided, try again.
pub fn decide(
    partition: Partition,
    state: &dyn StateView,
    command: &Command,
) -> Result<Decision, Unreadable> {
    if let Some(answered) = answers::remembered(state, command)? {
        return Ok(answered);
    }
    let mut desk = Desk::open(partition, state, command)?;
    match judge(&mut desk) {
        Ok(Judged::Accepted(accepted)) => desk.accept(*accepted),
        Ok(Judged::Entry(outcome, accepted)) => desk.accept_entry(outcome, *accepted),
        Ok(Judged::Duplicate) => Ok(Decision::duplicate()),
        Ok(Judged::Timer) => Ok(desk.quietly()),
        Ok(Judged::Onward(command)) => Ok(Decision::onward(command)),
        Err(Stop::Refused(refusal)) => desk.refuse(*refusal),
        Err(Stop::Unreadable(error)) => Err(error),
    }
}

/// The next bounded piece of what a command set going in this partition, until there is none.
///
/// Take it after every record and before the next: a program's change reaches all its episodes first.
///
/// # Errors
/// [`Unreadable`] where the state cannot be read.
pub fn resume(_: Partition, state: &dyn StateView) -> Result<Option<Decision>, Unreadable> {
    fanout::next(state)
}

/// How a command that no rule denied ends.
pub(crate) enum Judged {
    /// It happened, or nothing needed to.
    Accepted(Box<Accepted>),
    /// An entry of a fetch was taken in.
    Entry(crate::verdict::EntryOutcome, Box<Accepted>),
    /// The same record came again: nothing is said twice.
    Duplicate,
    /// A timer was taken; nobody waits for an answer.
    Timer,
    /// It is for the program that took this one over: that one answers.
    Onward(Box<Command>),
}

fn judge(desk: &mut Desk<'_>) -> Result<Judged, Stop> {
    let command = desk.command;
    let program = Program(command.program_id);
    let accepted = match &command.body {
        CommandBody::CreateProgram(body) => edit::create(desk, program, &body.fields, body.publish),
        CommandBody::UpdateProgram(body) => edit::update(desk, program, &body.into()),
        CommandBody::PublishProgram(body) => edit::publish(desk, program, body.reason.clone()),
        CommandBody::UnpublishProgram(body) => edit::unpublish(desk, program, body.reason.clone()),
        CommandBody::ArchiveProgram(body) => edit::archive(desk, program, body.reason.clone()),
        CommandBody::CreateEpisode(body) => {
            edit::program_is_open(desk)?;
            edit::create(desk, Episode(body.episode_id), &body.fields, body.publish)
        }
        CommandBody::UpdateEpisode(body) => {
            edit::update(desk, Episode(body.episode_id), &body.into())
        }
        CommandBody::PublishEpisode(body) => {
            edit::publish(desk, Episode(body.episode_id), body.reason.clone())
        }
        CommandBody::UnpublishEpisode(body) => {
            edit::unpublish(desk, Episode(body.episode_id), body.reason.clone())
        }
        CommandBody::ArchiveEpisode(body) => {
            edit::archive(desk, Episode(body.episode_id), body.reason.clone())
        }
        CommandBody::ImportProgram(body) => return import::program(desk, program, body),
        CommandBody::ImportEpisode(body) => return import::episode(desk, body),
        CommandBody::FireTimer(body) => return timer::fire(desk, body),
        CommandBody::ReleaseProgram(body) => release::fields(desk, program, &body.pointers),
        CommandBody::ReleaseEpisode(body) => {
            release::fields(desk, Episode(body.episode_id), &body.pointers)
        }
        CommandBody::MergeEpisodes(body) => merge::episodes(desk, body),
        CommandBody::UndoMerge(body) => merge::undo(desk, body),
        CommandBody::SplitEpisode(body) => split::episode(desk, body),
        CommandBody::MergeProgram(body) => programs::merge(desk, program, body),
        CommandBody::ReopenProgram(body) => programs::reopen(desk, program, body),
        CommandBody::AbsorbProgram(body) => programs::absorb(desk, program, body),
        CommandBody::ReturnProgram(body) => programs::give_back(desk, program, body),
        CommandBody::AdoptEpisode(body) => programs::adopt(desk, body),
        CommandBody::MoveEpisode(body) => programs::move_episode(desk, body),
        CommandBody::WithdrawProgram(body) => {
            withdraw::item(desk, program, &body.note, body.reason.clone())
        }
        CommandBody::WithdrawEpisode(body) => {
            let episode = Episode(body.episode_id);
            withdraw::item(desk, episode, &body.note, body.reason.clone())
        }
    }?;
    Ok(Judged::Accepted(Box::new(accepted)))
}

//! What operators ask of an instance: the same requests whether they come from this process or, over `cli.token`,
//! from a command line beside it.

mod dead_letters;
mod ingest;
mod moving;
mod programs;
mod rebuild;
mod renormalise;
mod sources;
mod upgrade;
mod users;

use crate::instance::Instance;
use mediamesh_domain::id::ProgramId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;
use tokio::sync::mpsc;

pub use ingest::{IngestAnswer, IngestRequest, Material, Refused, lag, settle as settled};
pub use moving::Moved;
pub(crate) use programs::id as program_id;
pub use renormalise::Renormalised;
pub use sources::SourcesRequest;
pub use users::UsersRequest;

/// What can be asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// Take in a feed.
    Ingest(IngestRequest),
    /// Something about sources and runs.
    Sources(SourcesRequest),
    /// Build a view anew, compare, and switch if asked.
    Rebuild {
        /// The view's name.
        view: String,
        /// Whether readers use the new version when the two are equal.
        switch: bool,
    },
    /// Let readers use the version of a view again that they used before a switch.
    SwitchBack {
        /// The view's name.
        view: String,
    },
    /// Normalise again what sources said, by today's rules.
    Renormalise {
        /// Only of this source, by name or id.
        source: Option<String>,
        /// Only say what would change.
        dry_run: bool,
    },
    /// Make a program part of another.
    MergePrograms {
        /// The id of the program that ends.
        from: ProgramId,
        /// The id of the program that stays.
        into: ProgramId,
    },
    /// Undo a merge of a program.
    UnmergePrograms {
        /// The id of the program that was merged.
        from: ProgramId,
    },
    /// The dead letters and the parked keys.
    DeadLetters {
        /// Only of this topic.
        topic: Option<String>,
        /// At most so many.
        limit: usize,
    },
    /// Let the data directory have the newest format.
    FinaliseUpgrade,
    /// Everything that is known of one dead letter or parked key.
    DeadLetter {
        /// Its id, as the list shows it.
        id: String,
    },
    /// Give up one dead letter, or the first record of one parked key.
    DropDeadLetter {
        /// Its id, as the list shows it.
        id: String,
        /// Only say what would be given up.
        dry_run: bool,
    },
    /// Send dead letters and parked keys again.
    Redrive {
        /// Only of this topic.
        topic: Option<String>,
        /// Only this one, by its id.
        id: Option<String>,
        /// Only say what would be sent.
        dry_run: bool,
    },
    /// Something about people.
    Users(UsersRequest),
    /// Publish a new key that tokens are signed with.
    RotateKeys,
    /// Write the deployment into a folder.
    Export {
        /// The folder.
        dir: PathBuf,
    },
    /// Fill empty stores from a folder; only an instance that was opened for it does so.
    Import {
        /// The folder.
        dir: PathBuf,
        /// Only check the folder and say what would be taken in.
        dry_run: bool,
    },
}

/// What is answered: any number of steps, then an end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Reply {
    /// How far it has come.
    Progress {
        /// What is being done.
        what: String,
        /// How much is done.
        done: u64,
        /// How much there is, where it is known.
        total: Option<u64>,
    },
    /// It is done.
    Done {
        /// The answer.
        value: Value,
    },
    /// It cannot be done.
    Failed {
        /// Why, and what to change.
        message: String,
    },
}

/// Where steps are told; a listener who is gone is no trouble.
#[derive(Debug, Clone)]
pub struct Tell(mpsc::Sender<Reply>);

impl Tell {
    /// Tells how far it has come.
    pub async fn progress(&self, what: &str, done: u64, total: Option<u64>) {
        let reply = Reply::Progress {
            what: what.to_owned(),
            done,
            total,
        };
        // Nobody listens any more: the work goes on all the same.
        let _ = self.0.send(reply).await;
    }

    /// The same, where nothing may wait: a listener who is behind misses a step.
    pub fn note(&self, what: &str, done: u64) {
        let reply = Reply::Progress {
            what: what.to_owned(),
            done,
            total: None,
        };
        let _ = self.0.try_send(reply);
    }
}

/// Does what is asked for and tells about it; the last reply is [`Reply::Done`] or [`Reply::Failed`].
pub async fn answer(instance: &Instance, request: Request, replies: mpsc::Sender<Reply>) {
    let reply = match carry_out(instance, request, &Tell(replies.clone())).await {
        Ok(value) => Reply::Done { value },
        Err(error) => Reply::Failed {
            message: format!("{error:#}"),
        },
    };
    let _ = replies.send(reply).await;
}

/// Does what is asked for, where nobody wants to hear the steps.
///
/// # Errors
/// Why it cannot be done, and what to change.
pub async fn outcome(instance: &Instance, request: Request) -> anyhow::Result<Value> {
    // The listener is gone at once, which is no trouble to who tells.
    let (steps, _) = mpsc::channel(1);
    carry_out(instance, request, &Tell(steps)).await
}

async fn carry_out(instance: &Instance, request: Request, tell: &Tell) -> anyhow::Result<Value> {
    match request {
        Request::Ingest(request) => ingest::ingest(instance, request, tell)
            .await
            .and_then(value),
        Request::Sources(request) => sources::answer(instance, request, tell).await,
        Request::Rebuild { view, switch } => rebuild::rebuild(instance, &view, switch, tell).await,
        Request::SwitchBack { view } => rebuild::back(instance, &view, tell).await,
        Request::Renormalise { source, dry_run } => {
            renormalise::renormalise(instance, source.as_deref(), dry_run, tell)
                .await
                .and_then(value)
        }
        Request::MergePrograms { from, into } => programs::merge(instance, from, into, tell).await,
        Request::UnmergePrograms { from } => programs::unmerge(instance, from, tell).await,
        Request::DeadLetters { topic, limit } => {
            dead_letters::list(instance, topic.as_deref(), limit).await
        }
        Request::FinaliseUpgrade => upgrade::finalise(instance),
        Request::DeadLetter { id } => dead_letters::show(instance, &id).await,
        Request::DropDeadLetter { id, dry_run } => dead_letters::drop(instance, &id, dry_run).await,
        Request::Redrive { topic, id, dry_run } => {
            let (topic, id) = (topic.as_deref(), id.as_deref());
            dead_letters::redrive(instance, topic, id, dry_run, tell).await
        }
        Request::Users(request) => users::answer(instance, request).await,
        Request::RotateKeys => users::rotate(instance).await,
        Request::Export { dir } => moving::export(instance, &dir, tell).await.and_then(value),
        Request::Import { dir, dry_run } => moving::import(instance, &dir, dry_run, tell)
            .await
            .and_then(value),
    }
}

fn value<T: Serialize>(answer: T) -> anyhow::Result<Value> {
    Ok(serde_json::to_value(answer)?)
}

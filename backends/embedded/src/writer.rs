//! The two threads that write: one commits what is asked, one makes commits durable.
//!
//! The writer takes everything that waits, merges it into one batch, commits it and answers whoever needs it
//! written. The sync thread makes what was committed durable when somebody waits for that, or when records
//! wait to be seen, and answers whoever needs it on disk. After a commit or a sync has failed nothing more is
//! written by this process: the system may have dropped pages, and a second sync would lie.

mod commit;
mod request;
mod sync;

pub(crate) use request::{Encoded, Reply, Request, StepWrite, When, Write};

use crate::database::Shared;
use crate::faults::Faults;
use crate::journal::JournalFile;
use commit::Writer;
use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use sync::{Pending, Syncer};

/// The threads of an open database.
pub(crate) struct Threads {
    writer: JoinHandle<()>,
    syncer: JoinHandle<()>,
}

impl Threads {
    /// Waits for both; the queue must be closed.
    pub(crate) fn join(self) {
        for thread in [self.writer, self.syncer] {
            if thread.join().is_err() {
                tracing::error!("a thread of the event log panicked");
            }
        }
    }
}

/// Starts the threads. They end when the queue is closed and empty.
pub(crate) fn start(
    shared: &Arc<Shared>,
    journal: JournalFile,
    faults: Option<Arc<dyn Faults>>,
) -> io::Result<Threads> {
    let pending = Arc::new(Pending::default());
    let mut writer = Writer::new(shared.clone(), pending.clone(), faults.clone());
    let mut syncer = Syncer::new(shared.clone(), pending, journal, faults);
    Ok(Threads {
        writer: Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || writer.run())?,
        syncer: Builder::new()
            .name("log-sync".to_owned())
            .spawn(move || syncer.run())?,
    })
}

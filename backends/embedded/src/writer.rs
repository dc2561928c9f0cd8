//! The threads that write: one commits what is asked, one makes commits durable; views have one of their own.
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
use crate::views::ViewWriter;
use commit::Writer;
use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use sync::{Pending, Syncer};

/// The threads of an open database.
pub(crate) struct Threads {
    views: JoinHandle<()>,
    writer: JoinHandle<()>,
    syncer: JoinHandle<()>,
}

impl Threads {
    /// Lets each finish what it was given, and waits for it.
    pub(crate) fn finish(self, shared: &Shared) {
        shared.view_queue.close();
        wait_for(self.views);
        shared.queue.close();
        wait_for(self.writer);
        wait_for(self.syncer);
    }
}

fn wait_for(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of the embedded database panicked");
    }
}

/// Starts the threads. They end when their queues are closed and empty.
pub(crate) fn start(
    shared: &Arc<Shared>,
    journal: JournalFile,
    faults: Option<Arc<dyn Faults>>,
) -> io::Result<Threads> {
    let pending = Arc::new(Pending::default());
    let mut writer = Writer::new(shared.clone(), pending.clone(), faults.clone());
    let mut syncer = Syncer::new(shared.clone(), pending, journal, faults);
    let mut views = ViewWriter::new(shared.clone());
    Ok(Threads {
        views: Builder::new()
            .name("view-writer".to_owned())
            .spawn(move || views.run())?,
        writer: Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || writer.run())?,
        syncer: Builder::new()
            .name("log-sync".to_owned())
            .spawn(move || syncer.run())?,
    })
}

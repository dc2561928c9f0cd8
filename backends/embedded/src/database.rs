//! Opening a data directory, and what is shared once it is open.

mod directory;
mod shared;

pub use directory::{FORMAT, OpenError};
pub(crate) use shared::{GroupOffsets, Shared};

use crate::faults::Faults;
use crate::journal::{JournalFile, TornTail};
use crate::writer::{self, Threads};
use directory::Directory;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How a data directory is opened.
#[derive(Clone)]
pub struct Options {
    /// How much memory the cache of table blocks may take, in bytes.
    pub cache_bytes: u64,
    /// How large the journal may grow before old memtables are flushed, in bytes; 64 MiB at least.
    pub max_journal_bytes: u64,
    /// How many records must have come before a partition of a compacted topic is compacted.
    pub compact_after: usize,
    /// Where tests make the disk fail.
    pub faults: Option<Arc<dyn Faults>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 64 << 20,
            max_journal_bytes: 256 << 20,
            compact_after: 1_000,
            faults: None,
        }
    }
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The data directory.
    pub dir: PathBuf,
    /// Whether it was made by this opening.
    pub created: bool,
    /// The version of the directory's format.
    pub format: u32,
    /// What a crash left unfinished in the journal, which was cut.
    pub torn: Option<TornTail>,
}

/// Whether the database takes writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Ready,
    /// It does not, until it is opened again: a write or a sync failed. Reads go on.
    Poisoned(String),
}

/// An open data directory: the event log, state, views and registry on it.
///
/// A handle: clones are the same database, which closes (with a last sync) when the last handle and the last
/// member are dropped.
#[derive(Clone)]
pub struct Embedded {
    pub(crate) core: Arc<Core>,
}

/// What lives as long as the database is open.
pub(crate) struct Core {
    threads: Mutex<Option<Threads>>,
    pub(crate) shared: Arc<Shared>,
    opened: Opened,
    // Last: the directory stays locked until the database is closed.
    directory: Directory,
}

impl Embedded {
    /// Opens a data directory, making it where there is none.
    ///
    /// # Errors
    /// [`OpenError`]: in use, of a newer format, damaged, or not readable.
    pub fn open(data_dir: &Path, options: Options) -> Result<Self, OpenError> {
        let directory = Directory::lock(data_dir)?;
        let store = directory.store();
        let torn = directory.recover_journal()?;
        let db = fjall::Database::builder(&store)
            .cache_size(options.cache_bytes)
            .max_journaling_size(options.max_journal_bytes.max(64 << 20))
            .journal_compression(fjall::CompressionType::None)
            // With more than one, the first takes each compaction from the queue and puts it back for the
            // others, without a pause, for as long as they are at work: that is a core gone (fjall 3.1).
            .worker_threads(1)
            .open()
            .map_err(|error| directory.unreadable(&error))?;
        let shared = Arc::new(
            Shared::load(db, directory.failed_marker(), options.compact_after)
                .map_err(|error| directory.unreadable(&error))?,
        );
        let journal = JournalFile::open(&store).map_err(|error| directory.journal(error))?;
        let threads =
            writer::start(&shared, journal, options.faults).map_err(|error| directory.io(error))?;
        let opened = Opened {
            dir: data_dir.to_owned(),
            created: directory.created(),
            format: directory.format(),
            torn,
        };
        Ok(Self {
            core: Arc::new(Core {
                threads: Mutex::new(Some(threads)),
                shared,
                opened,
                directory,
            }),
        })
    }

    /// What opening found.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.core.opened
    }

    /// Whether the database takes writes.
    #[must_use]
    pub fn health(&self) -> Health {
        match self.core.shared.poison.reason() {
            None => Health::Ready,
            Some(reason) => Health::Poisoned(reason),
        }
    }

    /// How many bytes the database takes on disk.
    #[must_use]
    pub fn disk_bytes(&self) -> u64 {
        self.core.shared.db.disk_space().unwrap_or(0)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let threads = self
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(threads) = threads {
            threads.finish(&self.shared);
        }
        if self.shared.poison.reason().is_none() {
            self.directory
                .note_clean_end(self.shared.last_durable_commit());
        }
    }
}

//! The data directory itself: its lock, its format, and the small files that say how the last run ended.
//!
//! `lock` (the pid of who holds it), `format` (one line), `clean` (the last durable commit of a run that
//! closed the database), `failed` (a sync failed in the last run), `store/` (the database).

use crate::journal::{self, Error as JournalError, TornTail};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The format that this build writes. Older ones stay readable.
pub const FORMAT: u32 = 1;
const FORMAT_LINE: &str = "mediamesh data format ";

/// Why a data directory was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds it.
    #[error("the data directory {dir} is in use by process {pid}", dir = .dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// The process that holds it, as it wrote itself down; `?` where it has not yet.
        pid: String,
    },
    /// A newer build wrote it.
    #[error("the data directory {dir} has format {found}; this build reads up to {supported}: use the newer build", dir = .dir.display())]
    Newer {
        /// The directory.
        dir: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this build reads.
        supported: u32,
    },
    /// Its format file says nothing that this build knows.
    #[error("{file} does not name a format of MediaMesh: is {dir} another program's directory?", file = .dir.join("format").display(), dir = .dir.display())]
    NotOurs {
        /// The directory.
        dir: PathBuf,
    },
    /// What was durable is not whole any more.
    #[error("the data directory {dir} is damaged: {reason}; nothing was changed: put a backup of the whole directory in its place, or look at that file first", dir = .dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What is damaged, with file and place.
        reason: String,
    },
    /// The system did not let us.
    #[error("cannot open the data directory {dir}: {source}", dir = .dir.display())]
    Io {
        /// The directory.
        dir: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A locked data directory.
pub(crate) struct Directory {
    dir: PathBuf,
    created: bool,
    format: u32,
    /// Holds the lock while it is open.
    _lock: File,
}

impl Directory {
    /// Locks a directory for this process and reads its format.
    pub(crate) fn lock(dir: &Path) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io {
            dir: dir.to_owned(),
            source,
        };
        fs::create_dir_all(dir).map_err(io)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.join("lock"))
            .map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(dir, &mut lock)),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        lock.set_len(0).map_err(io)?;
        writeln!(lock, "{}", std::process::id()).map_err(io)?;
        let mut directory = Self {
            dir: dir.to_owned(),
            created: false,
            format: FORMAT,
            _lock: lock,
        };
        directory.read_format()?;
        Ok(directory)
    }

    /// Whether the directory is new.
    pub(crate) fn created(&self) -> bool {
        self.created
    }

    /// The version of its format.
    pub(crate) fn format(&self) -> u32 {
        self.format
    }

    /// Where the database is.
    pub(crate) fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// The file that is there after a run whose sync failed.
    pub(crate) fn failed_marker(&self) -> PathBuf {
        self.dir.join("failed")
    }

    /// Looks through the journal before the database opens: refuses damage, cuts what a crash tore.
    pub(crate) fn recover_journal(&self) -> Result<Option<TornTail>, OpenError> {
        let store = self.store();
        if !store.exists() {
            return Ok(None);
        }
        let clean = self.dir.join("clean");
        let durable = fs::read_to_string(&clean)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        let found = journal::inspect(&store, durable).map_err(|error| self.journal(error))?;
        remove(&clean).map_err(|error| self.io(error))?;
        if self.failed_marker().exists() {
            journal::rewrite_newest(&store).map_err(|error| self.journal(error))?;
            remove(&self.failed_marker()).map_err(|error| self.io(error))?;
        }
        Ok(found.torn)
    }

    /// Notes that everything up to a commit is durable and nothing follows it.
    pub(crate) fn note_clean_end(&self, commit: u64) {
        let path = self.dir.join("clean");
        // Without the file the next start only knows less: nothing to do about a failure here.
        let _ = File::create(path).and_then(|mut file| {
            writeln!(file, "{commit}")?;
            file.sync_all()
        });
    }

    pub(crate) fn io(&self, source: io::Error) -> OpenError {
        OpenError::Io {
            dir: self.dir.clone(),
            source,
        }
    }

    pub(crate) fn journal(&self, error: JournalError) -> OpenError {
        match error {
            JournalError::Io { source, .. } => self.io(source),
            damaged @ JournalError::Damaged { .. } => OpenError::Damaged {
                dir: self.dir.clone(),
                reason: damaged.to_string(),
            },
        }
    }

    /// What fjall refuses for: an error of the system, else damage.
    pub(crate) fn unreadable(&self, error: &fjall::Error) -> OpenError {
        match error {
            fjall::Error::Io(source) if source.get_ref().is_none() => {
                self.io(io::Error::from(source.kind()))
            }
            fjall::Error::Locked => OpenError::InUse {
                dir: self.dir.clone(),
                pid: std::process::id().to_string(),
            },
            other => OpenError::Damaged {
                dir: self.dir.clone(),
                reason: other.to_string(),
            },
        }
    }

    fn read_format(&mut self) -> Result<(), OpenError> {
        let path = self.dir.join("format");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.created = true;
                let line = format!("{FORMAT_LINE}{FORMAT}\n");
                return fs::write(&path, line).map_err(|error| self.io(error));
            }
            Err(error) => return Err(self.io(error)),
        };
        let found = text
            .trim()
            .strip_prefix(FORMAT_LINE)
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| OpenError::NotOurs {
                dir: self.dir.clone(),
            })?;
        if found > FORMAT {
            return Err(OpenError::Newer {
                dir: self.dir.clone(),
                found,
                supported: FORMAT,
            });
        }
        self.format = found;
        Ok(())
    }
}

fn in_use(dir: &Path, lock: &mut File) -> OpenError {
    let mut pid = String::new();
    let read = lock.read_to_string(&mut pid);
    let pid = pid.trim();
    OpenError::InUse {
        dir: dir.to_owned(),
        pid: if read.is_err() || pid.is_empty() {
            "?".to_owned()
        } else {
            pid.to_owned()
        },
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

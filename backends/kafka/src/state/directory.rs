//! The directory of the local state: one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Why a state directory was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds it.
    #[error("the state directory {dir} is in use by process {pid}: give each process its own", dir = .dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// The process that holds it, as it wrote itself down; `?` where it has not yet.
        pid: String,
    },
    /// What is in it cannot be read.
    #[error("the state directory {dir} is damaged: {reason}; delete it, it is restored from the changelogs", dir = .dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What the database says.
        reason: String,
    },
    /// The system did not let us.
    #[error("cannot open the state directory {dir}: {source}", dir = .dir.display())]
    Io {
        /// The directory.
        dir: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A directory that this process holds.
pub(super) struct Lock {
    dir: PathBuf,
    /// Holds the lock while it is open.
    _file: File,
}

impl Lock {
    pub(super) fn take(dir: &Path) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io {
            dir: dir.to_owned(),
            source,
        };
        fs::create_dir_all(dir).map_err(io)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(dir.join("lock")).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let read = file.read_to_string(&mut pid);
                let known = read.is_ok() && !pid.trim().is_empty();
                return Err(OpenError::InUse {
                    dir: dir.to_owned(),
                    pid: if known {
                        pid.trim().to_owned()
                    } else {
                        "?".to_owned()
                    },
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        file.set_len(0).map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self {
            dir: dir.to_owned(),
            _file: file,
        })
    }

    /// Where the database is.
    pub(super) fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// What fjall refuses for: an error of the system, else damage.
    pub(super) fn unreadable(&self, error: &fjall::Error) -> OpenError {
        let dir = self.dir.clone();
        match error {
            fjall::Error::Io(source) if source.get_ref().is_none() => OpenError::Io {
                dir,
                source: io::Error::from(source.kind()),
            },
            fjall::Error::Locked => OpenError::InUse {
                dir,
                pid: std::process::id().to_string(),
            },
            other => OpenError::Damaged {
                dir,
                reason: other.to_string(),
            },
        }
    }
}

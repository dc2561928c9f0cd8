//! Syncing the journal through a file handle of our own.
//!
//! Linux reports a failed write-back once to each open handle. fjall's background threads sync the journal
//! too, and would be told in our place; with a handle of our own, opened before the bytes were written, a
//! failure is always told to whoever acknowledges. It also lets commits go on while a sync is under way.

use super::Error;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The newest file of the journal.
pub(crate) struct JournalFile {
    dir: PathBuf,
    number: u64,
    file: File,
}

impl JournalFile {
    /// Opens the newest file of an open database's journal.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        let (number, path) = super::files(dir)?.pop().ok_or_else(|| Error::Io {
            path: dir.to_owned(),
            source: io::Error::from(io::ErrorKind::NotFound),
        })?;
        let file = open(&path).map_err(Error::io(&path))?;
        Ok(Self {
            dir: dir.to_owned(),
            number,
            file,
        })
    }

    /// Makes everything durable that was committed before the call.
    ///
    /// fjall syncs a file whole before it makes the next one, under the lock that commits take. So where a
    /// next file is, everything before it is durable already.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.follow()?;
        self.file.sync_data()
    }

    fn follow(&mut self) -> io::Result<()> {
        loop {
            let next = self.dir.join(format!("{}.jnl", self.number + 1));
            match open(&next) {
                Ok(file) => {
                    File::open(&self.dir)?.sync_all()?;
                    self.file = file;
                    self.number += 1;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

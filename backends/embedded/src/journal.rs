//! The journal's files: looking through them before the database opens, and syncing the newest.
//!
//! fjall takes what does not decode for the torn end of the journal and cuts it, with all that follows. That
//! is right for what a crash tore, and silent loss where bytes rotted in the middle. So every commit carries
//! a mark: its number, and the last commit that was durable before it. [`inspect`] reads the files first: what
//! a later mark says was durable must be whole, else the database is not opened; the rest is cut and told.

mod file;
mod scan;

pub(crate) use file::JournalFile;
pub(crate) use scan::inspect;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What a crash left unfinished at the journal's end; it was never durable, and is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// The journal's file.
    pub file: PathBuf,
    /// Where the last whole commit ends, in bytes.
    pub offset: u64,
    /// How many bytes from there on hold something.
    pub bytes: u64,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// It cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What was durable is not whole any more.
    #[error("{file} is damaged at byte {offset}, and commits after it were durable", file = .file.display())]
    Damaged {
        /// The journal's file.
        file: PathBuf,
        /// Where the damaged commit starts, in bytes.
        offset: u64,
    },
}

impl Error {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// Writes the newest file of a closed database's journal again, into fresh pages.
///
/// After a failed sync the system may hold pages that it takes for clean and the disk has never seen: only
/// writing them anew makes them durable.
pub(crate) fn rewrite_newest(dir: &Path) -> Result<(), Error> {
    let Some((number, path)) = files(dir)?.pop() else {
        return Ok(());
    };
    let fresh = dir.join(format!("{number}.rewritten"));
    std::fs::copy(&path, &fresh).map_err(Error::io(&fresh))?;
    let file = File::open(&fresh).map_err(Error::io(&fresh))?;
    file.sync_all().map_err(Error::io(&fresh))?;
    std::fs::rename(&fresh, &path).map_err(Error::io(&path))?;
    let dir_file = File::open(dir).map_err(Error::io(dir))?;
    dir_file.sync_all().map_err(Error::io(dir))
}

/// The journal's files in a database's directory, oldest first, by number.
pub(crate) fn files(dir: &Path) -> Result<Vec<(u64, PathBuf)>, Error> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(Error::io(dir))? {
        let path = entry.map_err(Error::io(dir))?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".jnl"))
            .and_then(|number| number.parse().ok());
        if let Some(number) = number {
            files.push((number, path));
        }
    }
    files.sort();
    Ok(files)
}

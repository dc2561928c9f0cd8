//! The search index on tantivy: one directory a version of the view.
//!
//! Both lanes are in one index with a column to tell them apart, because a flush must make both durable
//! with one progress: two indexes would be two commits, and a crash between them would leave one behind.
//! A lane is one posting list, taken as bits with the other filters; replacing an item is a deletion by
//! its key and new documents beside it.
//!
//! The index is derived: what cannot be read is removed and made anew, empty, and its progress says so.
//! Nothing here knows a language or ranks; the domain gives the tokens and the tiers.

mod bits;
mod collect;
mod committed;
mod evaluate;
mod filters;
mod fuzzy;
mod payload;
mod schema;
mod search;
mod version;
mod writer;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use mediamesh_domain::position::Position;
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_ports::search_index::{
    Candidates, Error, ReadSearch, SearchRequest, SearchWrite, WriteSearch,
};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use version::Version;

/// How much the index may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Memory for documents not yet flushed, in bytes, for each version that is written; 15 MB a thread
    /// at least.
    pub memory_bytes: usize,
    /// Threads that index, from 1; each makes a segment a flush.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            memory_bytes: 48_000_000,
            threads: 1,
        }
    }
}

/// Why the directory of the index could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be read or written.
    #[error("the directory of the search index, {path}: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A version cannot be opened now; nothing was removed.
    #[error("version {version} of the search index cannot be opened: {reason}")]
    Version {
        /// The version.
        version: ViewVersion,
        /// What went wrong.
        reason: String,
    },
}

/// A version that could not be read and was made anew, empty: its sink must start over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recreated {
    /// The version.
    pub version: ViewVersion,
    /// Why it could not be read.
    pub reason: String,
}

/// The search index of a data directory; clones share it.
#[derive(Clone)]
pub struct SearchIndex {
    shared: Arc<Shared>,
}

struct Shared {
    dir: PathBuf,
    options: Options,
    versions: RwLock<HashMap<ViewVersion, Arc<Version>>>,
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex")
            .field("dir", &self.shared.dir)
            .finish_non_exhaustive()
    }
}

impl SearchIndex {
    /// Opens every version in a directory, which is made where it is missing. Blocks.
    ///
    /// A version that cannot be read is removed and made anew; it is in the list that comes back, and its
    /// progress is empty. A version that was never written takes no room and has no progress.
    ///
    /// # Errors
    /// [`OpenError`], where something may still be readable later; nothing is removed then.
    pub fn open(dir: &Path, options: Options) -> Result<(Self, Vec<Recreated>), OpenError> {
        let directory = |source| OpenError::Directory {
            path: dir.to_owned(),
            source,
        };
        fs::create_dir_all(dir).map_err(directory)?;
        let mut versions = HashMap::new();
        let mut recreated = Vec::new();
        for entry in fs::read_dir(dir).map_err(directory)? {
            let entry = entry.map_err(directory)?;
            let Some(version) = entry.file_name().to_str().and_then(version_of) else {
                continue;
            };
            let (opened, lost) = open_or_recreate(version, &entry.path(), &options)?;
            versions.insert(version, Arc::new(opened));
            recreated.extend(lost);
        }
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            options,
            versions: RwLock::new(versions),
        });
        Ok((Self { shared }, recreated))
    }

    /// The version, where it has been written.
    fn existing(&self, view: ViewVersion) -> Option<Arc<Version>> {
        let versions = self.shared.versions.read();
        let versions = versions.unwrap_or_else(PoisonError::into_inner);
        versions.get(&view).cloned()
    }

    /// The version, made where it is missing.
    fn version(&self, view: ViewVersion) -> Result<Arc<Version>, Error> {
        if let Some(version) = self.existing(view) {
            return Ok(version);
        }
        let versions = self.shared.versions.write();
        let mut versions = versions.unwrap_or_else(PoisonError::into_inner);
        if let Some(version) = versions.get(&view) {
            return Ok(Arc::clone(version));
        }
        let path = self.shared.dir.join(view.to_string());
        let version = Version::create(&path, &self.shared.options);
        let version = Arc::new(version.map_err(|error| Error::Transient(error.to_string()))?);
        versions.insert(view, Arc::clone(&version));
        Ok(version)
    }
}

/// The version that a directory's name says it holds.
fn version_of(name: &str) -> Option<ViewVersion> {
    let (view, version) = name.split_once(".v")?;
    let version = ViewVersion::new(View::by_name(view)?, version.parse().ok()?);
    (version.to_string() == name).then_some(version)
}

fn open_or_recreate(
    version: ViewVersion,
    path: &Path,
    options: &Options,
) -> Result<(Version, Option<Recreated>), OpenError> {
    let failed = |reason: String| OpenError::Version { version, reason };
    let reason = match Version::open(path, options) {
        Ok(opened) => return Ok((opened, None)),
        Err(version::Error::Unavailable(reason)) => return Err(failed(reason)),
        Err(version::Error::Unreadable(reason)) => reason,
    };
    tracing::warn!(
        view = %version,
        reason,
        "the search index cannot be read; it is made anew and filled from the catalogue"
    );
    version::remove_dir(path).map_err(|error| failed(error.to_string()))?;
    let made = Version::create(path, options).map_err(|error| failed(error.to_string()))?;
    Ok((made, Some(Recreated { version, reason })))
}

/// Runs what blocks away from the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(Error::Transient(format!("the work was cut off: {error}"))),
    }
}

#[async_trait]
impl ReadSearch for SearchIndex {
    async fn search(
        &self,
        view: ViewVersion,
        request: &SearchRequest,
    ) -> Result<Candidates, Error> {
        let Some(version) = self.existing(view) else {
            let facets = request.facets.iter().map(|facet| (*facet, Vec::new()));
            return Ok(Candidates {
                facets: facets.collect(),
                ..Candidates::default()
            });
        };
        let request = request.clone();
        blocking(move || {
            search::search(&version.searcher(), &version.fields, &request)
                .map_err(|error| writer::transient(&error))
        })
        .await
    }
}

#[async_trait]
impl WriteSearch for SearchIndex {
    async fn apply(&self, view: ViewVersion, writes: Vec<SearchWrite>) -> Result<(), Error> {
        let index = self.clone();
        blocking(move || {
            let version = index.version(view)?;
            version.apply(&writes)
        })
        .await
    }

    async fn flush(&self, view: ViewVersion, progress: &Position) -> Result<(), Error> {
        let index = self.clone();
        let progress = progress.clone();
        blocking(move || {
            let version = index.version(view)?;
            version.flush(&progress)
        })
        .await
    }

    async fn progress(&self, view: ViewVersion) -> Result<Position, Error> {
        let version = self.existing(view);
        Ok(version.map_or_else(Position::default, |version| {
            version.flushed().progress.clone()
        }))
    }

    async fn drop_version(&self, view: ViewVersion) -> Result<(), Error> {
        let index = self.clone();
        blocking(move || {
            let versions = index.shared.versions.write();
            let version = versions
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&view);
            if let Some(version) = version {
                version.close();
            }
            let path = index.shared.dir.join(view.to_string());
            version::remove_dir(&path).map_err(|error| Error::Transient(error.to_string()))
        })
        .await
    }
}

//! One version of the index in its directory: opened, or made anew where it cannot be read.

use super::Options;
use super::committed::Committed;
use super::payload;
use super::schema::Fields;
use super::writer::Writer;
use mediamesh_domain::position::Position;
use mediamesh_ports::search_index::{self, SearchWrite};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tantivy::directory::error::{OpenDirectoryError, OpenReadError};
use tantivy::{Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, TantivyError};

/// Blocks of stored documents that each segment keeps unpacked.
const STORE_CACHE_BLOCKS: usize = 32;
/// Bytes of a block of stored documents before it is packed: small, since hits lie apart.
const STORE_BLOCK_BYTES: usize = 8 * 1024;

/// Why a version could not be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// What is there cannot be read, and never will be; it can be made anew.
    #[error("{0}")]
    Unreadable(String),
    /// It cannot be opened now.
    #[error("{0}")]
    Unavailable(String),
}

/// A version of the index.
pub(super) struct Version {
    pub(super) fields: Fields,
    reader: IndexReader,
    /// What the last flush left behind.
    flushed: RwLock<Arc<Flushed>>,
    /// Taken for as long as something is written.
    writer: Mutex<Writer>,
}

/// What the last flush left behind.
pub(super) struct Flushed {
    pub(super) progress: Position,
    pub(super) committed: Committed,
}

impl Version {
    /// Makes an empty version in a directory that does not exist.
    pub(super) fn create(path: &Path, options: &Options) -> Result<Self, Error> {
        let (schema, _) = Fields::new();
        fs::create_dir_all(path).map_err(|error| unavailable(path, error))?;
        let settings = IndexSettings {
            docstore_blocksize: STORE_BLOCK_BYTES,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let index = Index::builder().schema(schema).settings(settings);
        let index = index.create_in_dir(path).map_err(classify)?;
        Self::over(index, options)
    }

    /// Opens the version in a directory.
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let index = Index::open_in_dir(path).map_err(classify)?;
        if index.schema() != Fields::new().0 {
            let reason = "it has another schema than this build writes";
            return Err(Error::Unreadable(reason.to_owned()));
        }
        Self::over(index, options)
    }

    fn over(index: Index, options: &Options) -> Result<Self, Error> {
        let (_, fields) = Fields::new();
        let progress = progress(&index)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader = reader.doc_store_cache_num_blocks(STORE_CACHE_BLOCKS);
        let reader: IndexReader = reader.try_into().map_err(classify)?;
        let committed = Committed::new(&reader.searcher(), &fields).map_err(classify)?;
        Ok(Self {
            writer: Mutex::new(Writer::new(index, fields.clone(), options)),
            fields,
            reader,
            flushed: RwLock::new(Arc::new(Flushed {
                progress,
                committed,
            })),
        })
    }

    /// What readers see: the index as of the last flush.
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// What the last flush left behind.
    pub(super) fn flushed(&self) -> Arc<Flushed> {
        let flushed = self.flushed.read();
        Arc::clone(&flushed.unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes writes in.
    pub(super) fn apply(&self, writes: &[SearchWrite]) -> Result<(), search_index::Error> {
        let mut writer = self.writer();
        self.catch_up(&mut writer)?;
        writer.apply(&self.flushed().committed, writes)
    }

    /// Makes everything taken in durable and found.
    pub(super) fn flush(&self, progress: &Position) -> Result<(), search_index::Error> {
        let mut writer = self.writer();
        let committed = writer.commit(progress);
        let shown = self.catch_up(&mut writer);
        committed.and(shown)
    }

    /// Shows readers what was committed, where they may not have seen it. No write is taken in before: it
    /// is compared with what readers see.
    fn catch_up(&self, writer: &mut Writer) -> Result<(), search_index::Error> {
        if writer.is_ahead {
            let shown = self.reload();
            shown.map_err(|error| search_index::Error::Transient(error.to_string()))?;
            writer.is_ahead = false;
        }
        Ok(())
    }

    /// The writer, for as long as something is written. Where the thread that had it died in the middle,
    /// what it had taken in is lost.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(|poisoned| {
            self.writer.clear_poison();
            let mut writer = poisoned.into_inner();
            writer.lose();
            writer
        })
    }

    fn reload(&self) -> Result<(), Error> {
        self.reader.reload().map_err(classify)?;
        let searcher = self.reader.searcher();
        let flushed = Arc::new(Flushed {
            progress: progress(searcher.index())?,
            committed: Committed::new(&searcher, &self.fields).map_err(classify)?,
        });
        *self.flushed.write().unwrap_or_else(PoisonError::into_inner) = flushed;
        Ok(())
    }

    /// Stops writing; searches under way go on, also when the files are removed.
    pub(super) fn close(&self) {
        self.writer().close();
    }
}

/// Removes a directory with all it holds; one that is not there is removed already.
pub(super) fn remove_dir(path: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn progress(index: &Index) -> Result<Position, Error> {
    let metas = index.load_metas().map_err(classify)?;
    match metas.payload {
        Some(payload) => payload::read(&payload).map_err(Error::Unreadable),
        None => Ok(Position::default()),
    }
}

fn unavailable(path: &Path, error: std::io::Error) -> Error {
    Error::Unavailable(format!("{}: {error}", path.display()))
}

/// Whether an index that was not opened is beyond reading. Files that are missing or hold something else
/// are; a disk, a limit or a permission that refuses may yet change its mind.
fn classify(error: TantivyError) -> Error {
    let unreadable = match &error {
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::SchemaError(_)
        | TantivyError::FieldNotFound(_)
        | TantivyError::InvalidArgument(_)
        | TantivyError::DeserializeError(_)
        | TantivyError::OpenReadError(
            OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_),
        )
        | TantivyError::OpenDirectoryError(OpenDirectoryError::NotADirectory(_)) => true,
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. })
        | TantivyError::IoError(io_error) => matches!(
            io_error.kind(),
            std::io::ErrorKind::InvalidData
                | std::io::ErrorKind::InvalidInput
                | std::io::ErrorKind::UnexpectedEof
        ),
        _ => false,
    };
    if unreadable {
        Error::Unreadable(error.to_string())
    } else {
        Error::Unavailable(error.to_string())
    }
}

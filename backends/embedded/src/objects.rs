//! The object store: a directory, one file an object.
//!
//! A file has its object's name and a `~`, which no name has: so `a` and `a/b` can both be.

use async_trait::async_trait;
use mediamesh_ports::objects::{Error, Objects, check_name, starts_names};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where objects are written before they get their name.
const UNFINISHED: &str = ".unfinished";

/// Objects in a directory. A handle: clones are the same store.
#[derive(Clone)]
pub struct Directory {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    /// Tells unfinished files apart.
    writes: AtomicU64,
}

impl Directory {
    /// Opens a directory, making it where there is none; what an interrupted write left is removed.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(root: &Path) -> io::Result<Self> {
        let unfinished = root.join(UNFINISHED);
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(&unfinished)?,
        }
        Ok(Self {
            inner: Arc::new(Inner {
                root: root.to_owned(),
                writes: AtomicU64::new(0),
            }),
        })
    }

    /// Runs what blocks on a thread that may.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = self.inner.clone();
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        match done {
            Ok(result) => result.map_err(|error| Error::Transient(error.to_string())),
            Err(error) => Err(Error::Transient(error.to_string())),
        }
    }
}

impl Inner {
    fn path(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}~"))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(name);
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.root.join(UNFINISHED).join(number.to_string());
        // Keys are among the objects: nobody else on the machine reads any.
        let mut options = File::options();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let parent = path.parent().unwrap_or(&self.root);
        let made = !parent.exists();
        fs::create_dir_all(parent)?;
        fs::rename(&unfinished, &path)?;
        if made {
            self.sync_parents(parent)?;
        }
        File::open(parent)?.sync_all()
    }

    /// Makes the names of new directories durable, from the root down to `dir`.
    fn sync_parents(&self, dir: &Path) -> io::Result<()> {
        for parent in dir.ancestors().skip(1) {
            if !parent.starts_with(&self.root) {
                break;
            }
            File::open(parent)?.sync_all()?;
        }
        Ok(())
    }

    fn list(&self, prefix: &str, after: &str, limit: usize) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        // Only the directory that the prefix names can hold what starts with it.
        let dir = prefix.rsplit_once('/').map_or("", |(dir, _)| dir);
        self.walk(dir, prefix, after, &mut names)?;
        names.sort_unstable();
        names.truncate(limit);
        Ok(names)
    }

    fn walk(
        &self,
        dir: &str,
        prefix: &str,
        after: &str,
        names: &mut Vec<String>,
    ) -> io::Result<()> {
        let entries = match fs::read_dir(self.root.join(dir)) {
            Err(error) if is_absence(&error) => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let Ok(part) = entry.file_name().into_string() else {
                continue;
            };
            let path = if dir.is_empty() {
                part
            } else {
                format!("{dir}/{part}")
            };
            if let Some(name) = path.strip_suffix('~') {
                if name.starts_with(prefix) && name > after {
                    names.push(name.to_owned());
                }
            } else if path != UNFINISHED && could_start(&path, prefix) {
                self.walk(&path, prefix, after, names)?;
            }
        }
        Ok(())
    }
}

/// Whether a name, or one below it, can start with the prefix.
fn could_start(name: &str, prefix: &str) -> bool {
    let length = name.len().min(prefix.len());
    name.as_bytes()[..length] == prefix.as_bytes()[..length]
}

/// There is no such file; where a part of the path is a file, there is none either.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[async_trait]
impl Objects for Directory {
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Error> {
        check_name(name)?;
        let name = name.to_owned();
        self.blocking(move |inner| inner.put(&name, &bytes)).await
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        check_name(name)?;
        let name = name.to_owned();
        self.blocking(move |inner| match fs::read(inner.path(&name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn delete(&self, name: &str) -> Result<(), Error> {
        check_name(name)?;
        let name = name.to_owned();
        self.blocking(move |inner| {
            let path = inner.path(&name);
            match fs::remove_file(&path) {
                Err(error) if is_absence(&error) => Ok(()),
                Err(error) => Err(error),
                Ok(()) => File::open(path.parent().unwrap_or(&inner.root))?.sync_all(),
            }
        })
        .await
    }

    async fn list(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<String>, Error> {
        if !starts_names(prefix) {
            return Ok(Vec::new());
        }
        let (prefix, after) = (prefix.to_owned(), after.to_owned());
        self.blocking(move |inner| inner.list(&prefix, &after, limit))
            .await
    }
}

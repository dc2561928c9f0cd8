//! The raw entries of all sources, kept in the object store for as long as their items live.
//!
//! The log forgets raw entries after a month; a mended normaliser has to reach back further. So whatever comes
//! by `ingest.raw`, from a connector, by the push API or from anybody's Kafka client, is kept here before its
//! offset is committed: the records of a step as one compressed object, named by where they stand on the log.
//! The same step again writes the same object, or one that overlaps it; of two records of one entry the
//! later fetch counts.

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use mediamesh_domain::ingest::{RawBody, RawEntry};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::objects::{self, Objects};
use mediamesh_schemas::Codec;
use std::io::{Read, Write};
use std::sync::Arc;

/// Where the objects stand.
pub const FOLDER: &str = "raw-archive/";
/// How an object begins; the digit is the format's version.
const MAGIC: &[u8; 6] = b"MMRA1\n";
/// The most bytes that an object may unfold to: far more than a step ever holds.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Names read at once.
const NAMES: usize = 1_000;

/// Why the archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] objects::Error),
    /// An object is not what was written.
    #[error("object {name}: {reason}")]
    Damaged {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

/// The object of the records from an offset on.
#[must_use]
pub fn name(partition: Partition, first: Offset) -> String {
    // Digits enough that names sort as offsets do.
    format!("{FOLDER}{:03}/{:020}", partition.0, first.0)
}

/// The bytes of an object that holds these records' values.
///
/// # Errors
/// None that a memory buffer gives; the writer's are handed on.
pub fn pack<'v>(values: impl Iterator<Item = &'v [u8]>) -> std::io::Result<Vec<u8>> {
    let mut packed = DeflateEncoder::new(MAGIC.to_vec(), Compression::fast());
    for value in values {
        let len = u32::try_from(value.len()).map_err(std::io::Error::other)?;
        packed.write_all(&len.to_le_bytes())?;
        packed.write_all(value)?;
    }
    packed.finish()
}

/// The records' values in an object; none where it is not one.
#[must_use]
pub fn unpack(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let packed = bytes.strip_prefix(MAGIC)?;
    let mut whole = Vec::new();
    let mut reader = DeflateDecoder::new(packed).take(LARGEST);
    reader.read_to_end(&mut whole).ok()?;
    let mut rest = whole.as_slice();
    let mut values = Vec::new();
    while !rest.is_empty() {
        let (len, more) = rest.split_first_chunk::<4>()?;
        let (value, more) = more.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        values.push(value.to_vec());
        rest = more;
    }
    Some(values)
}

/// Reads what was kept.
#[derive(Clone)]
pub struct Archive {
    objects: Arc<dyn Objects>,
    codec: Codec,
}

impl Archive {
    /// The archive in an object store.
    #[must_use]
    pub fn new(objects: Arc<dyn Objects>, codec: Codec) -> Self {
        Self { objects, codec }
    }

    /// The names of all objects.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn names(&self) -> Result<Vec<String>, Error> {
        let mut names: Vec<String> = Vec::new();
        loop {
            let after = names.last().cloned().unwrap_or_default();
            let page = self.objects.list(FOLDER, &after, NAMES).await?;
            let full = page.len() == NAMES;
            names.extend(page);
            if !full {
                return Ok(names);
            }
        }
    }

    /// The entries in an object, in the order of the log, with their bodies; what this build cannot read is
    /// left out.
    ///
    /// # Errors
    /// [`Error::Store`], and [`Error::Damaged`] where the object is not what was written.
    pub async fn entries(&self, name: &str) -> Result<Vec<RawEntry>, Error> {
        let Some(bytes) = self.objects.get(name).await? else {
            return Ok(Vec::new());
        };
        let values = unpack(&bytes).ok_or_else(|| Error::Damaged {
            name: name.to_owned(),
            reason: "it cannot be unpacked".to_owned(),
        })?;
        let mut entries = Vec::with_capacity(values.len());
        for value in values {
            let Ok(mut entry) = self.codec.decode::<RawEntry>(&value) else {
                continue;
            };
            self.fetch_body(&mut entry).await?;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Removes an object; its entries were all fetched again since.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn remove(&self, name: &str) -> Result<(), Error> {
        Ok(self.objects.delete(name).await?)
    }

    async fn fetch_body(&self, entry: &mut RawEntry) -> Result<(), Error> {
        let (None, Some(claim)) = (&entry.body, &entry.claim) else {
            return Ok(());
        };
        if let Some(bytes) = self.objects.get(claim).await? {
            entry.body = serde_json::from_slice::<RawBody>(&bytes).ok();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked_and_nothing_else_is() {
        let values: Vec<Vec<u8>> = vec![vec![], vec![7; 9_000], b"x".to_vec()];
        let packed = pack(values.iter().map(Vec::as_slice)).unwrap();
        assert!(packed.len() < 1_000, "{}", packed.len());
        assert_eq!(unpack(&packed), Some(values));
        assert_eq!(unpack(b""), None);
        assert_eq!(unpack(b"MMRA1\nnonsense"), None);
        for end in MAGIC.len()..packed.len() {
            // Cut short it is refused or gives fewer records, and never panics.
            let _ = unpack(&packed[..end]);
        }
    }

    #[test]
    fn names_sort_as_the_log_does() {
        let names: Vec<String> = [0, 9, 10, 1_000_000_000_000]
            .map(|offset| name(Partition(3), Offset(offset)))
            .into();
        assert!(names.is_sorted(), "{names:?}");
    }
}

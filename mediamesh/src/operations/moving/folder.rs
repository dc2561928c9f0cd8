//! An archive on disk: a folder with a manifest, and a file of compressed JSON lines a part.
//!
//! The manifest is written anew after each part, so that whoever is interrupted goes on after the last whole one.
//! It names no machine and no time: two exports of one content are the same bytes.

use super::part::Part;
use anyhow::{Context as _, bail, ensure};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use mediamesh_schemas::topics::PARTITIONS;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The format that this build writes and reads.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// How much of a file is hashed at once.
const CHUNK: usize = 256 * 1024;

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The build that wrote it.
    build: String,
    /// How many partitions content has.
    partitions: i32,
    /// Whether all parts are there, of one moment.
    pub(super) whole: bool,
    /// Which deployment it is of, by a hash of where its stores are.
    origin: String,
    pub(super) parts: BTreeMap<String, Entry>,
}

/// What is known of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Records, keys or objects.
    pub(super) items: u64,
    /// The file's bytes.
    bytes: u64,
    /// The file's hash.
    pub(super) sha256: String,
    /// Where the deployment stood: the same cut would give the same part. None where that is not known.
    pub(super) cut: Option<String>,
}

/// An archive.
pub(super) struct Folder {
    dir: PathBuf,
    pub(super) manifest: Manifest,
}

impl Folder {
    /// The folder of an export: new, or the one of an export of the same deployment.
    ///
    /// # Errors
    /// Where it holds anything else.
    pub(super) fn begin(dir: &Path, origin: String) -> anyhow::Result<Self> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.with_context(|| format!("{} cannot be made", dir.display()))?;
        let mut folder = Self {
            dir: dir.to_owned(),
            manifest: Manifest {
                format: FORMAT,
                build: env!("CARGO_PKG_VERSION").to_owned(),
                partitions: PARTITIONS,
                whole: false,
                origin,
                parts: BTreeMap::new(),
            },
        };
        if dir.join(MANIFEST).exists() {
            let before = read_manifest(dir)?;
            ensure!(
                before.origin == folder.manifest.origin,
                "{} holds an export of another deployment: name another folder",
                dir.display()
            );
            folder.manifest.parts = before.parts;
        } else {
            let mut entries = fs::read_dir(dir)?;
            ensure!(
                entries.next().is_none(),
                "{} is not empty and holds no export: name another folder",
                dir.display()
            );
        }
        folder.save()?;
        Ok(folder)
    }

    /// The folder of a whole export.
    ///
    /// # Errors
    /// Where it is none, is not whole, or of another format.
    pub(super) fn open(dir: &Path) -> anyhow::Result<Self> {
        let manifest = read_manifest(dir)?;
        if !manifest.whole {
            bail!(
                "the export in {} was not finished: run `mediamesh export` to the same folder again",
                dir.display()
            );
        }
        ensure!(
            manifest.partitions == PARTITIONS,
            "the export has {} partitions and this build {PARTITIONS}: import with the build that exported",
            manifest.partitions
        );
        Ok(Self {
            dir: dir.to_owned(),
            manifest,
        })
    }

    /// The parts, in the order in which they are taken in.
    ///
    /// # Errors
    /// Where a part is one that this build does not know.
    pub(super) fn parts(&self) -> anyhow::Result<Vec<(Part, Entry)>> {
        let parts = self.manifest.parts.iter().map(|(name, entry)| {
            let part = name.parse::<Part>().map_err(anyhow::Error::msg)?;
            Ok((part, entry.clone()))
        });
        let mut parts = parts.collect::<anyhow::Result<Vec<_>>>()?;
        parts.sort_by_key(|(part, _)| *part);
        Ok(parts)
    }

    /// What the archive is known by: the same for the same content.
    pub(super) fn id(&self) -> String {
        let mut hash = Sha256::new();
        for (name, entry) in &self.manifest.parts {
            hash.update(format!("{name} {}\n", entry.sha256));
        }
        hex(&hash.finalize())
    }

    /// Whether a part is there, of this cut and undamaged.
    pub(super) fn has(&self, part: Part, cut: &str) -> bool {
        let entry = self.manifest.parts.get(&part.to_string());
        entry.is_some_and(|entry| {
            entry.cut.as_deref() == Some(cut) && self.verify(part, entry).is_ok()
        })
    }

    /// Begins to write a part.
    ///
    /// # Errors
    /// Where the disk does not let it.
    pub(super) fn write(&self, part: Part) -> anyhow::Result<Writer> {
        let path = self.path(part);
        if let Some(parent) = path.parent() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(parent);
            made.with_context(|| format!("{} cannot be made", parent.display()))?;
        }
        let file = private(&path.with_extension("new"))?;
        Ok(Writer {
            lines: GzEncoder::new(BufWriter::new(file), Compression::fast()),
            part,
            items: 0,
        })
    }

    /// Ends a part: it is in the archive, where it holds anything.
    ///
    /// # Errors
    /// Where the disk does not let it.
    pub(super) fn keep(&mut self, writer: Writer, cut: Option<String>) -> anyhow::Result<u64> {
        let Writer { lines, part, items } = writer;
        let path = self.path(part);
        let written = path.with_extension("new");
        let file = lines.finish()?.into_inner()?;
        file.sync_all()?;
        if items == 0 {
            fs::remove_file(&written)?;
            self.drop_part(&part.to_string())?;
            return Ok(0);
        }
        let (bytes, sha256) = hash(&written)?;
        fs::rename(&written, &path)?;
        let entry = Entry {
            items,
            bytes,
            sha256,
            cut,
        };
        self.manifest.parts.insert(part.to_string(), entry);
        self.save()?;
        Ok(items)
    }

    /// Says that the archive holds these parts, and no others.
    ///
    /// # Errors
    /// Where the disk does not let it.
    pub(super) fn complete(&mut self, parts: &[Part]) -> anyhow::Result<()> {
        let names: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let known: Vec<String> = self.manifest.parts.keys().cloned().collect();
        for name in known.iter().filter(|name| !names.contains(name)) {
            self.drop_part(name)?;
        }
        self.manifest.whole = true;
        self.save()
    }

    /// Checks that a part's file is what was written.
    ///
    /// # Errors
    /// Where it is not.
    pub(super) fn verify(&self, part: Part, entry: &Entry) -> anyhow::Result<()> {
        let (bytes, sha256) = hash(&self.path(part))?;
        ensure!(
            (bytes, &sha256) == (entry.bytes, &entry.sha256),
            "{part} is damaged: export again to the same folder"
        );
        Ok(())
    }

    /// Reads a part line by line.
    ///
    /// # Errors
    /// Where a line is none, or `each` says so.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        part: Part,
        mut each: impl FnMut(T) -> anyhow::Result<()>,
    ) -> anyhow::Result<u64> {
        let file = File::open(self.path(part)).with_context(|| format!("{part} is missing"))?;
        let mut lines = BufReader::new(GzDecoder::new(BufReader::new(file)));
        let (mut line, mut items) = (Vec::new(), 0);
        while lines.read_until(b'\n', &mut line)? > 0 {
            items += 1;
            let read = serde_json::from_slice(&line).map_err(anyhow::Error::from);
            let taken = read.and_then(&mut each);
            taken.with_context(|| format!("{part}, line {items}"))?;
            line.clear();
        }
        Ok(items)
    }

    fn path(&self, part: Part) -> PathBuf {
        self.dir.join(format!("{part}.jsonl.gz"))
    }

    fn drop_part(&mut self, name: &str) -> anyhow::Result<()> {
        if self.manifest.parts.remove(name).is_some() {
            self.save()?;
            if let Ok(part) = name.parse::<Part>() {
                fs::remove_file(self.path(part))?;
            }
        }
        Ok(())
    }

    fn save(&self) -> anyhow::Result<()> {
        let (path, written) = (self.dir.join(MANIFEST), self.dir.join("manifest.new"));
        let mut file = private(&written)?;
        serde_json::to_writer_pretty(&mut file, &self.manifest)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&written, &path).with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// A part that is being written.
pub(super) struct Writer {
    lines: GzEncoder<BufWriter<File>>,
    part: Part,
    pub(super) items: u64,
}

impl Writer {
    /// Adds a line.
    ///
    /// # Errors
    /// Where the disk does not let it.
    pub(super) fn line<T: Serialize>(&mut self, line: &T) -> anyhow::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.lines.write_all(&text)?;
        self.items += 1;
        Ok(())
    }
}

/// A hash as text.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes' hash as text.
pub(super) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

/// A new file that nobody else may read: drafts are in it.
fn private(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn read_manifest(dir: &Path) -> anyhow::Result<Manifest> {
    let path = dir.join(MANIFEST);
    let text = fs::read(&path)
        .with_context(|| format!("{} is no export: there is no {MANIFEST}", dir.display()))?;
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let unreadable = || format!("{} cannot be read", path.display());
    let Format { format } = serde_json::from_slice(&text).with_context(unreadable)?;
    ensure!(
        format == FORMAT,
        "{} is of format {format}, this build reads {FORMAT}: use the build that wrote it",
        dir.display()
    );
    serde_json::from_slice(&text).with_context(unreadable)
}

fn hash(path: &Path) -> anyhow::Result<(u64, String)> {
    let mut file = File::open(path).with_context(|| format!("{} is missing", path.display()))?;
    let (mut hash, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((bytes, hex(&hash.finalize())));
        }
        hash.update(&chunk[..read]);
        bytes += read as u64;
    }
}

#[cfg(test)]
mod tests;

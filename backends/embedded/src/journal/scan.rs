//! Looking through the journal before the database opens: what is whole, what is torn, what is damaged.

use super::{Error, TornTail, files};
use crate::keys::COMMIT_MARK;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::Xxh3;

/// The bytes that end a batch, after its checksum.
const TRAILER: &[u8] = b"FJL\x03";
/// A batch's start and the head of its first item, up to the item's key.
const BEFORE_FIRST_KEY: usize = 13 + 21;

/// What a look through the journal found.
#[derive(Debug, Default)]
pub(crate) struct Inspected {
    /// The number of the last whole commit; none where no commit is in the journal.
    pub(crate) last_commit: Option<u64>,
    /// What was cut.
    pub(crate) torn: Option<TornTail>,
}

/// What a commit says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    number: u64,
    durable: u64,
}

/// Looks through a closed database's journal and cuts a torn end.
///
/// `durable` is the last commit that is known from elsewhere to have been durable (of a clean end).
pub(crate) fn inspect(dir: &Path, durable: Option<u64>) -> Result<Inspected, Error> {
    let mut found = Inspected::default();
    let files = files(dir)?;
    for (n, (_, path)) in files.iter().enumerate() {
        let end = whole_end(path, &mut found.last_commit)?;
        let Some(bytes) = rest_in_use(path, end)? else {
            continue;
        };
        let later = files[n + 1..].iter().map(|(_, path)| path);
        if is_damage(path, end, found.last_commit, later)? {
            return Err(Error::Damaged {
                file: path.clone(),
                offset: end,
            });
        }
        cut(path, end)?;
        found.torn = Some(TornTail {
            file: path.clone(),
            offset: end,
            bytes,
        });
        break;
    }
    match (durable, files.last()) {
        (Some(durable), Some((_, path)))
            if found.last_commit.is_some_and(|last| last < durable) =>
        {
            Err(Error::Damaged {
                file: path.clone(),
                offset: whole_end(path, &mut None)?,
            })
        }
        _ => Ok(found),
    }
}

/// Where the last whole batch of a file ends, counted from the file's start without a gap.
fn whole_end(path: &Path, last: &mut Option<u64>) -> Result<u64, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut end = 0;
    loop {
        match read_batch(&mut reader) {
            Ok((length, mark)) => {
                end += length;
                *last = mark.map(|mark| mark.number).or(*last);
            }
            Err(NotABatch::Broken) => return Ok(end),
            Err(NotABatch::Io(source)) => return Err(Error::io(path)(source)),
        }
    }
}

/// How many bytes after `end` are in use; none where only zeros (the space allotted ahead) follow.
fn rest_in_use(path: &Path, end: u64) -> Result<Option<u64>, Error> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    file.seek(SeekFrom::Start(end)).map_err(Error::io(path))?;
    let (mut buffer, mut at, mut used) = (vec![0; 1 << 20], 0, None);
    loop {
        let length = file.read(&mut buffer).map_err(Error::io(path))?;
        if length == 0 {
            return Ok(used);
        }
        if let Some(last) = buffer[..length].iter().rposition(|byte| *byte != 0) {
            used = Some(at + last as u64 + 1);
        }
        at += length as u64;
    }
}

/// Whether what is broken at `end` was durable: a whole commit after it says so.
fn is_damage<'a>(
    path: &Path,
    end: u64,
    last: Option<u64>,
    later: impl Iterator<Item = &'a PathBuf>,
) -> Result<bool, Error> {
    for path in later {
        let mut commit = None;
        whole_end(path, &mut commit)?;
        if commit.is_some() {
            // A file is synced whole before the next one takes a commit.
            return Ok(true);
        }
    }
    let mut file = File::open(path).map_err(Error::io(path))?;
    file.seek(SeekFrom::Start(end)).map_err(Error::io(path))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(Error::io(path))?;
    Ok(marks_in(&bytes).any(|mark| last.is_none_or(|last| mark.durable > last)))
}

/// The marks of the whole batches that lie anywhere in some bytes.
fn marks_in(bytes: &[u8]) -> impl Iterator<Item = Mark> + '_ {
    bytes
        .windows(COMMIT_MARK.len())
        .enumerate()
        .filter(|(_, window)| window == COMMIT_MARK)
        .filter_map(|(at, _)| {
            let mut batch = bytes.get(at.checked_sub(BEFORE_FIRST_KEY)?..)?;
            read_batch(&mut batch).ok()?.1
        })
}

fn cut(path: &Path, end: u64) -> Result<(), Error> {
    let file = OpenOptions::new()
        .write(true)
        .open(path)
        .map_err(Error::io(path))?;
    file.set_len(end).map_err(Error::io(path))?;
    file.sync_all().map_err(Error::io(path))
}

enum NotABatch {
    Broken,
    Io(io::Error),
}

impl From<io::Error> for NotABatch {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Broken
        } else {
            Self::Io(error)
        }
    }
}

/// Reads one batch as fjall 3 writes it, checks its checksum, and answers its length and its mark.
fn read_batch(reader: &mut impl Read) -> Result<(u64, Option<Mark>), NotABatch> {
    let start: [u8; 13] = read(reader)?;
    let [1, a, b, c, d, ..] = start else {
        return Err(NotABatch::Broken);
    };
    let (mut length, mut mark, mut hash) = (13, None, Xxh3::new());
    for n in 0..u32::from_le_bytes([a, b, c, d]) {
        let (item, item_mark) = read_item(reader, &mut hash)?;
        length += item;
        if n == 0 {
            mark = item_mark;
        }
    }
    let end: [u8; 13] = read(reader)?;
    let checksum = hash.digest().to_le_bytes();
    if end[0] != 3 || end[1..9] != checksum || end[9..] != *TRAILER {
        return Err(NotABatch::Broken);
    }
    Ok((length + 13, mark))
}

/// tag, type, compression, keyspace (8), key length (2), value length (4), its length on disk (4), key, value;
/// or tag and keyspace of a keyspace that was cleared.
fn read_item(reader: &mut impl Read, hash: &mut Xxh3) -> Result<(u64, Option<Mark>), NotABatch> {
    let [tag] = read(reader)?;
    hash.update(&[tag]);
    if tag == 4 {
        hash.update(&read::<8>(reader)?);
        return Ok((9, None));
    }
    let head: [u8; 20] = read(reader)?;
    hash.update(&head);
    let key_length = u16::from_le_bytes([head[10], head[11]]);
    let value_length = u32::from_le_bytes([head[16], head[17], head[18], head[19]]);
    if tag != 2 {
        return Err(NotABatch::Broken);
    }
    let length = 21 + u64::from(key_length) + u64::from(value_length);
    let mut rest = usize::from(key_length) + value_length as usize;
    let mut mark = None;
    if usize::from(key_length) == COMMIT_MARK.len() && value_length == 16 {
        let bytes: [u8; 32] = read(reader)?;
        hash.update(&bytes);
        rest = 0;
        mark = parse_mark(&bytes);
    }
    let mut buffer = [0; 4096];
    while rest > 0 {
        let part = &mut buffer[..rest.min(4096)];
        reader.read_exact(part)?;
        hash.update(part);
        rest -= part.len();
    }
    Ok((length, mark))
}

fn parse_mark(bytes: &[u8; 32]) -> Option<Mark> {
    let (key, value) = bytes.split_at(COMMIT_MARK.len());
    let (number, durable) = value.split_at(8);
    (key == COMMIT_MARK).then_some(Mark {
        number: u64::from_be_bytes(number.try_into().ok()?),
        durable: u64::from_be_bytes(durable.try_into().ok()?),
    })
}

fn read<const N: usize>(reader: &mut impl Read) -> Result<[u8; N], NotABatch> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

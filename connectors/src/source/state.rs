//! What the last run of a source saw: one object per source.
//!
//! It is a cache of the log's content: losing it costs the appending of what is there already,
//! which the decider drops. So an object that cannot be read counts as none.

use mediamesh_domain::id::SourceId;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::objects::{self, Objects};
use serde::{Deserialize, Serialize};

use super::rhythm::Rhythm;
use super::youtube::Lists;

/// The most entries that are remembered; what is beyond costs being appended again.
const MAX_MARKS: usize = 100_000;

/// How the object begins; the digit is the format's version.
const MAGIC: &[u8; 6] = b"MMFS1\n";

/// Bytes of one mark: key and hash.
const MARK: usize = 32;

/// The key of the feed itself; no entry's: those are hashes.
pub(super) const FEED: [u8; 16] = [0; 16];

/// An entry that was seen, by hashes: which, and with what content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) key: [u8; 16],
    pub(super) hash: [u8; 16],
}

/// What the last run saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FetchState {
    pub(super) head: Head,
    /// Sorted by key.
    marks: Vec<Mark>,
}

/// What a fetch must know of the last one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Head {
    /// The source's address then; validators and moves count for it alone.
    pub(super) url: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// Where the feed moved for good.
    pub(super) moved_url: Option<String>,
    /// The time that the last run's records carry, in microseconds.
    pub(super) fetched_at: i64,
    /// Seconds for which the feed says it need not be asked again.
    pub(super) ttl_s: Option<u64>,
    /// When entries appeared.
    pub(super) rhythm: Rhythm,
    /// The feed's `podcast:guid`.
    pub(super) podcast_guid: Option<String>,
    /// Where older entries are that no run has come to.
    pub(super) unread_page: Option<String>,
    /// An announced address that was looked at in vain, and when, in microseconds.
    pub(super) refused_move: Option<(String, i64)>,
    /// The playlist of a YouTube channel's uploads.
    pub(super) youtube_uploads: Option<String>,
    /// What was in the playlists that the source's rules name.
    pub(super) youtube_lists: Lists,
    /// Who tells of news, and by which name.
    pub(super) hub: Option<(String, String)>,
}

impl FetchState {
    pub(super) async fn load(
        objects: &dyn Objects,
        source: SourceId,
    ) -> Result<Self, objects::Error> {
        let Some(bytes) = objects.get(&name(source)).await? else {
            return Ok(Self::default());
        };
        Ok(Self::decode(&bytes).unwrap_or_else(|| {
            tracing::warn!(source.id = %source, "the source's fetch state is unreadable; all its \
                entries count as new");
            Self::default()
        }))
    }

    pub(super) async fn save(
        &self,
        objects: &dyn Objects,
        source: SourceId,
    ) -> Result<(), objects::Error> {
        objects.put(&name(source), self.encode()).await
    }

    /// Whether an entry was seen with this content.
    pub(super) fn knows(&self, mark: &Mark) -> bool {
        let found = self
            .marks
            .binary_search_by_key(&mark.key, |known| known.key);
        found.is_ok_and(|at| self.marks[at].hash == mark.hash)
    }

    pub(super) fn new(head: Head, mut marks: Vec<Mark>) -> Self {
        marks.sort_unstable();
        marks.dedup_by_key(|mark| mark.key);
        marks.truncate(MAX_MARKS);
        Self { head, marks }
    }

    /// Whether an entry was seen, whatever its content.
    pub(super) fn knows_key(&self, key: &[u8; 16]) -> bool {
        self.marks
            .binary_search_by_key(key, |known| known.key)
            .is_ok()
    }

    /// Whether no entry was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.entries() == 0
    }

    /// How many entries were seen.
    pub(super) fn entries(&self) -> usize {
        self.marks.iter().filter(|mark| mark.key != FEED).count()
    }

    /// Adds to what was seen.
    pub(super) fn add(&mut self, newer: &[Mark]) {
        let mut marks = newer.to_vec();
        marks.extend_from_slice(&self.marks);
        // Stable: of two marks with one key the newer one comes first and stays.
        marks.sort_by_key(|mark| mark.key);
        marks.dedup_by_key(|mark| mark.key);
        marks.truncate(MAX_MARKS);
        self.marks = marks;
    }

    /// A time for the next run's records: later than the last one's, whatever the clock says.
    pub(super) fn later(&self, now: Timestamp) -> Timestamp {
        now.max(Timestamp(self.head.fetched_at).plus_micros(1))
    }

    /// The same entries with another head.
    pub(super) fn with_head(&self, head: Head) -> Self {
        Self {
            head,
            marks: self.marks.clone(),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let head = serde_json::to_vec(&self.head).unwrap_or_default();
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + head.len() + self.marks.len() * MARK);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&u32::try_from(head.len()).unwrap_or(0).to_le_bytes());
        bytes.extend_from_slice(&head);
        for mark in &self.marks {
            bytes.extend_from_slice(&mark.key);
            bytes.extend_from_slice(&mark.hash);
        }
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (len, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
        let (head, rest) = rest.split_at_checked(len)?;
        let (marks, []) = rest.as_chunks::<MARK>() else {
            return None;
        };
        let mark = |bytes: &[u8; MARK]| {
            let (key, hash) = bytes.split_first_chunk::<16>()?;
            let hash = *hash.first_chunk::<16>()?;
            Some(Mark { key: *key, hash })
        };
        let head = serde_json::from_slice(head).ok()?;
        let marks = marks.iter().map(mark).collect::<Option<_>>()?;
        Some(Self::new(head, marks))
    }
}

impl Head {
    /// Forgets what holds for another address only.
    pub(super) fn turn_to(&mut self, url: &str) {
        if self.url != url {
            self.url = url.to_owned();
            self.moved_url = None;
            self.unread_page = None;
            self.refused_move = None;
            self.hub = None;
            self.youtube_uploads = None;
            self.youtube_lists = Lists::default();
            self.forget_validators();
        }
    }

    /// Makes the next fetch an unconditional one.
    pub(super) fn forget_validators(&mut self) {
        self.etag = None;
        self.last_modified = None;
    }
}

fn name(source: SourceId) -> String {
    format!("fetch-state/{source}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(key: u8, hash: u8) -> Mark {
        Mark {
            key: [key; 16],
            hash: [hash; 16],
        }
    }

    fn state() -> FetchState {
        let head = Head {
            url: "https://example.org/feed".into(),
            etag: Some("\"e\"".into()),
            last_modified: None,
            moved_url: Some("https://example.org/new".into()),
            fetched_at: 7,
            ..Head::default()
        };
        FetchState::new(head, vec![mark(2, 2), mark(1, 1)])
    }

    #[test]
    fn a_state_is_read_as_it_was_written_and_damage_is_seen() {
        let bytes = state().encode();
        assert_eq!(FetchState::decode(&bytes), Some(state()));
        for cut in 0..bytes.len() {
            let read = FetchState::decode(&bytes[..cut]);
            let whole_marks = (bytes.len() - cut).is_multiple_of(MARK);
            assert!(read.is_none() || whole_marks, "{cut}");
        }
        assert_eq!(FetchState::decode(b"MMFS2\n\0\0\0\0"), None);
    }

    #[test]
    fn newer_marks_replace_older_ones() {
        let mut state = state();
        state.add(&[mark(2, 9), mark(3, 3)]);
        assert!(state.knows(&mark(1, 1)) && state.knows(&mark(2, 9)) && state.knows(&mark(3, 3)));
        assert!(!state.knows(&mark(2, 2)));
    }

    #[test]
    fn another_address_forgets_validators_and_moves() {
        let mut head = state().head;
        head.turn_to("https://example.org/feed");
        assert_eq!(head, state().head);
        head.turn_to("https://example.org/other");
        assert_eq!((head.etag, head.moved_url), (None, None));
    }

    #[test]
    fn time_goes_on_when_the_clock_goes_back() {
        assert_eq!(state().later(Timestamp(3)), Timestamp(8));
        assert_eq!(state().later(Timestamp(30)), Timestamp(30));
    }
}

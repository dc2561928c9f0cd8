//! How far a copy of a state has come, and of which state it is a copy.

use mediamesh_domain::position::Offset;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Which life of a group's state this is: a group that was forgotten and begins anew has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Incarnation(Uuid);

impl Incarnation {
    pub(crate) fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Of which state it is a copy.
    pub(crate) incarnation: Incarnation,
    /// The changelog's offset to go on from.
    pub(crate) changelog: Offset,
    /// The input's offset that belongs to it; -1 while it is being restored.
    pub(crate) input: Offset,
    /// When it was written.
    pub(crate) at: SystemTime,
}

/// Version, incarnation, changelog, input, milliseconds.
const LENGTH: usize = 1 + 16 + 8 + 8 + 8;
const VERSION: u8 = 1;

impl Checkpoint {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let at = self.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let at = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(self.incarnation.0.as_bytes());
        bytes.extend(self.changelog.0.to_be_bytes());
        bytes.extend(self.input.0.to_be_bytes());
        bytes.extend(at.to_be_bytes());
        bytes
    }

    /// None where it has another shape: then the copy is made anew.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (incarnation, rest) = rest.split_first_chunk()?;
        let (changelog, rest) = rest.split_first_chunk()?;
        let (input, rest) = rest.split_first_chunk()?;
        let at = Duration::from_millis(u64::from_be_bytes(rest.try_into().ok()?));
        (*version == VERSION).then_some(())?;
        Some(Self {
            incarnation: Incarnation(Uuid::from_bytes(*incarnation)),
            changelog: Offset(i64::from_be_bytes(*changelog)),
            input: Offset(i64::from_be_bytes(*input)),
            at: UNIX_EPOCH.checked_add(at)?,
        })
    }
}

/// What stands beside a group's committed offset: the state that belongs to it.
///
/// Both are of the same transaction, so a copy that has come to this very place is the right one, and a restore
/// knows where it ends whatever else stands in the changelog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateAt {
    pub(crate) incarnation: Incarnation,
    pub(crate) changelog: Offset,
}

impl StateAt {
    /// The text that stands beside the offset.
    pub(crate) fn to_metadata(self) -> String {
        format!("state {} {}", self.incarnation.0.simple(), self.changelog)
    }

    /// None where somebody else has set the offset.
    pub(crate) fn from_metadata(metadata: &str) -> Option<Self> {
        let mut words = metadata.split(' ');
        (words.next() == Some("state")).then_some(())?;
        let incarnation = Incarnation(Uuid::try_parse(words.next()?).ok()?);
        let changelog = Offset(words.next()?.parse().ok()?);
        words.next().is_none().then_some(Self {
            incarnation,
            changelog,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_back_and_other_bytes_are_none() {
        let checkpoint = Checkpoint {
            incarnation: Incarnation::new(),
            changelog: Offset(7),
            input: Offset(-1),
            at: UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
        };
        let mut bytes = checkpoint.encode();
        assert_eq!(Checkpoint::decode(&bytes), Some(checkpoint));
        assert_eq!(Checkpoint::decode(&bytes[1..]), None);
        bytes[0] = 9;
        assert_eq!(Checkpoint::decode(&bytes), None);
    }

    #[test]
    fn what_stands_beside_an_offset_is_read_back_and_other_texts_are_none() {
        let state = StateAt {
            incarnation: Incarnation::new(),
            changelog: Offset(12),
        };
        let text = state.to_metadata();
        assert_eq!(StateAt::from_metadata(&text), Some(state));
        for other in ["", "state", "state x 1", &format!("{text} 1"), "reset"] {
            assert_eq!(StateAt::from_metadata(other), None, "{other:?}");
        }
    }
}

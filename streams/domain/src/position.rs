//! Where something stands in the log: partitions, offsets, `seq`, versions and positions.
//!
//! A *position* is `{partition: seq}`, never an offset: `seq` is the decider's own counter, kept in its
//! state and written in the record, so it survives export, import and commit markers.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

macro_rules! number_newtype {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(pub $inner);

        impl $name {
            /// The number after this one.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_newtype!(
    /// A partition's number, from 0.
    Partition, i32
);
number_newtype!(
    /// A record's place in its partition, from 0; has gaps after compaction and commit markers.
    Offset, i64
);
number_newtype!(
    /// The decider's counter of content events in one partition, from 1; never reused.
    Seq, i64
);
number_newtype!(
    /// The version of one item, from 1, one more with each event of the item; 0 where there is no item yet.
    Version, i64
);

/// How far something has come in each partition: `{partition: seq}`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub BTreeMap<Partition, Seq>);

/// Why a text is not a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a position: give the value of a Position header, for example 3.1841")]
pub struct NotAPosition;

impl Position {
    /// The position with one partition in it.
    #[must_use]
    pub fn at(partition: Partition, seq: Seq) -> Self {
        Self(BTreeMap::from([(partition, seq)]))
    }

    /// The `seq` reached in a partition; 0 where nothing is known.
    #[must_use]
    pub fn seq(&self, partition: Partition) -> Seq {
        self.0.get(&partition).copied().unwrap_or_default()
    }

    /// Notes that a partition has come at least this far.
    pub fn advance(&mut self, partition: Partition, seq: Seq) {
        let at = self.0.entry(partition).or_default();
        *at = (*at).max(seq);
    }

    /// Whether every partition named in `other` has come at least as far here.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        other.0.iter().all(|(p, seq)| self.seq(*p) >= *seq)
    }

    /// Reads the token of a `Position` header: `partition.seq` pairs joined by `-`, both base 36.
    ///
    /// # Errors
    /// [`NotAPosition`] where it is longer than 200 bytes or has another shape.
    pub fn parse(token: &str) -> Result<Self, NotAPosition> {
        if token.len() > 200 {
            return Err(NotAPosition);
        }
        let mut position = Self::default();
        for pair in token.split('-').filter(|p| !p.is_empty()) {
            let (partition, seq) = pair.split_once('.').ok_or(NotAPosition)?;
            let partition = i32::from_str_radix(partition, 36).map_err(|_| NotAPosition)?;
            let seq = i64::from_str_radix(seq, 36).map_err(|_| NotAPosition)?;
            if partition < 0 || seq < 0 {
                return Err(NotAPosition);
            }
            position.advance(Partition(partition), Seq(seq));
        }
        Ok(position)
    }
}

impl fmt::Display for Position {
    /// Writes the token that [`Position::parse`] reads: at most 200 bytes for 12 partitions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (partition, seq)) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("-")?;
            }
            write_base36(f, i64::from(partition.0))?;
            f.write_str(".")?;
            write_base36(f, seq.0)?;
        }
        Ok(())
    }
}

fn write_base36(f: &mut fmt::Formatter<'_>, number: i64) -> fmt::Result {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = number.max(0) as u64;
    let mut buffer = [0u8; 13];
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = DIGITS[(rest % 36) as usize];
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    buffer[at..]
        .iter()
        .try_for_each(|digit| write!(f, "{}", char::from(*digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_token() {
        let mut position = Position::default();
        for p in 0..12 {
            position.advance(Partition(p), Seq(i64::from(p) * 1_000_003 + 7));
        }
        let token = position.to_string();
        assert!(token.len() <= 200, "{} bytes", token.len());
        assert_eq!(Position::parse(&token), Ok(position));
    }

    #[test]
    fn the_largest_position_of_twelve_partitions_fits_in_200_bytes() {
        let position = Position((0..12).map(|p| (Partition(p), Seq(i64::MAX))).collect());
        assert!(position.to_string().len() <= 200);
    }

    #[test]
    fn other_text_is_not_a_position() {
        for text in ["x", "1", "1.-2", "-1.2.3", "1.!", &"1.2-".repeat(80)] {
            assert!(
                Position::parse(text).is_err() || text.starts_with('-'),
                "{text}"
            );
        }
    }

    #[test]
    fn a_position_includes_what_it_has_passed() {
        let mut here = Position::at(Partition(3), Seq(9));
        assert!(here.includes(&Position::at(Partition(3), Seq(9))));
        assert!(!here.includes(&Position::at(Partition(4), Seq(1))));
        here.advance(Partition(3), Seq(2));
        assert_eq!(here.seq(Partition(3)), Seq(9));
    }
}

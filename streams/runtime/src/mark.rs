//! The runtime's own key in a group's state: where the partition stands, in the same commit as the offset.
//!
//! A group that was stopped between two chunks finds here what to go on with before any record comes; a sink
//! that redrives parked keys finds the offset to leave as it is.

use mediamesh_domain::position::{Offset, Seq};
use mediamesh_domain::state::{Change, StateView, Unreadable};

/// The key under which the mark stands; no processor writes keys with this first part.
pub const KEY: &[u8] = b"runtime/at";

/// Where a partition of a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// The committed offset.
    pub next_offset: Offset,
    /// Whether [`crate::Processor::resume`] has more to do before the next record.
    pub unfinished: bool,
    /// The highest `seq` said since the last finished step; meaningful while unfinished.
    pub said: Option<Seq>,
}

impl Mark {
    /// The mark in a state; none where the group never committed here.
    ///
    /// # Errors
    /// [`Unreadable`] where the store fails or the mark has another shape.
    pub fn read(state: &dyn StateView) -> Result<Option<Self>, Unreadable> {
        let Some(bytes) = state.get(KEY)? else {
            return Ok(None);
        };
        let Ok([next, said, unfinished]) = split(&bytes) else {
            return Err(Unreadable(
                "the runtime's mark has another shape".to_owned(),
            ));
        };
        Ok(Some(Self {
            next_offset: Offset(next),
            unfinished: unfinished != 0,
            said: (said >= 0).then_some(Seq(said)),
        }))
    }

    /// The change that writes it.
    #[must_use]
    pub fn change(self) -> Change {
        let said = self.said.map_or(-1, |seq| seq.0);
        let value = [self.next_offset.0, said, i64::from(self.unfinished)]
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect();
        Change {
            key: KEY.to_vec(),
            value: Some(value),
        }
    }
}

fn split(bytes: &[u8]) -> Result<[i64; 3], std::array::TryFromSliceError> {
    let mut numbers = [0; 3];
    let whole: &[u8; 24] = bytes.try_into()?;
    for (number, chunk) in numbers.iter_mut().zip(whole.chunks_exact(8)) {
        *number = i64::from_be_bytes(chunk.try_into()?);
    }
    Ok(numbers)
}

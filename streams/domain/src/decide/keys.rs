//! The keys of the decider's state: one prefix a kind, then the program, so that all of a program lies together.

use crate::event::Rung;
use crate::id::{CommandId, EpisodeId, ItemRef, ProgramId, SourceId, name_based};
use crate::time::Timestamp;

/// The partition's counter of events.
pub const SEQ: &[u8] = b"s";
/// What a command set going and is not done yet.
pub const FANOUT: &[u8] = b"f";
/// The prefix of due timers; their keys go on with the time, so that a scan finds the next one first.
pub const TIMERS: &[u8] = b"t/";

/// A program's aggregate.
#[must_use]
pub fn program(program: ProgramId) -> Vec<u8> {
    [b"p/", program.as_bytes().as_slice()].concat()
}

/// The time of the last decision about a program.
#[must_use]
pub fn decided_at(program: ProgramId) -> Vec<u8> {
    [b"d/", program.as_bytes().as_slice()].concat()
}

/// An episode's aggregate.
#[must_use]
pub fn episode(program: ProgramId, episode: EpisodeId) -> Vec<u8> {
    [episodes(program).as_slice(), episode.as_bytes()].concat()
}

/// The prefix of a program's episodes.
#[must_use]
pub fn episodes(program: ProgramId) -> Vec<u8> {
    [b"e/", program.as_bytes().as_slice()].concat()
}

/// A mark of a program's episodes.
#[must_use]
pub fn mark(program: ProgramId, rung: Rung, value: &str) -> Vec<u8> {
    let hash = name_based(rung.as_str(), &[value.as_bytes()]);
    [b"l/", program.as_bytes().as_slice(), hash.as_bytes()].concat()
}

/// The prefix of a program's episodes whose entries bear the very same marks (rung, value, rung, value); their
/// keys go on with a byte that numbers them.
#[must_use]
pub fn alike(program: ProgramId, marks: &[&[u8]]) -> Vec<u8> {
    let hash = name_based("alike", marks);
    [b"l/", program.as_bytes().as_slice(), hash.as_bytes()].concat()
}

/// The last fetch of a source that had an item and said nothing new of it.
#[must_use]
pub fn sighting(program: ProgramId, item: ItemRef, source: SourceId) -> Vec<u8> {
    [
        b"i/",
        program.as_bytes().as_slice(),
        item.id.as_bytes(),
        source.as_bytes(),
    ]
    .concat()
}

/// The answer remembered for a command.
#[must_use]
pub fn answer(program: ProgramId, command: CommandId) -> Vec<u8> {
    [b"a/", program.as_bytes().as_slice(), command.as_bytes()].concat()
}

/// A timer of a program: `t/<due>/<program>/<name>`, the time as 8 bytes, big endian.
#[must_use]
pub fn timer(due: Timestamp, program: ProgramId, name: &str) -> Vec<u8> {
    let due = due.0.max(0).to_be_bytes();
    [
        TIMERS,
        &due,
        b"/",
        program.to_string().as_bytes(),
        b"/",
        name.as_bytes(),
    ]
    .concat()
}

/// The time, the program and the name in a timer's key.
#[must_use]
pub fn parse_timer(key: &[u8]) -> Option<(Timestamp, ProgramId, String)> {
    let rest = key.strip_prefix(TIMERS)?;
    let (due, rest) = rest.split_first_chunk::<8>()?;
    let rest = std::str::from_utf8(rest.strip_prefix(b"/")?).ok()?;
    let (program, name) = rest.split_once('/')?;
    Some((
        Timestamp(i64::from_be_bytes(*due)),
        program.parse().ok()?,
        name.to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_timers_key_says_when_and_what() {
        let program = ProgramId(Uuid::from_u128(7));
        let key = timer(Timestamp(99), program, "answers/1/2");
        assert_eq!(
            parse_timer(&key),
            Some((Timestamp(99), program, "answers/1/2".to_owned()))
        );
        assert_eq!(parse_timer(b"t/short"), None);
    }
}

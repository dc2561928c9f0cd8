//! Reads how long an episode is, in whatever spelling a feed has.

#[cfg(test)]
mod tests;
mod words;

use super::{Repair, Repaired, fold, note};

/// The longest duration that is believed, in seconds: seven days.
const LONGEST: i64 = 7 * 24 * 3600;

/// Reads a duration and gives whole seconds.
///
/// Knows `SS`, `MM:SS` and `HH:MM:SS` (no repair), the same with a fraction, ISO 8601 (`PT1H2M3S`) and words
/// in English, Arabic, French, German and Spanish. `None` for what is unreadable, negative, longer than seven
/// days, or zero, which feeds write for "not known".
pub fn parse(text: &str) -> Option<Repaired<i64>> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.len() > 96 {
        return None;
    }
    let mut repairs = Vec::new();
    if fold::has_local_digits(trimmed) {
        repairs.push(Repair::DigitsLocalised);
    }
    let folded = fold::key(trimmed);
    let seconds = match clock(folded.trim(), &mut repairs) {
        Some(seconds) => seconds,
        None => {
            note(&mut repairs, Repair::DurationSpelling);
            words::read(folded.trim(), &mut repairs)?
        }
    };
    let value = i64::try_from(seconds).ok()?;
    (1..=LONGEST)
        .contains(&value)
        .then_some(Repaired { value, repairs })
}

/// Reads one to three numbers between colons, the last of which may have a fraction.
fn clock(text: &str, repairs: &mut Vec<Repair>) -> Option<u64> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    if fraction.is_some_and(|digits| !digits.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let mut seconds = 0_u64;
    let mut found = Vec::new();
    let parts = whole.split(':').count();
    if parts > 3 {
        return None;
    }
    for (at, part) in whole.split(':').enumerate() {
        let part = part.trim();
        let number = match number(part) {
            Some(number) => number,
            None if part.is_empty() && at == 0 && parts > 1 => {
                note(&mut found, Repair::DurationSpelling);
                0
            }
            None => return None,
        };
        // `75:30` is a usual way to write minutes; `1:75:30` and `10:75` are slips
        if at > 0 && number > 59 {
            note(&mut found, Repair::DurationOverflow);
        }
        seconds = seconds * 60 + number;
    }
    if fraction.is_some_and(|digits| digits.bytes().any(|b| b != b'0')) {
        note(&mut found, Repair::DurationFraction);
    }
    found.into_iter().for_each(|repair| note(repairs, repair));
    Some(seconds)
}

/// A number of at most nine digits and nothing else.
fn number(digits: &str) -> Option<u64> {
    if digits.len() > 9 || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

//! Reads the date of an entry in whatever spelling a feed has.
//!
//! What RFC 2822 and RFC 3339 allow is read by position; everything else goes through a scanner that sorts
//! words and numbers by what they can be. A date that is missing, cannot be or has two readings is `None`:
//! a wrong date would put an entry at the wrong place for ever, and "now" would do so anew on each fetch.

mod calendar;
mod loose;
mod names;
mod strict;
#[cfg(test)]
mod tests;
mod zones;

use super::{Repair, Repaired, note};
use calendar::Counted;
use jiff::{Timestamp, civil, tz::Offset};

/// The longest text that is looked at, in bytes and without the white space around it.
const LONGEST: usize = 256;

/// The years a date may fall in; anything else is a misprint.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Reads a date and gives microseconds since 1970-01-01T00:00:00Z.
///
/// Knows RFC 822, 2822 and 3339, ISO 8601 calendar, week and ordinal dates, Unix times, and the usual spellings
/// by hand in English, Arabic, French, German and Spanish. `01/02/2024` has two readings and is `None`.
pub fn parse(text: &str) -> Option<Repaired<i64>> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.len() > LONGEST {
        return None;
    }
    let mut repairs = Vec::new();
    let bytes = trimmed.as_bytes();
    if let Some(civil) = strict::rfc3339(bytes).or_else(|| strict::rfc2822(bytes)) {
        let value = civil.to_micros(&mut repairs)?;
        if trimmed.len() != text.len() {
            note(&mut repairs, Repair::DateLayout);
        }
        return Some(Repaired { value, repairs });
    }
    let folded = super::fold::key(trimmed);
    if super::fold::has_local_digits(trimmed) {
        repairs.push(Repair::DigitsLocalised);
    }
    let value = match unix_time(&folded) {
        Some(micros) => {
            note(&mut repairs, Repair::DateUnixTime);
            micros
        }
        None => {
            let counted = match calendar::rewritten(&folded) {
                Counted::No => None,
                Counted::Impossible => return None,
                Counted::Date(date) => Some(date),
            };
            if counted.is_some() {
                note(&mut repairs, Repair::DateWeek);
            }
            let written = counted.as_deref().unwrap_or(&folded);
            loose::read(written, &mut repairs)?.to_micros(&mut repairs)?
        }
    };
    if repairs.is_empty() {
        repairs.push(Repair::DateLayout);
    }
    Some(Repaired { value, repairs })
}

/// A date and time as read, not yet known to exist.
#[derive(Debug, Clone, Copy, Default)]
struct Civil {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    micros: i32,
    /// Seconds east of UTC.
    offset: i32,
    /// The weekday that was given, Monday = 0.
    weekday: Option<i8>,
}

impl Civil {
    /// The instant, or nothing where there is no such day or time.
    fn to_micros(mut self, repairs: &mut Vec<Repair>) -> Option<i64> {
        let next_day = self.hour == 24;
        if next_day {
            self.hour = 0;
            note(repairs, Repair::DateHour24);
        }
        if self.second == 60 {
            self.second = 59;
            note(repairs, Repair::DateLeapSecond);
        }
        let date = civil::Date::new(self.year, self.month, self.day).ok()?;
        if !YEARS.contains(&self.year) {
            return None;
        }
        if (self.weekday).is_some_and(|day| day != date.weekday().to_monday_zero_offset()) {
            note(repairs, Repair::DateWeekdayWrong);
        }
        let time =
            civil::Time::new(self.hour, self.minute, self.second, self.micros * 1000).ok()?;
        let date = if next_day {
            date.tomorrow().ok()?
        } else {
            date
        };
        let offset = Offset::from_seconds(self.offset).ok()?;
        let instant = offset.to_timestamp(date.to_datetime(time)).ok()?;
        Some(instant.as_microsecond())
    }
}

/// Reads a bare count of seconds, milli-, micro- or nanoseconds since 1970, told apart by their length.
fn unix_time(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.starts_with('0') {
        return None;
    }
    let count: i64 = whole.parse().ok()?;
    let micros = match whole.len() {
        9 | 10 => count.checked_mul(1_000_000)?,
        13 => count.checked_mul(1000)?,
        16 => count,
        19 => count / 1000,
        _ => return None,
    };
    let instant = Timestamp::from_microsecond(micros).ok()?;
    let year = Offset::UTC.to_datetime(instant).year();
    YEARS.contains(&year).then_some(micros)
}

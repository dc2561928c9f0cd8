//! Durations in words and in ISO 8601, which is words of one letter.

use super::{Repair, note, number};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A fraction is kept to this many parts of its unit.
const PARTS: u64 = 1_000_000;

/// Reads folded text such as `1h 2m 3s`, `pt1h2m3s`, `62 min` or `ساعه و20 دقيقه`, in seconds.
pub(super) fn read(text: &str, repairs: &mut Vec<Repair>) -> Option<u64> {
    if let Some(iso) = text.strip_prefix('p') {
        return iso8601(iso, repairs);
    }
    let mut sum = Sum::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit() && c != '.')
        } else if first.is_alphabetic() {
            rest.find(|c: char| !c.is_alphabetic())
        } else {
            Some(first.len_utf8())
        };
        let (piece, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind;
        if first.is_ascii_digit() {
            sum.number(piece)?;
        } else if first.is_alphabetic() || matches!(first, '\'' | '"') {
            sum.word(piece)?;
        } else if !(first.is_whitespace() || ".,&+~:".contains(first)) {
            return None;
        }
    }
    sum.finish(repairs)
}

/// Reads what follows the `p` of ISO 8601: weeks and days, then `t`, then hours, minutes and seconds.
fn iso8601(text: &str, repairs: &mut Vec<Repair>) -> Option<u64> {
    let (date, time) = text.split_once('t').unwrap_or((text, ""));
    let mut sum = Sum::default();
    for (part, units) in [
        (date, [('w', 7 * DAY), ('d', DAY), ('\0', 0)]),
        (time, [('h', HOUR), ('m', MINUTE), ('s', 1)]),
    ] {
        let mut rest = part;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
            let (digits, behind) = rest.split_at(end);
            sum.number(digits)?;
            let unit = behind.chars().next()?;
            sum.unit(units.iter().find(|(name, _)| *name == unit)?.1)?;
            rest = &behind[unit.len_utf8()..];
        }
    }
    sum.finish(repairs)
}

/// What has been read so far.
#[derive(Default)]
struct Sum {
    /// In millionths of a second.
    total: u64,
    /// A number whose unit has not come yet, in millionths.
    pending: Option<u64>,
    /// The last unit in seconds; each must be smaller than the one before.
    last: Option<u64>,
}

impl Sum {
    fn number(&mut self, digits: &str) -> Option<()> {
        if self.pending.is_some() {
            return None;
        }
        let digits = digits.trim_end_matches('.');
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let mut parts = number(whole)? * PARTS;
        let mut worth = PARTS / 10;
        for digit in fraction.bytes() {
            if !digit.is_ascii_digit() {
                return None;
            }
            parts += u64::from(digit - b'0') * worth;
            worth /= 10;
        }
        self.pending = Some(parts);
        Some(())
    }

    fn unit(&mut self, seconds: u64) -> Option<()> {
        if self.last.is_some_and(|last| last <= seconds) {
            return None;
        }
        let count = self.pending.take()?;
        self.total = self.total.checked_add(count.checked_mul(seconds)?)?;
        self.last = Some(seconds);
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        // the Arabic "and" is written onto the word behind it
        let word = word
            .strip_prefix('و')
            .filter(|_| word != "واحده")
            .unwrap_or(word);
        if let Some(seconds) = unit_of(word) {
            // a unit without a number, as in "ساعة و20 دقيقة" or "an hour", is one of it
            self.pending.get_or_insert(PARTS);
            return self.unit(seconds);
        }
        let (count, unit) = match word {
            "ساعتان" | "ساعتين" => (2, HOUR),
            "دقيقتان" | "دقيقتين" => (2, MINUTE),
            "ثانيتان" | "ثانيتين" => (2, 1),
            "نصف" if self.last == Some(HOUR) => (30, MINUTE),
            "ربع" if self.last == Some(HOUR) => (15, MINUTE),
            "" | "and" | "et" | "und" | "y" | "an" | "a" | "about" | "approx" | "ca" | "واحده" =>
            {
                return Some(());
            }
            _ => return None,
        };
        if self.pending.is_some() {
            return None;
        }
        self.pending = Some(count * PARTS);
        self.unit(unit)
    }

    fn finish(mut self, repairs: &mut Vec<Repair>) -> Option<u64> {
        if self.pending.is_some() {
            // `1h30`: the next smaller unit is meant
            let next = match self.last? {
                HOUR => MINUTE,
                MINUTE => 1,
                _ => return None,
            };
            self.unit(next)?;
        }
        if !self.total.is_multiple_of(PARTS) {
            note(repairs, Repair::DurationFraction);
        }
        self.last.map(|_| self.total / PARTS)
    }
}

/// The seconds of a unit by its folded name.
fn unit_of(word: &str) -> Option<u64> {
    Some(match word {
        "d" | "day" | "days" | "tag" | "tage" | "jour" | "jours" | "dia" | "dias" | "يوم" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" | "heure"
        | "heures" | "hora" | "horas" | "ساعه" | "ساعات" | "س" => HOUR,
        "m" | "mn" | "min" | "mins" | "minute" | "minutes" | "minuten" | "minuto" | "minutos"
        | "'" | "دقيقه" | "دقائق" | "دقايق" | "د" => MINUTE,
        "s" | "sec" | "secs" | "second" | "seconds" | "sek" | "sekunde" | "sekunden"
        | "seconde" | "secondes" | "segundo" | "segundos" | "\"" | "ثانيه" | "ثوان" | "ثواني"
        | "ث" => 1,
        _ => return None,
    })
}

//! Decides, once all is read, which number is the day and which the year.

use super::super::{Civil, Repair, note};
use super::{Scan, short, small};

impl Scan<'_, '_> {
    pub(super) fn finish(mut self) -> Option<Civil> {
        if self.has_date {
            if !self.numbers.is_empty() {
                return None;
            }
        } else {
            self.date_of_numbers()?;
        }
        if !self.has_time {
            note(self.repairs, Repair::DateMissingTime);
        } else if !self.has_zone {
            note(self.repairs, Repair::DateMissingZone);
        }
        Some(self.civil)
    }

    /// Decides which number is the day and which the year.
    pub(super) fn date_of_numbers(&mut self) -> Option<()> {
        let (day, month, year) = match (self.month, self.numbers.as_slice()) {
            (Some(month), [year]) if year.len() >= 3 => {
                note(self.repairs, Repair::DatePartial);
                (1, month, *year)
            }
            (Some(month), [year, day]) if year.len() >= 3 => (short(day), month, *year),
            (Some(month), [day, year]) => (short(day), month, *year),
            (None, [year, month, day]) if year.len() == 4 => (short(day), short(month), *year),
            (None, [first, second, year]) => {
                let (day, month) = self.day_and_month(short(first), short(second), year)?;
                (day, month, *year)
            }
            _ => return None,
        };
        self.civil.year = self.full_year(year)?;
        self.civil.month = month;
        self.civil.day = day;
        Some(())
    }

    /// Which of two numbers before a year is the day; `None` where both could be.
    pub(super) fn day_and_month(&self, first: i8, second: i8, year: &str) -> Option<(i8, i8)> {
        let dotted = self.separator == Some('.');
        if year.len() != 4 && !dotted {
            return None;
        }
        match (first > 12, second > 12) {
            (true, false) => Some((first, second)),
            (false, true) => Some((second, first)),
            (false, false) if first == second || matches!(self.separator, Some('.' | '-')) => {
                Some((first, second))
            }
            _ => None,
        }
    }

    /// Completes a short year by the rule of RFC 2822: 00-49 is 20xx, 50-99 and three digits are 19xx.
    pub(super) fn full_year(&mut self, digits: &str) -> Option<i16> {
        let year = small(digits)?;
        if digits.len() == 4 {
            return Some(year);
        }
        note(self.repairs, Repair::DateTwoDigitYear);
        Some(match (digits.len(), year) {
            (3, _) => year + 1900,
            (_, 0..=49) => year + 2000,
            _ => year + 1900,
        })
    }
}

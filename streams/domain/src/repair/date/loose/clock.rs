//! The time of day and its zone.

use super::super::strict::fraction;
use super::super::{Repair, note, zones};
use super::{Last, Scan, short};

impl Scan<'_, '_> {
    /// Reads what follows an hour: `:mm[:ss[.fraction]]`, or nothing after `15h`.
    pub(super) fn clock(&mut self, hour: &str) -> Option<()> {
        self.civil.hour = short(hour);
        if let Some(minute) = self
            .lexer
            .take_after(':')
            .or_else(|| self.lexer.take_digits())
        {
            self.civil.minute = short(minute);
            if let Some(second) = self.lexer.take_after(':') {
                self.civil.second = short(second);
                self.fraction();
            }
        }
        self.time_is_read()
    }

    pub(super) fn basic_time(&mut self, digits: &str) -> Option<()> {
        self.civil.hour = short(&digits[..2]);
        self.civil.minute = short(&digits[2..4]);
        self.civil.second = digits.get(4..6).map_or(0, short);
        self.fraction();
        self.time_is_read()
    }

    pub(super) fn fraction(&mut self) {
        let digits = self
            .lexer
            .take_after('.')
            .or_else(|| self.lexer.take_after(','));
        if let Some(digits) = digits {
            self.civil.micros = fraction(digits.as_bytes());
        }
    }

    pub(super) fn time_is_read(&mut self) -> Option<()> {
        self.has_time = true;
        self.last = Last::Time;
        let civil = &self.civil;
        (civil.hour <= 24 && civil.minute < 60 && civil.second <= 60).then_some(())
    }

    pub(super) fn twelve_hours(&mut self, afternoon: bool) {
        self.civil.hour = match (self.civil.hour, afternoon) {
            (12, false) => 0,
            (12, true) => 12,
            (hour @ 0..=11, true) => hour + 12,
            (hour, _) => hour,
        };
    }

    /// Whether a word after a time says morning (`false`) or afternoon (`true`).
    pub(super) fn half_of_day(&mut self, word: &str) -> Option<bool> {
        match word {
            "am" | "ص" | "صباحا" => Some(false),
            "pm" | "م" | "مساء" => Some(true),
            "a" | "p" if self.lexer.rest().starts_with(".m") => {
                self.lexer.next();
                self.lexer.next();
                Some(word == "p")
            }
            _ => None,
        }
    }

    /// Reads the digits of an offset: `+2`, `+02`, `+0200`, `+02:00`.
    pub(super) fn numeric_zone(&mut self, west: bool, digits: &str) {
        let (hours, minutes) = match digits.len() {
            1 | 2 => (digits, self.lexer.take_after(':').unwrap_or("0")),
            3 | 4 => digits.split_at(digits.len() - 2),
            _ => ("99", "0"),
        };
        let offset = zones::offset(west, short(hours), short(minutes));
        if offset.is_none() {
            note(self.repairs, Repair::DateUnknownZone);
        }
        self.set_zone(offset.unwrap_or(0));
    }

    pub(super) fn set_zone(&mut self, offset: i32) {
        self.civil.offset = offset;
        self.has_zone = true;
        self.last = Last::Zone;
    }
}

//! Words: months, weekdays, zones, and what only stands between.

use super::super::names::{self, Named};
use super::super::{Repair, note, zones};
use super::lexer::Token;
use super::{Last, MOST_UNKNOWN, Scan};

impl<'a> Scan<'a, '_> {
    pub(super) fn word(&mut self, word: &'a str) -> Option<()> {
        let last = std::mem::replace(&mut self.last, Last::Other);
        if last == Last::Time
            && let Some(afternoon) = self.half_of_day(word)
        {
            self.last = Last::Time;
            self.twelve_hours(afternoon);
            return Some(());
        }
        if word == "t" && !self.has_time {
            self.last = Last::TimeMark;
            return Some(());
        }
        if let Some(named) = self.month_name(word) {
            self.named(named);
            // `mar. 02 janv.`: the first word was the weekday after all
            self.month = Some(named.number);
            return Some(());
        }
        if let Some(named) = names::weekday(word) {
            self.named(named);
            self.civil.weekday = Some(named.number);
            return Some(());
        }
        if self.has_time && !self.has_zone {
            if let Some((offset, repair)) = zones::of_name(word) {
                self.set_zone(offset);
                if let Some(repair) = repair {
                    note(self.repairs, repair);
                }
                return Some(());
            }
            if last == Last::Time && word.is_ascii() && (2..=5).contains(&word.len()) {
                note(self.repairs, Repair::DateUnknownZone);
                self.set_zone(0);
                return Some(());
            }
        }
        self.filler(word)
    }

    pub(super) fn named(&mut self, named: Named) {
        if named.localised {
            note(self.repairs, Repair::DateLocalisedMonth);
        }
    }

    pub(super) fn month_name(&mut self, word: &str) -> Option<Named> {
        if let Some(named) = names::month(word) {
            return Some(named);
        }
        let mut ahead = self.lexer;
        let Some(Token::Word(second)) = ahead.next() else {
            return None;
        };
        let named = names::month_of_two(word, second)?;
        self.lexer = ahead;
        Some(named)
    }

    /// Lets words between the parts pass, and counts those that have no business there.
    pub(super) fn filler(&mut self, word: &str) -> Option<()> {
        const FILLERS: [&str; 25] = [
            "st",
            "nd",
            "rd",
            "th",
            "of",
            "at",
            "on",
            "the",
            "de",
            "del",
            "le",
            "el",
            "les",
            "a",
            "um",
            "uhr",
            "am",
            "er",
            "في",
            "يوم",
            "الساعه",
            "م",
            "عام",
            "سنه",
            "الموافق",
        ];
        if !FILLERS.contains(&word) {
            note(self.repairs, Repair::DateJunk);
            self.unknown += 1;
        }
        (self.unknown <= MOST_UNKNOWN).then_some(())
    }
}

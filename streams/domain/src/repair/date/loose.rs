//! The scanner for every layout that is not written by the book.
//!
//! It sorts the words and numbers of a text by what they can be and only then decides which number is the
//! day. It reads folded text (`fold::key`), so names and digits have one spelling each.

use super::names::{self, Named};
use super::strict::fraction;
use super::{Civil, Repair, note, zones};
use lexer::{Lexer, Token};

mod lexer;

/// More tokens or unknown words than this are prose, not a date.
const MOST_TOKENS: usize = 48;
const MOST_UNKNOWN: usize = 6;

/// Reads a date from folded text; `None` where there is none or where it has two readings.
pub(super) fn read(folded: &str, repairs: &mut Vec<Repair>) -> Option<Civil> {
    let mut scan = Scan {
        lexer: Lexer::new(folded),
        civil: Civil::default(),
        has_date: false,
        month: None,
        numbers: Vec::new(),
        separator: None,
        has_time: false,
        has_zone: false,
        last: Last::Other,
        unknown: 0,
        repairs,
    };
    for _ in 0..MOST_TOKENS {
        match scan.lexer.next() {
            Some(Token::Number(digits)) => scan.number(digits)?,
            Some(Token::Word(word)) => scan.word(word)?,
            Some(Token::Sign(sign)) => scan.sign(sign),
            None => return scan.finish(),
        }
    }
    None
}

/// What the token before was, where that decides about the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// The `T` between date and time.
    TimeMark,
    Time,
    Zone,
    Other,
}

struct Scan<'a, 'r> {
    lexer: Lexer<'a>,
    civil: Civil,
    /// Year, month and day are known.
    has_date: bool,
    month: Option<i8>,
    /// Numbers that belong to the date, in order.
    numbers: Vec<&'a str>,
    /// The sign between the first two of them.
    separator: Option<char>,
    has_time: bool,
    has_zone: bool,
    last: Last,
    unknown: usize,
    repairs: &'r mut Vec<Repair>,
}

impl<'a> Scan<'a, '_> {
    fn number(&mut self, digits: &'a str) -> Option<()> {
        let last = std::mem::replace(&mut self.last, Last::Other);
        let fresh = !self.has_date && self.month.is_none() && self.numbers.is_empty();
        if !self.has_time {
            let clock = digits.len() <= 2 && self.lexer.rest().starts_with(':');
            if clock || (digits.len() <= 2 && self.lexer.take_hour_mark()) {
                return self.clock(digits);
            }
            if last == Last::TimeMark && matches!(digits.len(), 4 | 6) {
                return self.basic_time(digits);
            }
            if fresh && matches!(digits.len(), 12 | 14) {
                self.basic_date(&digits[..8])?;
                return self.basic_time(&digits[8..]);
            }
        }
        match digits.len() {
            8 if fresh => self.basic_date(digits),
            4 if fresh && self.year_first(digits) => Some(()),
            1..=4 if !self.has_date && self.numbers.len() < 3 => {
                self.numbers.push(digits);
                Some(())
            }
            _ => None,
        }
    }

    /// Reads `yyyy-mm[-dd]` with any of the usual signs; leaves everything as it was where it is not one.
    fn year_first(&mut self, year: &str) -> bool {
        let mut ahead = self.lexer;
        let Some(month) = ahead.after_sign() else {
            return false;
        };
        let day = {
            let mut further = ahead;
            let day = further.after_sign();
            if day.is_some() {
                ahead = further;
            }
            day
        };
        if day.is_none() {
            note(self.repairs, Repair::DatePartial);
        }
        self.civil.year = small(year).unwrap_or(0);
        self.civil.month = short(month);
        self.civil.day = day.map_or(1, short);
        self.has_date = true;
        self.lexer = ahead;
        true
    }

    fn basic_date(&mut self, digits: &str) -> Option<()> {
        self.civil.year = small(&digits[..4])?;
        self.civil.month = short(&digits[4..6]);
        self.civil.day = short(&digits[6..8]);
        self.has_date = true;
        Some(())
    }

    fn basic_time(&mut self, digits: &str) -> Option<()> {
        self.civil.hour = short(&digits[..2]);
        self.civil.minute = short(&digits[2..4]);
        self.civil.second = digits.get(4..6).map_or(0, short);
        self.fraction();
        self.time_is_read()
    }

    /// Reads what follows an hour: `:mm[:ss[.fraction]]`, or nothing after `15h`.
    fn clock(&mut self, hour: &str) -> Option<()> {
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

    fn fraction(&mut self) {
        let digits = self
            .lexer
            .take_after('.')
            .or_else(|| self.lexer.take_after(','));
        if let Some(digits) = digits {
            self.civil.micros = fraction(digits.as_bytes());
        }
    }

    fn time_is_read(&mut self) -> Option<()> {
        self.has_time = true;
        self.last = Last::Time;
        let civil = &self.civil;
        (civil.hour <= 24 && civil.minute < 60 && civil.second <= 60).then_some(())
    }

    fn word(&mut self, word: &'a str) -> Option<()> {
        let last = std::mem::replace(&mut self.last, Last::Other);
        if last == Last::Time {
            if let Some(afternoon) = self.half_of_day(word) {
                self.last = Last::Time;
                return self.twelve_hours(afternoon);
            }
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

    fn named(&mut self, named: Named) {
        if named.localised {
            note(self.repairs, Repair::DateLocalisedMonth);
        }
    }

    fn month_name(&mut self, word: &str) -> Option<Named> {
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

    /// Whether a word after a time says morning (`false`) or afternoon (`true`).
    fn half_of_day(&mut self, word: &str) -> Option<bool> {
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

    fn twelve_hours(&mut self, afternoon: bool) -> Option<()> {
        self.civil.hour = match (self.civil.hour, afternoon) {
            (12, false) => 0,
            (12, true) => 12,
            (hour @ 0..=11, true) => hour + 12,
            (hour, _) => hour,
        };
        Some(())
    }

    /// Lets words between the parts pass, and counts those that have no business there.
    fn filler(&mut self, word: &str) -> Option<()> {
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

    fn sign(&mut self, sign: char) {
        match sign {
            '+' | '-' if matches!(self.last, Last::Time | Last::Zone) => {
                if let Some(digits) = self.lexer.take_digits() {
                    self.numeric_zone(sign == '-', digits);
                }
            }
            '/' | '.' | '-' if self.numbers.len() == 1 && self.separator.is_none() => {
                self.separator = Some(sign);
            }
            _ => {}
        }
    }

    /// Reads the digits of an offset: `+2`, `+02`, `+0200`, `+02:00`.
    fn numeric_zone(&mut self, west: bool, digits: &str) {
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

    fn set_zone(&mut self, offset: i32) {
        self.civil.offset = offset;
        self.has_zone = true;
        self.last = Last::Zone;
    }

    fn finish(mut self) -> Option<Civil> {
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
    fn date_of_numbers(&mut self) -> Option<()> {
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
    fn day_and_month(&self, first: i8, second: i8, year: &str) -> Option<(i8, i8)> {
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
    fn full_year(&mut self, digits: &str) -> Option<i16> {
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

/// The number of up to four digits.
fn small(digits: &str) -> Option<i16> {
    digits.parse().ok()
}

/// The number of up to two digits; a longer one becomes one that no date or time has.
fn short(digits: &str) -> i8 {
    if digits.len() > 2 {
        return 99;
    }
    digits.parse().unwrap_or(99)
}

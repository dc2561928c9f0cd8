//! The scanner for every layout that is not written by the book.
//!
//! It sorts the words and numbers of a text by what they can be and only then decides which number is the
//! day. It reads folded text (`fold::key`), so names and digits have one spelling each.

use super::{Civil, Repair, note};
use lexer::{Lexer, Token};

mod clock;
mod lexer;
mod settle;
mod words;

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

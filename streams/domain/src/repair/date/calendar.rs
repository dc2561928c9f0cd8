//! Dates of ISO 8601 that count weeks or days of the year, as dates with a month.

use jiff::civil::{Date, ISOWeekDate, Weekday};

/// What a text is that may count weeks or days of the year.
pub(super) enum Counted {
    /// It does not.
    No,
    /// It does, and there is no such day.
    Impossible,
    /// The same with a month and a day instead.
    Date(String),
}

/// Reads `2026-W09-6…`, `2026W096…` and `2026-059…`.
pub(super) fn rewritten(folded: &str) -> Counted {
    let Some(year) = digits(folded, 4).and_then(|year| year.parse().ok()) else {
        return Counted::No;
    };
    let behind = &folded[4..];
    let rest = behind.strip_prefix('-').unwrap_or(behind);
    let (date, rest) =
        if let Some(week) = rest.strip_prefix('w').filter(|it| digits(it, 2).is_some()) {
            of_week(year, week)
        } else if behind.len() > rest.len() && digits(rest, 3).is_some() {
            let rest = &rest[3..];
            if !(rest.is_empty() || rest.starts_with(['t', ' '])) {
                return Counted::No;
            }
            (of_day(year, &behind[1..4]), rest)
        } else {
            return Counted::No;
        };
    date.map_or(Counted::Impossible, |date| {
        Counted::Date(format!("{date}{rest}"))
    })
}

/// The day of a week that begins with its two digits, and what follows; without a day it is the first.
fn of_week(year: i16, text: &str) -> (Option<Date>, &str) {
    let rest = &text[2..];
    let behind = rest.strip_prefix('-').unwrap_or(rest);
    let (day, rest) = match digits(behind, 1) {
        Some(day) => (day, &behind[1..]),
        None => ("1", rest),
    };
    let date = || {
        let weekday = Weekday::from_monday_one_offset(day.parse().ok()?).ok()?;
        let week = ISOWeekDate::new(year, text[..2].parse().ok()?, weekday).ok()?;
        Some(week.date())
    };
    (date(), rest)
}

fn of_day(year: i16, day: &str) -> Option<Date> {
    let day: i64 = day.parse().ok().filter(|day| *day > 0)?;
    let first = Date::new(year, 1, 1).ok()?;
    let date = first.checked_add(jiff::Span::new().days(day - 1)).ok()?;
    (date.year() == year).then_some(date)
}

/// The digits at the beginning, where there are so many.
fn digits(text: &str, count: usize) -> Option<&str> {
    let digits = text.get(..count)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

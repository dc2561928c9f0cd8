//! Dates of ISO 8601 that count weeks or days of the year, as dates with a month.

use jiff::civil::{Date, ISOWeekDate, Weekday};

/// `2026-W09-6…`, `2026W096…` and `2026-059…` with a month and a day instead; nothing for any other spelling.
pub(super) fn rewritten(folded: &str) -> Option<String> {
    let year: i16 = digits(folded, 4)?.parse().ok()?;
    let rest = &folded[4..];
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (date, rest) = match rest.strip_prefix('w') {
        Some(week) => of_week(year, week)?,
        None if folded.len() > rest.len() + 4 => of_day(year, rest)?,
        None => return None,
    };
    Some(format!("{date}{rest}"))
}

fn of_week(year: i16, text: &str) -> Option<(Date, &str)> {
    let week: i8 = digits(text, 2)?.parse().ok()?;
    let rest = &text[2..];
    let behind = rest.strip_prefix('-').unwrap_or(rest);
    let (day, rest) = match digits(behind, 1) {
        Some(day) => (day.parse().ok()?, &behind[1..]),
        None => (1, rest),
    };
    let weekday = Weekday::from_monday_one_offset(day).ok()?;
    let date = ISOWeekDate::new(year, week, weekday).ok()?;
    Some((date.date(), rest))
}

fn of_day(year: i16, text: &str) -> Option<(Date, &str)> {
    let day: i64 = digits(text, 3)?.parse().ok()?;
    let rest = &text[3..];
    if !(rest.is_empty() || rest.starts_with(['t', ' '])) || day == 0 {
        return None;
    }
    let first = Date::new(year, 1, 1).ok()?;
    let date = first.checked_add(jiff::Span::new().days(day - 1)).ok()?;
    (date.year() == year).then_some((date, rest))
}

/// The digits at the beginning, where there are so many.
fn digits(text: &str, count: usize) -> Option<&str> {
    let digits = text.get(..count)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

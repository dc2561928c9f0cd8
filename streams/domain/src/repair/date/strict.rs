//! The two layouts that well-behaved feeds use, read by position without allocating.

use super::{Civil, names, zones};

/// Reads `2024-01-02T15:04:05[.fraction](Z|+hh:mm)`.
pub(super) fn rfc3339(b: &[u8]) -> Option<Civil> {
    if b.len() < 20 || b[4] != b'-' || b[7] != b'-' || !matches!(b[10], b'T' | b't') {
        return None;
    }
    if b[13] != b':' || b[16] != b':' {
        return None;
    }
    let year = i16::from(two(b, 0)?) * 100 + i16::from(two(b, 2)?);
    let mut civil = Civil {
        year,
        month: two(b, 5)?,
        day: two(b, 8)?,
        hour: two(b, 11)?,
        minute: two(b, 14)?,
        second: two(b, 17)?,
        ..Civil::default()
    };
    let mut at = 19;
    if b[at] == b'.' {
        let digits = b[at + 1..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits == 0 {
            return None;
        }
        civil.micros = fraction(&b[at + 1..at + 1 + digits]);
        at += 1 + digits;
    }
    civil.offset = match &b[at..] {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && rest[2] == b':' => {
            zones::offset(*sign == b'-', two(rest, 0)?, two(rest, 3)?)?
        }
        _ => return None,
    };
    Some(civil)
}

/// Reads `[Tue, ]2 Jan 2024 15:04[:05] (+hhmm|GMT|EST|...)`.
pub(super) fn rfc2822(b: &[u8]) -> Option<Civil> {
    let mut civil = Civil::default();
    let mut b = b;
    if b.get(3) == Some(&b',') && b.get(4) == Some(&b' ') {
        civil.weekday = Some(names::weekday_short(&b[..3])?);
        b = &b[5..];
    }
    if b.get(1) == Some(&b' ') && b[0].is_ascii_digit() {
        civil.day = (b[0] - b'0') as i8;
        b = &b[2..];
    } else if b.get(2) == Some(&b' ') {
        civil.day = two(b, 0)?;
        b = &b[3..];
    } else {
        return None;
    }
    if b.len() < 16 || b[3] != b' ' || b[8] != b' ' || b[11] != b':' {
        return None;
    }
    civil.month = names::month_short(&b[..3])?;
    civil.year = i16::from(two(b, 4)?) * 100 + i16::from(two(b, 6)?);
    civil.hour = two(b, 9)?;
    civil.minute = two(b, 12)?;
    b = &b[14..];
    if b[0] == b':' {
        civil.second = two(b, 1)?;
        b = &b[3..];
    }
    civil.offset = match b.strip_prefix(b" ")? {
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 4 => {
            zones::offset(*sign == b'-', two(rest, 0)?, two(rest, 2)?)?
        }
        name => zones::of_rfc(name)?,
    };
    Some(civil)
}

/// Two digits at a place.
fn two(b: &[u8], at: usize) -> Option<i8> {
    match b.get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(((tens - b'0') * 10 + (ones - b'0')) as i8)
        }
        _ => None,
    }
}

/// Microseconds of a decimal fraction, cut off after the sixth digit.
pub(super) fn fraction(digits: &[u8]) -> i32 {
    (0..6).fold(0, |sum, at| {
        sum * 10 + digits.get(at).map_or(0, |digit| i32::from(digit - b'0'))
    })
}

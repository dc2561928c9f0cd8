//! Zone names as feeds use them, with their distance from UTC.

use super::Repair;

const HOUR: i32 = 3600;
const HALF: i32 = 1800;

/// Seconds east of UTC for hours and minutes; `None` for what no clock on earth shows.
pub(super) fn offset(west: bool, hours: i8, minutes: i8) -> Option<i32> {
    let seconds = i32::from(hours) * HOUR + i32::from(minutes) * 60;
    (hours <= 15 && minutes < 60).then_some(if west { -seconds } else { seconds })
}

/// The zone names of RFC 2822, upper or lower case, without the military letters other than Z.
pub(super) fn of_rfc(name: &[u8]) -> Option<i32> {
    const NAMES: [(&[u8], i32); 12] = [
        (b"GMT", 0),
        (b"UTC", 0),
        (b"UT", 0),
        (b"Z", 0),
        (b"EST", -5 * HOUR),
        (b"EDT", -4 * HOUR),
        (b"CST", -6 * HOUR),
        (b"CDT", -5 * HOUR),
        (b"MST", -7 * HOUR),
        (b"MDT", -6 * HOUR),
        (b"PST", -8 * HOUR),
        (b"PDT", -7 * HOUR),
    ];
    NAMES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, offset)| *offset)
}

/// Any zone name in lower case, with the repair its use calls for.
pub(super) fn of_name(name: &str) -> Option<(i32, Option<Repair>)> {
    if let Some(offset) = of_rfc(name.as_bytes()) {
        return Some((offset, None));
    }
    if let [b'a'..=b'i' | b'k'..=b'y'] = name.as_bytes() {
        return Some((0, Some(Repair::DateMilitaryZone)));
    }
    let plain = |offset| Some((offset, Some(Repair::DateLayout)));
    let ambiguous = |offset| Some((offset, Some(Repair::DateAmbiguousZone)));
    match name {
        "wet" | "zulu" | "غرينتش" | "جرينتش" => plain(0),
        "bst" => ambiguous(HOUR),
        "cet" | "met" | "mez" | "wat" | "west" => plain(HOUR),
        "cest" | "mest" | "mesz" | "eet" | "cat" | "sast" => plain(2 * HOUR),
        "eest" | "msk" | "trt" | "eat" | "idt" | "ksa" => plain(3 * HOUR),
        "irst" => plain(3 * HOUR + HALF),
        "gst" | "samt" => plain(4 * HOUR),
        "pkt" | "uzt" => plain(5 * HOUR),
        "ist" => ambiguous(5 * HOUR + HALF),
        "npt" => plain(5 * HOUR + 2700),
        "ict" | "wib" => plain(7 * HOUR),
        "awst" | "hkt" | "sgt" | "myt" | "pht" => plain(8 * HOUR),
        "jst" | "kst" => plain(9 * HOUR),
        "acst" => plain(9 * HOUR + HALF),
        "aest" => plain(10 * HOUR),
        "acdt" => plain(10 * HOUR + HALF),
        "aedt" => plain(11 * HOUR),
        "nzst" => plain(12 * HOUR),
        "nzdt" => plain(13 * HOUR),
        "ndt" => plain(-2 * HOUR - HALF),
        "brt" | "art" | "adt" => plain(-3 * HOUR),
        "nst" => plain(-3 * HOUR - HALF),
        "ast" => ambiguous(-4 * HOUR),
        "akdt" => plain(-8 * HOUR),
        "akst" => plain(-9 * HOUR),
        "hst" => plain(-10 * HOUR),
        _ => None,
    }
}

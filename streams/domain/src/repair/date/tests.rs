use super::{Repair, parse};
use proptest::prelude::*;

/// 2024-01-02T15:04:05Z, a Tuesday.
const INSTANT: i64 = 1_704_207_845_000_000;
const HOUR: i64 = 3_600_000_000;
const MIDNIGHT: i64 = 1_704_153_600_000_000;

fn value(text: &str) -> Option<i64> {
    parse(text).map(|date| date.value)
}

fn codes(text: &str) -> Vec<&'static str> {
    let repairs = parse(text).map(|date| date.repairs).unwrap_or_default();
    repairs.into_iter().map(Repair::code).collect()
}

#[track_caller]
fn same(texts: &[&str]) {
    for text in texts {
        assert_eq!(value(text), Some(INSTANT), "{text}");
    }
}

#[track_caller]
fn none(texts: &[&str]) {
    for text in texts {
        assert_eq!(value(text), None, "{text}");
    }
}

#[test]
fn dates_by_the_book_need_no_repair() {
    for text in [
        "Tue, 02 Jan 2024 15:04:05 +0000",
        "Tue, 2 Jan 2024 15:04:05 GMT",
        "02 Jan 2024 15:04:05 UT",
        "Tue, 02 Jan 2024 10:04:05 EST",
        "Tue, 02 Jan 2024 08:04:05 PDT",
        "2024-01-02T15:04:05Z",
        "2024-01-02t15:04:05z",
        "2024-01-02T17:04:05+02:00",
        "2024-01-02T15:04:05.000Z",
    ] {
        let date = parse(text).expect(text);
        assert_eq!(date.value, INSTANT, "{text}");
        assert!(date.is_clean(), "{text}: {:?}", date.repairs);
    }
}

#[test]
fn fractions_of_a_second_are_kept_to_the_microsecond() {
    assert_eq!(
        value("2024-01-02T15:04:05.1234567Z"),
        Some(INSTANT + 123_456)
    );
    assert_eq!(value("2024-01-02 15:04:05,5 UTC"), Some(INSTANT + 500_000));
}

#[test]
fn every_spelling_of_a_zone_is_understood() {
    same(&[
        "Tue, 02 Jan 2024 17:04:05 +02:00",
        "Tue, 02 Jan 2024 17:04:05 GMT+2",
        "Tue, 02 Jan 2024 17:04:05 GMT+0200",
        "Tue, 02 Jan 2024 17:04:05 UTC+02:00",
        "Tue, 02 Jan 2024 17:04:05 +2",
        "Tue, 02 Jan 2024 15:04:05 -0000",
        "Tue, 02 Jan 2024 16:04:05 CET",
        "Tue, 02 Jan 2024 20:34:05 IST",
        "Tue, 02 Jan 2024 10:04:05 -0500 (EST)",
        "Tue, 02 Jan 2024 07:04:05 PST -0800",
        "Tue Jan 02 2024 17:04:05 GMT+0200 (Eastern European Standard Time)",
        "Tue Jan 02 15:04:05 +0000 2024",
        "Tue Jan 2 15:04:05 UTC 2024",
    ]);
    assert_eq!(codes("Tue, 02 Jan 2024 15:04:05 K"), ["date_military_zone"]);
    assert_eq!(
        codes("Tue, 02 Jan 2024 15:04:05 XYZT"),
        ["date_unknown_zone"]
    );
    assert_eq!(
        codes("Tue, 02 Jan 2024 15:04:05 +9900"),
        ["date_unknown_zone"]
    );
    assert_eq!(
        codes("Tue, 02 Jan 2024 15:04:05 AST"),
        ["date_ambiguous_zone"]
    );
}

#[test]
fn a_date_without_a_zone_is_utc_and_says_so() {
    for text in [
        "2024-01-02T15:04:05",
        "2024-01-02 15:04:05",
        "Tue, 02 Jan 2024 15:04:05",
        "20240102T150405",
        "20240102150405",
        "2024/01/02 15:04:05",
        "2024-1-2 15:4:5",
    ] {
        same(&[text]);
        assert_eq!(codes(text), ["date_missing_zone"], "{text}");
    }
}

#[test]
fn variants_of_iso_8601_are_read() {
    same(&[
        "2024-01-02 15:04:05Z",
        "2024-01-02 15:04:05 +00:00",
        "20240102T150405Z",
        "2024-01-02T15:04:05+0000",
        "2024-01-02T17:04:05+02",
    ]);
    assert_eq!(value("2024-01-02T15:04Z"), Some(INSTANT - 5_000_000));
    assert_eq!(value("20240102T1504Z"), Some(INSTANT - 5_000_000));
    assert_eq!(value("2024-01-02"), Some(MIDNIGHT));
    assert_eq!(value("20240102"), Some(MIDNIGHT));
    assert_eq!(codes("2024-01-02"), ["date_missing_time"]);
    assert_eq!(codes("2024-01"), ["date_partial", "date_missing_time"]);
}

#[test]
fn weeks_and_days_of_the_year_are_counted() {
    same(&[
        "2024-W01-2T15:04:05Z",
        "2024W012T150405Z",
        "2024-002T15:04:05Z",
        "2024-002 15:04:05",
    ]);
    assert_eq!(value("2024-W01"), value("2024-01-01"));
    assert_eq!(value("2024-366"), value("2024-12-31"));
    assert_eq!(codes("2024-W01-2T15:04:05Z"), ["date_week"]);
    none(&[
        "2024-W54-1",
        "2024-W01-9",
        "2023-366",
        "2024-000",
        "2024-0021",
    ]);
}

#[test]
fn layouts_by_hand_are_read() {
    same(&[
        "Tue 02 Jan 2024 15:04:05 GMT",
        "Tue , 2 January 2024, 15:04:05 GMT",
        "Tuesday, January 2nd, 2024 at 3:04:05 PM GMT",
        "Jan 2, 2024 3:04:05 p.m. UTC",
        "02-Jan-2024 15:04:05 GMT",
        "02/Jan/2024:15:04:05 +0000",
        "15:04:05 02-Jan-2024",
        "02.01.2024 15:04:05",
        "2.1.24 15:04:05 GMT",
        "02-01-2024 15:04:05",
        "  \n Tue,  02  Jan  2024  15:04:05  GMT \t",
        "Published: 2 January 2024 15:04:05 UTC",
        "\u{200F}2024-01-02T15:04:05Z",
    ]);
    assert_eq!(
        value("Tue, 02 Jan 2024 15:04 GMT"),
        Some(INSTANT - 5_000_000)
    );
    assert_eq!(
        value("2 janvier 2024 à 15h04 GMT"),
        Some(INSTANT - 5_000_000)
    );
    assert_eq!(codes(" Tue, 02 Jan 2024 15:04:05 GMT"), ["date_layout"]);
    assert_eq!(codes("Posted 2 January 2024 15:04:05 UTC"), ["date_junk"]);
}

#[test]
fn months_of_other_languages_are_read() {
    same(&[
        "mar., 02 janv. 2024 15:04:05 +0000",
        "mardi 2 janvier 2024 15:04:05 GMT",
        "Dienstag, 2. Januar 2024 15:04:05 GMT",
        "Di, 02 Jänner 2024 15:04:05 GMT",
        "martes, 2 de enero de 2024 15:04:05 GMT",
        "الثلاثاء، 2 يناير 2024 15:04:05 +0000",
        "الثلاثاء ٢ كانون الثاني ٢٠٢٤ ١٥:٠٤:٠٥ +٠٠٠٠",
        "2 كانون الثاني/يناير 2024 15:04:05 GMT",
        "2 جانفي 2024م 15:04:05 GMT",
        "٢ يناير ٢٠٢٤ ٣:٠٤:٠٥ م",
        "٢٠٢٤-٠١-٠٢ ١٥:٠٤:٠٥",
    ]);
    assert_eq!(value("15 août 2023"), value("2023-08-15"));
    assert_eq!(value("15 März 2023"), value("2023-03-15"));
    assert_eq!(value("15 آب 2023"), value("2023-08-15"));
    assert_eq!(value("15 تشرين الأول 2023"), value("2023-10-15"));
    assert_eq!(value("15 إبريل 2023"), value("2023-04-15"));
    assert_eq!(value("15 غشت 2023"), value("2023-08-15"));
    assert_eq!(
        codes("٢ يناير ٢٠٢٤"),
        [
            "digits_localised",
            "date_localised_month",
            "date_missing_time"
        ]
    );
}

#[test]
fn slips_of_the_clock_and_the_calendar_are_mended_and_named() {
    assert_eq!(value("Mon, 01 Jan 2024 24:00:00 GMT"), Some(MIDNIGHT));
    assert_eq!(codes("Mon, 01 Jan 2024 24:00:00 GMT"), ["date_hour_24"]);
    assert_eq!(
        codes("Fri, 02 Jan 2024 15:04:05 GMT"),
        ["date_weekday_wrong"]
    );
    assert_eq!(
        codes("Tue, 02 Jan 24 15:04:05 GMT"),
        ["date_two_digit_year"]
    );
    assert_eq!(value("Tue, 02 Jan 124 15:04:05 GMT"), Some(INSTANT));
    assert_eq!(value("01 Jan 99 00:00 GMT"), value("1999-01-01T00:00:00Z"));
    assert_eq!(codes("2016-12-31T23:59:60Z"), ["date_leap_second"]);
    assert_eq!(value("12:00 AM 2 January 2024 GMT"), Some(MIDNIGHT));
    assert_eq!(
        value("2 January 2024 12:00 pm GMT"),
        Some(MIDNIGHT + 12 * HOUR)
    );
}

#[test]
fn unix_times_are_read_in_every_unit() {
    same(&[
        "1704207845",
        "1704207845000",
        "1704207845000000",
        "1704207845000000000",
        "1704207845.0",
    ]);
    assert_eq!(codes("1704207845"), ["date_unix_time"]);
}

#[test]
fn a_numeric_date_with_two_readings_is_none() {
    none(&["01/02/2024", "1/2/24", "02-01-24"]);
    assert_eq!(value("31/01/2024"), value("2024-01-31"));
    assert_eq!(value("01/31/2024"), value("2024-01-31"));
    assert_eq!(value("02/02/2024"), value("2024-02-02"));
}

#[test]
fn what_is_no_date_is_none() {
    none(&[
        "",
        "   ",
        "now",
        "yesterday",
        "TBA",
        "0",
        "-1",
        "-86400",
        "0000-00-00 00:00:00",
        "2024-02-30T00:00:00Z",
        "2024-13-01",
        "31 Feb 2024 10:00:00 GMT",
        "Tue, 02 Jan 2024 25:00:00 GMT",
        "Tue, 02 Jan 2024 15:61:00 GMT",
        "1024-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "1445-03-12",
        "99999999999999999999999",
        "January",
        "2 January",
        "2024-01-02T15:04:05Z2024-01-02T15:04:05Z",
        "1 2 3 4 5 6",
        "((((((((((((((((((((((((",
        "\u{0}\u{1}\u{2}",
    ]);
    assert_eq!(value(&"(".repeat(100_000)), None);
    assert_eq!(value(&"1 ".repeat(100_000)), None);
    assert_eq!(value(&"x ".repeat(100)), None);
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "\\PC{0,80}") {
        parse(&text);
    }

    #[test]
    fn parsing_never_panics_on_what_nearly_is_a_date(
        text in "(Tue|mar|الثلاثاء|T|Z|GMT|-|\\+|:|/|,|\\.|\\(|\\)| |[0-9]{1,5}|Jan|كانون|الثاني|h|pm|م|٢){0,14}"
    ) {
        if let Some(date) = parse(&text) {
            prop_assert!(parse(&text) == Some(date));
        }
    }

    #[test]
    fn any_instant_in_either_standard_is_read_back(seconds in 0_i64..4_102_444_800) {
        let instant = jiff::Timestamp::from_second(seconds).expect("in range");
        let micros = seconds * 1_000_000;
        let rfc3339 = instant.to_string();
        prop_assert_eq!(parse(&rfc3339), Some(super::Repaired::clean(micros)));
        let rfc2822 = jiff::fmt::rfc2822::to_string(
            &instant.to_zoned(jiff::tz::TimeZone::UTC)
        ).expect("a valid instant");
        prop_assert_eq!(parse(&rfc2822), Some(super::Repaired::clean(micros)));
    }
}

use super::{Repair, parse};
use proptest::prelude::*;

fn value(text: &str) -> Option<i64> {
    parse(text).map(|duration| duration.value)
}

fn codes(text: &str) -> Vec<&'static str> {
    let repairs = parse(text).map(|duration| duration.repairs);
    (repairs.unwrap_or_default().into_iter())
        .map(Repair::code)
        .collect()
}

#[test]
fn the_spellings_of_itunes_need_no_repair() {
    for (text, seconds) in [
        ("3723", 3723),
        ("62:03", 3723),
        ("2:03", 123),
        ("1:02:03", 3723),
        ("01:02:03", 3723),
        (" 00:45 ", 45),
    ] {
        let duration = parse(text).expect(text);
        assert_eq!(
            (duration.value, duration.is_clean()),
            (seconds, true),
            "{text}"
        );
    }
}

#[test]
fn fractions_are_cut_off_and_overflow_is_carried() {
    assert_eq!(value("1:02:03.500"), Some(3723));
    assert_eq!(codes("1:02:03.500"), ["duration_fraction"]);
    assert!(codes("3723.0").is_empty());
    assert_eq!(value("1:75:00"), Some(8100));
    assert_eq!(codes("1:75:00"), ["duration_overflow"]);
    assert_eq!(value(":45"), Some(45));
}

#[test]
fn iso_8601_is_read() {
    for (text, seconds) in [
        ("PT1H2M3S", 3723),
        ("PT62M3S", 3723),
        ("pt45s", 45),
        ("P1DT1H", 90_000),
        ("PT1H2M3.7S", 3723),
        ("PT0.5H", 1800),
        ("P0DT10M", 600),
    ] {
        assert_eq!(value(text), Some(seconds), "{text}");
        assert_eq!(codes(text)[0], "duration_spelling");
    }
}

#[test]
fn words_are_read() {
    for (text, seconds) in [
        ("1h 2m 3s", 3723),
        ("1h2m3s", 3723),
        ("62 min", 3720),
        ("62 mins.", 3720),
        ("1 hour 2 minutes", 3720),
        ("1 hour, 2 minutes and 3 seconds", 3723),
        ("1.5 hours", 5400),
        ("1h30", 5400),
        ("~ 62 minutes", 3720),
        ("62' 3\"", 3723),
        ("1 Std. 2 Min.", 3720),
        ("1 heure et 2 minutes", 3720),
        ("an hour", 3600),
    ] {
        assert_eq!(value(text), Some(seconds), "{text}");
    }
    assert_eq!(codes("62 min"), ["duration_spelling"]);
}

#[test]
fn arabic_words_and_digits_are_read() {
    for (text, seconds) in [
        ("٦٢:٠٣", 3723),
        ("٦٢ دقيقة", 3720),
        ("ساعة و٢ دقيقة", 3720),
        ("ساعة ونصف", 5400),
        ("ساعتان وربع", 8100),
        ("ساعة واحدة", 3600),
        ("3 ساعات و20 دقيقة و5 ثوان", 12_005),
        ("دقيقتين", 120),
    ] {
        assert_eq!(value(text), Some(seconds), "{text}");
    }
    assert_eq!(codes("٦٢:٠٣"), ["digits_localised"]);
}

#[test]
fn what_is_no_duration_is_none() {
    for text in [
        "",
        "  ",
        "0",
        "00:00:00",
        "PT0S",
        "PT",
        "P",
        "-5",
        "-1:00",
        "1:2:3:4",
        "::",
        "1::2",
        "a",
        "NaN",
        "unknown",
        "5 parsecs",
        "1 min 2 min",
        "3 s 2 h",
        "12 13",
        "1-2 hours",
        "604801",
        "169:00:00",
        "999999999999999999999",
        "PT99999999999H",
        "8 days",
        "1e5",
        "+",
    ] {
        assert_eq!(value(text), None, "{text}");
    }
    assert_eq!(value(&"9".repeat(10_000)), None);
    assert_eq!(value("604800"), Some(604_800));
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "\\PC{0,100}") {
        parse(&text);
    }

    #[test]
    fn parsing_never_panics_on_what_nearly_is_a_duration(
        text in "(P|T|H|M|S|h|min|:|\\.|,| |و|ساعة|دقيقة|[0-9]{1,10}|٢){0,12}"
    ) {
        if let Some(duration) = parse(&text) {
            prop_assert!((1..=super::LONGEST).contains(&duration.value));
        }
    }

    #[test]
    fn every_duration_reads_back_from_each_spelling(seconds in 1_i64..=super::LONGEST) {
        let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        for text in [
            seconds.to_string(),
            format!("{h}:{m:02}:{s:02}"),
            format!("PT{h}H{m}M{s}S"),
            format!("{h} hours {m} minutes {s} seconds"),
        ] {
            prop_assert_eq!(value(&text), Some(seconds), "{}", text);
        }
    }
}

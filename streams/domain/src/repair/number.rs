//! Reads the number of a season or an episode.

use super::{Repair, Repaired, fold, note};

/// The largest number that is believed; feeds number by date (`20240102`) and no higher.
const LARGEST: i64 = 99_999_999;

/// Reads a season or episode number such as `2`, `S02`, `Episode 7`, `#12`, `٢` or `الحلقة 7`.
///
/// `None` for a text without a number or with several (`S02E05`), for fractions and for what is below zero.
pub fn parse(text: &str) -> Option<Repaired<i64>> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.len() > 64 {
        return None;
    }
    let mut repairs = Vec::new();
    if fold::has_local_digits(trimmed) {
        repairs.push(Repair::DigitsLocalised);
    }
    let folded = fold::key(trimmed);
    let start = folded.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = folded.split_at(start);
    let end = rest.find(|c: char| !c.is_ascii_digit());
    let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
    if !is_label(before) || !is_ending(after) {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    if !before.is_empty() || !after.is_empty() {
        note(&mut repairs, Repair::NumberSpelling);
    }
    (value <= LARGEST).then_some(Repaired { value, repairs })
}

/// Whether the text before a number only says what it numbers.
fn is_label(text: &str) -> bool {
    let word = text.trim_matches(|c: char| c.is_whitespace() || ".:#-_".contains(c));
    if word.is_empty() {
        // a sign right before the digits would be a negative number
        return !text.trim_start().starts_with('-');
    }
    const LABELS: [&str; 26] = [
        "s",
        "e",
        "ep",
        "eps",
        "epi",
        "season",
        "series",
        "episode",
        "no",
        "nr",
        "num",
        "number",
        "n°",
        "part",
        "pt",
        "vol",
        "volume",
        "chapter",
        "folge",
        "staffel",
        "saison",
        "temporada",
        "الحلقه",
        "حلقه",
        "الموسم",
        "موسم",
    ];
    LABELS.contains(&word) || word == "رقم" || word == "الحلقه رقم" || word == "episodio"
}

/// Whether the text after a number adds nothing to it.
fn is_ending(text: &str) -> bool {
    let mut rest = text.trim_end();
    if let Some(zeros) = rest.strip_prefix('.') {
        rest = zeros.trim_start_matches('0');
    }
    let rest = rest.trim_start();
    rest.is_empty() || matches!(rest, "st" | "nd" | "rd" | "th" | "." | ":" | ")")
}

#[cfg(test)]
mod tests {
    use super::{Repair, parse};
    use proptest::prelude::*;

    fn value(text: &str) -> Option<i64> {
        parse(text).map(|number| number.value)
    }

    #[test]
    fn plain_numbers_need_no_repair() {
        for (text, number) in [("2", 2), (" 02 ", 2), ("0", 0), ("20240102", 20_240_102)] {
            let parsed = parse(text).expect(text);
            assert_eq!((parsed.value, parsed.is_clean()), (number, true), "{text}");
        }
    }

    #[test]
    fn labels_around_the_number_are_passed_over() {
        for text in [
            "S07",
            "s 7",
            "Season 7",
            "Episode 7",
            "Ep. 7",
            "EP7",
            "#7",
            "# 7",
            "E-07",
            "No. 7",
            "7.",
            "7.0",
            "7th",
            "الحلقة 7",
            "الحلقة رقم ٧",
            "الموسم ٧",
            "٧",
            "۷",
            "Folge 7",
            "Épisode 7",
        ] {
            assert_eq!(value(text), Some(7), "{text}");
        }
        let repairs = parse("الحلقة ٧").map(|number| number.repairs);
        let expected = [Repair::DigitsLocalised, Repair::NumberSpelling];
        assert_eq!(repairs.as_deref(), Some(expected.as_slice()));
    }

    #[test]
    fn what_is_no_single_number_is_none() {
        for text in [
            "",
            " ",
            "bonus",
            "S02E05",
            "1.5",
            "-3",
            "1/2",
            "1,000",
            "7 and a half",
            "99999999999999999999",
            "100000000",
            "trailer 3 of 4",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,70}") {
            parse(&text);
        }

        #[test]
        fn a_number_reads_back_as_itself(number in 0_i64..=super::LARGEST) {
            prop_assert_eq!(value(&number.to_string()), Some(number));
        }
    }
}

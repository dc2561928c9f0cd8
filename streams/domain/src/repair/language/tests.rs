use super::{Direction, canonical, detect, direction, repair};
use crate::repair::Repair;
use proptest::prelude::*;

#[test]
fn tags_come_in_canonical_case() {
    for (text, tag) in [
        ("ar", "ar"),
        ("AR-eg", "ar-EG"),
        ("en_US", "en-US"),
        ("EN-us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("sr-LATN", "sr-Latn"),
        ("es-419", "es-419"),
        ("de-1996", "de-1996"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("zh-yue-HK", "zh-yue-HK"),
        ("en-US-u-CA-gregory", "en-US-u-ca-gregory"),
        ("en-x-Mine", "en-x-mine"),
        ("ar_EG.UTF-8", "ar-EG"),
        (" en ", "en"),
        ("ckb", "ckb"),
    ] {
        assert_eq!(canonical(text).as_deref(), Some(tag), "{text}");
    }
}

#[test]
fn names_and_old_codes_become_tags_and_say_so() {
    for (text, tag, repaired) in [
        ("Arabic", "ar", Repair::LanguageName),
        ("العربيّة", "ar", Repair::LanguageName),
        ("English", "en", Repair::LanguageName),
        ("Français", "fr", Repair::LanguageName),
        ("English (US)", "en-US", Repair::LanguageName),
        ("eng", "en", Repair::LanguageCode),
        ("ara-EG", "ar-EG", Repair::LanguageCode),
        ("GER", "de", Repair::LanguageCode),
        ("iw", "he", Repair::LanguageCode),
        ("en_GB", "en-GB", Repair::LanguageSpelling),
    ] {
        let found = repair(text).expect(text);
        assert_eq!(
            (found.value.as_str(), found.repairs.as_slice()),
            (tag, &[repaired][..]),
            "{text}"
        );
    }
    assert!(repair("ar-EG").is_some_and(|tag| tag.is_clean()));
}

#[test]
fn what_is_no_language_is_none() {
    for text in [
        "",
        " ",
        "-",
        "e",
        "en-",
        "en--US",
        "-en",
        "Klingonese",
        "und",
        "12",
        "en-US-US",
        "en-toolongsubtag",
        "en-u",
        "x-private",
        "en us",
        "ar;q=0.9",
        "<b>en</b>",
        "en-x",
    ] {
        assert_eq!(canonical(text), None, "{text}");
    }
    assert_eq!(canonical(&"a-".repeat(10_000)), None);
}

#[test]
fn the_direction_follows_script_then_language() {
    for tag in [
        "ar",
        "ar-EG",
        "AR",
        "he",
        "fa-IR",
        "ur",
        "ps",
        "az-Arab",
        "ckb",
        "pa-PK",
        "ku-Arab-IQ",
        "arz",
    ] {
        assert_eq!(direction(tag), Direction::Rtl, "{tag}");
    }
    for tag in [
        "en",
        "ar-Latn",
        "ku",
        "pa",
        "zh-Hant",
        "tr",
        "",
        "en-x-arab",
        "uz",
    ] {
        assert_eq!(direction(tag), Direction::Ltr, "{tag}");
    }
}

#[test]
fn languages_of_the_arabic_script_are_told_apart() {
    for (text, tag) in [
        ("مرحبا بكم في الحلقة الأولى من البودكاست", "ar"),
        ("تكنولوجيا", "ar"),
        ("حلقة عن OpenAI و ChatGPT مع الضيف أحمد", "ar"),
        (
            "پودكاست عن الـ گيمنج في مصر والوطن العربي مع ضيوف من كل مكان",
            "ar",
        ),
        ("در این قسمت از پادکست با یک کارآفرین گفتگو می‌کنیم", "fa"),
        (
            "اس قسط میں ہم پاکستان کی تاریخ کے بارے میں بات کریں گے",
            "ur",
        ),
        (
            "په دې خپرونه کې به موږ د افغانستان د تاریخ په اړه خبرې وکړو",
            "ps",
        ),
        ("لەم بەشەدا باسی مێژووی کوردستان دەکەین", "ckb"),
    ] {
        assert_eq!(detect(text), Some(tag), "{text}");
    }
}

#[test]
fn languages_of_other_scripts_are_detected() {
    for (text, tag) in [
        (
            "In this episode we talk about the history of computing and the people who made it.",
            "en",
        ),
        (
            "Le film The Lord of the Rings et The Two Towers of the trilogy sont dans la liste de cet épisode.",
            "fr",
        ),
        (
            "Dans cet épisode, nous parlons de l'histoire de l'informatique et de ceux qui l'ont faite.",
            "fr",
        ),
        (
            "In dieser Folge sprechen wir über die Geschichte der Informatik und ihre Erfinder.",
            "de",
        ),
        (
            "En este episodio hablamos de la historia de la informática y de quienes la hicieron.",
            "es",
        ),
        (
            "В этом выпуске мы говорим об истории вычислительной техники и её создателях.",
            "ru",
        ),
        ("この回ではコンピュータの歴史について話します。", "ja"),
        (
            "이번 에피소드에서는 컴퓨터의 역사에 대해 이야기합니다",
            "ko",
        ),
        ("בפרק הזה אנחנו מדברים על ההיסטוריה של המחשבים", "he"),
    ] {
        assert_eq!(detect(text), Some(tag), "{text}");
    }
}

#[test]
fn a_text_that_says_too_little_has_no_language() {
    for text in [
        "",
        "12345",
        "S02E05",
        "Ada",
        "...",
        "🎙️🎙️🎙️",
        "https://a.example/",
        "سش",
    ] {
        assert_eq!(detect(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in "\\PC{0,80}") {
        detect(&text);
        canonical(&text);
        direction(&text);
    }

    #[test]
    fn a_canonical_tag_is_a_fixed_point(text in "[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,8}){0,4}") {
        if let Some(once) = repair(&text) {
            let again = repair(&once.value).expect("still a tag");
            prop_assert!(again.is_clean());
            prop_assert_eq!(again.value, once.value);
        }
    }
}

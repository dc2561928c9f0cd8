//! Explanations for the desk.

use super::super::{Folding, Match, Query, TextField, rank};
use super::samples::{episode, titled};

/// The words of the explanation of a query's terms for a document with this title.
fn words(query: &str, title: &str) -> Vec<String> {
    let query = Query::parse(query);
    let ranked = rank(&query, vec![titled(1, title)], None);
    let explanation = ranked.first().expect("found").explain(&query);
    explanation
        .terms
        .into_iter()
        .map(|term| term.words)
        .collect()
}

#[test]
fn each_way_of_matching_has_its_words() {
    for (query, title, expected) in [
        ("Tea", "tea", "exact"),
        ("القاهره", "القاهرة", "folded: ta marbuta"),
        ("احمد", "أحمد", "folded: alef form"),
        ("محمد", "مُحَمَّد", "folded: tashkeel"),
        ("محمد", "محـــمد", "folded: tatweel"),
        ("مصطفي", "مصطفى", "folded: ya form"),
        ("سما", "سماء", "folded: hamza form"),
        ("12", "١٢", "folded: digits"),
        ("فيديو", "ڤيديو", "folded: loan letter"),
        ("cafe", "Café", "folded: diacritic"),
        ("quran", "Qur'an", "folded: apostrophe"),
        ("اسامه", "أُسامة", "folded: alef form, ta marbuta, tashkeel"),
        ("pod", "Podcast", "prefix"),
        ("running ", "runs", "stem: run"),
        ("Mohammed", "محمد", "transliteration: mhmd"),
        ("محمد", "Mohammed", "transliteration: mhmd"),
        ("Mohammed", "Muhamad", "other spelling: mhmd"),
        ("technology ", "tecnology", "fuzzy: distance 1"),
        ("الله", "ﷲ", "exact"),
    ] {
        assert_eq!(words(query, title), [expected], "{query} in {title}");
    }
}

#[test]
fn a_rule_that_both_spellings_use_alike_is_not_named() {
    assert_eq!(words("أسامه", "أسامة"), ["folded: ta marbuta"]);
}

#[test]
fn a_word_that_was_not_asked_for_says_so() {
    assert_eq!(
        words("the runs ", "running"),
        ["left out: carries no topic", "stem: run"]
    );
}

#[test]
fn the_best_word_of_the_document_is_shown_as_it_is_written_there() {
    let document = episode(1)
        .with_text(TextField::Title, "رحلة إلى القَاهرة")
        .with_text(TextField::Description, "القاهره");
    let query = Query::parse("القاهره");
    let ranked = rank(&query, vec![document], None);
    let explanation = ranked.first().expect("found").explain(&query);
    let term = &explanation.terms[0];
    assert_eq!(term.matched.as_deref(), Some("القَاهرة"));
    assert_eq!(term.field, Some(TextField::Title));
    assert_eq!(
        term.how,
        Match::Folded {
            rules: vec![Folding::TaMarbuta, Folding::Tashkeel]
        }
    );
    let json = serde_json::to_value(term).expect("json");
    assert_eq!(json["how"]["kind"], "folded");
    assert_eq!(json["how"]["rules"][0], "ta_marbuta");
}

//! Queries and their tiers.

use proptest::prelude::*;

use super::super::{Clause, IndexField, Layer, Query, TextField, Tier, TierKind, rank};
use super::samples::{document, query};

fn kinds(query: &str) -> Vec<TierKind> {
    Query::parse(query)
        .tiers()
        .iter()
        .map(|tier| tier.kind)
        .collect()
}

fn tier(query: &str, kind: TierKind) -> Tier {
    let tiers = Query::parse(query).tiers();
    tiers
        .into_iter()
        .find(|tier| tier.kind == kind)
        .expect("the tier")
}

/// All leaves of a clause.
fn leaves(clause: &Clause) -> Vec<Clause> {
    match clause {
        Clause::All(parts) | Clause::Any(parts) => parts.iter().flat_map(leaves).collect(),
        leaf => vec![leaf.clone()],
    }
}

#[test]
fn an_empty_query_has_no_tiers() {
    for text in ["", "   ", "\"\"", "?!", "🎧"] {
        assert!(Query::parse(text).is_empty(), "{text:?}");
        assert!(Query::parse(text).tiers().is_empty());
    }
}

#[test]
fn one_word_is_looked_for_in_the_title_first() {
    let title = IndexField::new(TextField::Title, Layer::Exact);
    let expected = Clause::Term {
        field: title,
        text: "podcast".to_owned(),
    };
    assert_eq!(tier("Podcast", TierKind::TitlePhrase).clause, expected);
}

#[test]
fn words_in_a_row_are_a_phrase_in_the_title() {
    let title = IndexField::new(TextField::Title, Layer::Exact);
    let terms = ["the", "daily", "show"].map(str::to_owned).to_vec();
    assert_eq!(
        tier("The daily show", TierKind::TitlePhrase).clause,
        Clause::Phrase {
            field: title,
            terms
        }
    );
}

#[test]
fn the_last_word_is_a_prefix_until_a_space_follows() {
    let is_prefix = |leaf: &Clause| matches!(leaf, Clause::Prefix { text, .. } if text == "pod");
    assert!(
        leaves(&tier("my pod", TierKind::Folded).clause)
            .iter()
            .any(is_prefix)
    );
    assert!(
        !leaves(&tier("my pod ", TierKind::Folded).clause)
            .iter()
            .any(is_prefix)
    );
    assert!(
        !leaves(&tier("my \"pod", TierKind::Folded).clause)
            .iter()
            .any(is_prefix)
    );
    assert!(
        !leaves(&tier("p", TierKind::Folded).clause)
            .iter()
            .any(|leaf| matches!(leaf, Clause::Prefix { .. }))
    );
}

#[test]
fn a_quoted_phrase_stays_a_phrase_in_every_tier() {
    for kind in [TierKind::Exact, TierKind::Folded, TierKind::Stem] {
        let leaves = leaves(&tier("\"running shoes\"", kind).clause);
        assert!(
            leaves
                .iter()
                .all(|leaf| matches!(leaf, Clause::Phrase { .. })),
            "{kind:?}"
        );
    }
    assert!(!kinds("\"running shoes\"").contains(&TierKind::Fuzzy));
}

#[test]
fn typing_errors_are_forgiven_in_longer_words_only_and_when_little_else_is_found() {
    assert!(!kinds("cat 123456").contains(&TierKind::Fuzzy));
    let tier = tier("technology ", TierKind::Fuzzy);
    assert_eq!(tier.only_if_fewer_than, Some(10));
    let distance = |word: &str| Query::parse(word).terms[0].edits();
    assert_eq!(
        ["abc", "abcd", "abcdefg", "abcdefgh", "القاهرة", "2024"].map(distance),
        [0, 1, 1, 2, 1, 0]
    );
}

#[test]
fn an_arabic_word_is_looked_for_under_its_latin_key_and_the_other_way_round() {
    let keys = |text: &str| -> Vec<String> {
        let leaves = leaves(&tier(text, TierKind::Transliteration).clause);
        let in_translit = leaves.into_iter().filter_map(|leaf| match leaf {
            Clause::Term { field, text } if field.layer == Layer::Translit => Some(text),
            _ => None,
        });
        let mut keys: Vec<String> = in_translit.collect();
        keys.dedup();
        keys
    };
    assert_eq!(keys("محمد "), ["l:mhmd"]);
    assert_eq!(keys("Mohammed "), ["a:mhmd"]);
}

#[test]
fn words_without_a_topic_are_asked_for_only_where_there_is_nothing_else() {
    let stems = |text: &str| leaves(&tier(text, TierKind::Stem).clause);
    let asks_the = |leaf: &Clause| matches!(leaf, Clause::Term { text, .. } if text == "the");
    assert!(!stems("the history ").iter().any(asks_the));
    assert!(stems("the who ").iter().any(asks_the));
}

#[test]
fn tiers_have_falling_scores() {
    let tiers = Query::parse("Mohammed history").tiers();
    assert!(tiers.windows(2).all(|pair| pair[0].score > pair[1].score));
    assert_eq!(tiers.len(), 7);
}

#[test]
fn long_queries_are_cut_and_stay_below_the_limit_of_clauses() {
    let long = Query::parse(&"ا".repeat(1000));
    assert_eq!(long.terms[0].folded.chars().count(), 64);
    let many = Query::parse(&"alphas ".repeat(100));
    assert_eq!(many.terms.len(), 32);
    for text in [
        "alphas ".repeat(32),
        "الثذظ ".repeat(40),
        "alphas ".repeat(8),
    ] {
        for tier in Query::parse(&text).tiers() {
            assert!(leaves(&tier.clause).len() < 1024, "{:?}", tier.kind);
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_a_query(text in any::<String>()) {
        let query = Query::parse(&text);
        prop_assert!(query.terms.len() <= 32);
        prop_assert_eq!(query.is_empty(), query.tiers().is_empty());
    }

    #[test]
    fn the_clauses_and_the_ranking_agree_on_the_first_tier(query in query(), document in document()) {
        let query = Query::parse(&query);
        let indexed = document.indexed();
        let by_clauses = query.tiers().into_iter().find(|tier| tier.clause.matches(&indexed)).map(|t| t.kind);
        let by_ranking = rank(&query, vec![document], None).first().map(|hit| hit.tier);
        prop_assert_eq!(by_clauses, by_ranking);
    }

    #[test]
    fn a_tier_takes_in_the_ones_before_it(query in query(), document in document()) {
        let indexed = document.indexed();
        let tiers = Query::parse(&query).tiers();
        let matches: Vec<bool> = tiers.iter().skip(1).map(|tier| tier.clause.matches(&indexed)).collect();
        prop_assert!(matches.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", matches);
    }

    #[test]
    fn tiers_survive_serde(query in query()) {
        let tiers = Query::parse(&query).tiers();
        let json = serde_json::to_string(&tiers).expect("json");
        prop_assert_eq!(serde_json::from_str::<Vec<Tier>>(&json).expect("tiers"), tiers);
    }
}

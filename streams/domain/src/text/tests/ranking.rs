//! The order of results.

use proptest::prelude::*;

use super::super::{Query, TextField, TierKind, rank};
use super::samples::{document, episode, found, ids, query, titled};

const DAY: i64 = 86_400_000_000;

#[test]
fn the_title_as_written_comes_first_then_its_other_spelling() {
    let documents = [
        titled(1, "حكايات القاهره"),
        titled(2, "القاهره"),
        titled(3, "القاهرة"),
        titled(4, "حكايات القاهرة"),
        episode(5).with_text(TextField::Description, "من القاهرة"),
    ];
    assert_eq!(found("القاهرة", &documents), [3, 4, 2, 1, 5]);
}

#[test]
fn a_word_is_found_by_every_layer_and_in_their_order() {
    let documents = [
        titled(1, "Muhammad"),
        titled(2, "Mohammed"),
        titled(3, "محمد"),
        titled(4, "Mohammeds"),
        titled(5, "Mohmamed"),
    ];
    assert_eq!(found("Mohammed ", &documents), [2, 4, 3, 1, 5]);
}

#[test]
fn arabic_is_found_by_latin_letters_and_the_other_way_round() {
    let documents = [
        titled(1, "بودكاست الفنجان"),
        titled(2, "A bodcast about tea"),
        titled(3, "الشاي"),
    ];
    assert_eq!(found("podcast ", &documents), [1, 2]);
    assert_eq!(found("بودكاست", &documents), [1, 2]);
    assert_eq!(found("al-Qahira", &[titled(1, "حكايات القاهرة")]), [1]);
}

#[test]
fn a_query_may_be_met_by_another_layer_for_each_word() {
    let documents = [titled(1, "حوار مع Khaled عن الرياضة"), titled(2, "خالد")];
    assert_eq!(found("خالد sports", &documents), [] as [u128; 0]);
    assert_eq!(found("خالد رياضه", &documents), [1]);
}

#[test]
fn all_words_are_asked_for() {
    let documents = [
        titled(1, "history of tea"),
        titled(2, "history"),
        titled(3, "tea"),
    ];
    assert_eq!(found("history tea", &documents), [1]);
}

#[test]
fn a_quoted_phrase_does_not_run_across_two_persons() {
    let apart = episode(1)
        .with_text(TextField::People, "Ahmed Ali")
        .with_text(TextField::People, "Samir Hassan");
    let joined = episode(2).with_text(TextField::People, "Ali Samir");
    assert_eq!(found("\"Ali Samir\"", &[apart.clone(), joined]), [2]);
    let tiers = Query::parse("\"Ali Samir\"").tiers();
    assert!(
        !tiers
            .iter()
            .any(|tier| tier.clause.matches(&apart.indexed()))
    );
}

#[test]
fn a_title_with_typing_error_is_found_behind_all_others() {
    let documents = [titled(1, "Tecnology today"), titled(2, "Technology today")];
    assert_eq!(found("technology", &documents), [2, 1]);
}

#[test]
fn a_candidate_that_does_not_match_is_left_out() {
    assert_eq!(found("history", &[titled(1, "mystery")]), [] as [u128; 0]);
    assert_eq!(found("", &[titled(1, "mystery")]), [] as [u128; 0]);
}

#[test]
fn words_side_by_side_are_better_than_words_apart() {
    let about = |id, text: &str| episode(id).with_text(TextField::Description, text);
    let documents = [
        about(1, "tea was drunk long before the history of coffee"),
        about(2, "on the history of tea"),
    ];
    assert_eq!(found("tea history", &documents), [2, 1]);
}

#[test]
fn among_equal_matches_the_newer_is_first_and_the_more_used() {
    let dated = |id, days: i64| {
        let mut document = titled(id, "Tea");
        document.published_at_us = Some(days * DAY);
        document
    };
    let mut loved = dated(3, 10);
    loved.popularity = 1_000_000;
    let documents = vec![dated(1, 10), dated(2, 400), loved];
    let ranked = rank(&Query::parse("tea"), documents, Some(410 * DAY));
    assert_eq!(ids(&ranked), [2, 3, 1]);
}

#[test]
fn a_date_in_the_future_counts_as_today_and_extreme_numbers_do_not_overflow() {
    for published in [Some(i64::MIN), Some(i64::MAX), None] {
        let mut document = titled(1, "Tea");
        document.published_at_us = published;
        document.popularity = i64::MAX;
        for now in [Some(i64::MIN), Some(i64::MAX), None] {
            assert_eq!(
                rank(&Query::parse("tea"), vec![document.clone()], now).len(),
                1
            );
        }
    }
}

#[test]
fn the_weak_parts_together_never_outweigh_relevance() {
    let mut famous = titled(1, "Teas of China").with_text(TextField::Description, "Tea");
    famous.popularity = i64::MAX;
    famous.published_at_us = Some(DAY);
    let plain = titled(2, "On the long history of all of tea in the world");
    let ranked = rank(&Query::parse("tea "), vec![famous, plain], Some(DAY));
    assert_eq!(ids(&ranked), [2, 1]);
    assert_eq!(ranked[0].tier, TierKind::TitlePhrase);
}

proptest! {
    #[test]
    fn the_order_does_not_depend_on_that_of_the_candidates(
        query in query(),
        documents in proptest::collection::vec(document(), 0..12).prop_shuffle(),
        now in proptest::option::of(0_i64..1000),
    ) {
        let query = Query::parse(&query);
        let mut unique = documents;
        unique.sort_by_key(|document| document.id);
        unique.dedup_by_key(|document| document.id);
        let mut reversed = unique.clone();
        reversed.reverse();
        let now = now.map(|days| days * DAY);
        prop_assert_eq!(rank(&query, unique, now), rank(&query, reversed, now));
    }

    #[test]
    fn scores_fall_and_every_hit_can_be_explained_and_marked(
        query in query(),
        documents in proptest::collection::vec(document(), 0..12),
    ) {
        let query = Query::parse(&query);
        let ranked = rank(&query, documents, Some(5 * DAY));
        prop_assert!(ranked.windows(2).all(|pair| pair[0].score >= pair[1].score));
        for hit in &ranked {
            prop_assert_eq!(hit.explain(&query).terms.len(), query.terms.len());
            for highlight in hit.highlights(&query) {
                let text = &hit.document.text[highlight.value].text;
                prop_assert!(highlight.ranges.iter().all(|r| text.get(r.start as usize..r.end as usize).is_some()));
            }
        }
    }
}

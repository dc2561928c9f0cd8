//! What filters leave out and facets count.

use super::{SearchIndex, by, episode, everything, prefix, term, tier, title};
use crate::search_index::{Facet, Filters, SearchRequest};
use mediamesh_domain::text::{DocumentKind, Layer, SearchDocument, TierKind};
use uuid::Uuid;

fn filtered(filters: Filters) -> SearchRequest {
    SearchRequest {
        filters,
        ..everything()
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Three documents that differ in every column.
fn documents() -> [SearchDocument; 3] {
    let program = SearchDocument {
        kind: DocumentKind::Program,
        id: Uuid::from_u128(1),
        program_id: Uuid::from_u128(1),
        categories: words(&["news", "arts-and-culture"]),
        tags: words(&["Cairo", "old town"]),
        state: "published".to_owned(),
        explicit: Some(false),
        published_at_us: Some(3_000_000),
        ..episode(1, "one")
    };
    let episode_of_it = SearchDocument {
        program_id: Uuid::from_u128(1),
        lang: "ar-EG".to_owned(),
        categories: words(&["news", "news"]),
        tags: words(&["cairo"]),
        state: "draft".to_owned(),
        explicit: Some(true),
        published_at_us: Some(2_000_000),
        duration_s: Some(600),
        ..episode(2, "two")
    };
    let other = SearchDocument {
        program_id: Uuid::from_u128(9),
        lang: "ar".to_owned(),
        published_at_us: Some(1_000_000),
        duration_s: Some(0),
        ..episode(3, "three")
    };
    [program, episode_of_it, other]
}

/// Each filter by itself, and all together.
pub async fn each_filter_leaves_out_what_it_says(index: SearchIndex) {
    index.fill(documents()).await;
    let none = Filters::default;
    let by_kind = |kinds| Filters { kinds, ..none() };
    let by_program = |id| Filters {
        program_id: Some(Uuid::from_u128(id)),
        ..none()
    };
    let by_lang = |langs: &[&str]| Filters {
        langs: words(langs),
        ..none()
    };
    let by_category = |slugs: &[&str]| Filters {
        categories: words(slugs),
        ..none()
    };
    let by_tag = |tags: &[&str]| Filters {
        tags: words(tags),
        ..none()
    };
    let by_state = |states: &[&str]| Filters {
        states: words(states),
        ..none()
    };
    let explicit = |explicit| Filters {
        explicit: Some(explicit),
        ..none()
    };
    let together = Filters {
        kinds: vec![DocumentKind::Episode],
        explicit: Some(true),
        min_duration_s: Some(1),
        ..by_category(&["news"])
    };
    let cases: Vec<(Filters, &[u128])> = vec![
        (none(), &[1, 2, 3]),
        (by_kind(vec![DocumentKind::Program]), &[1]),
        (
            by_kind(vec![DocumentKind::Episode, DocumentKind::Program]),
            &[1, 2, 3],
        ),
        (by_program(1), &[1, 2]),
        (by_program(7), &[]),
        (by_lang(&["ar"]), &[3]),
        (by_lang(&["ar", "ar-EG"]), &[2, 3]),
        (by_lang(&["ar-eg"]), &[]),
        (by_category(&["news"]), &[1, 2]),
        (by_category(&["arts-and-culture", "sports"]), &[1]),
        (by_category(&["arts"]), &[]),
        (by_tag(&["cairo"]), &[2]),
        (by_tag(&["old town"]), &[1]),
        (by_tag(&["town"]), &[]),
        (by_state(&["draft"]), &[2]),
        (by_state(&[""]), &[3]),
        (explicit(true), &[2]),
        (explicit(false), &[1]),
        (together, &[2]),
    ];
    for (filters, expected) in cases {
        let found = index.found(&filtered(filters.clone())).await;
        assert_eq!(found, expected, "{filters:?}");
    }
}

/// Times from a moment up to before another, durations with both ends; nothing known is in no range.
pub async fn times_and_durations_are_filtered_by_range(index: SearchIndex) {
    let [first, second, third] = documents();
    let undated = episode(4, "four");
    index.fill([first, second, third, undated]).await;
    let published = |from, until| Filters {
        published_from_us: from,
        published_until_us: until,
        ..Filters::default()
    };
    let lasting = |min, max| Filters {
        min_duration_s: min,
        max_duration_s: max,
        ..Filters::default()
    };
    let cases: Vec<(Filters, &[u128])> = vec![
        (published(Some(2_000_000), None), &[1, 2]),
        (published(None, Some(2_000_000)), &[3]),
        (published(Some(1_000_001), Some(3_000_000)), &[2]),
        (published(Some(5), Some(5)), &[]),
        (published(None, Some(i64::MIN)), &[]),
        (published(Some(i64::MIN), Some(i64::MAX)), &[1, 2, 3]),
        (lasting(Some(600), None), &[2]),
        (lasting(None, Some(600)), &[2, 3]),
        (lasting(Some(1), Some(599)), &[]),
        (lasting(Some(600), Some(0)), &[]),
    ];
    for (filters, expected) in cases {
        let found = index.found(&filtered(filters.clone())).await;
        assert_eq!(found, expected, "{filters:?}");
    }
}

/// A filter is no reason to be found, and no tier is an exception from it.
pub async fn filters_hold_for_every_tier(index: SearchIndex) {
    index.fill(documents()).await;
    let tiers = vec![
        tier(TierKind::Exact, term(title(Layer::Exact), "two")),
        tier(TierKind::Folded, prefix(title(Layer::Folded), "t")),
    ];
    let request = SearchRequest {
        filters: Filters {
            explicit: Some(false),
            ..Filters::default()
        },
        ..by(tiers.clone())
    };
    assert_eq!(index.search(&request).await.total, 0);
    assert_eq!(index.found(&by(tiers)).await, [2, 3]);
}

/// Facets count what is found, also what is not on the page, and each document once a value.
pub async fn facets_count_everything_found(index: SearchIndex) {
    index.fill(documents()).await;
    let facets = vec![Facet::Kind, Facet::Lang, Facet::Category, Facet::Tag];
    let request = SearchRequest {
        limit: 1,
        facets: facets.clone(),
        ..everything()
    };
    let counts = |found: &[(&str, usize)]| -> Vec<(String, usize)> {
        found
            .iter()
            .map(|(value, n)| ((*value).to_owned(), *n))
            .collect()
    };
    let expected = vec![
        (Facet::Kind, counts(&[("episode", 2), ("program", 1)])),
        (Facet::Lang, counts(&[("ar", 1), ("ar-EG", 1), ("en", 1)])),
        (
            Facet::Category,
            counts(&[("news", 2), ("arts-and-culture", 1)]),
        ),
        (
            Facet::Tag,
            counts(&[("Cairo", 1), ("cairo", 1), ("old town", 1)]),
        ),
    ];
    assert_eq!(index.search(&request).await.facets, expected);
    let nothing = SearchRequest {
        facets,
        ..filtered(Filters {
            states: words(&["archived"]),
            ..Filters::default()
        })
    };
    let found = index.search(&nothing).await.facets;
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|(_, counts)| counts.is_empty()));
}

/// Of many values the hundred most frequent are counted, exactly.
pub async fn a_facet_has_its_hundred_most_frequent_values(index: SearchIndex) {
    let documents = (1..=140_u128).map(|number| SearchDocument {
        tags: (number..=140).map(|tag| format!("tag {tag:03}")).collect(),
        ..episode(number, "tagged")
    });
    index.fill(documents).await;
    let request = SearchRequest {
        facets: vec![Facet::Tag],
        limit: 0,
        ..everything()
    };
    let found = index.search(&request).await;
    assert_eq!((found.total, found.candidates.len()), (140, 0));
    let expected = (41..=140).rev().map(|tag| (format!("tag {tag:03}"), tag));
    assert_eq!(found.facets, [(Facet::Tag, expected.collect())]);
}

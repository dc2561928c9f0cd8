//! In which order documents come, page by page.

use super::{SearchIndex, at, by, episode, everything, live, numbers, prefix, term, tier, title};
use crate::search_index::{SearchRequest, SearchWrite, Sort};
use mediamesh_domain::text::{Layer, SearchDocument, TierKind};

/// Relevance is the tier, then the time; sorting by time forgets the tier.
pub async fn better_tiers_come_first_then_newer_documents(index: SearchIndex) {
    let documents = [
        at(episode(1, "cairo"), 10),
        at(episode(2, "cairene"), 30),
        at(episode(3, "cairo"), 20),
        at(episode(4, "cairenes"), 40),
    ];
    index.fill(documents).await;
    let relevance = by(vec![
        tier(TierKind::Folded, prefix(title(Layer::Folded), "ca")),
        tier(TierKind::Exact, term(title(Layer::Exact), "cairo")),
    ]);
    assert_eq!(index.found(&relevance).await, [3, 1, 4, 2]);
    for (sort, expected) in [(Sort::Newest, [4, 2, 3, 1]), (Sort::Oldest, [1, 3, 2, 4])] {
        let request = SearchRequest {
            sort,
            ..relevance.clone()
        };
        let found = index.search(&request).await;
        assert_eq!(numbers(&found), expected);
        let exact = found
            .candidates
            .iter()
            .find(|c| c.document.id.as_u128() == 3);
        assert_eq!(exact.and_then(|c| c.tier), Some(TierKind::Exact));
    }
}

/// What has no time is after what has one, whichever way the times run.
pub async fn undated_documents_come_last_both_ways(index: SearchIndex) {
    let documents = [
        episode(1, "undated"),
        at(episode(2, "before 1970"), -5),
        at(episode(3, "after 1970"), 5),
        at(episode(4, "1970"), 0),
    ];
    index.fill(documents).await;
    for (sort, expected) in [
        (Sort::Newest, [3, 4, 2, 1]),
        (Sort::Oldest, [2, 4, 3, 1]),
        (Sort::Relevance, [3, 4, 2, 1]),
    ] {
        let request = SearchRequest {
            sort,
            ..everything()
        };
        assert_eq!(index.found(&request).await, expected, "{sort:?}");
    }
}

/// Nothing is left to chance: ids run up as unsigned bytes, then languages as text.
pub async fn equal_documents_are_ordered_by_id_and_language(index: SearchIndex) {
    let high = u128::MAX - 7;
    for (flush, number) in [high, 5, 1 << 64, 6].into_iter().enumerate() {
        let languages = ["en", "ar-EG", "ar"].map(|lang| SearchDocument {
            lang: lang.to_owned(),
            ..at(episode(number, "the same"), 7)
        });
        let write = SearchWrite {
            documents: languages.to_vec(),
            ..live(episode(number, ""))
        };
        index.apply(vec![write]).await;
        index.flush(flush as i64).await;
    }
    for sort in [Sort::Newest, Sort::Oldest, Sort::Relevance] {
        let request = SearchRequest {
            sort,
            ..everything()
        };
        let found = index.search(&request).await.candidates;
        let found: Vec<_> = found
            .iter()
            .map(|c| (c.document.id.as_u128(), c.document.lang.as_str()))
            .collect();
        let ids = [5, 6, 1 << 64, high];
        let expected = ids.map(|id| ["ar", "ar-EG", "en"].map(|lang| (id, lang)));
        assert_eq!(found, expected.as_flattened(), "{sort:?}");
    }
}

/// Pages over many equal documents, written in several flushes, replaced and removed between them.
pub async fn pages_have_no_gap_and_no_double(index: SearchIndex) {
    for (flush, chunk) in [1..=40_u128, 41..=47, 48..=60].into_iter().enumerate() {
        let documents = chunk.map(|n| at(episode(n * 7919 % 61, "equal"), (n % 2) as i64));
        index.apply(documents.map(live).collect()).await;
        index.flush(flush as i64).await;
    }
    let again = SearchWrite {
        seq: mediamesh_domain::position::Seq(2),
        ..live(at(episode(30, "equal"), 0))
    };
    index.apply(vec![again, super::removal(31, 2)]).await;
    index.flush(9).await;
    let all = by(vec![tier(
        TierKind::Exact,
        term(title(Layer::Exact), "equal"),
    )]);
    let whole = index.search(&all).await;
    assert_eq!(whole.total, 59);
    for limit in [1, 7, 59, 60] {
        let mut paged = Vec::new();
        for offset in (0..59).step_by(limit) {
            let page = SearchRequest {
                offset,
                limit,
                ..all.clone()
            };
            let page = index.search(&page).await;
            assert_eq!(page.total, 59);
            paged.extend(page.candidates);
        }
        assert_eq!(paged, whole.candidates, "pages of {limit}");
    }
}

/// There is nothing after the last document, however far one looks.
pub async fn a_page_past_the_end_is_empty_and_knows_the_total(index: SearchIndex) {
    index.fill([episode(1, "one"), episode(2, "two")]).await;
    for (offset, limit) in [(2, 10), (9_000, 1), (0, 0)] {
        let request = SearchRequest {
            offset,
            limit,
            ..everything()
        };
        let found = index.search(&request).await;
        assert_eq!((found.candidates.len(), found.total), (0, 2));
    }
}

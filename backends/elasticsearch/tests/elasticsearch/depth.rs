//! Pages beyond the 10,000 that Elasticsearch reaches by itself.

use crate::support::{Place, VIEW, at, everything, write};
use mediamesh_domain::text::{DocumentKind, SearchDocument};
use mediamesh_ports::search_index::{Facet, ReadSearch, SearchRequest, WriteSearch};
use uuid::Uuid;

const ITEMS: u128 = 103;
const LANGS: u32 = 100;

/// An item in many languages; some have a time.
fn documents(number: u128) -> Vec<SearchDocument> {
    let id = Uuid::from_u128(number);
    let all = (0..LANGS).map(|lang| SearchDocument {
        published_at_us: (!number.is_multiple_of(3)).then_some((number % 7) as i64),
        ..SearchDocument::new(id, DocumentKind::Program, id, format!("x-{lang:03}"))
    });
    all.collect()
}

/// Every document once, in the order of the port.
fn in_order() -> Vec<(Uuid, String)> {
    let mut all: Vec<_> = (0..ITEMS).flat_map(documents).collect();
    all.sort_by_key(|document| {
        let newest_first = document.published_at_us.map_or(i64::MAX, |at| -at);
        (newest_first, document.id, document.lang.clone())
    });
    all.into_iter()
        .map(|document| (document.id, document.lang))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_page_by_page_meets_every_document_once_however_deep() {
    let place = Place::new();
    let index = place.open();
    let writes = (0..ITEMS).map(|number| write(number, 1, documents(number)));
    index.apply(VIEW, writes.collect()).await.expect("taken in");
    index.flush(VIEW, &at(0, 1)).await.expect("flushed");
    let expected = in_order();
    let mut walked = Vec::new();
    for offset in (0..expected.len() + 900).step_by(900) {
        let page = SearchRequest {
            offset,
            limit: 900,
            facets: vec![Facet::Kind],
            ..everything()
        };
        let page = index.search(VIEW, &page).await.expect("found");
        assert_eq!(page.total, expected.len());
        assert_eq!(
            page.facets,
            [(Facet::Kind, vec![("program".to_owned(), expected.len())])]
        );
        let keys = page
            .candidates
            .into_iter()
            .map(|c| (c.document.id, c.document.lang));
        walked.extend(keys);
    }
    assert_eq!(walked, expected);
    let at_once = SearchRequest {
        limit: expected.len() + 5,
        ..everything()
    };
    let found = index
        .search(VIEW, &at_once)
        .await
        .expect("found")
        .candidates;
    let keys = found.into_iter().map(|c| (c.document.id, c.document.lang));
    assert_eq!(keys.collect::<Vec<_>>(), expected);
}

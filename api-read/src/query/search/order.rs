//! The order of hits, and pages cut from it.

use super::ask::{Asked, Sort};
use crate::language::Wish;
use crate::reply::internal;
use mediamesh_domain::text::{Query, Ranked, SearchDocument, rank};
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::search_index::Candidates;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The place of a hit in its order; whole, so that a page goes on after a hit that has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    score: u64,
    published: Option<i64>,
    id: Uuid,
    lang: String,
}

/// A document in its place.
#[derive(Debug)]
pub(super) struct Found {
    pub place: Place,
    pub what: What,
}

/// A document as it was found.
#[derive(Debug)]
pub(super) enum What {
    /// By words.
    Ranked(Box<Ranked>),
    /// By filters alone.
    Plain(Box<SearchDocument>),
}

impl Found {
    pub fn document(&self) -> &SearchDocument {
        match &self.what {
            What::Ranked(ranked) => &ranked.document,
            What::Plain(document) => document,
        }
    }
}

/// All that was found, in order, each item once.
pub(super) struct Ranking {
    found: Vec<Found>,
    sort: Sort,
}

impl Ranking {
    /// Ranks candidates; it reads all their texts, so it runs beside the threads that answer.
    pub async fn of(
        asked: &Asked,
        candidates: Candidates,
        wish: &Wish,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let documents = documents(candidates);
        let (query, sort) = (asked.terms.query.clone(), asked.terms.order());
        let named = wish.named().map(str::to_owned);
        let ranked = move || Self::rank(&query, sort, documents, named.as_deref(), now);
        tokio::task::spawn_blocking(ranked).await.map_err(|error| {
            tracing::error!(error = %error, "ranking failed");
            internal()
        })
    }

    fn rank(
        query: &Query,
        sort: Sort,
        documents: Vec<SearchDocument>,
        lang: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let mut found: Vec<Found> = if query.is_empty() {
            documents.into_iter().map(plain).collect()
        } else {
            let ranked = rank(query, documents, Some(now.0));
            ranked
                .into_iter()
                .map(|hit| ranked_hit(hit, sort))
                .collect()
        };
        found.sort_by(|a, b| compare(sort, &a.place, &b.place));
        Self {
            found: each_item_once(found, lang),
            sort,
        }
    }

    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// The hits after a place, and whether there are more.
    pub fn page(self, after: Option<&Place>, limit: usize) -> (Vec<Found>, bool) {
        let sort = self.sort;
        let shown = |found: &Found| {
            after.is_some_and(|after| compare(sort, &found.place, after) != Ordering::Greater)
        };
        let mut rest = self.found.into_iter().skip_while(shown);
        let page = rest.by_ref().take(limit).collect();
        (page, rest.next().is_some())
    }
}

/// The documents of candidates, each once.
fn documents(candidates: Candidates) -> Vec<SearchDocument> {
    let mut documents: BTreeMap<(Uuid, String), SearchDocument> = BTreeMap::new();
    for candidate in candidates.candidates {
        let document = candidate.document;
        documents.insert((document.id, document.lang.clone()), document);
    }
    documents.into_values().collect()
}

fn plain(document: SearchDocument) -> Found {
    Found {
        place: place(&document, 0),
        what: What::Plain(Box::new(document)),
    }
}

fn ranked_hit(ranked: Ranked, sort: Sort) -> Found {
    let score = if sort == Sort::Relevance {
        ranked.score
    } else {
        0
    };
    Found {
        place: place(&ranked.document, score),
        what: What::Ranked(Box::new(ranked)),
    }
}

fn place(document: &SearchDocument, score: u64) -> Place {
    Place {
        score,
        published: document.published_at_us,
        id: document.id,
        lang: document.lang.clone(),
    }
}

/// An item that was found in several languages stands once, where the best of them stands: in the language
/// that is wished for, where that was found as well.
fn each_item_once(found: Vec<Found>, lang: Option<&str>) -> Vec<Found> {
    let mut first: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut items: Vec<Found> = Vec::with_capacity(found.len());
    for hit in found {
        match first
            .get(&hit.document().id)
            .and_then(|at| items.get_mut(*at))
        {
            Some(item) if lang == Some(hit.document().lang.as_str()) => item.what = hit.what,
            Some(_) => {}
            None => {
                first.insert(hit.document().id, items.len());
                items.push(hit);
            }
        }
    }
    items
}

fn compare(sort: Sort, a: &Place, b: &Place) -> Ordering {
    let by = match sort {
        Sort::Relevance => b
            .score
            .cmp(&a.score)
            .then_with(|| b.published.cmp(&a.published)),
        Sort::Newest => b.published.cmp(&a.published),
        // Undated ones come last here, too.
        Sort::Oldest => {
            let key = |place: &Place| (place.published.is_none(), place.published);
            key(a).cmp(&key(b))
        }
    };
    by.then_with(|| a.id.cmp(&b.id))
        .then_with(|| a.lang.cmp(&b.lang))
}

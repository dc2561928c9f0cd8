//! Search: the engine's candidates, the domain's order, hits shown from their rows.
//!
//! The engine's candidates are taken in chunks; the domain ranks a chunk, and pages are cut from it by the
//! place of the last hit. So a page costs the same however deep it lies and however much was found. The time
//! that ranking counts age by stands in the cursor, so that an order does not change between pages.

mod ask;
mod hit;
mod order;
mod terms;

pub use ask::{Asked, SearchTerms, Sort};
pub use hit::{Highlights, Hit};
pub(crate) use terms::{DESK_PARAMETERS, DeskSearchParams, PARAMETERS, SearchParams, scope};

use super::page::{Links, PageRequest};
use crate::api::{ReadApi, Reading};
use crate::language::Wish;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::search_index::{Candidates, Facet};
use order::{Found, Place, Ranking};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A page of hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchPage {
    /// The hits, in order.
    pub data: Vec<Hit>,
    /// What the page is, and what there is in all.
    pub meta: SearchMeta,
    /// Where it is.
    pub links: Links,
}

/// What a page of hits is, and what there is in all.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchMeta {
    /// At most so many hits.
    pub limit: usize,
    /// How many items were found.
    pub total: usize,
    /// Whether `total` is exact; else it counts each language of an item for itself.
    pub total_is_exact: bool,
    /// The values of each facet that was asked for with their counts, most first. Each language of an item
    /// counts for itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facets: BTreeMap<&'static str, Vec<FacetValue>>,
}

/// A value of a facet with its count.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// How many documents have it.
    pub count: usize,
}

/// Where a search goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct After {
    /// The chunk of the engine's order, by its first document.
    offset: usize,
    /// After which place in it; none: from its beginning.
    place: Option<Place>,
    /// By which time the first page ranked.
    now: i64,
}

/// A page of a search.
///
/// # Errors
/// 400 and 410 of the cursor, 503 where a store fails.
pub async fn page(
    api: &ReadApi,
    reading: &Reading,
    lane: Lane,
    asked: &Asked,
    request: &PageRequest<'_>,
    wish: &Wish,
) -> Result<SearchPage, Problem> {
    let view = reading.version;
    let start = || After {
        offset: 0,
        place: None,
        now: api.now().0,
    };
    let after: After = request.after(api, view.version)?.unwrap_or_else(start);
    let candidates = asked.candidates(api, view, lane, after.offset).await?;
    let (found_in_all, facets) = (candidates.total, facets(&candidates));
    let ranking = Ranking::of(asked, candidates, wish, Timestamp(after.now)).await?;
    let total_is_exact = found_in_all <= ask::CHUNK;
    let total = if total_is_exact {
        ranking.len()
    } else {
        found_in_all
    };
    let (found, more) = ranking.page(after.place.as_ref(), request.limit);
    let next = after.next(asked, found.last(), more, found_in_all);
    let links = request.links(api, view.version, next.as_ref());
    Ok(SearchPage {
        data: hit::hits(api, lane, asked, wish, found).await?,
        meta: SearchMeta {
            limit: request.limit,
            total,
            total_is_exact,
            facets,
        },
        links,
    })
}

impl After {
    /// Where the page after this one begins: in the same chunk, in the next, or nowhere.
    fn next(self, asked: &Asked, last: Option<&Found>, more: bool, total: usize) -> Option<Self> {
        let place = last.map(|last| last.place.clone()).or(self.place);
        if more {
            return Some(Self { place, ..self });
        }
        let offset = self.offset + ask::CHUNK;
        (offset < total.min(ask::DEPTH)).then(|| Self {
            offset,
            // Chunks by date follow one another; chunks by relevance are each ranked for themselves.
            place: place.filter(|_| asked.terms.order() != Sort::Relevance),
            now: self.now,
        })
    }
}

fn facets(candidates: &Candidates) -> BTreeMap<&'static str, Vec<FacetValue>> {
    let value = |(value, count): &(String, usize)| FacetValue {
        value: value.clone(),
        count: *count,
    };
    let facets = candidates.facets.iter();
    facets
        .map(|(facet, values)| (facet_name(*facet), values.iter().map(value).collect()))
        .collect()
}

fn facet_name(facet: Facet) -> &'static str {
    match facet {
        Facet::Kind => "kind",
        Facet::Lang => "lang",
        Facet::Category => "category",
        Facet::Tag => "tag",
    }
}

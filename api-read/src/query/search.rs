//! Search: the engine's candidates, the domain's order, hits shown from their rows.
//!
//! The engine is asked for a window of candidates; the domain ranks them, and pages are cut from the ranked
//! window by the place of the last hit. The time that ranking counts age by stands in the cursor, so that an
//! order does not change between pages.

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
use order::{Place, Ranking};
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
    /// After which place.
    place: Place,
    /// By which time the first page ranked.
    now: i64,
    /// Documents of the engine's order that pages so far have used up.
    seen: usize,
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
    let after: Option<After> = request.after(api, reading.version.version)?;
    let now = after
        .as_ref()
        .map_or(api.now(), |after| Timestamp(after.now));
    let seen = after.as_ref().map_or(0, |after| after.seen);
    let window = asked.terms.window(seen, request.limit);
    let candidates = asked.candidates(api, reading.version, lane, window).await?;
    let totals = Totals::of(&candidates, window);
    let facets = facets(&candidates);
    let ranking = Ranking::of(asked, candidates, wish, now).await?;
    let total = if totals.all_fetched {
        ranking.len()
    } else {
        totals.total
    };
    let (found, seen, more) = ranking.page(after.map(|after| after.place), request.limit);
    let next = found.last().filter(|_| more || totals.more_to_fetch);
    let next = next.map(|last| After {
        place: last.place.clone(),
        now: now.0,
        seen,
    });
    let links = request.links(api, reading.version.version, next.as_ref());
    Ok(SearchPage {
        data: hit::hits(api, lane, asked, found).await?,
        meta: SearchMeta {
            limit: request.limit,
            total,
            total_is_exact: totals.all_fetched,
            facets,
        },
        links,
    })
}

/// How much of what the engine found was fetched.
struct Totals {
    total: usize,
    all_fetched: bool,
    more_to_fetch: bool,
}

impl Totals {
    fn of(candidates: &Candidates, window: usize) -> Self {
        let fetched = candidates.candidates.len();
        let all_fetched = fetched >= candidates.total;
        Self {
            total: candidates.total,
            all_fetched,
            more_to_fetch: !all_fetched && window < ask::WINDOW,
        }
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

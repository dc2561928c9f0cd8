//! What is asked of the engine.

use crate::api::ReadApi;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::text::{DocumentKind, Query};
use mediamesh_domain::view::ViewVersion;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::search_index::{self, Candidates, Facet, Filters, SearchRequest};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Candidates that are ranked at once: reading all their texts is what a search costs.
pub(super) const CHUNK: usize = 200;
/// How deep one may go into what was found.
pub(super) const DEPTH: usize = 10_000;
/// Programs that are looked for apart.
const PROGRAMS: usize = 50;

/// In which order hits come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The best first; without words to look for: newest first.
    #[default]
    Relevance,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

/// A search: what is looked for, and what is wanted beside the hits.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What is looked for.
    pub terms: SearchTerms,
    /// Which facets to count.
    pub facets: Vec<Facet>,
    /// Whether each hit says why it was found.
    pub explain: bool,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct SearchTerms {
    /// The words.
    pub query: Query,
    /// Which documents may be found at all.
    pub filters: Filters,
    /// In which order.
    pub sort: Sort,
}

impl SearchTerms {
    /// In which order hits come: without words nothing is more relevant than another.
    pub(super) fn order(&self) -> Sort {
        match self.sort {
            Sort::Relevance if self.query.is_empty() => Sort::Newest,
            sort => sort,
        }
    }

    fn engine_sort(&self) -> search_index::Sort {
        match self.order() {
            Sort::Relevance => search_index::Sort::Relevance,
            Sort::Newest => search_index::Sort::Newest,
            Sort::Oldest => search_index::Sort::Oldest,
        }
    }

    /// Whether programs are looked for apart, too: a program's name stands in the titles of its episodes,
    /// which are newer and many, and would fill a chunk before it.
    fn wants_programs(&self) -> bool {
        self.order() == Sort::Relevance
            && self.filters.kinds.is_empty()
            && self.filters.program_id.is_none()
    }
}

impl Asked {
    /// The chunk of the engine's candidates from `offset` on; the best programs are all in the first.
    pub(super) async fn candidates(
        &self,
        api: &ReadApi,
        view: ViewVersion,
        lane: Lane,
        offset: usize,
    ) -> Result<Candidates, Problem> {
        let request = SearchRequest {
            lane,
            tiers: self.terms.query.tiers(),
            filters: self.terms.filters.clone(),
            sort: self.terms.engine_sort(),
            offset,
            limit: CHUNK,
            facets: self.facets.clone(),
        };
        let mut found = api.candidates(view, &request).await?;
        if found.total > CHUNK && self.terms.wants_programs() {
            let programs = api
                .candidates(view, &programs_only(request))
                .await?
                .candidates;
            let keys: BTreeSet<String> = programs.iter().map(|c| c.document.key()).collect();
            found
                .candidates
                .retain(|c| !keys.contains(&c.document.key()));
            if offset == 0 {
                found.candidates.extend(programs);
            }
        }
        Ok(found)
    }
}

fn programs_only(request: SearchRequest) -> SearchRequest {
    let filters = Filters {
        kinds: vec![DocumentKind::Program],
        ..request.filters
    };
    SearchRequest {
        filters,
        offset: 0,
        limit: PROGRAMS,
        facets: Vec::new(),
        ..request
    }
}

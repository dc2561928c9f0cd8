//! Runs a request: the certain tiers, then all of them where the certain ones find few; a page of candidates.
//!
//! Elasticsearch pages to 10,000 by itself. What lies deeper (a comparison of two versions reads everything) is
//! reached by going on after the last document seen, 10,000 at a time.

mod answer;
mod page;

use crate::error::Error;
use crate::index::{SearchIndex, present};
use crate::query::Tiers;
use mediamesh_domain::text::Tier;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::search_index::{Candidates, SearchRequest};
use page::Pages;

impl SearchIndex {
    /// Runs a request over what was flushed; a version that was never written is empty.
    pub(crate) async fn find(
        &self,
        view: ViewVersion,
        request: &SearchRequest,
    ) -> Result<Candidates, Error> {
        let found = present(self.tiers(view, request).await)?;
        Ok(found.unwrap_or_else(|| {
            let facets = request.facets.iter().map(|facet| (*facet, Vec::new()));
            Candidates {
                facets: facets.collect(),
                ..Candidates::default()
            }
        }))
    }

    async fn tiers(&self, view: ViewVersion, request: &SearchRequest) -> Result<Candidates, Error> {
        if request.tiers.is_empty() {
            return self.page(view, request, None).await;
        }
        let (mut tiers, forgiving): (Vec<&Tier>, Vec<&Tier>) = request
            .tiers
            .iter()
            .partition(|tier| tier.only_if_fewer_than.is_none());
        let found = self
            .page(view, request, Some(Tiers::new(tiers.clone())))
            .await?;
        let few = |tier: &&Tier| tier.only_if_fewer_than.is_some_and(|few| found.total < few);
        let certain = tiers.len();
        tiers.extend(forgiving.into_iter().filter(few));
        if tiers.len() == certain {
            return Ok(found);
        }
        self.page(view, request, Some(Tiers::new(tiers))).await
    }

    async fn page(
        &self,
        view: ViewVersion,
        request: &SearchRequest,
        tiers: Option<Tiers<'_>>,
    ) -> Result<Candidates, Error> {
        let shards = self.shared.settings.shards;
        let pages = Pages::new(self.client(), &self.alias(view), request, tiers, shards);
        pages.candidates().await
    }
}

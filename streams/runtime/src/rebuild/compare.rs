//! Whether two versions of a view say the same.
//!
//! Under live traffic the two are never read at quite the same position: what differs at first is read again,
//! and only what differs every time counts.

mod rows;

pub use rows::compare_rows;

use super::Error;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::text::SearchDocument;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::search_index::{Filters, ReadSearch, SearchRequest, Sort};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Rows or documents a page.
const PAGE: usize = 1_000;
/// How many differences are named; all are counted.
const NAMED: usize = 20;
/// How often a difference is looked at again before it counts, and how long that takes.
const LOOKS: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(200);

/// How two versions of a view compare.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// What was compared and is equal.
    pub equal: usize,
    /// What is in the old version alone.
    pub only_old: usize,
    /// What is in the new version alone.
    pub only_new: usize,
    /// What both have, but not alike.
    pub different: usize,
    /// The first differences by name.
    pub named: Vec<String>,
}

#[derive(Clone, Copy)]
enum Kind {
    OnlyOld,
    OnlyNew,
    Different,
}

impl Comparison {
    /// Whether the two say the same.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.only_old + self.only_new + self.different == 0
    }

    fn differs(&mut self, kind: Kind, name: &str) {
        let (count, what) = match kind {
            Kind::OnlyOld => (&mut self.only_old, "only in the old version"),
            Kind::OnlyNew => (&mut self.only_new, "only in the new version"),
            Kind::Different => (&mut self.different, "different"),
        };
        *count += 1;
        if self.named.len() < NAMED {
            self.named.push(format!("{name}: {what}"));
        }
    }
}

/// Compares two versions of the search index, document by document.
///
/// # Errors
/// [`Error::Unreadable`].
pub async fn compare_search(
    index: &dyn ReadSearch,
    old: ViewVersion,
    new: ViewVersion,
) -> Result<Comparison, Error> {
    let mut comparison = Comparison::default();
    for lane in [Lane::Live, Lane::Draft] {
        let mut looks = 0;
        let (before, after) = loop {
            let before = documents(index, old, lane).await?;
            let after = documents(index, new, lane).await?;
            if before == after || looks == LOOKS {
                break (before, after);
            }
            looks += 1;
            tokio::time::sleep(BETWEEN).await;
        };
        for (key, document) in &before {
            match after.get(key) {
                Some(same) if same == document => comparison.equal += 1,
                Some(_) => comparison.differs(Kind::Different, &format!("{lane} {key}")),
                None => comparison.differs(Kind::OnlyOld, &format!("{lane} {key}")),
            }
        }
        for key in after.keys().filter(|key| !before.contains_key(*key)) {
            comparison.differs(Kind::OnlyNew, &format!("{lane} {key}"));
        }
    }
    Ok(comparison)
}

async fn documents(
    index: &dyn ReadSearch,
    view: ViewVersion,
    lane: Lane,
) -> Result<BTreeMap<String, SearchDocument>, Error> {
    let mut found = BTreeMap::new();
    let mut request = SearchRequest {
        lane,
        tiers: Vec::new(),
        filters: Filters::default(),
        sort: Sort::Newest,
        offset: 0,
        limit: PAGE,
        facets: Vec::new(),
    };
    loop {
        let page = index.search(view, &request).await.map_err(unreadable)?;
        let count = page.candidates.len();
        let documents = page.candidates.into_iter().map(|found| found.document);
        found.extend(documents.map(|document| (document.key(), document)));
        if count < PAGE {
            return Ok(found);
        }
        request.offset += count;
    }
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Unreadable(error.to_string())
}

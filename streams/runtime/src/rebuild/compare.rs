//! Whether two versions of a view say the same.
//!
//! Under live traffic the two are never read at quite the same position: what differs at first is read again,
//! and only what differs every time counts.

use super::Error;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::text::SearchDocument;
use mediamesh_domain::view::{Row, RowKey, Table, ViewVersion};
use mediamesh_ports::search_index::{Filters, ReadSearch, SearchRequest, Sort};
use mediamesh_ports::view_store::ReadViews;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

/// Rows a page.
const PAGE: usize = 1_000;
/// How many differences are named; all are counted.
const NAMED: usize = 20;
/// How often a difference is looked at again before it counts, and how long that takes.
const LOOKS: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(200);
/// Tables that say when something happened in this very view: they differ between versions by nature.
const VOLATILE: [Table; 1] = [Table::Timeline];

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

/// Compares two versions of a view of rows, row by row, byte by byte.
///
/// # Errors
/// [`Error::Unreadable`].
pub async fn compare_rows(
    store: &dyn ReadViews,
    old: ViewVersion,
    new: ViewVersion,
) -> Result<Comparison, Error> {
    let mut comparison = Comparison::default();
    let mut suspects = Vec::new();
    let (mut left, mut right) = (Pages::of(store, old), Pages::of(store, new));
    let (mut a, mut b) = (left.next().await?, right.next().await?);
    loop {
        let order = match (&a, &b) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let equal = order == Ordering::Equal && a == b;
        let key = if order == Ordering::Greater { &b } else { &a };
        if let Some((key, _)) = key {
            if equal {
                comparison.equal += 1;
            } else {
                suspects.push(key.clone());
            }
        }
        if order != Ordering::Greater {
            a = left.next().await?;
        }
        if order != Ordering::Less {
            b = right.next().await?;
        }
    }
    look_again(&mut comparison, suspects, store, (old, new)).await?;
    Ok(comparison)
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

/// Looks at rows that seem to differ until they do not, or have done so every time.
async fn look_again(
    comparison: &mut Comparison,
    mut suspects: Vec<RowKey>,
    store: &dyn ReadViews,
    (old, new): (ViewVersion, ViewVersion),
) -> Result<(), Error> {
    for look in 0..=LOOKS {
        let mut still = Vec::new();
        for key in suspects {
            let before = store.get(old, &key).await.map_err(unreadable)?;
            let after = store.get(new, &key).await.map_err(unreadable)?;
            if before == after {
                comparison.equal += usize::from(before.is_some());
            } else if look < LOOKS {
                still.push(key);
            } else {
                let kind = match (before, after) {
                    (Some(_), None) => Kind::OnlyOld,
                    (None, _) => Kind::OnlyNew,
                    (Some(_), Some(_)) => Kind::Different,
                };
                comparison.differs(kind, &name(&key));
            }
        }
        if still.is_empty() {
            return Ok(());
        }
        suspects = still;
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(())
}

/// The rows of a view in key order, volatile tables apart.
struct Pages<'a> {
    store: &'a dyn ReadViews,
    view: ViewVersion,
    page: std::vec::IntoIter<(RowKey, Row)>,
    last: Option<RowKey>,
    ended: bool,
}

impl<'a> Pages<'a> {
    fn of(store: &'a dyn ReadViews, view: ViewVersion) -> Self {
        Self {
            store,
            view,
            page: Vec::new().into_iter(),
            last: None,
            ended: false,
        }
    }

    async fn next(&mut self) -> Result<Option<(RowKey, Row)>, Error> {
        loop {
            for (key, row) in self.page.by_ref() {
                if !VOLATILE.contains(&key.table) {
                    return Ok(Some((key, row)));
                }
            }
            if self.ended {
                return Ok(None);
            }
            let rows = self
                .store
                .dump(self.view, self.last.as_ref(), PAGE)
                .await
                .map_err(unreadable)?;
            self.ended = rows.len() < PAGE;
            self.last = rows.last().map(|(key, _)| key.clone());
            self.page = rows.into_iter();
        }
    }
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

fn name(key: &RowKey) -> String {
    format!(
        "{} {} {}",
        key.table.as_str(),
        String::from_utf8_lossy(&key.partition_key),
        key.clustering_key.escape_ascii()
    )
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Unreadable(error.to_string())
}

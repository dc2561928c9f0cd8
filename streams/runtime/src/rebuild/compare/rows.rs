//! Comparing rows, byte by byte, whatever order a store dumps them in.
//!
//! Both versions are dumped in one order, so what is equal comes at nearly the same time on both sides: a row
//! waits until the other side gives its own. How far the two have drifted apart is bounded; beyond that a row is
//! not kept but looked at again by its key.

#[cfg(test)]
mod tests;

use super::{BETWEEN, Comparison, Error, Kind, LOOKS, PAGE, unreadable};
use mediamesh_domain::view::{Row, RowKey, Table, ViewVersion};
use mediamesh_ports::view_store::ReadViews;
use std::collections::{BTreeMap, BTreeSet};

/// How many rows wait for those of the other side.
const WAITING: usize = 10 * PAGE;
/// Tables that say what happened in this very view: they differ between versions by nature. Which rows a document
/// wrote last hangs on which of its changes came in one batch; the rows themselves are compared.
const VOLATILE: [Table; 2] = [Table::Timeline, Table::RowKeys];

/// Compares two versions of a view of rows.
///
/// # Errors
/// [`Error::Unreadable`].
pub async fn compare_rows(
    store: &dyn ReadViews,
    old: ViewVersion,
    new: ViewVersion,
) -> Result<Comparison, Error> {
    let mut matching = Matching::default();
    let mut sides = [Pages::of(store, old), Pages::of(store, new)];
    while sides.iter().any(|pages| !pages.ended) {
        for (side, pages) in sides.iter_mut().enumerate() {
            for (key, row) in pages.next().await? {
                matching.take(side, key, row);
            }
        }
    }
    let mut comparison = Comparison {
        equal: matching.equal,
        ..Comparison::default()
    };
    look_again(&mut comparison, matching.suspects(), store, (old, new)).await?;
    Ok(comparison)
}

/// Finds the two rows of each key.
#[derive(Default)]
struct Matching {
    equal: usize,
    /// Rows of one side (0 or 1) that have not come on the other.
    waiting: BTreeMap<RowKey, (usize, Row)>,
    /// Keys whose rows seem to differ, or came too far apart.
    suspects: BTreeSet<RowKey>,
}

impl Matching {
    fn take(&mut self, side: usize, key: RowKey, row: Row) {
        if self.suspects.contains(&key) {
            return;
        }
        match self.waiting.remove(&key) {
            Some((other_side, other)) if other_side != side => {
                if other == row {
                    self.equal += 1;
                } else {
                    self.suspects.insert(key);
                }
            }
            _ => drop(self.waiting.insert(key, (side, row))),
        }
        if self.waiting.len() > WAITING {
            let waiting = std::mem::take(&mut self.waiting);
            self.suspects.extend(waiting.into_keys());
        }
    }

    fn suspects(mut self) -> Vec<RowKey> {
        self.suspects.extend(self.waiting.into_keys());
        self.suspects.into_iter().collect()
    }
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

/// The rows of a view, volatile tables apart.
struct Pages<'a> {
    store: &'a dyn ReadViews,
    view: ViewVersion,
    last: Option<RowKey>,
    ended: bool,
}

impl<'a> Pages<'a> {
    fn of(store: &'a dyn ReadViews, view: ViewVersion) -> Self {
        Self {
            store,
            view,
            last: None,
            ended: false,
        }
    }

    /// The next page; empty where there is none, and where it holds volatile rows alone.
    async fn next(&mut self) -> Result<Vec<(RowKey, Row)>, Error> {
        if self.ended {
            return Ok(Vec::new());
        }
        let dumped = self.store.dump(self.view, self.last.as_ref(), PAGE).await;
        let mut rows = dumped.map_err(unreadable)?;
        self.ended = rows.len() < PAGE;
        self.last = rows.last().map(|(key, _)| key.clone());
        rows.retain(|(key, _)| !VOLATILE.contains(&key.table));
        Ok(rows)
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

//! What the API waits for and reads.

use super::{NOW, World};
use async_trait::async_trait;
use mediamesh_domain::control::ControlState;
use mediamesh_domain::control::accounts::normalised;
use mediamesh_domain::id::{CommandId, UserId};
use mediamesh_domain::parked::{About, HeldKey};
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::verdict::Verdict;
use mediamesh_domain::view::{Row, RowKey, View, ViewVersion};
use mediamesh_ports::accounts::{Account, Accounts};
use mediamesh_ports::control::Control;
use mediamesh_ports::progress::Progress;
use mediamesh_ports::rate_limits::{Decision, Error, Quota, RateLimits, gcra};
use mediamesh_ports::verdicts::{Expected, Verdicts};
use mediamesh_ports::view_store;
use mediamesh_ports::view_store::{Order, Range, ReadViews};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

struct Waiter(oneshot::Receiver<Verdict>);

#[async_trait]
impl Expected for Waiter {
    async fn verdict(self: Box<Self>, wait: Duration) -> Option<Verdict> {
        tokio::time::timeout(wait, self.0).await.ok()?.ok()
    }
}

impl Verdicts for World {
    fn reply_partition(&self) -> Partition {
        Partition(7)
    }
    fn expect(&self, command: CommandId) -> Box<dyn Expected> {
        let (sender, receiver) = oneshot::channel();
        self.lock()
            .waiting
            .entry(command.0)
            .or_default()
            .push(sender);
        Box::new(Waiter(receiver))
    }
}

#[async_trait]
impl Control for World {
    fn current(&self) -> Arc<ControlState> {
        Arc::clone(&self.lock().control)
    }
    async fn reach(&self, seq: Seq, _: Duration) -> bool {
        self.lock().control.seq >= seq
    }
}

#[async_trait]
impl Progress for World {
    fn active(&self, view: View) -> ViewVersion {
        ViewVersion::new(view, 1)
    }
    fn current(&self, _: View) -> Position {
        let inner = self.lock();
        if inner.stalled {
            Position::default()
        } else {
            inner.position.clone()
        }
    }
    fn held(&self, view: View, about: About) -> Option<HeldKey> {
        let held = self.lock().held.clone();
        let is =
            |held: &HeldKey| held.place.view == view && about.is_told_by(view, &held.place.key);
        held.into_iter().find(is)
    }
    async fn reach(&self, view: View, asked: &Position, _: Duration) -> Result<Position, Position> {
        let here = Progress::current(self, view);
        if here.includes(asked) {
            Ok(here)
        } else {
            Err(here)
        }
    }
}

#[async_trait]
impl ReadViews for World {
    async fn get(&self, _: ViewVersion, key: &RowKey) -> Result<Option<Row>, view_store::Error> {
        Ok(self.lock().rows.get(key).cloned())
    }
    async fn range(
        &self,
        _: ViewVersion,
        range: &Range,
    ) -> Result<Vec<(Vec<u8>, Row)>, view_store::Error> {
        let inner = self.lock();
        let rows = inner.rows.iter().filter(|(key, _)| {
            let after = range.after.as_ref();
            let is_next = |after: &Vec<u8>| match range.order {
                Order::Ascending => key.clustering_key > *after,
                Order::Descending => key.clustering_key < *after,
            };
            key.table == range.table
                && key.partition_key == range.partition_key
                && after.is_none_or(is_next)
        });
        let rows = rows.map(|(key, row)| (key.clustering_key.clone(), row.clone()));
        let mut rows: Vec<_> = rows.collect();
        if range.order == Order::Descending {
            rows.reverse();
        }
        rows.truncate(range.limit);
        Ok(rows)
    }
    async fn dump(
        &self,
        _: ViewVersion,
        _: Option<&RowKey>,
        _: usize,
    ) -> Result<Vec<(RowKey, Row)>, view_store::Error> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Accounts for World {
    fn of(&self, user: UserId) -> Option<Account> {
        self.lock().accounts.get(&user).cloned()
    }
    fn by_email(&self, email: &str) -> Option<UserId> {
        let wanted = normalised(email);
        let inner = self.lock();
        let mut people = inner.accounts.iter();
        people
            .find(|(_, account)| normalised(&account.profile.email) == wanted)
            .map(|(id, _)| *id)
    }
    async fn reach(&self, _: Seq, _: Duration) -> bool {
        true
    }
}

#[async_trait]
impl RateLimits for World {
    async fn take(&self, bucket: &str, cost: u32, quota: &Quota) -> Result<Decision, Error> {
        let mut inner = self.lock();
        let full_at = inner.buckets.entry(bucket.to_owned()).or_default();
        let (decision, next) = gcra(quota, cost, *full_at, NOW.0.unsigned_abs());
        *full_at = next;
        Ok(decision)
    }
}

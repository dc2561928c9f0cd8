//! Reading rows. What was removed is passed over, and a table that nobody has written to has no rows.

use crate::connect::rows;
use crate::error::Fault;
use crate::rows::{partition_key, row, stored_key};
use crate::statements::{self, on};
use crate::store::{Store, Views};
use crate::tables::Holds;
use async_trait::async_trait;
use mediamesh_domain::view::{Row, RowKey, Table, ViewVersion};
use mediamesh_ports::view_store::{Error, Order, Range, ReadViews};
use scylla::deserialize::row::DeserializeRow;
use scylla::response::{PagingState, PagingStateResponse};
use scylla::serialize::row::SerializeRow;

/// A row of a range: clustering key, seq, removed, content.
type Ranged = (Vec<u8>, i64, bool, Vec<u8>);
/// A row of a scan: its stored partition key, then as in a range.
type Scanned = (Vec<u8>, Vec<u8>, i64, bool, Vec<u8>);

impl Store {
    async fn row(&self, view: ViewVersion, key: &RowKey) -> Result<Option<Row>, Fault> {
        let table = self.table(view, Holds::Rows(key.table));
        let statement = on(&table, statements::ROW);
        let values = (stored_key(&key.partition_key), &key.clustering_key);
        let page = match self.cluster.execute(&statement, values).await {
            Ok(page) => page,
            Err(fault) if self.is_missing(&table, &fault).await? => return Ok(None),
            Err(fault) => return Err(fault),
        };
        match rows::<(i64, bool, Vec<u8>)>(page)?.first() {
            None => Ok(None),
            Some((seq, removed, content)) => row(*seq, *removed, content),
        }
    }

    async fn rows(&self, view: ViewVersion, range: &Range) -> Result<Vec<(Vec<u8>, Row)>, Fault> {
        let table = self.table(view, Holds::Rows(range.table));
        let key = stored_key(&range.partition_key);
        let decode = |(clustering_key, seq, removed, content): Ranged| {
            let row = row(seq, removed, &content)?;
            Ok(row.map(|row| (clustering_key, row)))
        };
        let limit = range.limit;
        let (all, after) = match range.order {
            Order::Ascending => (statements::ASCENDING, statements::ASCENDING_AFTER),
            Order::Descending => (statements::DESCENDING, statements::DESCENDING_AFTER),
        };
        match &range.after {
            None => self.collect(&table, all, (key,), limit, decode).await,
            Some(key_before) => {
                let values = (key, key_before);
                self.collect(&table, after, values, limit, decode).await
            }
        }
    }

    /// The rows of one table in the order of their tokens, from after a key.
    async fn scan(
        &self,
        view: ViewVersion,
        table: Table,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<(RowKey, Row)>, Fault> {
        let name = self.table(view, Holds::Rows(table));
        let decode = |(stored, clustering_key, seq, removed, content): Scanned| {
            let row = row(seq, removed, &content)?;
            Ok(row.map(|row| {
                let key = RowKey::new(table, partition_key(stored), clustering_key);
                (key, row)
            }))
        };
        let Some(after) = after else {
            return self
                .collect(&name, statements::SCAN, (), limit, decode)
                .await;
        };
        let partition = Range {
            table,
            partition_key: after.partition_key.clone(),
            after: Some(after.clustering_key.clone()),
            order: Order::Ascending,
            limit,
        };
        let keyed = |(clustering, row)| {
            let key = RowKey::new(table, after.partition_key.clone(), clustering);
            (key, row)
        };
        let partition = self.rows(view, &partition).await?;
        let mut found: Vec<_> = partition.into_iter().map(keyed).collect();
        let values = (stored_key(&after.partition_key),);
        let left = limit - found.len();
        found.extend(
            self.collect(&name, statements::SCAN_AFTER, values, left, decode)
                .await?,
        );
        Ok(found)
    }

    /// What a statement finds, page by page, until there are `limit` rows.
    async fn collect<R, T>(
        &self,
        table: &str,
        statement: &str,
        values: impl SerializeRow + Sync,
        limit: usize,
        decode: impl Fn(R) -> Result<Option<T>, Fault>,
    ) -> Result<Vec<T>, Fault>
    where
        R: for<'f, 'm> DeserializeRow<'f, 'm>,
    {
        let statement = on(table, statement);
        let mut found = Vec::new();
        let mut from = PagingState::start();
        while found.len() < limit {
            let left = limit - found.len();
            let page = match self.cluster.page(&statement, &values, left, from).await {
                Ok(page) => page,
                Err(fault) if self.is_missing(table, &fault).await? => return Ok(found),
                Err(fault) => return Err(fault),
            };
            for row in rows::<R>(page.0)? {
                found.extend(decode(row)?);
            }
            match page.1 {
                PagingStateResponse::HasMorePages { state } => from = state,
                PagingStateResponse::NoMorePages => break,
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl ReadViews for Views {
    async fn get(&self, view: ViewVersion, key: &RowKey) -> Result<Option<Row>, Error> {
        Ok(self.store().row(view, key).await?)
    }

    async fn range(&self, view: ViewVersion, range: &Range) -> Result<Vec<(Vec<u8>, Row)>, Error> {
        Ok(self.store().rows(view, range).await?)
    }

    /// One table after the other, each in the order of its tokens.
    async fn dump(
        &self,
        view: ViewVersion,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<(RowKey, Row)>, Error> {
        let mut found = Vec::new();
        for table in Table::ALL {
            if found.len() == limit || after.is_some_and(|after| table < after.table) {
                continue;
            }
            let after = after.filter(|after| after.table == table);
            let left = limit - found.len();
            found.extend(self.store().scan(view, table, after, left).await?);
        }
        Ok(found)
    }
}

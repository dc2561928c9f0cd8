//! Writing rows, each on its own: a batch over many partitions would burden one node with all of them.

use crate::connect::rows;
use crate::error::Fault;
use crate::rows::{content, stored_key};
use crate::statements::{self, on};
use crate::store::{Store, Views};
use crate::tables::Holds;
use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::{RowWrite, Table, ViewVersion};
use mediamesh_ports::view_store::{Error, WriteViews};
use scylla::serialize::row::SerializeRow;
use std::collections::BTreeSet;

impl Store {
    async fn apply(&self, view: ViewVersion, writes: Vec<RowWrite>) -> Result<(), Fault> {
        let tables: BTreeSet<Table> = writes.iter().map(|write| write.key.table).collect();
        for table in tables {
            self.make(view, Holds::Rows(table)).await?;
        }
        stream::iter(writes)
            .map(|write| self.write(view, write))
            .buffer_unordered(self.cluster.settings.in_flight)
            .try_collect()
            .await
    }

    async fn write(&self, view: ViewVersion, write: RowWrite) -> Result<(), Fault> {
        let seq = timestamp(write.seq)?;
        let removed = write.value.is_none();
        let (meta, body) = write.value.unwrap_or_default();
        let values = (
            stored_key(&write.key.partition_key),
            &write.key.clustering_key,
            seq,
            removed,
            content(&meta, &body),
            seq,
        );
        let holds = Holds::Rows(write.key.table);
        self.put(view, holds, statements::WRITE, values).await
    }

    async fn put(
        &self,
        view: ViewVersion,
        holds: Holds,
        statement: &str,
        values: impl SerializeRow + Sync,
    ) -> Result<(), Fault> {
        let table = self.table(view, holds);
        let written = self.cluster.execute(&on(&table, statement), values).await;
        match written {
            Ok(_) => Ok(()),
            // Another node has dropped the version meanwhile; the caller's next attempt makes the table anew.
            Err(fault) if self.is_missing(&table, &fault).await? => {
                self.forget(view, holds);
                Err(Fault::Away(format!("{table} is gone")))
            }
            Err(fault) => Err(fault),
        }
    }

    async fn progress(&self, view: ViewVersion, partition: Partition) -> Result<Seq, Fault> {
        let table = self.table(view, Holds::Progress);
        let statement = on(&table, statements::PROGRESS);
        match self.cluster.execute(&statement, (partition.0,)).await {
            Ok(found) => {
                let found = rows::<(i64,)>(found)?;
                Ok(found.first().map_or(Seq::default(), |row| Seq(row.0)))
            }
            Err(fault) if self.is_missing(&table, &fault).await? => Ok(Seq::default()),
            Err(fault) => Err(fault),
        }
    }
}

/// The timestamp that says which write is the newer.
fn timestamp(seq: Seq) -> Result<i64, Fault> {
    if seq.0 < 0 {
        return Err(Fault::Wrong(format!("a seq is not negative, but {seq} is")));
    }
    Ok(seq.0)
}

#[async_trait]
impl WriteViews for Views {
    async fn apply(&self, view: ViewVersion, rows: Vec<RowWrite>) -> Result<(), Error> {
        Ok(self.store().apply(view, rows).await?)
    }

    async fn set_progress(
        &self,
        view: ViewVersion,
        partition: Partition,
        seq: Seq,
    ) -> Result<(), Error> {
        let store = self.store();
        store.make(view, Holds::Progress).await?;
        let seq = timestamp(seq)?;
        let values = (partition.0, seq, seq);
        let statement = statements::SET_PROGRESS;
        Ok(store.put(view, Holds::Progress, statement, values).await?)
    }

    async fn progress(&self, view: ViewVersion, partition: Partition) -> Result<Seq, Error> {
        Ok(self.store().progress(view, partition).await?)
    }

    async fn drop_version(&self, view: ViewVersion) -> Result<(), Error> {
        Ok(self.store().drop_tables(view).await?)
    }
}

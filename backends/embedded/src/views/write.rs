//! Writing views: one thread compares each write with the stored row, so that two sinks cannot race.
//!
//! Views are derived: their writes need no sync of their own. They stand in the journal before the offset that
//! says they were made, so what a crash takes away is made again.

use super::{rows, unavailable};
use crate::append::closed;
use crate::database::{Embedded, Shared};
use crate::queue::Queue;
use crate::writer::{Reply, Request, When, Write};
use async_trait::async_trait;
use fjall::Keyspace;
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::{RowWrite, ViewVersion};
use mediamesh_ports::event_log;
use mediamesh_ports::view_store::{Error, WriteViews};
use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use tokio::sync::oneshot;

/// The longest key that fjall takes.
const MAX_KEY: usize = u16::MAX as usize;
/// How many bytes of rows are compared and written in one go.
const BATCH_BYTES: usize = 4 << 20;

type Answer = oneshot::Sender<Result<(), Error>>;

/// What the view writer is asked.
pub(crate) enum ViewRequest {
    Apply(ViewVersion, Vec<RowWrite>, Answer),
    Progress(ViewVersion, Partition, Seq, Answer),
    Drop(ViewVersion, Answer),
}

/// The thread that writes views.
pub(crate) struct ViewWriter {
    shared: Arc<Shared>,
}

/// What is to be written of each view, by stored key: the newest of what was asked.
#[derive(Default)]
struct Staged {
    values: BTreeMap<ViewVersion, BTreeMap<Vec<u8>, Vec<u8>>>,
    answers: Vec<Answer>,
}

impl ViewWriter {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Works until the queue is closed and empty.
    pub(crate) fn run(&mut self) {
        while let Some(requests) = self.shared.view_queue.take(BATCH_BYTES) {
            let mut staged = Staged::default();
            for request in requests {
                match request {
                    ViewRequest::Apply(view, writes, answer) => {
                        staged.rows(view, writes);
                        staged.answers.push(answer);
                    }
                    ViewRequest::Progress(view, partition, seq, answer) => {
                        let key = rows::progress(partition).to_vec();
                        staged.put(view, key, rows::encode(seq, None));
                        staged.answers.push(answer);
                    }
                    ViewRequest::Drop(view, answer) => {
                        self.write(std::mem::take(&mut staged));
                        drop(answer.send(self.remove(view)));
                    }
                }
            }
            self.write(staged);
        }
    }

    fn write(&self, staged: Staged) {
        let written = self.try_write(staged.values);
        for answer in staged.answers {
            // Whoever has stopped waiting misses the answer.
            drop(answer.send(written.clone()));
        }
    }

    fn try_write(
        &self,
        values: BTreeMap<ViewVersion, BTreeMap<Vec<u8>, Vec<u8>>>,
    ) -> Result<(), Error> {
        let mut writes = Vec::new();
        for (view, values) in values {
            let keyspace = self
                .shared
                .views
                .find_or_make(&self.shared.db, view)
                .map_err(|error| unavailable(&error))?;
            newer(&keyspace, values, &mut writes)?;
        }
        if writes.is_empty() {
            return Ok(());
        }
        write_and_wait(&self.shared, writes, When::Written)
            .map_err(|error| Error::Transient(error.to_string()))
    }

    fn remove(&self, view: ViewVersion) -> Result<(), Error> {
        if let Some(reason) = self.shared.poison.reason() {
            return Err(Error::Transient(reason));
        }
        match self.shared.views.remove(view) {
            None => Ok(()),
            Some(keyspace) => self
                .shared
                .db
                .delete_keyspace(keyspace)
                .map_err(|error| unavailable(&error)),
        }
    }
}

impl Staged {
    fn rows(&mut self, view: ViewVersion, writes: Vec<RowWrite>) {
        for write in writes {
            let value = rows::encode(write.seq, write.value.as_ref());
            self.put(view, rows::key(&write.key), value);
        }
    }

    fn put(&mut self, view: ViewVersion, key: Vec<u8>, value: Vec<u8>) {
        let values = self.values.entry(view).or_default();
        match values.get_mut(&key) {
            Some(known) if !rows::wins(&value, known) => {}
            Some(known) => *known = value,
            None => drop(values.insert(key, value)),
        }
    }
}

/// Keeps the writes that are newer than what is stored.
fn newer(
    keyspace: &Keyspace,
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    writes: &mut Vec<Write>,
) -> Result<(), Error> {
    for (key, value) in values {
        let stored = keyspace.get(&key).map_err(|error| unavailable(&error))?;
        if stored.is_some_and(|stored| !rows::wins(&value, &stored)) {
            continue;
        }
        writes.push(Write {
            keyspace: keyspace.clone(),
            key: key.into(),
            value: Some(value.into()),
        });
    }
    Ok(())
}

/// Writes keys and blocks until it is done.
pub(crate) fn write_and_wait(
    shared: &Shared,
    writes: Vec<Write>,
    when: When,
) -> Result<(), event_log::Error> {
    let bytes = writes.iter().fold(0, |sum, write| {
        sum + write.key.len() + write.value.as_ref().map_or(0, |value| value.len())
    });
    let (reply, answer) = mpsc::sync_channel(1);
    let request = Request::Writes {
        writes,
        when,
        reply: Reply::Thread(reply),
    };
    shared
        .queue
        .push_blocking(request, bytes)
        .map_err(|_| closed())?;
    answer.recv().unwrap_or_else(|_| Err(closed()))
}

impl Embedded {
    async fn ask_views(
        &self,
        request: impl FnOnce(Answer) -> ViewRequest,
        bytes: usize,
    ) -> Result<(), Error> {
        let gone = || Error::Transient(closed().to_string());
        let queue: &Queue<ViewRequest> = &self.core.shared.view_queue;
        let (answer, answered) = oneshot::channel();
        let pushed = queue.push(request(answer), bytes).await;
        pushed.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

#[async_trait]
impl WriteViews for Embedded {
    async fn apply(&self, view: ViewVersion, rows: Vec<RowWrite>) -> Result<(), Error> {
        let mut bytes = 0;
        for write in &rows {
            // A zero in a partition key is written as two bytes.
            let key = write.key.partition_key.len() * 2 + write.key.clustering_key.len() + 3;
            if key > MAX_KEY {
                return Err(Error::Permanent(format!(
                    "a row's key takes {key} bytes; {MAX_KEY} are possible"
                )));
            }
            let value = write.value.as_ref();
            bytes += key + value.map_or(0, |(meta, body)| meta.len() + body.len());
        }
        self.ask_views(|answer| ViewRequest::Apply(view, rows, answer), bytes)
            .await
    }

    async fn set_progress(
        &self,
        view: ViewVersion,
        partition: Partition,
        seq: Seq,
    ) -> Result<(), Error> {
        let request = |answer| ViewRequest::Progress(view, partition, seq, answer);
        self.ask_views(request, 16).await
    }

    async fn progress(&self, view: ViewVersion, partition: Partition) -> Result<Seq, Error> {
        let Some(keyspace) = self.core.shared.views.find(view) else {
            return Ok(Seq(0));
        };
        let stored = keyspace
            .get(rows::progress(partition))
            .map_err(|error| unavailable(&error))?;
        let seq = stored.and_then(|bytes| rows::decode(&bytes).map(|(seq, _)| seq));
        Ok(seq.unwrap_or_default())
    }

    async fn drop_version(&self, view: ViewVersion) -> Result<(), Error> {
        self.ask_views(|answer| ViewRequest::Drop(view, answer), 0)
            .await
    }
}

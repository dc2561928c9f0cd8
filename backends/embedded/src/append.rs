//! Appending from the outside.

use crate::database::Embedded;
use crate::writer::{Encoded, Reply, Request};
use async_trait::async_trait;
use mediamesh_domain::position::Offset;
use mediamesh_ports::event_log::{AppendLog, Error, NewRecord};
use tokio::sync::oneshot;

#[async_trait]
impl AppendLog for Embedded {
    async fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Offset>, Error> {
        let shared = &self.core.shared;
        if let Some(reason) = shared.poison.reason() {
            return Err(Error::Poisoned(reason));
        }
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let (encoded, bytes) = Encoded::all(shared, &records)?;
        drop(records);
        let (reply, answer) = oneshot::channel();
        let request = Request::Append {
            records: encoded,
            reply: Reply::Task(reply),
        };
        shared
            .queue
            .push(request, bytes)
            .await
            .map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }
}

/// The database is being closed.
pub(crate) fn closed() -> Error {
    Error::Transient("it is being closed".to_owned())
}

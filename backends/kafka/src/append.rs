//! Appending from the outside: one record by an idempotent producer, several as one transaction.

mod single;
mod together;

use crate::health::Health;
use crate::log::KafkaLog;
use crate::names::Names;
use crate::questions::Questions;
use crate::records;
use crate::settings::Settings;
use async_trait::async_trait;
use mediamesh_domain::position::Offset;
use mediamesh_ports::event_log::{AppendLog, Error, NewRecord};
use single::Single;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use together::Together;
use tokio::time::error::Elapsed;

/// Appends records.
pub(crate) struct Appender {
    single: Single,
    together: Together,
    within: Duration,
}

impl Appender {
    pub(crate) fn start(
        settings: &Settings,
        names: &Arc<Names>,
        health: &Arc<Health>,
        questions: &Arc<Questions>,
    ) -> io::Result<Self> {
        Ok(Self {
            single: Single::open(settings, names, health).map_err(io::Error::other)?,
            together: Together::start(settings, names, health, questions)?,
            within: settings.deadlines.append,
        })
    }

    /// Waits for what is under way, and says how many records are left.
    pub(crate) fn close(&self) -> usize {
        self.together.close() + self.single.close()
    }
}

#[async_trait]
impl AppendLog for KafkaLog {
    async fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Offset>, Error> {
        records.iter().try_for_each(records::check)?;
        let appender = &self.core.appender;
        let appended = async {
            match records.as_slice() {
                [] => Ok(Vec::new()),
                [record] => appender
                    .single
                    .append(record)
                    .await
                    .map(|offset| vec![offset]),
                _ => appender.together.append(records, appender.within).await,
            }
        };
        // The producers answer in time on their own account; this bounds what they forget.
        let within = appender.within + Duration::from_secs(1);
        tokio::time::timeout(within, appended)
            .await
            .unwrap_or_else(|late| Err(unanswered(&late)))
    }
}

fn unanswered(_: &Elapsed) -> Error {
    Error::Transient("the brokers have not acknowledged it in time".to_owned())
}

/// The log is being closed.
fn closed() -> Error {
    Error::Transient("it is being closed".to_owned())
}

//! What is known of one source, and what a poll of it changes in that.

use std::time::Duration;

use mediamesh_domain::position::Version;
use mediamesh_domain::time::Timestamp;
use tokio::time::Instant;
use url::Url;

use crate::source::{IngestError, RunReport};

use super::health::{Failure, Health};

/// What is known of a source.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The source's version when it was last looked at.
    pub(super) version: Version,
    /// None where it is not polled by itself.
    pub(super) interval: Option<Duration>,
    pub(super) host: String,
    pub(super) due: Option<Instant>,
    pub(super) health: Health,
}

/// What became of a poll, as far as the next one depends on it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It went well; the server may ask to wait.
    Well { wait: Duration },
    /// It failed; the server may ask to wait.
    Failed {
        code: &'static str,
        reason: String,
        wait: Duration,
    },
    /// It was not a poll at all: another run was under way, or the process is ending.
    None,
}

impl Outcome {
    pub(super) fn of(result: &Result<RunReport, IngestError>) -> Self {
        match result {
            Ok(report) => {
                let asked = report.max_age_s.max(report.retry_after_s);
                Self::Well {
                    wait: Duration::from_secs(asked.unwrap_or(0)),
                }
            }
            Err(IngestError::Busy | IngestError::Stopped) => Self::None,
            Err(error) => Self::Failed {
                code: error.code(),
                reason: error.to_string(),
                wait: error.retry_after().unwrap_or_default(),
            },
        }
    }

    /// That of a poll which was dropped before its end.
    pub(super) fn stopped() -> Self {
        Self::None
    }
}

impl Plan {
    /// Notes an outcome; gives how long the server asks to wait.
    pub(super) fn note(&mut self, outcome: Outcome, wall: Timestamp) -> Duration {
        match outcome {
            Outcome::Well { wait } => {
                self.health.last_success = Some(wall);
                self.health.failures = 0;
                wait
            }
            Outcome::Failed { code, reason, wait } => {
                let at = wall;
                self.health.last_failure = Some(Failure { at, code, reason });
                self.health.failures = self.health.failures.saturating_add(1);
                wait
            }
            Outcome::None => Duration::ZERO,
        }
    }
}

pub(super) fn host(url: &str) -> String {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or_default().to_owned()
}

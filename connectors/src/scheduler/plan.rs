//! What is known of one source, and what a poll of it changes in that.

use std::time::Duration;

use mediamesh_domain::run::FeedMove;
use mediamesh_domain::time::Timestamp;
use tokio::time::Instant;
use url::Url;

use crate::source::{FailedRun, IngestError, RunReport};

use super::health::{Failure, Health};
use super::settings::Interval;

/// What is known of a source.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Whether it is this process that polls it.
    pub(super) owned: bool,
    /// None where it is not polled by itself.
    pub(super) interval: Option<Interval>,
    pub(super) host: String,
    pub(super) due: Option<Instant>,
    /// Whether it is to be polled again when the poll under way has ended.
    pub(super) again: bool,
    pub(super) health: Health,
}

/// What became of a poll, as far as the next one depends on it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It went well.
    Well(Box<RunReport>),
    /// It failed; the server may ask to wait.
    Failed {
        code: &'static str,
        reason: String,
        wait: Duration,
        /// What was found of a move of the feed.
        moved: Option<FeedMove>,
    },
    /// It was not a poll at all: another run was under way, or the process is ending.
    None,
}

impl Outcome {
    pub(super) fn of(result: &Result<RunReport, FailedRun>) -> Self {
        match result {
            Ok(report) => Self::Well(Box::new(report.clone())),
            Err(failed) => match &failed.error {
                IngestError::Busy | IngestError::Stopped => Self::None,
                error => Self::Failed {
                    code: error.code(),
                    reason: error.to_string(),
                    wait: error.retry_after().unwrap_or_default(),
                    moved: failed
                        .report
                        .as_ref()
                        .and_then(|report| report.moved.clone()),
                },
            },
        }
    }

    /// That of a poll which was dropped before its end.
    pub(super) fn stopped() -> Self {
        Self::None
    }
}

impl Plan {
    /// Notes an outcome; gives how long the next poll has to wait, where there is one. `jitter` is
    /// from 0 to 1.
    pub(super) fn note(
        &mut self,
        outcome: Outcome,
        wall: Timestamp,
        jitter: f64,
    ) -> Option<Duration> {
        let asked = match &outcome {
            Outcome::Well(report) => self.went_well(report, wall),
            Outcome::Failed {
                code,
                reason,
                wait,
                moved,
            } => {
                self.failed((*code).to_owned(), reason.clone(), wall);
                if moved.is_some() {
                    self.health.moved.clone_from(moved);
                }
                *wait
            }
            Outcome::None => Duration::ZERO,
        };
        let interval = self.interval?;
        let entries = self.health.entry_interval_s.map(Duration::from_secs);
        let regular = interval.between(entries);
        let wait = match outcome {
            Outcome::Well(report) => match report.push_renew_s {
                // Until the lease has to be renewed, for the hub tells what is new.
                Some(renew_s) => Duration::from_secs(renew_s).clamp(regular, interval.ceiling),
                None => regular,
            },
            Outcome::Failed { .. } => backed_off(regular, self.health.failures, interval, jitter),
            Outcome::None => regular,
        };
        Some(wait.max(asked).min(interval.ceiling))
    }

    /// Gives how long the other side asks to wait.
    fn went_well(&mut self, report: &RunReport, wall: Timestamp) -> Duration {
        let health = &mut self.health;
        health.last_success = Some(wall);
        health.failures = 0;
        health.polls += 1;
        health.conditional += u64::from(report.conditional);
        health.not_modified += u64::from(report.conditional && report.not_modified);
        health.entry_interval_s = report.entry_interval_s;
        health.pushed = report.push_renew_s.is_some();
        if !report.not_modified {
            health.entries_missing = report.entries_missing;
        }
        if report.moved.is_some() {
            health.moved.clone_from(&report.moved);
        }
        let asked = report.max_age_s.max(report.retry_after_s).max(report.ttl_s);
        Duration::from_secs(asked.unwrap_or(0))
    }

    fn failed(&mut self, code: String, reason: String, at: Timestamp) {
        self.health.polls += 1;
        self.health.last_failure = Some(Failure { at, code, reason });
        self.health.failures = self.health.failures.saturating_add(1);
    }
}

/// Doubled with each failure, up to the ceiling, and a little shorter by chance: sources that failed
/// together do not come back together.
fn backed_off(regular: Duration, failures: u32, interval: Interval, jitter: f64) -> Duration {
    // Doubling stops here at the latest; the ceiling comes before.
    let doublings = failures.min(20);
    let doubled = regular.saturating_mul(1 << doublings).min(interval.ceiling);
    doubled.mul_f64(1.0 - 0.2 * jitter.clamp(0.0, 1.0))
}

pub(super) fn host(url: &str) -> String {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or_default().to_owned()
}

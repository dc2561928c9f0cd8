//! The runtime's metrics: every name once, with bounded labels.

use crate::processor::Outcome;
use std::time::Duration;

/// How many records of a step ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Led to records.
    pub emitted: u64,
    /// Led to changes alone.
    pub state_changed: u64,
    /// Had been taken before.
    pub duplicate: u64,
    /// Went to the dead letters.
    pub dead_lettered: u64,
}

impl Tally {
    /// Counts a record that was taken.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Emitted => self.emitted += 1,
            Outcome::StateChanged => self.state_changed += 1,
            Outcome::Duplicate => self.duplicate += 1,
        }
    }

    /// All records.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.emitted + self.state_changed + self.duplicate + self.dead_lettered
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.emitted += other.emitted;
        self.state_changed += other.state_changed;
        self.duplicate += other.duplicate;
        self.dead_lettered += other.dead_lettered;
    }
}

/// Tells the metrics what a committed step did. Only committed records count, so none counts twice.
pub(crate) fn committed(processor: &str, tally: Tally, took: Duration) {
    let ends = [
        ("emitted", tally.emitted),
        ("state_changed", tally.state_changed),
        ("duplicate", tally.duplicate),
        ("dead_lettered", tally.dead_lettered),
    ];
    for (outcome, count) in ends.into_iter().filter(|(_, count)| *count > 0) {
        let labels = [
            ("processor", processor.to_owned()),
            ("outcome", outcome.to_owned()),
        ];
        metrics::counter!("mediamesh_records_total", &labels).increment(count);
    }
    metrics::histogram!("mediamesh_step_seconds", "processor" => processor.to_owned())
        .record(took.as_secs_f64());
}

/// Counts a pause for something outside.
pub(crate) fn paused(processor: &str) {
    metrics::counter!("mediamesh_processor_pauses_total", "processor" => processor.to_owned())
        .increment(1);
}

/// Counts a start after a panic.
pub(crate) fn restarted(processor: &str) {
    metrics::counter!("mediamesh_processor_restarts_total", "processor" => processor.to_owned())
        .increment(1);
}

/// Tells how many records a sink holds for keys that are parked.
pub(crate) fn parked(sink: &str, records: i64) {
    metrics::gauge!("mediamesh_parked_records", "processor" => sink.to_owned()).set(records as f64);
}

/// Tells how long a sink's flush took.
pub(crate) fn flushed(sink: &str, took: Duration) {
    metrics::histogram!("mediamesh_sink_flush_seconds", "processor" => sink.to_owned())
        .record(took.as_secs_f64());
}

/// Counts timers that were put on the log.
pub(crate) fn timers_fired(processor: &str, count: usize) {
    metrics::counter!("mediamesh_timers_fired_total", "processor" => processor.to_owned())
        .increment(count as u64);
}

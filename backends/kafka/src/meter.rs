//! The log's metrics: every name once, with bounded labels.

use std::time::Duration;

/// Tells of a committed transaction.
pub(crate) fn committed(of: &str, took: Duration) {
    ended(of, "committed");
    metrics::histogram!("mediamesh_log_transaction_seconds", "of" => of.to_owned())
        .record(took.as_secs_f64());
}

/// Counts a transaction by how it ended: committed, aborted, fenced or lost.
pub(crate) fn ended(of: &str, outcome: &'static str) {
    let labels = [("of", of.to_owned()), ("outcome", outcome.to_owned())];
    metrics::counter!("mediamesh_log_transactions_total", &labels).increment(1);
}

/// Counts a producer that had to be replaced.
pub(crate) fn replaced(of: &str) {
    metrics::counter!("mediamesh_log_producers_replaced_total", "of" => of.to_owned()).increment(1);
}

/// Counts partitions that came to a member or went: assigned, revoked or lost.
pub(crate) fn moved(group: &str, how: &'static str, partitions: usize) {
    let labels = [("group", group.to_owned()), ("how", how.to_owned())];
    metrics::counter!("mediamesh_log_partitions_moved_total", &labels).increment(partitions as u64);
}

/// Counts records of a changelog that were read to restore a state.
pub(crate) fn restored(group: &str, records: usize) {
    metrics::counter!("mediamesh_log_restored_records_total", "group" => group.to_owned())
        .increment(records as u64);
}

/// Tells how many offsets of the changelog a group's states lack here.
pub(crate) fn restoring(group: &str, left: i64) {
    metrics::gauge!("mediamesh_log_restore_left", "group" => group.to_owned()).set(left as f64);
}

/// Counts local copies of a state that were emptied, by why.
pub(crate) fn wiped(group: &str, why: &'static str) {
    let labels = [("group", group.to_owned()), ("why", why.to_owned())];
    metrics::counter!("mediamesh_log_states_wiped_total", &labels).increment(1);
}

/// Counts records that were still under way when the process ended.
pub(crate) fn left_behind(records: usize) {
    metrics::counter!("mediamesh_log_left_behind_total").increment(records as u64);
}

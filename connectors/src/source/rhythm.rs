//! How often entries appear: from the newest times at which they did.

use serde::{Deserialize, Serialize};

const DAY_S: i64 = 86_400;
/// How far back is looked.
const WINDOW_S: i64 = 28 * DAY_S;
/// How many times are kept.
const KEPT: usize = 64;

/// The newest times at which entries appeared, in seconds since 1970, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Rhythm(Vec<i64>);

impl Rhythm {
    /// Takes in the times of entries that are new.
    pub(super) fn note(&mut self, times: impl IntoIterator<Item = i64>) {
        self.0.extend(times);
        self.0.sort_unstable_by(|a, b| b.cmp(a));
        self.0.truncate(KEPT);
    }

    /// Seconds between two new entries, on average over the last four weeks; none where no entry
    /// has a time. Announced entries, of times to come, do not count.
    pub(super) fn interval_s(&self, now_s: i64) -> Option<u64> {
        let since = now_s - WINDOW_S;
        let oldest = self.0.iter().copied().rfind(|at| *at <= now_s)?;
        let recent = self.0.iter().filter(|at| (since..=now_s).contains(at));
        let recent = i64::try_from(recent.count()).unwrap_or(i64::MAX);
        // A feed that lists few entries says nothing of the time before the oldest of them.
        let span = now_s - oldest.max(since);
        let apart = span.max(DAY_S) / recent.max(1);
        u64::try_from(apart).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000 * DAY_S;

    fn of(days_ago: impl IntoIterator<Item = i64>) -> Option<u64> {
        let mut rhythm = Rhythm::default();
        rhythm.note(days_ago.into_iter().map(|days| NOW - days * DAY_S));
        let days = rhythm.interval_s(NOW)?;
        Some(days / DAY_S.unsigned_abs())
    }

    #[test]
    fn the_distance_of_entries_is_that_of_the_last_four_weeks() {
        assert_eq!(of([]), None);
        assert_eq!(
            of((0..50).map(|n| n * 7)),
            Some(5),
            "weekly, five of them in four weeks"
        );
        assert_eq!(of(0..200), Some(0), "daily");
        assert_eq!(of([300, 400]), Some(28), "none of late");
        assert_eq!(of([0]), Some(1), "the only one, of today");
        assert_eq!(of([-3, -4]), None, "announced");
    }

    #[test]
    fn a_feed_of_few_entries_does_not_look_rarer_than_it_is() {
        let hourly = (0..15).map(|hour| NOW - hour * 3600);
        let mut rhythm = Rhythm::default();
        rhythm.note(hourly);
        assert_eq!(rhythm.interval_s(NOW), Some(5760));
    }

    #[test]
    fn no_time_is_too_much() {
        let mut rhythm = Rhythm::default();
        rhythm.note([i64::MIN, i64::MAX, 0, NOW]);
        assert!(rhythm.interval_s(NOW).is_some());
    }
}

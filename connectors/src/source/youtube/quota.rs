//! How many units of a day's quota are used: each key has its own, new at midnight in California.
//!
//! Kept in the object store, so that a restart does not forget it. Nodes that use one key at the same
//! time may each overlook what the other takes meanwhile; YouTube then says so itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mediamesh_domain::time::Timestamp;
use mediamesh_ports::objects::{self, Objects};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::source::hash::hex;

const DAY_S: i64 = 86_400;

/// What was used of each key's day.
#[derive(Debug, Default)]
pub(in crate::source) struct Ledger(Mutex<HashMap<String, Used>>);

/// What was used of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Used {
    /// Days since 1970, as California counts.
    day: i64,
    units: u64,
}

impl Ledger {
    /// Takes in what was written down of a key before, here or elsewhere.
    pub(in crate::source) async fn load(
        &self,
        objects: &dyn Objects,
        key: &str,
    ) -> Result<(), objects::Error> {
        let Some(bytes) = objects.get(&name(key)).await? else {
            return Ok(());
        };
        let Ok(stored) = serde_json::from_slice::<Used>(&bytes) else {
            return Ok(());
        };
        self.with(key, |used| {
            if (stored.day, stored.units) > (used.day, used.units) {
                *used = stored;
            }
        });
        Ok(())
    }

    /// Writes down what was used of a key.
    pub(in crate::source) async fn save(
        &self,
        objects: &dyn Objects,
        key: &str,
    ) -> Result<(), objects::Error> {
        let used = self.with(key, |used| *used);
        let bytes = serde_json::to_vec(&used).unwrap_or_default();
        objects.put(&name(key), bytes).await
    }

    /// Takes a unit; gives how many are left, or none where there is none to take.
    pub(in crate::source) fn take(&self, key: &str, now: Timestamp, daily: u64) -> Option<u64> {
        self.of_today(key, now, |used| {
            let left = daily.checked_sub(used.units + 1)?;
            used.units += 1;
            Some(left)
        })
    }

    /// All is used, whatever was counted here: YouTube says so.
    pub(in crate::source) fn exhausted(&self, key: &str, now: Timestamp, daily: u64) {
        self.of_today(key, now, |used| used.units = used.units.max(daily));
    }

    fn of_today<T>(&self, key: &str, now: Timestamp, change: impl FnOnce(&mut Used) -> T) -> T {
        let day = local_s(now).div_euclid(DAY_S);
        self.with(key, |used| {
            if used.day != day {
                *used = Used { day, units: 0 };
            }
            change(used)
        })
    }

    fn with<T>(&self, key: &str, change: impl FnOnce(&mut Used) -> T) -> T {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(used.entry(key.to_owned()).or_default())
    }
}

/// The object that keeps what was used of a key, by the name of its secret.
fn name(key: &str) -> String {
    let hash = hex(&Sha256::digest(key.as_bytes()));
    format!("quota/youtube/{hash}")
}

/// Seconds until the quota is new, at midnight in California.
pub(in crate::source) fn until_reset_s(now: Timestamp) -> u64 {
    let into_day = local_s(now).rem_euclid(DAY_S);
    u64::try_from(DAY_S - into_day).unwrap_or(0)
}

/// Seconds since 1970 as the clocks of California show them.
fn local_s(now: Timestamp) -> i64 {
    let utc = now.0.div_euclid(1_000_000);
    let standard = utc - 8 * 3_600;
    standard + if is_summer(standard) { 3_600 } else { 0 }
}

/// Whether clocks are an hour ahead: from the second Sunday of March, 2:00, to the first of November,
/// 2:00 of that time.
fn is_summer(standard: i64) -> bool {
    let year = year_of(standard.div_euclid(DAY_S));
    let from = sunday(year, 3, 8) * DAY_S + 2 * 3_600;
    let to = sunday(year, 11, 1) * DAY_S + 3_600;
    (from..to).contains(&standard)
}

/// The first Sunday from a day on, in days since 1970.
fn sunday(year: i64, month: i64, day: i64) -> i64 {
    let from = days(year, month, day);
    // 1970-01-04 was a Sunday.
    from + (3 - from).rem_euclid(7)
}

/// Days since 1970 of a date, for the months from March on.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let of_year = (153 * (month - 3) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

fn year_of(day: i64) -> i64 {
    let near = 1970 + day.div_euclid(365);
    // Leap days make the guess too late, never too early; a year begins 306 days after its March.
    let begins = |year: i64| days(year - 1, 3, 1) + 306;
    (0..)
        .map(|back| near - back)
        .find(|year| begins(*year) <= day)
        .unwrap_or(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_day_begins_at_midnight_in_california() {
        for (now, seconds) in [
            ("2026-01-15T08:00:00Z", 86_400),
            ("2026-01-15T07:59:59Z", 1),
            ("2026-07-15T06:59:00Z", 60),
            ("2026-07-15T07:00:00Z", 86_400),
            ("2026-03-08T09:59:59Z", 79_201),
            ("2026-03-08T10:00:00Z", 75_600),
            ("2026-11-01T08:59:59Z", 79_201),
            ("2026-11-01T09:00:00Z", 82_800),
            ("2024-12-31T07:30:00Z", 1_800),
            ("2025-01-01T07:30:00Z", 1_800),
        ] {
            assert_eq!(until_reset_s(at(now)), seconds, "{now}");
        }
    }

    #[test]
    fn a_day_has_its_units_and_no_more() {
        let (ledger, day) = (Ledger::default(), at("2026-01-15T12:00:00Z"));
        assert_eq!(ledger.take("a", day, 2), Some(1));
        assert_eq!(ledger.take("a", day, 2), Some(0));
        assert_eq!(ledger.take("a", day, 2), None);
        assert_eq!(ledger.take("b", day, 2), Some(1), "each key has its own");
        let next = at("2026-01-16T08:00:00Z");
        assert_eq!(ledger.take("a", next, 2), Some(1));
        ledger.exhausted("a", next, 2);
        assert_eq!(ledger.take("a", next, 2), None);
    }
}

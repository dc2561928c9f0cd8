//! One subscription, as it is kept.

use mediamesh_domain::id::SourceId;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::objects::{self, Objects};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

const SECOND: i64 = 1_000_000;
/// A lease is renewed when this part of it is left, and never later than a day before its end.
const RENEW_AT: i64 = 3;
/// How long an unanswered request is waited for.
const ASK_AGAIN: i64 = 3600 * SECOND;
/// The shortest and the longest lease that is believed, in seconds.
const LEASES: std::ops::RangeInclusive<i64> = 300..=30 * 86_400;

/// A subscription at a hub.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subscription {
    pub(super) hub: String,
    pub(super) topic: String,
    /// The part of the callback's address that nobody can guess.
    pub(super) token: String,
    /// What the hub signs news with.
    pub(super) secret: String,
    pub(super) asked_at: Timestamp,
    /// The lease, once the hub has confirmed it.
    pub(super) lease: Option<Lease>,
    /// When the hub said no.
    pub(super) denied_at: Option<Timestamp>,
}

/// The time for which a hub tells news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Lease {
    pub(super) fn new(now: Timestamp, seconds: i64) -> Self {
        let seconds = seconds.clamp(*LEASES.start(), *LEASES.end());
        Self {
            from: now,
            until: now.plus_seconds(seconds),
        }
    }

    /// From when on it is renewed.
    fn renew_from(self) -> Timestamp {
        let length = self.until.0 - self.from.0;
        Timestamp(self.until.0 - length / RENEW_AT)
    }
}

impl Subscription {
    /// Whether the hub tells news now.
    pub(super) fn is_active(&self, now: Timestamp) -> bool {
        self.lease.is_some_and(|lease| now < lease.until)
    }

    /// Whether the hub is to be asked, now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let waited = now.0 - self.asked_at.0 >= ASK_AGAIN;
        let wanted = self.lease.is_none_or(|lease| now >= lease.renew_from());
        let denied = self
            .denied_at
            .is_some_and(|at| now.0 - at.0 < 24 * ASK_AGAIN);
        wanted && waited && !denied
    }

    /// Seconds until it is to be renewed; none where it is not active.
    pub(super) fn renew_in_s(&self, now: Timestamp) -> Option<u64> {
        let lease = self.lease.filter(|_| self.is_active(now))?;
        let left = lease.renew_from().0.saturating_sub(now.0).max(0) / SECOND;
        u64::try_from(left).ok()
    }

    pub(super) fn has_token(&self, token: &str) -> bool {
        bool::from(self.token.as_bytes().ct_eq(token.as_bytes()))
    }

    pub(super) async fn load(
        objects: &dyn Objects,
        source: SourceId,
    ) -> Result<Option<Self>, objects::Error> {
        let bytes = objects.get(&name(source)).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(super) async fn save(
        &self,
        objects: &dyn Objects,
        source: SourceId,
    ) -> Result<(), objects::Error> {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        objects.put(&name(source), bytes).await
    }
}

/// Shows neither the token nor the secret.
impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("hub", &self.hub)
            .field("topic", &self.topic)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

fn name(source: SourceId) -> String {
    format!("websub/{source}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp(hour * 3600 * SECOND)
    }

    fn subscription() -> Subscription {
        Subscription {
            hub: String::new(),
            topic: String::new(),
            token: "t0ken".into(),
            secret: "s3cret".into(),
            asked_at: at(0),
            lease: None,
            denied_at: None,
        }
    }

    #[test]
    fn a_lease_is_renewed_before_its_end_and_not_all_the_time() {
        let mut one = subscription();
        assert!(!one.is_due(at(0)), "the hub has been asked just now");
        assert!(one.is_due(at(1)), "it did not answer");
        one.lease = Some(Lease::new(at(0), 30 * 3600));
        assert!(!one.is_due(at(19)));
        assert_eq!(one.renew_in_s(at(19)), Some(3600));
        assert!(one.is_due(at(20)) && one.is_active(at(20)));
        assert!(!one.is_active(at(30)));
        assert_eq!(one.renew_in_s(at(30)), None);
        one.denied_at = Some(at(30));
        assert!(!one.is_due(at(40)));
        assert!(one.is_due(at(55)));
    }

    #[test]
    fn no_lease_is_absurd() {
        for (asked, hours) in [(i64::MAX, 720), (i64::MIN, 0), (0, 0), (7200, 2)] {
            let lease = Lease::new(at(0), asked);
            assert_eq!((lease.until.0 - lease.from.0) / (3600 * SECOND), hours);
        }
    }

    #[test]
    fn token_and_secret_are_shown_nowhere() {
        let shown = format!("{:?}", subscription());
        assert!(
            !shown.contains("t0ken") && !shown.contains("s3cret"),
            "{shown}"
        );
        assert!(subscription().has_token("t0ken") && !subscription().has_token("t0kem"));
    }
}

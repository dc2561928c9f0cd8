//! How often, and how long, the same thing is tried again: 3 times, from 1 s, doubling, with full jitter, and
//! never past the deadline.

use std::time::{Duration, Instant};

const RETRIES: u32 = 3;
const FIRST: Duration = Duration::from_secs(1);

/// The time and the retries that are left for a call.
#[derive(Debug)]
pub(crate) struct Retries {
    until: Instant,
    made: u32,
}

impl Retries {
    /// A call that may take so long in all.
    pub(crate) fn within(deadline: Duration) -> Self {
        Self {
            until: Instant::now() + deadline,
            made: 0,
        }
    }

    /// How much time is left.
    pub(crate) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Waits before the next try, or says at once that there is none.
    pub(crate) async fn pause(&mut self) -> bool {
        if self.made == RETRIES {
            return false;
        }
        let step = FIRST.saturating_mul(1 << self.made);
        let pause = rand::random_range(Duration::ZERO..=step);
        if pause >= self.left() {
            return false;
        }
        self.made += 1;
        tokio::time::sleep(pause).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_tried_past_the_deadline() {
        let began = Instant::now();
        let mut retries = Retries::within(Duration::from_millis(30));
        while retries.pause().await {}
        assert!(began.elapsed() < Duration::from_millis(500));
        assert!(retries.made <= RETRIES);
    }
}

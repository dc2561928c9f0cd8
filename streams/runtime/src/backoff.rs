//! How long to pause before the same thing is tried again: from 1 s, doubling, at most 10 s, with jitter.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(10);

/// Grows with each failure in a row.
#[derive(Debug, Clone, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next pause: between half of the step and the whole of it, so that pauses neither align nor vanish.
    pub fn pause(&mut self) -> Duration {
        let step = self.ceiling();
        self.failures = self.failures.saturating_add(1);
        rand::random_range(step / 2..=step)
    }

    /// Begins anew, after something went through.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    fn ceiling(&self) -> Duration {
        FIRST.saturating_mul(1 << self.failures.min(4)).min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_ten_seconds_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::default();
        for ceiling in [1, 2, 4, 8, 10, 10] {
            let pause = backoff.pause();
            assert!(pause <= Duration::from_secs(ceiling), "{pause:?}");
            assert!(pause >= Duration::from_secs(ceiling) / 2, "{pause:?}");
        }
        backoff.reset();
        assert!(backoff.pause() <= FIRST);
    }
}

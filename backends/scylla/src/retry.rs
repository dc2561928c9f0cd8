//! Repeating what the cluster could not answer, within one deadline.
//!
//! Every request may be repeated: reads as they are, writes because the timestamp they carry is the row's.

use crate::error::Fault;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// The longest pause before the first repetition; it doubles from one to the next, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);

/// How often, and how long altogether.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retry {
    deadline: Duration,
    retries: u32,
    first: Duration,
}

impl Retry {
    pub(crate) fn new(deadline: Duration, retries: u32) -> Self {
        Self {
            deadline,
            retries,
            first: FIRST,
        }
    }

    /// Attempts until it is done, cannot be done, or there is no time or attempt left.
    pub(crate) async fn run<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let end = Instant::now() + self.deadline;
        let mut failed = 0;
        loop {
            let said = match timeout_at(end, attempt()).await {
                Ok(Err(Fault::Away(said))) => said,
                Ok(done) => return done,
                Err(_) => format!("no answer within {} ms", self.deadline.as_millis()),
            };
            let pause = self.pause(failed, rand::random());
            if failed == self.retries || Instant::now() + pause >= end {
                return Err(Fault::Away(said));
            }
            sleep(pause).await;
            failed += 1;
        }
    }

    /// Any time up to the longest of this attempt (full jitter); `chance` is from 0 to 1.
    fn pause(&self, failed: u32, chance: f64) -> Duration {
        let longest = self.first.saturating_mul(1 << failed.min(16));
        longest.min(LONGEST).mul_f64(chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn quick(retries: u32) -> Retry {
        Retry {
            deadline: Duration::from_secs(60),
            retries,
            first: Duration::from_micros(1),
        }
    }

    async fn attempts(retry: Retry, outcomes: &[Result<(), Fault>]) -> (usize, Result<(), Fault>) {
        let made = Cell::new(0);
        let result = retry.run(|| async {
            made.set(made.get() + 1);
            outcomes[made.get() - 1].clone()
        });
        let result = result.await;
        (made.get(), result)
    }

    #[tokio::test]
    async fn what_could_not_be_answered_is_asked_again_and_nothing_else_is() {
        let away = || Err(Fault::Away("away".to_owned()));
        let (made, result) = attempts(quick(3), &[away(), away(), Ok(())]).await;
        assert_eq!((made, result), (3, Ok(())));
        let (made, result) = attempts(quick(3), &[away(), away(), away(), away()]).await;
        assert_eq!((made, result), (4, away()));
        for fault in [
            Fault::Denied("no".to_owned()),
            Fault::Invalid("no".to_owned()),
            Fault::Wrong("no".to_owned()),
        ] {
            let (made, result) = attempts(quick(3), &[Err(fault.clone())]).await;
            assert_eq!((made, result), (1, Err(fault)));
        }
    }

    #[tokio::test]
    async fn nothing_lasts_longer_than_the_deadline() {
        let retry = Retry::new(Duration::from_millis(30), 3);
        let began = Instant::now();
        let result = retry.run(std::future::pending::<Result<(), Fault>>);
        assert!(matches!(result.await, Err(Fault::Away(_))));
        assert!(began.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_are_any_part_of_it() {
        let retry = Retry::new(Duration::from_secs(60), 9);
        let longest: Vec<_> = (0..6).map(|n| retry.pause(n, 1.0).as_secs()).collect();
        assert_eq!(longest, [1, 2, 4, 8, 10, 10]);
        assert_eq!(retry.pause(5, 0.0), Duration::ZERO);
    }
}

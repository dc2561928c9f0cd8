//! How long a server that is away is waited for.

use super::Use;
use anyhow::bail;
use std::fmt::Display;
use std::time::{Duration, Instant};

/// The pause before the first new attempt; each is twice as long as the one before, up to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// How an attempt failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// The server is away: the same may go through later.
    #[error("away: {0}")]
    Away(String),
    /// It never goes through as things are.
    #[error("{0}")]
    Wrong(String),
}

impl Failed {
    pub(super) fn wrong(error: impl Display) -> Self {
        Self::Wrong(error.to_string())
    }
}

/// How long it is tried again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience(Option<Duration>);

impl Patience {
    /// An instance waits as long as it takes; whoever asks a question wants an answer.
    pub(super) fn of(for_use: Use) -> Self {
        Self(match for_use {
            Use::Stages | Use::NoStages => None,
            Use::Question => Some(Duration::from_secs(15)),
        })
    }

    /// Attempts something until it goes through.
    pub(super) async fn with<T, F>(
        self,
        server: &str,
        mut attempt: impl FnMut() -> F,
    ) -> anyhow::Result<T>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let (from, mut pause) = (Instant::now(), PAUSES.0);
        loop {
            let reason = match attempt().await {
                Ok(done) => return Ok(done),
                Err(Failed::Wrong(reason)) => bail!("{server}: {reason}"),
                Err(Failed::Away(reason)) => reason,
            };
            if self
                .0
                .is_some_and(|longest| from.elapsed() + pause > longest)
            {
                bail!("{server} is away: {reason}");
            }
            tracing::warn!(server, %reason, "waiting for a server that is away");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    #[tokio::test(start_paused = true)]
    async fn what_is_away_is_tried_again_and_what_is_wrong_is_not() {
        let mut attempts = 0;
        let done = Patience::of(Use::Stages).with("Kafka", || {
            attempts += 1;
            ready(if attempts < 5 {
                Err(Failed::Away("no".to_owned()))
            } else {
                Ok(attempts)
            })
        });
        assert_eq!(done.await.unwrap(), 5);
        let wrong = Patience::of(Use::Stages)
            .with("Kafka", || ready(Err::<(), _>(Failed::wrong("bad"))))
            .await;
        assert_eq!(wrong.unwrap_err().to_string(), "Kafka: bad");
    }
}

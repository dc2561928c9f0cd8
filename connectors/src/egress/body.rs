//! Reads a body within its limits, counted after decompression.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::error::Error;
use super::policy::Policy;

/// What a body may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    pub(super) max_bytes: u64,
    min_bytes_per_s: u64,
    grace: Duration,
}

impl BodyLimits {
    pub(super) fn new(policy: &Policy, max_bytes: Option<u64>) -> Self {
        Self {
            max_bytes: max_bytes.map_or(policy.max_bytes, |own| own.min(policy.max_bytes)),
            min_bytes_per_s: policy.min_bytes_per_s,
            grace: policy.slow_grace,
        }
    }

    /// When a body that started at `start` and has come to `bytes` is too slow.
    fn too_slow_at(&self, start: Instant, bytes: usize) -> Instant {
        // A year stands for ever: the deadline over everything comes long before.
        let ever = Duration::from_secs(31_536_000);
        let earned = match self.min_bytes_per_s {
            0 => ever,
            rate => Duration::from_millis((bytes as u64).saturating_mul(1000) / rate),
        };
        start + self.grace + earned.min(ever)
    }
}

/// Collects `stream`. A length that the server announced is never believed for memory, only for
/// giving up early.
pub(super) async fn read<S, E>(stream: S, limits: BodyLimits) -> Result<Bytes, Error>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Error>,
{
    let mut stream = std::pin::pin!(stream);
    let mut body = BytesMut::new();
    let start = Instant::now();
    loop {
        let next = timeout_at(limits.too_slow_at(start, body.len()), stream.next()).await;
        let Ok(chunk) = next else {
            return Err(Error::TooSlow {
                min_bytes_per_s: limits.min_bytes_per_s,
            });
        };
        let Some(chunk) = chunk.transpose().map_err(Into::into)? else {
            return Ok(body.freeze());
        };
        if (body.len() + chunk.len()) as u64 > limits.max_bytes {
            return Err(too_large(limits.max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
}

pub(super) fn too_large(limit_bytes: u64) -> Error {
    Error::TooLarge { limit_bytes }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use tokio::time::sleep;

    use super::*;

    /// A body in `chunks` pieces of `len` bytes, one each `every`.
    async fn drip(chunks: usize, len: usize, every: Duration) -> Result<Bytes, Error> {
        let body = stream::iter(0..chunks).then(|_| async move {
            sleep(every).await;
            Ok::<_, Error>(Bytes::from(vec![b' '; len]))
        });
        read(body, BodyLimits::new(&Policy::default(), None)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_falls_behind_the_least_rate_is_given_up() {
        for (len, expected_s) in [(1, 5), (0, 5), (512, 9), (896, 33)] {
            let start = Instant::now();
            let error = drip(100_000, len, Duration::from_secs(1))
                .await
                .unwrap_err();
            assert!(matches!(error, Error::TooSlow { .. }), "{len}: {error}");
            assert_eq!(start.elapsed().as_secs(), expected_s, "{len}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_but_steady_body_is_taken_however_long_it_is() {
        let taken = drip(3_000, 1024, Duration::from_secs(1)).await.unwrap();
        assert_eq!(taken.len(), 3_000 * 1024);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_is_given_up_when_its_credit_is_used() {
        let start = Instant::now();
        let first = stream::iter([Ok::<_, Error>(Bytes::from(vec![b' '; 10 * 1024]))]);
        let body = first.chain(stream::pending());
        let limits = BodyLimits::new(&Policy::default(), None);
        assert!(matches!(
            read(body, limits).await,
            Err(Error::TooSlow { .. })
        ));
        assert_eq!(start.elapsed().as_secs(), 15);
    }
}

//! Bulkheads: each class of requests has room for so many at once, and a short queue before it.
//!
//! A class that is slow or flooded fills its own room and answers 503 with Retry-After; the others go on.

use crate::problem::{Problem, kind};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The room of one class of requests; cheap to clone.
#[derive(Clone, Debug)]
pub struct Bulkhead {
    name: &'static str,
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// A place in a bulkhead, held while a request is worked on.
#[derive(Debug)]
pub struct Place {
    _admitted: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
}

impl Bulkhead {
    /// Room for `running` requests at once and for `queued` that wait.
    #[must_use]
    pub fn new(name: &'static str, running: usize, queued: usize) -> Self {
        Self {
            name,
            admitted: Arc::new(Semaphore::new(running + queued)),
            running: Arc::new(Semaphore::new(running)),
        }
    }

    /// Takes a place, waiting in the queue where there is room in it.
    ///
    /// # Errors
    /// A 503 problem where the queue is full.
    pub async fn enter(&self) -> Result<Place, Problem> {
        let full = || {
            metrics::counter!("http_overloads_total", "class" => self.name).increment(1);
            Problem::new(
                kind::OVERLOADED,
                "too many requests of this kind are waiting: try again in a moment",
            )
            .code("overloaded")
            .retry_after(1)
        };
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| full())?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| full())?;
        Ok(Place {
            _admitted: admitted,
            _running: running,
        })
    }
}

/// Middleware: a request is worked on only while it holds a place.
/// Use with [`axum::middleware::from_fn_with_state`].
pub async fn guard(State(bulkhead): State<Bulkhead>, request: Request, next: Next) -> Response {
    match bulkhead.enter().await {
        Ok(_place) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_refuses_and_a_place_given_back_is_taken() {
        let bulkhead = Bulkhead::new("test", 1, 1);
        let first = bulkhead.enter().await.unwrap();
        let waiting = tokio::spawn({
            let bulkhead = bulkhead.clone();
            async move { bulkhead.enter().await.is_ok() }
        });
        tokio::task::yield_now().await;
        let refused = bulkhead.enter().await.unwrap_err();
        assert_eq!(refused.kind(), kind::OVERLOADED);
        drop(first);
        assert!(waiting.await.unwrap());
    }
}

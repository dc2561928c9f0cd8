//! Leaves a host alone for a while when it keeps failing.
//!
//! Hosts are told apart by the address that the caller names; a redirect counts for it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::Fetch;
use super::answer::Fetched;
use super::error::{Error, Kind};
use super::policy::Origin;
use super::request::Request;
use super::vet;

/// Most hosts that are kept in mind; failing hosts beyond are asked as if they were new.
const MAX_HOSTS: usize = 10_000;

/// When a circuit opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open.
    pub open: Duration,
    /// Successes in a row, one request at a time, that close it again.
    pub successes: u32,
}

impl Default for BreakerLimits {
    fn default() -> Self {
        Self {
            failures: 5,
            open: Duration::from_secs(60),
            successes: 2,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Circuit {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen { successes: u32, probing: bool },
}

/// A [`Fetch`] with a circuit breaker per host and port.
#[derive(Debug)]
pub struct Breaker<F> {
    inner: F,
    limits: BreakerLimits,
    /// Only hosts that failed lately have an entry.
    circuits: Mutex<HashMap<Origin, Circuit>>,
}

impl<F> Breaker<F> {
    /// Wraps `inner`.
    pub fn new(inner: F, limits: BreakerLimits) -> Self {
        Self {
            inner,
            limits,
            circuits: Mutex::default(),
        }
    }

    /// Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
    fn circuits(&self) -> MutexGuard<'_, HashMap<Origin, Circuit>> {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a request through, as a probe where the circuit is half open.
    fn enter(&self, origin: &Origin) -> Result<Permit<'_, F>, Error> {
        let mut circuits = self.circuits();
        let permit = |probe| Permit {
            breaker: self,
            origin: origin.clone(),
            probe,
        };
        let Some(circuit) = circuits.get_mut(origin) else {
            return Ok(permit(false));
        };
        let now = Instant::now();
        let (successes, retry_in) = match *circuit {
            Circuit::Closed { .. } => return Ok(permit(false)),
            Circuit::Open { until } => (0, until.saturating_duration_since(now)),
            Circuit::HalfOpen { successes, probing } => {
                (successes, Duration::from_secs(u64::from(probing)))
            }
        };
        if !retry_in.is_zero() {
            return Err(Error::CircuitOpen {
                host: origin.to_string(),
                retry_in_s: retry_in.as_secs_f64().ceil() as u64,
            });
        }
        let probing = true;
        *circuit = Circuit::HalfOpen { successes, probing };
        Ok(permit(true))
    }

    fn settle(&self, origin: &Origin, probe: bool, verdict: Verdict) {
        let mut circuits = self.circuits();
        let before = circuits.get(origin).copied().unwrap_or(Circuit::NEW);
        match before.settled(probe, verdict, &self.limits) {
            Circuit::NEW => drop(circuits.remove(origin)),
            after => {
                make_room(&mut circuits);
                if circuits.len() < MAX_HOSTS || circuits.contains_key(origin) {
                    circuits.insert(origin.clone(), after);
                }
            }
        }
    }
}

impl Circuit {
    /// A host that has not failed.
    const NEW: Self = Self::Closed { failures: 0 };

    /// The circuit after a request. One that is not a probe was sent before the circuit opened,
    /// and says nothing new of an open or half-open one.
    fn settled(self, probe: bool, verdict: Verdict, limits: &BreakerLimits) -> Self {
        let open = Self::Open {
            until: Instant::now() + limits.open,
        };
        match (self, verdict) {
            (Self::Closed { .. }, Verdict::Success) => Self::NEW,
            (Self::Closed { failures }, Verdict::Failure) => match failures + 1 {
                failures if failures < limits.failures => Self::Closed { failures },
                _ => open,
            },
            (Self::HalfOpen { .. }, Verdict::Failure) if probe => open,
            (Self::HalfOpen { successes, .. }, verdict) if probe => {
                let successes = successes + u32::from(verdict == Verdict::Success);
                match successes < limits.successes {
                    true => Self::HalfOpen {
                        successes,
                        probing: false,
                    },
                    false => Self::NEW,
                }
            }
            (unchanged, _) => unchanged,
        }
    }
}

/// Forgets hosts that are not open when there are too many.
fn make_room(circuits: &mut HashMap<Origin, Circuit>) {
    if circuits.len() >= MAX_HOSTS {
        let now = Instant::now();
        circuits.retain(|_, circuit| matches!(circuit, Circuit::Open { until } if *until > now));
    }
}

/// What a result says of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Success,
    Failure,
    None,
}

impl Verdict {
    fn of(result: &Result<Fetched, Error>) -> Self {
        match result {
            Ok(_) => Self::Success,
            // The host was not asked.
            Err(Error::Refused(_) | Error::CircuitOpen { .. }) => Self::None,
            // A host that says "slower" is up.
            Err(Error::Status { code: 429, .. }) => Self::Success,
            Err(error) if error.kind() == Kind::Transient => Self::Failure,
            Err(Error::Transport { .. }) => Self::Failure,
            Err(_) => Self::Success,
        }
    }
}

/// A request under way; one that is dropped without a result frees its place as a probe.
struct Permit<'b, F> {
    breaker: &'b Breaker<F>,
    origin: Origin,
    probe: bool,
}

impl<F> Permit<'_, F> {
    fn settle(mut self, verdict: Verdict) {
        self.breaker.settle(&self.origin, self.probe, verdict);
        self.probe = false;
    }
}

impl<F> Drop for Permit<'_, F> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.settle(&self.origin, true, Verdict::None);
        }
    }
}

#[async_trait]
impl<F: Fetch> Fetch for Breaker<F> {
    async fn fetch(&self, request: Request) -> Result<Fetched, Error> {
        let parsed = vet::parse(&request.url)?;
        let Some(origin) = Origin::of(&parsed) else {
            return self.inner.fetch(request).await;
        };
        let permit = self.enter(&origin)?;
        let result = self.inner.fetch(request).await;
        permit.settle(Verdict::of(&result));
        result
    }
}

#[cfg(test)]
mod tests;

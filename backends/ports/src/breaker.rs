//! Leaves an outside server alone for a while when it keeps failing.
//!
//! One circuit, for one server. Adapters ask it before each call; what is done instead is theirs to say.

#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// When a circuit opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open.
    pub open: Duration,
    /// Successes in a row, one call at a time, that close it again.
    pub successes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            failures: 5,
            open: Duration::from_secs(60),
            successes: 2,
        }
    }
}

/// The circuit is open: the server is not asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it kept failing and is left alone for {} s", .retry_in.as_secs_f64().ceil())]
pub struct Open {
    /// When it is asked again; zero where another call is finding out.
    pub retry_in: Duration,
}

/// What a call made of the circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// It is open now.
    Opened,
    /// It is closed again.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Circuit {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen { successes: u32, probing: bool },
}

/// A circuit breaker for one server.
#[derive(Debug)]
pub struct Breaker {
    limits: Limits,
    circuit: Mutex<Circuit>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Breaker {
    /// A closed circuit.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            circuit: Mutex::new(Circuit::Closed { failures: 0 }),
        }
    }

    /// Lets a call through, one at a time after the circuit was open.
    ///
    /// # Errors
    /// [`Open`].
    pub fn enter(&self) -> Result<Permit<'_>, Open> {
        let mut circuit = self.circuit();
        let successes = match *circuit {
            Circuit::Closed { .. } => return Ok(self.permit(false)),
            Circuit::HalfOpen { probing: true, .. } => {
                let retry_in = Duration::ZERO;
                return Err(Open { retry_in });
            }
            Circuit::HalfOpen { successes, .. } => successes,
            Circuit::Open { until } => match until.checked_duration_since(Instant::now()) {
                Some(retry_in) if !retry_in.is_zero() => return Err(Open { retry_in }),
                _ => 0,
            },
        };
        let probing = true;
        *circuit = Circuit::HalfOpen { successes, probing };
        Ok(self.permit(true))
    }

    fn permit(&self, probe: bool) -> Permit<'_> {
        Permit {
            breaker: self,
            probe,
        }
    }

    /// Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that is no probe was made before the circuit opened, and says nothing new of an open one.
    fn settle(&self, probe: bool, success: bool) -> Change {
        let mut circuit = self.circuit();
        let (after, change) = match *circuit {
            Circuit::Closed { .. } if success => (Circuit::Closed { failures: 0 }, Change::None),
            Circuit::Closed { failures } if failures + 1 < self.limits.failures => {
                let failures = failures + 1;
                (Circuit::Closed { failures }, Change::None)
            }
            Circuit::Closed { .. } => (self.open(), Change::Opened),
            Circuit::HalfOpen { successes, .. } if probe => self.probed(successes, success),
            unchanged => (unchanged, Change::None),
        };
        *circuit = after;
        change
    }

    fn probed(&self, successes: u32, success: bool) -> (Circuit, Change) {
        let successes = successes + 1;
        if !success {
            return (self.open(), Change::None);
        }
        if successes < self.limits.successes {
            let probing = false;
            return (Circuit::HalfOpen { successes, probing }, Change::None);
        }
        (Circuit::Closed { failures: 0 }, Change::Closed)
    }

    fn open(&self) -> Circuit {
        let until = Instant::now() + self.limits.open;
        Circuit::Open { until }
    }
}

/// A call under way; one that is dropped without an end frees its place.
#[derive(Debug)]
#[must_use = "a call ends by `settle`"]
pub struct Permit<'b> {
    breaker: &'b Breaker,
    probe: bool,
}

impl Permit<'_> {
    /// Says how the call ended.
    pub fn settle(mut self, success: bool) -> Change {
        let probe = std::mem::take(&mut self.probe);
        self.breaker.settle(probe, success)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe
            && let Circuit::HalfOpen { probing, .. } = &mut *self.breaker.circuit()
        {
            *probing = false;
        }
    }
}

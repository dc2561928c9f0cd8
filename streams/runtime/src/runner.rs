//! Threads: one per worker, each a member of its group, supervised and drained.
//!
//! A thread turns its worker until it is told to stop. What is away is waited for, what panics is started
//! again after a pause and counted, what cannot go on stops; [`Health`] says which.

use crate::backoff::Backoff;
use crate::health::{Health, Status};
use crate::meter;
use crate::worker::{Turn, Worker};
use mediamesh_ports::event_log::{Error, Groups, Member};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often a pause looks whether it is to end.
const SLICE: Duration = Duration::from_millis(20);

/// Makes a worker: at the start, and again after a panic.
pub type MakeWorker = Box<dyn Fn() -> Box<dyn Worker> + Send>;

/// Starts workers on threads of their own and ends them together.
pub struct Runner {
    groups: Arc<dyn Groups>,
    health: Arc<Health>,
    cancel: CancellationToken,
    threads: Vec<Thread>,
}

struct Thread {
    name: String,
    cancel: CancellationToken,
    handle: JoinHandle<()>,
}

/// How a membership, or the work as a whole, ended.
enum End {
    Drained,
    Stopped(String),
}

/// What a thread needs beside its worker.
struct Shift {
    name: String,
    groups: Arc<dyn Groups>,
    health: Arc<Health>,
    cancel: CancellationToken,
}

impl Runner {
    /// A runner whose threads stop when `cancel` is cancelled.
    #[must_use]
    pub fn new(groups: Arc<dyn Groups>, health: Arc<Health>, cancel: CancellationToken) -> Self {
        Self {
            groups,
            health,
            cancel,
            threads: Vec::new(),
        }
    }

    /// Starts a worker on a thread of its own, under a name that operators know.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(&mut self, name: &str, make: MakeWorker) -> io::Result<()> {
        let cancel = self.cancel.child_token();
        let shift = Shift {
            name: name.to_owned(),
            groups: Arc::clone(&self.groups),
            health: Arc::clone(&self.health),
            cancel: cancel.clone(),
        };
        self.health.set(name, Status::Starting);
        let handle = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || shift.supervise(&make))?;
        self.threads.push(Thread {
            name: name.to_owned(),
            cancel,
            handle,
        });
        Ok(())
    }

    /// Whether a worker of this name was started here and has not ended.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.threads
            .iter()
            .any(|thread| thread.name == name && !thread.handle.is_finished())
    }

    /// Lets the worker of a name finish its step and leave; it is no longer expected to be at work.
    pub fn stop(&self, name: &str) {
        for thread in self.threads.iter().filter(|thread| thread.name == name) {
            thread.cancel.cancel();
        }
    }

    /// Waits until every thread has finished its step and left, at most until `deadline`; says who has not.
    ///
    /// Cancel the token first.
    pub fn join(&mut self, deadline: Instant) -> Vec<String> {
        let mut late = Vec::new();
        for Thread { name, handle, .. } in self.threads.drain(..) {
            while !handle.is_finished() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
            if !handle.is_finished() || handle.join().is_err() {
                late.push(name);
            }
        }
        late
    }
}

impl Shift {
    fn supervise(&self, make: &MakeWorker) {
        let mut panics = Backoff::default();
        while !self.cancel.is_cancelled() {
            let served = catch_unwind(AssertUnwindSafe(|| {
                let mut worker = make();
                self.serve(worker.as_mut(), &mut panics)
            }));
            match served {
                Ok(End::Drained) => break,
                Ok(End::Stopped(reason)) => {
                    self.health.set(&self.name, Status::Stopped(reason));
                    return;
                }
                Err(panic) => {
                    meter::restarted(&self.name);
                    let reason = what_panicked(panic.as_ref());
                    self.health.set(&self.name, Status::Restarting(reason));
                    self.sleep(panics.pause());
                }
            }
        }
        self.health.set(&self.name, Status::Left);
    }

    /// Takes part until the work ends.
    fn serve(&self, worker: &mut dyn Worker, panics: &mut Backoff) -> End {
        let mut backoff = Backoff::default();
        while !self.cancel.is_cancelled() {
            match self.groups.join(worker.spec()) {
                Ok(mut member) => {
                    worker.joined();
                    if let Some(end) = self.turn(worker, member.as_mut(), &mut backoff, panics) {
                        return end;
                    }
                }
                Err(error @ (Error::Poisoned(_) | Error::Corrupt(_))) => {
                    return End::Stopped(error.to_string());
                }
                Err(error) => self.away(error.to_string(), &mut backoff),
            }
        }
        End::Drained
    }

    /// Turns the worker until it is to stop, or none where it must join again.
    fn turn(
        &self,
        worker: &mut dyn Worker,
        member: &mut dyn Member,
        backoff: &mut Backoff,
        panics: &mut Backoff,
    ) -> Option<End> {
        loop {
            if self.cancel.is_cancelled() {
                worker.drain(member);
                return Some(End::Drained);
            }
            match worker.turn(member) {
                Turn::Worked => {
                    backoff.reset();
                    self.at_work(worker, Some(panics));
                }
                Turn::Idle => {
                    backoff.reset();
                    self.at_work(worker, None);
                }
                Turn::Held(pause) => self.sleep(pause),
                Turn::Away(reason) => self.away(reason, backoff),
                Turn::Reassigned => {
                    tracing::info!(processor = self.name, "goes on with other partitions");
                    worker.joined();
                }
                Turn::Rejoin(reason) => {
                    tracing::info!(processor = self.name, reason, "joins its group again");
                    self.sleep(SLICE);
                    return None;
                }
                Turn::Stop(reason) => return Some(End::Stopped(reason)),
            }
        }
    }

    fn at_work(&self, worker: &dyn Worker, panics: Option<&mut Backoff>) {
        match worker.paused() {
            Some(reason) => self.health.set(&self.name, Status::Paused(reason)),
            None => {
                self.health.set(&self.name, Status::Running);
                if let Some(panics) = panics {
                    panics.reset();
                }
            }
        }
    }

    fn away(&self, reason: String, backoff: &mut Backoff) {
        meter::paused(&self.name);
        self.health.set(&self.name, Status::Paused(reason));
        self.sleep(backoff.pause());
    }

    /// Sleeps, or less where the work is to end.
    fn sleep(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while !self.cancel.is_cancelled() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(SLICE));
        }
    }
}

fn what_panicked(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

#[cfg(test)]
mod tests;

//! Rebuilding a view from its topic into the next version, beside live traffic; then comparing the two.
//!
//! The rebuild is the view's own sink, as a group of its own that begins at the topic's start, so it commits,
//! resumes and parks as the live one does. It has caught up when it has taken in all that was there once: beside live
//! traffic there may be no moment with nothing left. Readers are switched by a control command, which is the caller's to
//! send; the sink of the new version then goes on live. No timer ever fires from here.

mod compare;

#[cfg(test)]
mod tests;

pub use compare::{Comparison, compare_rows, compare_search};

use crate::pipeline::Pipeline;
use crate::topology::sink_group;
use crate::worker::{Turn, Worker};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_ports::event_log::{self, GroupSpec, Member, Place};
use mediamesh_ports::search_index::ReadSearch;
use mediamesh_ports::view_store::ReadViews;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long a rebuild waits for what is away, and before it tries again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long it puts up with that in a row.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long the sinks of a version that is kept may be behind, and how often it is looked whether they are.
const CATCH_UP: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(20);
/// How often it is looked, between two pieces of work, how far a rebuild has come.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How fast a rebuild may go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Throttle {
    /// At most so many records a second; none: as fast as it can.
    pub records_per_s: Option<u32>,
}

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RebuildProgress {
    /// Records that were taken in since it began, or went on.
    pub done: i64,
    /// Records that are left now; live traffic adds to them.
    pub left: i64,
}

/// Why a rebuild ended without having caught up. What it did is kept; the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was told to stop.
    #[error("stopped; the next run goes on from here")]
    Cancelled,
    /// Something has been away for too long.
    #[error("the rebuild waits in vain: {0}")]
    Away(String),
    /// It cannot go on.
    #[error("the rebuild cannot go on: {0}")]
    Stopped(String),
    /// The log does not answer.
    #[error(transparent)]
    Log(#[from] event_log::Error),
    /// A view cannot be read to be compared.
    #[error("the views cannot be compared: {0}")]
    Unreadable(String),
}

/// What a comparison reads.
#[derive(Clone)]
pub struct Readers {
    /// Rows.
    pub rows: Arc<dyn ReadViews>,
    /// Search documents.
    pub search: Arc<dyn ReadSearch>,
}

/// Builds a version of a view until it has caught up with its topic. Blocks; call it from a thread of its own.
///
/// # Errors
/// [`Error`]; the work done so far is kept.
pub fn rebuild(
    pipeline: &Pipeline,
    to: ViewVersion,
    throttle: Throttle,
    cancel: &CancellationToken,
    tell: &mut dyn FnMut(RebuildProgress),
) -> Result<RebuildProgress, Error> {
    let mut run = Run::begin(pipeline, to, throttle, cancel, tell)?;
    run.until(&mut || true)?;
    run.progress()
}

/// Builds a version of a view until it has caught up, then keeps it so while it is compared with the one that
/// readers use. Blocks; call it from a thread of its own.
///
/// # Errors
/// [`Error`]; the work done so far is kept.
pub fn rebuild_and_compare(
    pipeline: &Pipeline,
    readers: &Readers,
    (from, to): (ViewVersion, ViewVersion),
    throttle: Throttle,
    cancel: &CancellationToken,
    tell: &mut dyn FnMut(RebuildProgress),
) -> Result<Comparison, Error> {
    let mut run = Run::begin(pipeline, to, throttle, cancel, tell)?;
    let mut comparing: Option<JoinHandle<Result<Comparison, Error>>> = None;
    run.until(&mut || {
        comparing
            .get_or_insert_with(|| pipeline.handle.spawn(compare(readers.clone(), from, to)))
            .is_finished()
    })?;
    match comparing {
        Some(comparing) => pipeline
            .handle
            .block_on(comparing)
            .unwrap_or_else(|error| Err(Error::Unreadable(error.to_string()))),
        None => Ok(Comparison::default()),
    }
}

/// Waits until the running sinks of a version have taken in all that is in its topic now. Blocks; call it from a thread of its own.
///
/// # Errors
/// [`Error::Away`] where they do not, [`Error::Cancelled`], [`Error::Log`].
pub fn await_caught_up(
    pipeline: &Pipeline,
    version: ViewVersion,
    cancel: &CancellationToken,
) -> Result<(), Error> {
    let (group, from) = (sink_group(version), Instant::now());
    let mut goal = Goal::default();
    loop {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let places = places(pipeline, &group)?;
        if goal.is_reached(&places) {
            return Ok(());
        }
        if from.elapsed() >= CATCH_UP {
            let (name, left) = (group.name, left(&places));
            let reason = format!("{name} has {left} records to take in and does not catch up");
            return Err(Error::Away(reason));
        }
        std::thread::sleep(LOOK);
    }
}

/// Compares two versions of a view: rows by key, search documents by id and language.
///
/// # Errors
/// [`Error::Unreadable`].
pub async fn compare(
    readers: Readers,
    old: ViewVersion,
    new: ViewVersion,
) -> Result<Comparison, Error> {
    match new.view {
        View::Search => compare_search(readers.search.as_ref(), old, new).await,
        View::Catalog | View::History | View::Verdicts | View::Runs => {
            compare_rows(readers.rows.as_ref(), old, new).await
        }
    }
}

/// What there was to take in when it was first looked.
#[derive(Debug, Default)]
struct Goal(Option<Vec<Offset>>);

impl Goal {
    fn is_reached(&mut self, places: &[Place]) -> bool {
        let ends = || places.iter().map(|place| place.end).collect();
        let ends = self.0.get_or_insert_with(ends);
        let mut each = places.iter().zip(ends);
        // An end may be counted too high, by a transaction that is given up.
        each.all(|(place, end)| place.committed >= *end || place.lag() == 0)
    }
}

/// A rebuild on its way.
struct Run<'a> {
    pipeline: &'a Pipeline,
    group: GroupSpec,
    worker: Box<dyn Worker>,
    throttle: Throttle,
    cancel: &'a CancellationToken,
    tell: &'a mut dyn FnMut(RebuildProgress),
    began: Instant,
    /// The most records that were left at any time.
    total: i64,
    goal: Goal,
    looked: Option<Instant>,
    stuck_since: Option<Instant>,
}

impl<'a> Run<'a> {
    fn begin(
        pipeline: &'a Pipeline,
        to: ViewVersion,
        throttle: Throttle,
        cancel: &'a CancellationToken,
        tell: &'a mut dyn FnMut(RebuildProgress),
    ) -> Result<Self, Error> {
        let group = sink_group(to);
        Ok(Self {
            pipeline,
            total: left(&places(pipeline, &group)?),
            goal: Goal::default(),
            group,
            worker: pipeline.sink(to),
            throttle,
            cancel,
            tell,
            began: Instant::now(),
            looked: None,
            stuck_since: None,
        })
    }

    /// Turns the sink until it has caught up and `done` says that this is enough.
    fn until(&mut self, done: &mut dyn FnMut() -> bool) -> Result<(), Error> {
        loop {
            let mut member = self.pipeline.groups.join(self.group.clone())?;
            self.worker.joined();
            if self.turn(member.as_mut(), done)? {
                return Ok(());
            }
        }
    }

    /// Turns the sink until that is enough, or false where it must join again.
    fn turn(
        &mut self,
        member: &mut dyn Member,
        done: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Error> {
        loop {
            if self.cancel.is_cancelled() {
                self.worker.drain(member);
                return Err(Error::Cancelled);
            }
            match self.worker.turn(member) {
                Turn::Worked => {
                    self.stuck_since = None;
                    self.slow_down()?;
                    if self.looked.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
                        continue;
                    }
                }
                Turn::Idle => {
                    if let Some(reason) = self.worker.paused() {
                        self.wait(reason)?;
                    }
                }
                Turn::Held(pause) => std::thread::sleep(pause),
                Turn::Away(reason) => self.wait(reason)?,
                Turn::Reassigned => self.worker.joined(),
                Turn::Rejoin(_) => return Ok(false),
                Turn::Stop(reason) => return Err(Error::Stopped(reason)),
            }
            if self.look()? && !self.cancel.is_cancelled() && done() {
                self.worker.drain(member);
                return Ok(true);
            }
        }
    }

    /// Tells how far it has come; says whether it has caught up.
    fn look(&mut self) -> Result<bool, Error> {
        self.looked = Some(Instant::now());
        let places = places(self.pipeline, &self.group)?;
        let progress = self.progress_of(&places);
        (self.tell)(progress);
        Ok(self.goal.is_reached(&places))
    }

    fn progress(&mut self) -> Result<RebuildProgress, Error> {
        let places = places(self.pipeline, &self.group)?;
        Ok(self.progress_of(&places))
    }

    fn progress_of(&mut self, places: &[Place]) -> RebuildProgress {
        let left = left(places);
        self.total = self.total.max(left);
        let done = self.total - left;
        RebuildProgress { done, left }
    }

    /// Waits until the records done are not more than the throttle allows by now.
    fn slow_down(&mut self) -> Result<(), Error> {
        if let Some(rate) = self.throttle.records_per_s {
            let done = self.progress()?.done as f64;
            let due = Duration::from_secs_f64(done / f64::from(rate.max(1)));
            let early = due.saturating_sub(self.began.elapsed());
            std::thread::sleep(early.min(Duration::from_secs(1)));
        }
        Ok(())
    }

    fn wait(&mut self, reason: String) -> Result<(), Error> {
        let since = *self.stuck_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= PATIENCE {
            return Err(Error::Away(reason));
        }
        std::thread::sleep(PAUSE);
        Ok(())
    }
}

/// Where a group stands in all partitions.
fn places(pipeline: &Pipeline, group: &GroupSpec) -> Result<Vec<Place>, Error> {
    let partitions = (0..group.input.spec().partitions).map(Partition);
    let place = |partition| pipeline.groups.place(&group.name, group.input, partition);
    Ok(partitions.map(place).collect::<Result<_, _>>()?)
}

/// How many records a group has not committed, in all partitions.
fn left(places: &[Place]) -> i64 {
    places.iter().map(|place| place.lag()).sum()
}

#[cfg(test)]
mod goal {
    use super::*;

    #[test]
    fn what_came_later_is_not_waited_for() {
        let place = |committed, end| Place {
            committed: Offset(committed),
            end: Offset(end),
        };
        let mut goal = Goal::default();
        assert!(!goal.is_reached(&[place(0, 3), place(5, 5)]));
        assert!(!goal.is_reached(&[place(2, 9), place(5, 8)]));
        assert!(goal.is_reached(&[place(3, 12), place(5, 9)]));
        // The transaction that the first end counted was given up.
        assert!(goal.is_reached(&[place(2, 2), place(5, 9)]));
    }
}

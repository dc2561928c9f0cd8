//! Rebuilding a view from its topic into the next version, beside live traffic; then comparing the two.
//!
//! The rebuild is the view's own sink, as a group of its own that begins at the topic's start, so it commits,
//! resumes and parks as the live one does. Readers are switched by a control command, which is the caller's to
//! send; the sink of the new version then goes on live. No timer ever fires from here.

mod compare;

#[cfg(test)]
mod tests;

pub use compare::{Comparison, compare_rows, compare_search};

use crate::pipeline::Pipeline;
use crate::topology::sink_group;
use crate::worker::{Turn, Worker};
use mediamesh_domain::position::Partition;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::event_log::{self, GroupSpec};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How long a rebuild waits for what is away, and before it tries again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long it puts up with that in a row.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often the progress is told.
const TELL_EVERY: Duration = Duration::from_millis(200);

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
    let group = sink_group(to);
    let mut worker = pipeline.sink(to);
    let mut run = Run {
        pipeline,
        group: &group,
        began: Instant::now(),
        first_left: left(pipeline, &group)?,
        end: left(pipeline, &group)?,
        told: None,
        stuck_since: None,
    };
    loop {
        let mut member = pipeline.groups.join(group.clone())?;
        worker.joined();
        loop {
            if cancel.is_cancelled() {
                worker.drain(member.as_mut());
                return Err(Error::Cancelled);
            }
            match worker.turn(member.as_mut()) {
                Turn::Worked => {
                    run.stuck_since = None;
                    run.tell(tell)?;
                    run.slow_down(throttle)?;
                }
                Turn::Idle => {
                    if run.progress()?.left == 0 {
                        let progress = run.progress()?;
                        tell(progress);
                        return Ok(progress);
                    }
                    if let Some(reason) = worker.paused() {
                        run.wait(reason)?;
                    }
                }
                Turn::Held => std::thread::sleep(Duration::from_millis(1)),
                Turn::Away(reason) => run.wait(reason)?,
                Turn::Rejoin(_) => break,
                Turn::Stop(reason) => return Err(Error::Stopped(reason)),
            }
        }
    }
}

struct Run<'a> {
    pipeline: &'a Pipeline,
    group: &'a GroupSpec,
    began: Instant,
    first_left: i64,
    /// The records that there were at the beginning and have come since.
    end: i64,
    told: Option<Instant>,
    stuck_since: Option<Instant>,
}

impl Run<'_> {
    fn progress(&mut self) -> Result<RebuildProgress, Error> {
        let left = left(self.pipeline, self.group)?;
        self.end = self.end.max(left);
        Ok(RebuildProgress {
            done: (self.first_left.max(self.end) - left).max(0),
            left,
        })
    }

    fn tell(&mut self, tell: &mut dyn FnMut(RebuildProgress)) -> Result<(), Error> {
        if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            tell(self.progress()?);
        }
        Ok(())
    }

    /// Waits as long as it takes for the records done not to be more than the throttle allows by now.
    fn slow_down(&mut self, throttle: Throttle) -> Result<(), Error> {
        if let Some(rate) = throttle.records_per_s {
            let done = self.progress()?.done as f64;
            let due = Duration::from_secs_f64(done / f64::from(rate.max(1)));
            std::thread::sleep(due.saturating_sub(self.began.elapsed()).min(Duration::from_secs(1)));
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

/// How many records a group has not committed, in all partitions.
fn left(pipeline: &Pipeline, group: &GroupSpec) -> Result<i64, Error> {
    let mut left = 0;
    for partition in 0..group.input.spec().partitions {
        left += pipeline
            .groups
            .lag(&group.name, group.input, Partition(partition))?
            .max(0);
    }
    Ok(left)
}

//! What a switch of a view brings with it: the new version's sink is started; the version before goes on for an
//! hour, for cursors and a way back, and is then removed with all it holds.
//!
//! A version that readers never used is a rebuild that waits to be gone on with: it stays.

use crate::pipeline::Pipeline;
use crate::runner::Runner;
use crate::topology::sink_group;
use mediamesh_domain::control::ControlState;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{View, ViewVersion};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long after a switch readers can be switched back.
pub const WAY_BACK: Duration = Duration::from_secs(3600);
/// How long the version before a switch is kept going: longer, so that nobody goes back to what is being removed.
const OLD_STAYS: Duration = Duration::from_secs(3900);
/// How often it is looked whether a sink has ended.
const LOOK: Duration = Duration::from_millis(100);

/// The versions of a view whose sinks run: the one that readers use, and those that they left a short time ago.
pub(crate) fn running(control: &ControlState, view: View, now: Timestamp) -> Vec<ViewVersion> {
    let name = view.as_str();
    let kept = control.left_versions(name);
    let kept = kept.filter(|(_, at)| !left(*at, now, OLD_STAYS).is_zero());
    let versions = std::iter::once(control.view_version(name)).chain(kept.map(|(kept, _)| kept));
    versions
        .map(|version| ViewVersion::new(view, version))
        .collect()
}

/// The version that readers can be switched back to, while there is one.
#[must_use]
pub fn way_back(control: &ControlState, view: View, now: Timestamp) -> Option<ViewVersion> {
    let (version, at) = control.last_left(view.as_str())?;
    let open = !left(at, now, WAY_BACK).is_zero();
    open.then_some(ViewVersion::new(view, version))
}

/// How much is left of the time that something stays after `at`.
fn left(at: Timestamp, now: Timestamp, stays: Duration) -> Duration {
    let gone = u64::try_from(now.0.saturating_sub(at.0)).unwrap_or(0);
    stays.saturating_sub(Duration::from_micros(gone))
}

/// Follows the switches of views.
#[derive(Clone)]
pub struct Switches {
    pipeline: Pipeline,
    runner: Arc<Mutex<Runner>>,
    cancel: CancellationToken,
}

impl Switches {
    /// Follows them for the sinks of a runner, until the token is cancelled.
    #[must_use]
    pub fn new(pipeline: Pipeline, runner: Arc<Mutex<Runner>>, cancel: CancellationToken) -> Self {
        Self {
            pipeline,
            runner,
            cancel,
        }
    }

    /// Follows what `control.events` says; ends when the token is cancelled.
    pub async fn follow(self, mut control: watch::Receiver<Arc<ControlState>>) {
        let mut before = Arc::clone(&control.borrow_and_update());
        let now = self.pipeline.clock.now();
        for view in View::ALL {
            for (version, at) in before.left_versions(view.as_str()) {
                let rest = left(at, now, OLD_STAYS);
                // Whether what is overdue was removed is not known: a start has better things to do than to look.
                let rest = if rest.is_zero() { OLD_STAYS } else { rest };
                self.retire_later(ViewVersion::new(view, version), rest);
            }
        }
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => return,
                changed = control.changed() => if changed.is_err() { return },
            }
            let now = Arc::clone(&control.borrow_and_update());
            if now.views != before.views {
                self.switched(&before, &now);
                before = now;
            }
        }
    }

    fn switched(&self, before: &ControlState, now: &ControlState) {
        if let Err(error) = self.pipeline.start_sinks(&mut self.runner(), now) {
            tracing::error!(%error, "the sink of a switched view cannot be started");
        }
        for view in View::ALL {
            let old = before.view_version(view.as_str());
            if old != now.view_version(view.as_str()) {
                self.retire_later(ViewVersion::new(view, old), OLD_STAYS);
            }
        }
    }

    fn retire_later(&self, version: ViewVersion, rest: Duration) {
        let switches = self.clone();
        tokio::spawn(async move {
            let cancel = switches.cancel.clone();
            tokio::select! {
                () = cancel.cancelled() => {}
                () = async {
                    tokio::time::sleep(rest).await;
                    switches.retire(version).await;
                } => {}
            }
        });
    }

    /// Ends a version's sink and removes the version, unless readers have come back to it, be it for a time: then it
    /// is kept from when they left it again.
    pub(crate) async fn retire(&self, version: ViewVersion) {
        let (control, now) = (self.pipeline.control.current(), self.pipeline.clock.now());
        let key = (version.view.as_str().to_owned(), version.version);
        let Some(at) = control.left.get(&key) else {
            return;
        };
        let rest = left(*at, now, OLD_STAYS);
        if !rest.is_zero() {
            self.retire_later(version, rest);
            return;
        }
        let group = sink_group(version).name;
        self.runner().stop(&group);
        while self.runner().has(&group) {
            tokio::time::sleep(LOOK).await;
        }
        match self.pipeline.remove(version).await {
            Ok(()) => tracing::info!(view = %version, "an old version of a view was removed"),
            Err(error) => {
                tracing::warn!(view = %version, %error, "an old version of a view stays until the next start");
            }
        }
    }

    fn runner(&self) -> MutexGuard<'_, Runner> {
        self.runner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(version: i32, before: &[(i32, i64)]) -> ControlState {
        let name = "catalog".to_owned();
        let before = before.iter();
        let before = before.map(|(version, at)| ((name.clone(), *version), Timestamp(*at)));
        ControlState {
            views: [(name.clone(), version)].into(),
            left: before.collect(),
            ..ControlState::default()
        }
    }

    fn minutes(minutes: i64) -> Timestamp {
        Timestamp(minutes * 60_000_000)
    }

    #[test]
    fn the_way_back_is_open_for_an_hour_and_leads_to_what_readers_left_last() {
        let control = control(2, &[(1, minutes(10).0), (3, minutes(5).0)]);
        let back = |at| way_back(&control, View::Catalog, minutes(at)).map(|back| back.version);
        assert_eq!((back(10), back(69)), (Some(1), Some(1)));
        assert_eq!(back(70), None);
        assert_eq!(way_back(&control, View::Search, minutes(11)), None);
    }

    #[test]
    fn what_readers_left_runs_on_a_little_longer_than_there_is_a_way_back() {
        let control = control(3, &[(1, 0), (2, minutes(10).0)]);
        let versions = |at| {
            let running = running(&control, View::Catalog, minutes(at)).into_iter();
            running.map(|version| version.version).collect::<Vec<_>>()
        };
        assert_eq!(versions(64), [3, 1, 2]);
        assert_eq!(versions(66), [3, 2]);
        assert_eq!(versions(75), [3]);
        assert_eq!(running(&control, View::Runs, minutes(1)).len(), 1);
    }
}

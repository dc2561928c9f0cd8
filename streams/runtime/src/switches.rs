//! What a switch of a view brings with it: the new version's sink is started; the version before goes on for an
//! hour, for cursors and a way back, and is then removed with all it holds.
//!
//! A version above the one in use is a rebuild that waits to be gone on with: it stays.

use crate::pipeline::Pipeline;
use crate::runner::Runner;
use crate::topology::sink_group;
use mediamesh_domain::control::ControlState;
use mediamesh_domain::view::{View, ViewVersion};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long the version before a switch is kept going.
const OLD_STAYS: Duration = Duration::from_secs(3600);
/// How often it is looked whether a sink has ended.
const LOOK: Duration = Duration::from_millis(100);

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
        // When these were switched is not known any more: they get their hour from now on.
        for view in View::ALL {
            for version in 1..before.view_version(view.as_str()) {
                self.retire_later(ViewVersion::new(view, version));
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
                self.retire_later(ViewVersion::new(view, old));
            }
        }
    }

    fn retire_later(&self, version: ViewVersion) {
        let switches = self.clone();
        tokio::spawn(async move {
            let cancel = switches.cancel.clone();
            tokio::select! {
                () = cancel.cancelled() => {}
                () = async {
                    tokio::time::sleep(OLD_STAYS).await;
                    switches.retire(version).await;
                } => {}
            }
        });
    }

    /// Ends a version's sink and removes the version, unless readers have come back to it.
    pub(crate) async fn retire(&self, version: ViewVersion) {
        let control = self.pipeline.control.current();
        if version.version >= control.view_version(version.view.as_str()) {
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

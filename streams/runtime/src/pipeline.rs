//! The pipeline put together: every stage's worker, from the ports that a composition root hands in.

use crate::clock::Clock;
use crate::processors::{
    ControlProcessor, DecideProcessor, Door, Followed, HistorySink, IndexSink, MaterialiseSink,
    NormaliseProcessor, RunsSink, VerdictsSink,
};
use crate::runner::Runner;
use crate::sink::{Parking, ProgressListener, ProgressWriter, Sink, parked_record};
use crate::switches;
use crate::timers::Timers;
use crate::topology::{CONTROL, DECIDE, NORMALISE, sink_group};
use crate::window::Window;
use crate::worker::{FlushLimits, Limits, ProcessorWorker, SinkWorker, Worker};
use mediamesh_domain::control::ControlState;
use mediamesh_domain::parked::{HeldKey, ParkedBody};
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::{AppendLog, Groups};
use mediamesh_ports::objects::Objects;
use mediamesh_ports::search_index::WriteSearch;
use mediamesh_ports::view_store::{ReadViews, WriteViews};
use mediamesh_schemas::{Codec, Topic};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// How long normalise waits for a source that it has not heard of yet, before it pauses.
const SOURCE_WAIT: Duration = Duration::from_secs(2);
/// How long the decider waits for a principal that it has not heard of, before it refuses.
const RIGHTS_WAIT: Duration = Duration::from_secs(1);
/// How many raw entries normalise takes at once: half a window, so that one half is decided meanwhile.
const NORMALISED_AT_ONCE: usize = 100;

/// Everything that the stages ask of the world.
#[derive(Clone)]
pub struct Pipeline {
    /// The log, as processors take part in it.
    pub groups: Arc<dyn Groups>,
    /// The log, as timers append to it.
    pub log: Arc<dyn AppendLog>,
    /// Records to bytes and back.
    pub codec: Codec,
    /// What `control.events` says.
    pub control: Arc<dyn Control>,
    /// Keeps what is too large for a record.
    pub objects: Arc<dyn Objects>,
    /// Reads rows.
    pub rows: Arc<dyn ReadViews>,
    /// Writes rows.
    pub views: Arc<dyn WriteViews>,
    /// Writes search documents.
    pub search: Arc<dyn WriteSearch>,
    /// What sinks hold back, here and elsewhere.
    pub parking: Arc<Parking>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Runs the stores' calls for the threads of the stages.
    pub handle: Handle,
    /// Hears of the sinks' progress at once.
    pub listener: Option<ProgressListener>,
}

impl Pipeline {
    /// Makes a command of each raw entry.
    #[must_use]
    pub fn normalise(&self) -> Box<dyn Worker> {
        let surroundings = Followed {
            control: Arc::clone(&self.control),
            objects: Arc::clone(&self.objects),
            handle: self.handle.clone(),
            wait: SOURCE_WAIT,
        };
        let processor = NormaliseProcessor::new(self.codec.clone(), surroundings);
        let window = Window::before(
            Arc::clone(&self.groups),
            DECIDE.name,
            Topic::ContentCommands,
        );
        let limits = Limits {
            records: NORMALISED_AT_ONCE,
            ..Limits::default()
        };
        let worker = ProcessorWorker::new(NORMALISE.group(), Box::new(processor), self.clock());
        Box::new(worker.with_limits(limits).with_window(window))
    }

    /// Decides commands and fires timers.
    #[must_use]
    pub fn decide(&self) -> Box<dyn Worker> {
        let door = Door {
            control: Arc::clone(&self.control),
            handle: self.handle.clone(),
            wait: RIGHTS_WAIT,
        };
        let processor = DecideProcessor::new(self.codec.clone()).with_door(door);
        let timers = Timers::new(
            Arc::clone(&self.log),
            self.codec.clone(),
            self.handle.clone(),
        );
        let worker = ProcessorWorker::new(DECIDE.group(), Box::new(processor), self.clock());
        Box::new(worker.with_timers(timers))
    }

    /// Decides control commands.
    #[must_use]
    pub fn control(&self) -> Box<dyn Worker> {
        let processor = ControlProcessor::new(self.codec.clone());
        Box::new(ProcessorWorker::new(
            CONTROL.group(),
            Box::new(processor),
            self.clock(),
        ))
    }

    /// Writes a version of a view.
    #[must_use]
    pub fn sink(&self, view: ViewVersion) -> Box<dyn Worker> {
        let (codec, handle) = (self.codec.clone(), self.handle.clone());
        let views = Arc::clone(&self.views);
        match view.view {
            View::Catalog => {
                let rows = Arc::clone(&self.rows);
                let sink = MaterialiseSink::new(view, codec, rows, views, handle);
                self.turned(sink, FlushLimits::at_once())
            }
            View::Search => {
                let sink = IndexSink::new(view, codec, Arc::clone(&self.search), handle);
                self.turned(sink, FlushLimits::seldom())
            }
            View::History => {
                let sink = HistorySink::new(view, codec, views, handle);
                self.turned(sink, FlushLimits::at_once())
            }
            View::Verdicts => {
                let rows = Arc::clone(&self.rows);
                let sink = VerdictsSink::new(view, codec, rows, views, handle);
                self.turned(sink, FlushLimits::at_once())
            }
            View::Runs => {
                let rows = Arc::clone(&self.rows);
                let sink = RunsSink::new(view, codec, rows, views, handle);
                self.turned(sink, FlushLimits::at_once())
            }
        }
    }

    /// Starts the stages that write no view, each on a thread of its own.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start_processors(&self, runner: &mut Runner) -> io::Result<()> {
        let pipeline = self.clone();
        runner.start(CONTROL.name, Box::new(move || pipeline.control()))?;
        let pipeline = self.clone();
        runner.start(DECIDE.name, Box::new(move || pipeline.decide()))?;
        let pipeline = self.clone();
        runner.start(NORMALISE.name, Box::new(move || pipeline.normalise()))
    }

    /// Starts the sinks of the versions that readers use or have just left, where they do not run yet.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start_sinks(&self, runner: &mut Runner, control: &ControlState) -> io::Result<()> {
        let now = self.clock.now();
        let versions = View::ALL.into_iter();
        for version in versions.flat_map(|view| switches::running(control, view, now)) {
            let name = sink_group(version).name;
            if !runner.has(&name) {
                let pipeline = self.clone();
                runner.start(&name, Box::new(move || pipeline.sink(version)))?;
            }
        }
        Ok(())
    }

    /// Removes a version of a view with all that its sink holds. The sink must have ended.
    ///
    /// # Errors
    /// What does not let go of it, in words; what was removed stays removed, and the rest can be removed later.
    pub async fn remove(&self, version: ViewVersion) -> Result<(), String> {
        if version.view == View::Search {
            let dropped = self.search.drop_version(version).await;
            dropped.map_err(|error| error.to_string())?;
        }
        let dropped = self.views.drop_version(version).await;
        dropped.map_err(|error| error.to_string())?;
        let (groups, group) = (Arc::clone(&self.groups), sink_group(version).name);
        let forgotten = self
            .handle
            .spawn_blocking(move || groups.forget(&group))
            .await;
        forgotten
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        self.release(version).await
    }

    /// Tells everybody that a version that is gone holds nothing back any more.
    async fn release(&self, version: ViewVersion) -> Result<(), String> {
        let mut held = self.parking.list();
        held.retain(|held| held.place.view_version() == version);
        let released = held.into_iter().map(|held| {
            let gone = HeldKey { records: 0, ..held };
            parked_record(&self.codec, ParkedBody::Held(gone), self.clock.now())
        });
        let released = released.collect::<Result<Vec<_>, _>>();
        let released = released.map_err(|error| error.to_string())?;
        if released.is_empty() {
            return Ok(());
        }
        let told = self.log.append(released).await;
        told.map(|_| ()).map_err(|error| error.to_string())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    fn turned<S: Sink + 'static>(&self, sink: S, limits: FlushLimits) -> Box<dyn Worker> {
        let mut progress = ProgressWriter::new(
            Arc::clone(&self.views),
            self.codec.clone(),
            self.handle.clone(),
            self.clock(),
        );
        if let Some(listener) = &self.listener {
            progress = progress.with_listener(Arc::clone(listener));
        }
        let group = sink_group(sink.view());
        Box::new(SinkWorker::new(
            group,
            sink,
            limits,
            progress,
            &self.parking,
            self.clock(),
        ))
    }
}

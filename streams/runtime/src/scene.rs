//! For tests: the whole pipeline on the embedded backend in a directory of its own, and a search index in
//! memory.

mod feed;
mod found;

use crate::clock::SystemClock;
use crate::followers::{ControlFollower, ProgressFollower, VerdictsFollower, follow_parked};
use crate::health::Health;
use crate::pipeline::Pipeline;
use crate::rebuild::Readers;
use crate::runner::Runner;
use crate::switches::Switches;
pub(crate) use feed::{raw, told};
pub(crate) use found::Found;
use mediamesh_domain::command::{Command, CommandBody, Principal, UpdateProgram};
use mediamesh_domain::control::{ControlBody, ControlCommand, CreateSource, SwitchView};
use mediamesh_domain::id::{CommandId, ProgramId, SourceId};
use mediamesh_domain::model::{Policy, SourceFields, SourceFormat, SourcePolicies};
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::{Accepted, Outcome, Verdict};
use mediamesh_domain::view::View;
use mediamesh_embedded::objects::Directory;
use mediamesh_embedded::{Embedded, Options};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::{
    AppendLog, NewRecord, ReadLog, Record, partition_of, partition_of_program,
};
use mediamesh_ports::progress::Progress;
use mediamesh_ports::verdicts::Verdicts;
use mediamesh_schemas::{Codec, Contract, Topic};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) const ADDRESS: &str = "https://feeds.example/a.xml";
const WAIT: Duration = Duration::from_secs(20);

pub(crate) struct Scene {
    pub pipeline: Pipeline,
    pub readers: Readers,
    pub progress: Arc<ProgressFollower>,
    pub log: Embedded,
    pub runtime: Runtime,
    control: Arc<ControlFollower>,
    verdicts: Arc<VerdictsFollower>,
    health: Arc<Health>,
    pub switches: Switches,
    runner: Arc<Mutex<Runner>>,
    cancel: CancellationToken,
    commands: u128,
    _dir: tempfile::TempDir,
}

impl Scene {
    /// Opens an empty deployment and starts every stage.
    pub fn open() -> Self {
        Self::open_with(Options::default())
    }

    /// The same, on a log that is opened so.
    pub fn open_with(options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = Embedded::open(&dir.path().join("data"), options).unwrap();
        let objects = Directory::open(&dir.path().join("objects")).unwrap();
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (health, cancel) = (Arc::new(Health::default()), CancellationToken::new());
        let (codec, reads): (_, Arc<dyn ReadLog>) = (Codec::embedded(), Arc::new(log.clone()));
        let found = Arc::new(Found::default());
        let (control, progress, verdicts, parking) = runtime.block_on(async {
            let (r, c, h) = (
                || Arc::clone(&reads),
                || codec.clone(),
                || Arc::clone(&health),
            );
            let control = ControlFollower::start(r(), c(), h(), cancel.clone())
                .await
                .unwrap();
            let parking = follow_parked(r(), c(), h(), cancel.clone()).await.unwrap();
            let told = (control.clone(), Arc::clone(&parking));
            let progress = ProgressFollower::start(r(), c(), told.0, told.1, h(), cancel.clone());
            let progress = progress.await.unwrap();
            let verdicts = VerdictsFollower::start(r(), c(), Partition(3), h(), cancel.clone());
            (control, progress, verdicts.await.unwrap(), parking)
        });
        let pipeline = Pipeline {
            groups: Arc::new(log.clone()),
            log: Arc::new(log.clone()),
            codec,
            control: control.clone(),
            objects: Arc::new(objects),
            rows: Arc::new(log.clone()),
            views: Arc::new(log.clone()),
            search: found.clone(),
            parking,
            clock: Arc::new(SystemClock::default()),
            handle: runtime.handle().clone(),
            listener: Some(progress.listener()),
        };
        let mut runner = Runner::new(pipeline.groups.clone(), health.clone(), cancel.clone());
        pipeline.start_processors(&mut runner).unwrap();
        pipeline
            .start_sinks(&mut runner, &control.current())
            .unwrap();
        let runner = Arc::new(Mutex::new(runner));
        let switches = Switches::new(pipeline.clone(), runner.clone(), cancel.clone());
        runtime.spawn(switches.clone().follow(control.watch()));
        let rows = Arc::new(log.clone());
        Self {
            readers: Readers {
                rows,
                search: found,
            },
            pipeline,
            progress,
            log,
            runtime,
            control,
            verdicts,
            health,
            switches,
            runner,
            cancel,
            commands: 0,
            _dir: dir,
        }
    }

    /// Makes a source that publishes what it brings, and waits until it is known.
    pub fn source(&mut self) -> SourceId {
        let source_id = SourceId::of_address(ADDRESS);
        let publish = SourcePolicies::both(Policy::Publish);
        let fields = SourceFields {
            name: "A".to_owned(),
            url: ADDRESS.to_owned(),
            format: SourceFormat::Rss,
            policies: publish,
            interval_s: 3600,
            ..SourceFields::default()
        };
        self.control(ControlBody::CreateSource(CreateSource {
            source_id,
            fields,
        }));
        source_id
    }

    /// Lets readers use another version of a view.
    pub fn switch(&mut self, view: View, version: i32) {
        let view = view.as_str().to_owned();
        self.control(ControlBody::SwitchView(SwitchView { view, version }));
    }

    fn control(&mut self, body: ControlBody) -> Accepted {
        let command = ControlCommand {
            command_id: self.command_id(),
            at: Timestamp(1_700_000_000_000_000),
            principal: Principal::system("test"),
            expected: None,
            reply_to: Some(Partition(3)),
            payload_hash: None,
            correlation_id: Some("control".to_owned()),
            body,
        };
        let accepted = self.asked(command.command_id, &command, Partition(0), "control");
        assert!(
            self.runtime
                .block_on(self.control.reach(accepted.seq, WAIT))
        );
        accepted
    }

    /// Changes a program by a patch, and waits for the answer.
    pub fn update_program(&mut self, program_id: ProgramId, patch: &str) -> Accepted {
        let patch = patch.to_owned();
        let publish = true;
        self.content(
            program_id,
            CommandBody::UpdateProgram(UpdateProgram {
                patch,
                publish,
                reason: None,
                restores: None,
            }),
        )
    }

    /// Asks for something about a program, and waits for the answer.
    pub fn content(&mut self, program_id: ProgramId, body: CommandBody) -> Accepted {
        let command = Command {
            command_id: self.command_id(),
            program_id,
            at: Timestamp(1_700_000_100_000_000),
            principal: Principal::system("test"),
            expected: None,
            reply_to: Some(self.verdicts.reply_partition()),
            payload_hash: None,
            correlation_id: Some("edit-1".to_owned()),
            body,
        };
        let partition = partition_of_program(program_id);
        self.asked(
            command.command_id,
            &command,
            partition,
            &program_id.to_string(),
        )
    }

    fn asked<T: Contract>(&self, id: CommandId, command: &T, at: Partition, key: &str) -> Accepted {
        let expected = self.verdicts.expect(id);
        self.append(vec![self.record(command, at, key)]);
        let verdict: Verdict = self
            .runtime
            .block_on(expected.verdict(WAIT))
            .expect("a verdict");
        match verdict.outcome {
            Outcome::Accepted(accepted) => accepted,
            Outcome::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }

    pub fn record<T: Contract>(&self, value: &T, partition: Partition, key: &str) -> NewRecord {
        NewRecord {
            topic: T::TOPIC,
            partition,
            key: key.as_bytes().to_vec(),
            value: Some(self.pipeline.codec.encode(value).unwrap()),
            headers: Vec::new(),
            timestamp: Timestamp(1_700_000_000_000_000),
        }
    }

    pub fn append(&self, records: Vec<NewRecord>) {
        self.runtime.block_on(self.log.append(records)).unwrap();
    }

    /// Brings a feed with so many entries.
    pub fn fetch(&self, source_id: SourceId, entries: i32) {
        self.fetch_from(source_id, -1..entries);
    }

    /// Brings some entries of a feed; -1 is the feed itself.
    pub fn fetch_from(&self, source_id: SourceId, entries: Range<i32>) {
        let key = source_id.to_string();
        let partition = partition_of(key.as_bytes(), Topic::IngestRaw.spec().partitions);
        let raw = entries.map(|index| self.record(&raw(source_id, index), partition, &key));
        self.append(raw.collect());
    }

    /// Tells of so many runs of a source, every third of which failed.
    pub fn tell_runs(&self, source_id: SourceId, runs: u128) {
        let key = source_id.to_string();
        let partition = partition_of(key.as_bytes(), Topic::IngestEvents.spec().partitions);
        let told = (1..=runs).map(|n| self.record(&told(source_id, n), partition, &key));
        self.append(told.collect());
    }

    /// Waits until a view has come to where a program's partition has events up to `seq`.
    pub fn reach(&self, view: View, program: ProgramId, seq: Seq) {
        let position = Position::at(partition_of_program(program), seq);
        let reached = self
            .runtime
            .block_on(self.progress.reach(view, &position, WAIT));
        assert!(
            reached.is_ok(),
            "{view:?} at {reached:?}, {:?}",
            self.health.ready()
        );
    }

    /// Every record of a topic's partition.
    pub fn records(&self, topic: Topic, partition: Partition) -> Vec<Record> {
        let read = self.log.read(topic, partition, Default::default(), 100_000);
        self.runtime.block_on(read).unwrap().records
    }

    /// Waits until something holds.
    pub fn wait_until(&self, what: &str, holds: impl Fn() -> bool) {
        let deadline = Instant::now() + WAIT;
        while !holds() {
            assert!(
                Instant::now() < deadline,
                "{what}; {:?}",
                self.health.ready()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub fn runs(&self, name: &str) -> bool {
        self.runner.lock().unwrap().has(name)
    }

    fn command_id(&mut self) -> CommandId {
        self.commands += 1;
        CommandId(Uuid::from_u128(0xc0_0000 + self.commands))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.cancel.cancel();
        let late = self.runner.lock().unwrap().join(Instant::now() + WAIT);
        if !std::thread::panicking() {
            assert!(late.is_empty(), "{late:?} did not leave");
        }
    }
}

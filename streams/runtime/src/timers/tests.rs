//! Timers, by the driver.

use super::*;
use crate::driver::TopologyDriver;
use crate::processor::{Effects, Failure, Outcome, Processor};
use crate::worker::ProcessorWorker;
use mediamesh_domain::state::Change;
use mediamesh_ports::event_log::{GroupSpec, Record, Sees, partition_of_program};
use uuid::Uuid;

const PROGRAM: ProgramId = ProgramId(Uuid::from_u128(7));

/// Sets a timer for each command but those that fire one, and takes that away.
struct Alarm(Codec);

impl Processor for Alarm {
    fn name(&self) -> &'static str {
        "alarm"
    }

    fn process(
        &mut self,
        record: &Record,
        state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<Outcome, Failure> {
        let value = record.value.as_deref().unwrap();
        let change = match self.0.decode::<Command>(value).map(|command| command.body) {
            Ok(CommandBody::FireTimer(fired)) => Change {
                key: key(fired.due, &fired.timer),
                value: None,
            },
            _ => Change {
                key: key(Timestamp(5_000_000), std::str::from_utf8(value).unwrap()),
                value: Some(Vec::new()),
            },
        };
        if change.value.is_some() || state.get(&change.key)?.is_some() {
            effects.changes.push(change);
        }
        Ok(Outcome::of(effects))
    }
}

fn key(due: Timestamp, name: &str) -> Vec<u8> {
    mediamesh_domain::decide::keys::timer(due, PROGRAM, name)
}

fn driver() -> TopologyDriver {
    let mut driver = TopologyDriver::at(Timestamp(1_000_000));
    let codec = Codec::embedded();
    let log = Arc::new(driver.log().clone());
    let timers = Timers::new(log, codec.clone(), driver.handle());
    let spec = GroupSpec {
        name: "alarm".to_owned(),
        input: Topic::ContentCommands,
        store: Some("alarm"),
        sees: Sees::Written,
    };
    let worker = ProcessorWorker::new(spec, Box::new(Alarm(codec)), driver.clock());
    driver.add(Box::new(worker.with_timers(timers)));
    driver
}

fn fired(driver: &mut TopologyDriver) -> Vec<Command> {
    let records = driver.read_output(Topic::ContentCommands);
    let value = |record: &Record| {
        Codec::embedded()
            .decode(record.value.as_deref().unwrap())
            .ok()
    };
    records.iter().filter_map(value).collect()
}

#[test]
fn a_timer_fires_once_when_its_time_has_come() {
    let mut driver = driver();
    let program = PROGRAM.to_string();
    driver.pipe_input(Topic::ContentCommands, program.as_bytes(), b"wake".to_vec());
    driver.advance_time(Duration::from_secs(3));
    assert!(fired(&mut driver).is_empty(), "not before it is due");
    driver.advance_time(Duration::from_secs(1));
    let commands = fired(&mut driver);
    assert_eq!(commands.len(), 1);
    assert_eq!(commands[0].program_id, PROGRAM);
    let CommandBody::FireTimer(timer) = &commands[0].body else {
        panic!("{:?}", commands[0].body);
    };
    assert_eq!(
        (timer.timer.as_str(), timer.due),
        ("wake", Timestamp(5_000_000))
    );
    driver.advance_time(Duration::from_secs(600));
    assert!(fired(&mut driver).is_empty(), "and never again");
    assert!(
        driver
            .state_store("alarm", partition_of_program(PROGRAM))
            .is_empty()
    );
}

#[test]
fn two_owners_put_the_same_command_on_the_log() {
    let timer = Timer::from_key(&key(Timestamp(9), "a/b")).unwrap();
    assert_eq!((timer.due, timer.name.as_str()), (Timestamp(9), "a/b"));
    let (one, other) = (timer.command(Timestamp(10)), timer.command(Timestamp(11)));
    assert_eq!(one.command_id, other.command_id);
    assert_eq!(Timer::from_key(b"t/short"), None);
}

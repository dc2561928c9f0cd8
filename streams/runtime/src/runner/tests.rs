//! Threads, with a real clock and a log in memory.

use super::*;
use crate::clock::SystemClock;
use crate::driver::MemoryLog;
use crate::scripted::{Gate, Scripted, command, spec, values};
use crate::worker::ProcessorWorker;
use mediamesh_schemas::Topic;

fn start(log: &MemoryLog) -> (Runner, Arc<Health>, CancellationToken) {
    let (health, cancel) = (Arc::new(Health::default()), CancellationToken::new());
    let mut runner = Runner::new(Arc::new(log.clone()), Arc::clone(&health), cancel.clone());
    let make: MakeWorker = Box::new(|| {
        let closed = Gate::default();
        let clock = Arc::new(SystemClock::default());
        Box::new(ProcessorWorker::new(
            spec(Some("s")),
            Box::new(Scripted { closed }),
            clock,
        ))
    });
    runner.start("scripted", make).unwrap();
    (runner, health, cancel)
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_thread_takes_records_is_ready_and_leaves_when_told() {
    let log = MemoryLog::default();
    let (mut runner, health, cancel) = start(&log);
    log.push(vec![command(0, "k", "emit 1"), command(4, "k", "emit 2")]);
    wait_until("both are taken", || {
        log.records(Topic::ContentEvents).len() == 4
    });
    wait_until("it is ready", || health.ready().is_ok());
    cancel.cancel();
    assert!(
        runner
            .join(Instant::now() + Duration::from_secs(10))
            .is_empty()
    );
    assert_eq!(health.statuses()["scripted"], Status::Left);
}

#[test]
fn a_panic_stays_in_its_processor_shows_and_loses_nothing() {
    let log = MemoryLog::default();
    log.push(vec![command(0, "k", "emit 1"), command(0, "k", "panic")]);
    let (mut runner, health, cancel) = start(&log);
    let restarting =
        || matches!(&health.statuses()["scripted"], Status::Restarting(r) if r == "as told");
    wait_until("the panic shows", restarting);
    assert_eq!(health.ready().unwrap_err().len(), 1);
    assert!(
        values(&log.records(Topic::ContentEvents)).is_empty(),
        "the step is void"
    );
    cancel.cancel();
    assert!(
        runner
            .join(Instant::now() + Duration::from_secs(10))
            .is_empty()
    );
}

//! How fast the log on Kafka is: appends, and steps of a member from append to a reader of their output.
//!
//! `MEDIAMESH_TEST_KAFKA=host:port cargo run --release -p mediamesh-kafka --example steps`. It makes topics of its own
//! and leaves them behind.

use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::time::Timestamp;
use mediamesh_kafka::topics::{Change, Wanted, apply};
use mediamesh_kafka::{KafkaLog, Settings};
use mediamesh_ports::event_log::{
    AppendLog, Error, GroupSpec, Groups, NewRecord, ReadLog, Sees, Step,
};
use mediamesh_ports::state_store::StateChange;
use mediamesh_schemas::Topic;
use std::error::Error as Failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const IN: Topic = Topic::ContentCommands;
const OUT: Topic = Topic::ContentEvents;
const SOON: Duration = Duration::from_secs(10);

fn record(topic: Topic, partition: i32, value: Vec<u8>) -> NewRecord {
    NewRecord {
        topic,
        partition: Partition(partition),
        key: b"key".to_vec(),
        value: Some(value),
        headers: Vec::new(),
        timestamp: Timestamp(1_790_000_000_000_000),
    }
}

fn told(what: &str, mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    format!("{what}: p50 {:.1} ms, p99 {:.1} ms", at(50), at(99))
}

/// Takes what comes, each record with one output and two changes, until it is told to stop.
fn work(log: &KafkaLog, stop: &AtomicBool) -> Result<(), Error> {
    let mut member = log.join(GroupSpec {
        name: "steps".to_owned(),
        input: IN,
        store: Some("steps"),
        sees: Sees::Written,
    })?;
    while !stop.load(Ordering::Relaxed) {
        let Some(batch) = member.poll(500, Duration::from_millis(100))? else {
            continue;
        };
        let (mut changes, mut outputs) = (Vec::new(), Vec::new());
        let mut next_offset = Offset(0);
        for taken in batch.records {
            next_offset = taken.offset.next();
            for n in 0..2 {
                changes.push(StateChange {
                    key: format!("{n}/{}", taken.offset).into_bytes(),
                    value: Some(vec![0; 300]),
                });
            }
            let value = taken.value.unwrap_or_default();
            outputs.push(record(OUT, batch.partition.0, value));
        }
        member.commit(Step {
            partition: batch.partition,
            next_offset,
            changes,
            outputs,
        })?;
    }
    Ok(())
}

/// Follows a partition of the outputs until so many have come.
async fn follow(log: &KafkaLog, from: &mut Offset, count: usize) -> Result<(), Error> {
    let mut come = 0;
    while come < count {
        let page = log.read(OUT, Partition(0), *from, 500).await?;
        if page.next == *from {
            log.wait_for(OUT, Partition(0), *from, SOON).await;
        }
        come += page.records.len();
        *from = page.next;
    }
    Ok(())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Failure>> {
    let brokers = std::env::var("MEDIAMESH_TEST_KAFKA")?;
    let mut settings = Settings::new(brokers, "steps");
    settings.prefix = format!("steps{}.", std::process::id());
    settings.replication = 1;
    let state = tempfile::tempdir()?;
    settings.state_dir = Some(state.path().to_owned());
    let wanted = [IN, OUT].map(|topic| Change::Create(Wanted::topic(&settings, topic)));
    apply(&settings, &wanted)?;
    let log = Arc::new(KafkaLog::open(settings)?);
    let stop = Arc::new(AtomicBool::new(false));
    let (worker, stopped) = (log.clone(), stop.clone());
    let working = std::thread::spawn(move || work(&worker, &stopped));
    let mut lines = Vec::new();
    let mut from = log.bounds(OUT, Partition(0)).await?.end;
    log.append(vec![record(IN, 0, vec![0; 800])]).await?;
    follow(&log, &mut from, 1).await?;
    let (mut single, mut together, mut through) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..200 {
        let started = Instant::now();
        log.append(vec![record(IN, 0, vec![0; 800])]).await?;
        single.push(started.elapsed());
        follow(&log, &mut from, 1).await?;
        through.push(started.elapsed());
    }
    for _ in 0..50 {
        let started = Instant::now();
        log.append((1..4).map(|p| record(IN, p, vec![0; 800])).collect())
            .await?;
        together.push(started.elapsed());
    }
    lines.push(told("append of one", single));
    lines.push(told("append of three", together));
    lines.push(told("append to readable output", through));
    let (count, started) = (20_000, Instant::now());
    for _ in 0..count / 1_000 {
        log.append((0..1_000).map(|_| record(IN, 0, vec![0; 800])).collect())
            .await?;
    }
    let appended = started.elapsed();
    follow(&log, &mut from, count).await?;
    let rate = |took: Duration| count as f64 / took.as_secs_f64();
    lines.push(format!("appended in bulk: {:.0} a second", rate(appended)));
    lines.push(format!(
        "through a member: {:.0} a second",
        rate(started.elapsed())
    ));
    stop.store(true, Ordering::Relaxed);
    working.join().map_err(|_| "the member panicked")??;
    for line in lines {
        tell(&line);
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example says what it found")]
fn tell(line: &str) {
    println!("{line}");
}

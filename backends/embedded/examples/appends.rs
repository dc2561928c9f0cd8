//! How fast the embedded log is, beside a bare fjall batch with a sync of the same bytes.
//!
//! `cargo run --release -p mediamesh-embedded --example appends [directory]`

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::time::Timestamp;
use mediamesh_embedded::{Embedded, Options};
use mediamesh_ports::event_log::{AppendLog, GroupSpec, Groups, NewRecord, Sees, Step};
use mediamesh_ports::state_store::StateChange;
use mediamesh_schemas::Topic;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes of a record's value.
const VALUE: usize = 1_000;
/// Records of a step.
const STEP: usize = 500;
const STEPS: usize = 400;
const SINGLES: usize = 1_000;

type Outcome = Result<f64, Box<dyn std::error::Error>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir_in(
        std::env::args_os()
            .nth(1)
            .map_or_else(std::env::temp_dir, PathBuf::from),
    )?;
    let runtime = tokio::runtime::Runtime::new()?;
    let at = |name: &str| dir.path().join(name);
    compare(
        "single appends/s, one at a time",
        bare(&at("b1"), 1, SINGLES)?,
        {
            let log = Embedded::open(&at("e1"), Options::default())?;
            runtime.block_on(singles(&log))?
        },
    );
    compare(
        "single appends/s, 64 at a time",
        bare(&at("b2"), 1, SINGLES)?,
        {
            let log = Embedded::open(&at("e2"), Options::default())?;
            runtime.block_on(concurrent(&log, 64))?
        },
    );
    compare(
        "records/s in steps of 500",
        bare(&at("b3"), STEP, STEPS)?,
        {
            let log = Embedded::open(&at("e3"), Options::default())?;
            steps(&log)?
        },
    );
    let log = Embedded::open(&at("e4"), Options::default())?;
    println!(
        "append and the step it sets off: {:.2} ms",
        runtime.block_on(round_trip(&log))?
    );
    let log = Embedded::open(&at("e3"), Options::default())?;
    println!(
        "records/s read back in batches of 500: {:.0}",
        replay(&log)?
    );
    Ok(())
}

fn compare(what: &str, bare: f64, ours: f64) {
    println!(
        "{what}: {ours:.0}; bare fjall: {bare:.0}; ratio {:.2}",
        ours / bare
    );
}

fn record(topic: Topic, n: usize) -> NewRecord {
    NewRecord {
        topic,
        partition: Partition((n % 12) as i32),
        key: format!("key-{n:08}").into_bytes(),
        value: Some(
            (0..VALUE)
                .map(|byte| ((byte * 31) ^ (n * 7)) as u8)
                .collect(),
        ),
        headers: vec![("correlation-id".to_owned(), vec![b'c'; 20])],
        timestamp: Timestamp(1_800_000_000_000_000),
    }
}

/// Batches of records of the same size, each synced.
fn bare(dir: &Path, batch: usize, batches: usize) -> Outcome {
    let db = fjall::Database::builder(dir).open()?;
    let log = db.keyspace("log", fjall::KeyspaceCreateOptions::default)?;
    let values: Vec<_> = (0..batch)
        .map(|n| record(Topic::ContentEvents, n))
        .collect();
    let started = Instant::now();
    for b in 0..batches {
        let mut write = db.batch().durability(Some(fjall::PersistMode::SyncData));
        for (n, record) in values.iter().enumerate() {
            let key = ((b * batch + n) as u64).to_be_bytes();
            write.insert(&log, key, record.value.as_deref().unwrap_or_default());
        }
        write.commit()?;
    }
    Ok((batch * batches) as f64 / started.elapsed().as_secs_f64())
}

async fn singles(log: &Embedded) -> Outcome {
    let started = Instant::now();
    for n in 0..SINGLES {
        log.append(vec![record(Topic::ContentEvents, n)]).await?;
    }
    Ok(SINGLES as f64 / started.elapsed().as_secs_f64())
}

async fn concurrent(log: &Embedded, writers: usize) -> Outcome {
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let log = log.clone();
        tasks.spawn(async move {
            for n in 0..SINGLES / 5 {
                log.append(vec![record(Topic::ContentEvents, writer + n)])
                    .await?;
            }
            Ok::<_, mediamesh_ports::event_log::Error>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok((writers * (SINGLES / 5)) as f64 / started.elapsed().as_secs_f64())
}

fn spec(name: &str, input: Topic, sees: Sees) -> GroupSpec {
    GroupSpec {
        name: name.to_owned(),
        input,
        store: None,
        sees,
    }
}

/// Steps with outputs and as many state changes, as a decider in bulk makes them.
fn steps(log: &Embedded) -> Outcome {
    let mut member = log.join(GroupSpec {
        store: Some("items"),
        ..spec("bulk", Topic::ContentCommands, Sees::Written)
    })?;
    let records: Vec<_> = (0..STEP).map(|n| record(Topic::ContentEvents, n)).collect();
    let started = Instant::now();
    for s in 0..STEPS {
        let partition = Partition((s % 12) as i32);
        let step = Step {
            partition,
            next_offset: Offset((s * STEP) as i64),
            changes: (0..STEP / 5)
                .map(|n| StateChange {
                    key: format!("item/{s}/{n}").into_bytes(),
                    value: Some(vec![b's'; 200]),
                })
                .collect(),
            outputs: records
                .iter()
                .map(|record| NewRecord {
                    partition,
                    ..record.clone()
                })
                .collect(),
        };
        member.commit(step)?;
    }
    Ok((STEPS * STEP) as f64 / started.elapsed().as_secs_f64())
}

/// The time from a command's append to its acknowledgement while a stage follows it.
async fn round_trip(log: &Embedded) -> Outcome {
    let follower = log.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let stage = std::thread::spawn(move || -> Result<(), mediamesh_ports::event_log::Error> {
        let mut member = follower.join(spec("decide", Topic::ContentCommands, Sees::Written))?;
        while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            let Some(batch) = member.poll(100, Duration::from_millis(20))? else {
                continue;
            };
            member.commit(Step {
                partition: batch.partition,
                next_offset: batch.records.last().map_or(Offset(0), |r| r.offset.next()),
                changes: Vec::new(),
                outputs: vec![record(Topic::ContentEvents, 1), record(Topic::Catalog, 1)],
            })?;
        }
        Ok(())
    });
    let started = Instant::now();
    for n in 0..SINGLES {
        log.append(vec![record(Topic::ContentCommands, n)]).await?;
    }
    let taken = started.elapsed();
    drop(stop);
    stage.join().map_err(|_| "the stage panicked")??;
    Ok(taken.as_secs_f64() * 1e3 / SINGLES as f64)
}

fn replay(log: &Embedded) -> Outcome {
    let mut member = log.join(spec("replay", Topic::ContentEvents, Sees::Durable))?;
    let started = Instant::now();
    let mut count = 0;
    while let Some(batch) = member.poll(STEP, Duration::ZERO)? {
        count += batch.records.len();
        member.commit(Step {
            partition: batch.partition,
            next_offset: batch.records.last().map_or(Offset(0), |r| r.offset.next()),
            ..Step::default()
        })?;
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

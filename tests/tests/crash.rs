//! The process is killed at random moments under load; what it acknowledged must be there, once and in order.

use mediamesh::operations::{Request, outcome};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_tests::commands::open;
use mediamesh_tests::invariants::{Acknowledged, check, events};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How often the process is killed; `MEDIAMESH_CRASHES` asks for more.
const KILLS: u64 = 200;
/// After so many kills the log is read and checked.
const CHECK_EVERY: u64 = 40;
/// How long a child may take to its next acknowledged write.
const FIRST_WRITES: Duration = Duration::from_secs(60);

#[test]
fn whatever_is_acknowledged_survives_kills_at_random_moments() {
    let kills = std::env::var("MEDIAMESH_CRASHES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(KILLS);
    let seed: u64 = std::env::var("MEDIAMESH_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(|| u64::from(std::process::id()));
    println!("MEDIAMESH_SEED={seed} MEDIAMESH_CRASHES={kills}");
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut random = seed | 1;
    for round in 0..kills {
        random = next(random);
        let moment = match random % 3 {
            0 => Moment::Opening(Duration::from_millis(random % 150)),
            _ => Moment::Writing(1 + random as usize % 40),
        };
        acknowledged.extend(killed_at(directory.path(), round, moment));
        if round % CHECK_EVERY == CHECK_EVERY - 1 {
            examine(directory.path(), &acknowledged, round + 1 == kills);
        }
    }
    assert!(
        acknowledged.len() > 100,
        "the load was real: {} writes",
        acknowledged.len()
    );
}

/// When a child is killed. By what it did where it writes: a slow machine kills as deep in the load as a fast one.
enum Moment {
    /// So long after its start, most likely while it opens.
    Opening(Duration),
    /// When it has acknowledged so many writes, with others under way.
    Writing(usize),
}

/// Runs the load until it is killed; gives what it acknowledged.
fn killed_at(data_dir: &Path, round: u64, moment: Moment) -> Vec<Acknowledged> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_crash_child"))
        .arg(data_dir)
        .arg(round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut heard = Vec::new();
    match moment {
        Moment::Opening(wait) => std::thread::sleep(wait),
        Moment::Writing(enough) => {
            let in_time = |_| lines.recv_timeout(FIRST_WRITES).ok();
            heard.extend((0..enough).map_while(in_time));
            assert_eq!(heard.len(), enough, "the load came to a halt");
        }
    }
    assert!(
        child.try_wait().unwrap().is_none(),
        "the load ended by itself"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    heard.extend(lines);
    heard.iter().filter_map(|line| parse(line)).collect()
}

/// A whole line of the child; the last may be cut.
fn parse(line: &str) -> Option<Acknowledged> {
    let mut words = line.split(' ');
    Some(Acknowledged {
        command: words.next()?.parse().ok()?,
        partition: Partition(words.next()?.parse().ok()?),
        seq: Seq(words.next()?.parse().ok()?),
    })
}

/// Opens the directory and checks it; at the end also that the views equal a rebuild from nothing.
fn examine(data_dir: &Path, acknowledged: &BTreeSet<Acknowledged>, last: bool) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let instance = open(data_dir).await.unwrap();
        let log = events(&instance).await.unwrap();
        check(&log, acknowledged).unwrap();
        if last {
            for view in ["catalog", "history", "search", "verdicts"] {
                let rebuilt = rebuild(&instance, view).await;
                assert_eq!(rebuilt["differences"], 0, "{view}: {rebuilt}");
                assert!(
                    rebuilt["compared"]["equal"].as_u64() > Some(0),
                    "{view}: {rebuilt}"
                );
            }
        }
        instance.end().await;
    });
}

async fn rebuild(instance: &mediamesh::instance::Instance, view: &str) -> serde_json::Value {
    let request = Request::Rebuild {
        view: view.to_owned(),
        switch: false,
    };
    outcome(instance, request).await.unwrap()
}

/// A small generator (xorshift) so that a failing run can be had again by its seed.
fn next(mut x: u64) -> u64 {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    x
}

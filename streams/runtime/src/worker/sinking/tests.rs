//! The rules of sinks, by the driver.

use super::*;
use crate::clock::ManualClock;
use crate::driver::TopologyDriver;
use crate::scripted::{Gate, Rows, ScriptedSink, event};
use crate::sink::Redriven;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{RowKey, Table, View, ViewProgress, ViewVersion};
use mediamesh_ports::event_log::{Groups, Sees};
use mediamesh_schemas::{Codec, Topic};
use std::sync::Mutex;
use std::sync::atomic::Ordering;

struct Scene {
    driver: TopologyDriver,
    closed: Gate,
    away: Gate,
    written: Arc<Mutex<Vec<String>>>,
    flushes: Arc<Mutex<Vec<Position>>>,
    rows: Arc<Rows>,
    parking: Arc<Parking>,
}

fn scene(limits: FlushLimits) -> Scene {
    let mut driver = TopologyDriver::at(Timestamp(1_000_000));
    let (rows, parking) = (Arc::new(Rows::default()), Arc::new(Parking::default()));
    let sink = ScriptedSink {
        closed: Gate::default(),
        away: Gate::default(),
        written: Arc::default(),
        flushes: Arc::default(),
    };
    let (closed, away) = (Arc::clone(&sink.closed), Arc::clone(&sink.away));
    let (written, flushes) = (Arc::clone(&sink.written), Arc::clone(&sink.flushes));
    let clock: Arc<ManualClock> = driver.clock();
    let progress = ProgressWriter::new(
        rows.clone(),
        Codec::embedded(),
        driver.handle(),
        clock.clone(),
    );
    let spec = GroupSpec {
        name: "history.v1".to_owned(),
        input: Topic::ContentEvents,
        store: Some("parked"),
        sees: Sees::Durable,
    };
    driver.add(Box::new(SinkWorker::new(
        spec, sink, limits, progress, &parking, clock,
    )));
    Scene {
        driver,
        closed,
        away,
        written,
        flushes,
        rows,
        parking,
    }
}

impl Scene {
    fn pipe(&mut self, records: &[(i32, &str, &str)]) -> Vec<String> {
        let records = records
            .iter()
            .map(|(partition, key, value)| event(Partition(*partition), key.as_bytes(), value));
        self.driver.log().push(records.collect());
        self.driver.run();
        std::mem::take(&mut self.written.lock().unwrap())
    }

    fn lag(&self, partition: i32) -> i64 {
        let log = self.driver.log();
        log.lag("history.v1", Topic::ContentEvents, Partition(partition))
            .unwrap()
    }

    fn redrive(&mut self, key: Option<&str>) -> Vec<Redriven> {
        let (parking, key) = (Arc::clone(&self.parking), key.map(str::to_owned));
        let asking = std::thread::spawn(move || {
            parking.redrive(Some("history.v1"), key.as_deref(), Duration::from_secs(5))
        });
        while !asking.is_finished() {
            self.driver.run();
        }
        asking.join().unwrap()
    }
}

#[test]
fn progress_is_told_after_the_flush_to_the_store_the_timeline_and_the_log() {
    let mut scene = scene(FlushLimits::at_once());
    scene.pipe(&[(2, "a", "one"), (2, "b", "two")]);
    let view = ViewVersion::new(View::History, 1);
    assert_eq!(
        scene.rows.progress.lock().unwrap()[&(view, Partition(2))],
        Seq(2)
    );
    let row = RowKey::new(Table::Timeline, "history/2", 2_i64.to_be_bytes());
    let rows = scene.rows.rows.lock().unwrap();
    let (_, body) = rows[&(view, row)].value.clone().unwrap();
    assert_eq!(
        String::from_utf8(body).unwrap(),
        r#"{"at":"1970-01-01T00:00:01Z"}"#
    );
    let told = scene.driver.log().records(Topic::ViewProgress);
    let told: ViewProgress = Codec::embedded()
        .decode(told[0].value.as_deref().unwrap())
        .unwrap();
    assert_eq!(
        (told.view, told.version, told.seq),
        (View::History, 1, Seq(2))
    );
    assert_eq!(told.partition, Partition(2));
}

#[test]
fn a_sink_that_flushes_seldom_commits_only_with_its_flush() {
    let mut scene = scene(FlushLimits {
        documents: 3,
        every: Duration::from_millis(250),
        ..FlushLimits::at_once()
    });
    assert_eq!(
        scene.pipe(&[(0, "a", "one")]),
        ["one"],
        "the first is not kept waiting"
    );
    assert_eq!(scene.lag(0), 0);
    scene.pipe(&[(0, "a", "two"), (1, "b", "three")]);
    assert_eq!(
        (scene.lag(0), scene.lag(1)),
        (1, 1),
        "written, but not flushed"
    );
    scene.driver.advance_time(Duration::from_millis(250));
    assert_eq!((scene.lag(0), scene.lag(1)), (0, 0));
    scene.pipe(&[(0, "a", "4"), (1, "b", "5"), (2, "c", "6")]);
    assert_eq!(scene.lag(2), 0, "enough documents flush at once");
    let last = scene.flushes.lock().unwrap().last().cloned().unwrap();
    let all = [(0, 3), (1, 2), (2, 1)].map(|(p, seq)| (Partition(p), Seq(seq)));
    assert_eq!(last, Position(all.into()), "progress names every partition");
}

#[test]
fn what_was_not_committed_is_taken_again_after_partitions_were_handed_over() {
    let mut scene = scene(FlushLimits {
        documents: 9,
        every: Duration::from_millis(250),
        ..FlushLimits::at_once()
    });
    scene.pipe(&[(0, "a", "one")]);
    assert_eq!(scene.pipe(&[(0, "a", "two"), (1, "b", "three")]).len(), 2);
    scene.driver.log().hand_over();
    assert_eq!(
        scene.pipe(&[]),
        ["two", "three"],
        "they were pending and are void"
    );
    scene.driver.advance_time(Duration::from_millis(250));
    assert_eq!((scene.lag(0), scene.lag(1)), (0, 0));
}

#[test]
fn a_key_that_cannot_be_taken_is_parked_and_its_partition_goes_on() {
    for word in ["unreadable", "unwritable"] {
        let mut scene = scene(FlushLimits::at_once());
        scene.closed.store(true, Ordering::SeqCst);
        let written = scene.pipe(&[
            (0, "a", "one"),
            (0, "b", word),
            (0, "b", "later"),
            (0, "a", "two"),
        ]);
        assert_eq!(written, ["one", "two"], "{word}");
        assert_eq!(scene.lag(0), 0);
        assert!(
            scene.pipe(&[(0, "b", "last")]).is_empty(),
            "later records of the key queue"
        );
        let held = scene.parking.held("history", "b").unwrap();
        assert_eq!((held.code.as_str(), held.records), (word, 3));
        assert_eq!(scene.parking.held("history", "a"), None);
    }
}

#[test]
fn a_redrive_writes_parked_records_in_order_and_frees_their_key() {
    let mut scene = scene(FlushLimits::at_once());
    scene.closed.store(true, Ordering::SeqCst);
    scene.pipe(&[
        (0, "b", "unreadable"),
        (0, "b", "later"),
        (1, "c", "unreadable"),
    ]);
    let tried = scene.redrive(Some("b"));
    assert_eq!(
        (tried[0].records, tried[0].still_parked.len()),
        (0, 2),
        "the cause is not mended"
    );
    scene.closed.store(false, Ordering::SeqCst);
    let tried = scene.redrive(Some("b"));
    assert_eq!((tried[0].records, tried[0].still_parked.len()), (2, 1));
    assert_eq!(
        scene.pipe(&[(0, "b", "after")]),
        ["unreadable", "later", "after"]
    );
    assert_eq!(scene.parking.list().len(), 1, "the other key waits on");
    assert!(scene.driver.state_store("parked", Partition(0)).is_empty());
}

#[test]
fn what_is_parked_survives_a_restart() {
    let mut scene = scene(FlushLimits::at_once());
    scene.closed.store(true, Ordering::SeqCst);
    scene.pipe(&[(0, "b", "unreadable")]);
    scene.driver.restart();
    assert_eq!(scene.parking.list().len(), 1);
    assert!(scene.pipe(&[(0, "b", "later")]).is_empty());
    assert_eq!(scene.parking.list()[0].records, 2);
}

#[test]
fn something_transient_lets_earlier_records_through_and_keeps_order() {
    let mut scene = scene(FlushLimits::at_once());
    scene.away.store(true, Ordering::SeqCst);
    let written = scene.pipe(&[
        (0, "a", "one"),
        (0, "b", "wait"),
        (0, "a", "two"),
        (1, "c", "x"),
    ]);
    assert_eq!(written, ["one", "x"]);
    assert_eq!((scene.lag(0), scene.lag(1)), (2, 0));
    assert!(
        scene.driver.troubles()[0]
            .1
            .contains("the registry is away")
    );
    scene.away.store(false, Ordering::SeqCst);
    scene.driver.advance_time(Duration::from_secs(11));
    assert_eq!(scene.pipe(&[]), ["wait", "two"]);
    assert!(scene.driver.troubles().is_empty());
}

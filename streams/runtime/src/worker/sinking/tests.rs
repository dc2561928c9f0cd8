//! The rules of sinks, by the driver.

use super::*;
use crate::clock::ManualClock;
use crate::driver::TopologyDriver;
use crate::scripted::{Gate, Rows, ScriptedSink, event};
use crate::sink::parked_record;
use mediamesh_domain::command::Principal;
use mediamesh_domain::id::CommandId;
use mediamesh_domain::parked::{ParkedAsk, ParkedBody, ParkedRecord, ParkedWish};
use mediamesh_domain::position::Offset;
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
    /// What another process knows.
    elsewhere: Parking,
    heard: usize,
    asks: u128,
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
        elsewhere: Parking::default(),
        heard: 0,
        asks: 0,
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

    /// Asks something of a parked key in a process elsewhere, which knows of it by the log alone.
    fn ask(&mut self, key: &str, wish: ParkedWish) -> CommandId {
        self.follow();
        let all = self.elsewhere.list();
        let held = all.into_iter().find(|held| held.place.key == key).unwrap();
        self.asks += 1;
        let ask = ParkedAsk {
            command_id: CommandId(uuid::Uuid::from_u128(self.asks)),
            principal: Principal::system("test"),
            place: held.place,
            wish,
            first_offset: held.first_offset,
        };
        let (id, body) = (ask.command_id, ParkedBody::Asked(ask));
        let record = parked_record(&Codec::embedded(), body, Timestamp(0)).unwrap();
        self.driver.log().push(vec![record]);
        self.follow();
        id
    }

    /// Asks, and gives what is known elsewhere once it is done.
    fn done(&mut self, key: &str, wish: ParkedWish) -> Option<HeldKey> {
        let id = self.ask(key, wish);
        self.driver.run();
        self.follow();
        let told = self.told().pop().unwrap();
        assert_eq!(told.answers, Some(id));
        assert_eq!(self.elsewhere.at(&told.place), self.parking.at(&told.place));
        self.elsewhere.at(&told.place)
    }

    /// Lets both processes hear what is new on `view.parked`.
    fn follow(&mut self) {
        let records = self.driver.log().records(Topic::ViewParked);
        for record in &records[self.heard..] {
            let value = record.value.as_deref().unwrap();
            let told: ParkedRecord = Codec::embedded().decode(value).unwrap();
            self.parking.hear(told.clone());
            self.elsewhere.hear(told);
        }
        self.heard = records.len();
    }

    fn held(&self, key: &str) -> HeldKey {
        let all = self.parking.list();
        let found = all.into_iter().find(|held| held.place.key == key);
        found.expect("it is parked")
    }

    /// What the sink told `view.parked`.
    fn told(&self) -> Vec<HeldKey> {
        let records = self.driver.log().records(Topic::ViewParked);
        let told = records.iter().filter_map(|record| {
            let value = record.value.as_deref().unwrap();
            let told: ParkedRecord = Codec::embedded().decode(value).unwrap();
            assert_eq!(record.key, told.key().into_bytes());
            match told.body {
                ParkedBody::Held(held) => Some(held),
                ParkedBody::Asked(_) => None,
            }
        });
        told.collect()
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
fn a_sink_that_flushes_seldom_rests_after_a_flush_and_then_takes_all_that_came() {
    let mut scene = scene(FlushLimits {
        documents: 9,
        every: Duration::from_millis(250),
        much: 3,
        ..FlushLimits::at_once()
    });
    assert_eq!(
        scene.pipe(&[(0, "a", "one")]),
        ["one"],
        "the first is not kept waiting"
    );
    assert!(scene.pipe(&[(0, "a", "two"), (1, "b", "three")]).is_empty());
    scene.driver.advance_time(Duration::from_millis(249));
    assert!(scene.pipe(&[]).is_empty(), "it rests");
    scene.driver.advance_time(Duration::from_millis(1));
    assert_eq!(scene.pipe(&[]), ["two", "three"]);
    assert_eq!((scene.lag(0), scene.lag(1)), (0, 0));
    assert_eq!(scene.flushes.lock().unwrap().len(), 2, "one flush for both");
    let last = scene.flushes.lock().unwrap().last().cloned().unwrap();
    let all = [(0, 2), (1, 1)].map(|(p, seq)| (Partition(p), Seq(seq)));
    assert_eq!(last, Position(all.into()), "progress names every partition");
}

#[test]
fn where_much_comes_there_is_no_rest_and_flushes_are_bounded() {
    let mut scene = scene(FlushLimits {
        documents: 4,
        every: Duration::from_millis(250),
        much: 3,
        ..FlushLimits::at_once()
    });
    let much: Vec<_> = (0..6).map(|partition| (partition, "a", "x")).collect();
    assert_eq!(scene.pipe(&much).len(), 6);
    assert_eq!(scene.flushes.lock().unwrap().len(), 2, "of four and of two");
    scene.driver.advance_time(Duration::from_millis(250));
    scene.pipe(&much[..3]);
    assert_eq!(scene.pipe(&[(0, "a", "next")]), ["next"]);
}

#[test]
fn what_was_not_committed_is_taken_again_after_partitions_were_handed_over() {
    let mut scene = scene(FlushLimits {
        documents: 9,
        ..FlushLimits::at_once()
    });
    let records = [(0, b"a", "one"), (1, b"b", "two")];
    let records = records.map(|(partition, key, value)| event(Partition(partition), key, value));
    scene.driver.log().push(records.into());
    assert!(scene.driver.turn() && scene.driver.turn());
    assert_eq!(
        (scene.lag(0), scene.lag(1)),
        (1, 1),
        "written, but not flushed"
    );
    scene.driver.log().hand_over();
    assert_eq!(
        scene.pipe(&[]),
        ["one", "two", "one", "two"],
        "they were pending and are void"
    );
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
        let held = scene.held("b");
        assert_eq!((held.code.as_str(), held.records), (word, 3));
        assert_eq!(
            scene.parking.list(),
            std::slice::from_ref(&held),
            "the other is not held"
        );
        assert_eq!(
            scene.told(),
            [
                HeldKey {
                    records: 2,
                    ..held.clone()
                },
                held
            ]
        );
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
    let told = scene.done("b", ParkedWish::Redrive).unwrap();
    assert_eq!(told.records, 2, "the cause is not mended");
    scene.closed.store(false, Ordering::SeqCst);
    assert_eq!(scene.done("b", ParkedWish::Redrive), None);
    assert_eq!(
        scene.pipe(&[(0, "b", "after")]),
        ["unreadable", "later", "after"]
    );
    assert_eq!(scene.parking.list().len(), 1, "the other key waits on");
    assert!(scene.driver.state_store("parked", Partition(0)).is_empty());
}

#[test]
fn a_dropped_record_is_given_up_alone_and_those_behind_it_are_tried() {
    let mut scene = scene(FlushLimits::at_once());
    scene.closed.store(true, Ordering::SeqCst);
    scene.pipe(&[
        (0, "b", "unreadable"),
        (0, "b", "later"),
        (0, "b", "unwritable"),
        (0, "b", "last"),
    ]);
    let told = scene.done("b", ParkedWish::Drop).unwrap();
    assert_eq!(
        (told.code.as_str(), told.records, told.first_offset),
        ("unwritable", 2, Offset(2)),
        "the next one is wrong in its own way"
    );
    assert_eq!(scene.held("b").code, "unwritable");
    assert_eq!(scene.done("b", ParkedWish::Drop), None);
    assert_eq!(scene.pipe(&[]), ["later", "last"]);
}

#[test]
fn what_was_asked_while_the_sink_was_away_is_done_when_it_is_back_and_once() {
    let mut scene = scene(FlushLimits::at_once());
    scene.closed.store(true, Ordering::SeqCst);
    scene.pipe(&[(0, "b", "unreadable"), (0, "b", "unreadable too")]);
    scene.ask("b", ParkedWish::Drop);
    scene.driver.restart();
    scene.driver.run();
    scene.driver.run();
    scene.follow();
    let told: Vec<i64> = scene.told().iter().map(|held| held.records).collect();
    assert_eq!(told, [2, 1], "the second is not given up with the first");
    assert_eq!(scene.elsewhere.list(), scene.parking.list());
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

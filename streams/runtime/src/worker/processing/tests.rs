//! The rules of processors, by the driver.

use super::*;
use crate::driver::TopologyDriver;
use crate::scripted::{Gate, Scripted, command, spec, values};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::{Groups, header};
use mediamesh_schemas::Topic;
use std::sync::atomic::Ordering;

const STORE: Option<&str> = Some("scripted");

fn driver(store: Option<&'static str>) -> (TopologyDriver, Gate) {
    let mut driver = TopologyDriver::at(Timestamp(1_000_000));
    let gate = Gate::default();
    let processor = Box::new(Scripted {
        closed: Arc::clone(&gate),
    });
    let worker = ProcessorWorker::new(spec(store), processor, driver.clock());
    driver.add(Box::new(worker));
    (driver, gate)
}

fn piped(driver: &mut TopologyDriver, partition: i32, scripts: &[&str]) -> Vec<String> {
    let records = scripts.iter().map(|script| command(partition, "k", script));
    driver.log().push(records.collect());
    driver.run();
    values(&driver.read_output(Topic::ContentEvents))
}

fn lag(driver: &TopologyDriver, partition: i32) -> i64 {
    driver
        .log()
        .lag("scripted", Topic::ContentCommands, Partition(partition))
        .expect("a log in memory tells")
}

#[test]
fn a_step_commits_state_outputs_and_offset_together() {
    let (mut driver, _) = driver(STORE);
    let out = piped(&mut driver, 3, &["emit 1", "keep x", "again", "emit 2"]);
    assert_eq!(out, ["emit 1", "emit 2", "said 4"]);
    assert_eq!(
        driver.state_store("scripted", Partition(3))[b"k".as_slice()],
        b"x"
    );
    assert_eq!(lag(&driver, 3), 0);
}

#[test]
fn every_record_ends_in_exactly_one_way_and_is_counted_so() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let rendered = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let (mut driver, _) = driver(STORE);
        piped(
            &mut driver,
            0,
            &["emit 1", "emit 2", "keep x", "again", "reject"],
        );
    });
    let page = rendered.render();
    for (outcome, count) in [
        ("emitted", 2),
        ("state_changed", 1),
        ("duplicate", 1),
        ("dead_lettered", 1),
    ] {
        let line = format!(
            r#"mediamesh_records_total{{processor="scripted",outcome="{outcome}"}} {count}"#
        );
        assert!(page.contains(&line), "{line} is not in\n{page}");
    }
}

#[test]
fn a_rejected_record_is_dead_lettered_as_it_came_and_the_partition_goes_on() {
    let (mut driver, _) = driver(STORE);
    let out = piped(&mut driver, 5, &["emit 1", "reject", "emit 2"]);
    assert_eq!(
        out,
        ["emit 1", "refused", "emit 2", "said 3"],
        "its effects are void"
    );
    let letters = driver.read_output(Topic::ContentCommandsDlt);
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(
        (letter.partition, letter.key.as_slice()),
        (Partition(5), b"k".as_slice())
    );
    assert_eq!(letter.value.as_deref(), Some(b"reject".as_slice()));
    for (name, value) in [
        (header::CORRELATION_ID, "c-1"),
        (header::DLT_TOPIC, "content.commands"),
        (header::DLT_PARTITION, "5"),
        (header::DLT_OFFSET, "1"),
        (header::DLT_CODE, "bad_word"),
        (header::DLT_REASON, "no such word"),
    ] {
        assert_eq!(letter.header(name), Some(value), "{name}");
    }
}

#[test]
fn a_dead_letter_is_redriven_as_the_record_it_was() {
    let (mut driver, _) = driver(STORE);
    piped(&mut driver, 5, &["reject"]);
    let letter = driver.read_output(Topic::ContentCommandsDlt).remove(0);
    assert_eq!(
        crate::dead_letter::revived(&letter),
        Some(command(5, "k", "reject"))
    );
}

#[test]
fn the_schema_id_of_a_dead_letter_stands_in_its_headers() {
    let mut record = command(0, "k", "");
    record.value = Some(vec![0, 0, 0, 7, 209, 4]);
    let log = crate::driver::MemoryLog::default();
    log.push(vec![record]);
    let record = log.records(Topic::ContentCommands).remove(0);
    let rejection = crate::Rejection::new("c", "r");
    let letter = crate::dead_letter::dead_letter(&record, &rejection).expect("has a topic");
    let id = letter
        .headers
        .iter()
        .find(|(name, _)| name == header::DLT_SCHEMA_ID);
    assert_eq!(
        id.map(|(_, value)| value.as_slice()),
        Some(b"2001".as_slice())
    );
}

#[test]
fn all_chunks_come_before_the_next_record_and_the_last_word_after_them() {
    let (mut driver, _) = driver(STORE);
    let out = piped(&mut driver, 0, &["fan 3", "emit 2"]);
    assert_eq!(
        out,
        ["fan", "chunk 3", "chunk 2", "chunk 1", "emit 2", "said 2"]
    );
}

#[test]
fn chunks_left_by_an_owner_are_done_by_the_next_one_without_any_record() {
    let (mut driver, gate) = driver(STORE);
    gate.store(true, Ordering::SeqCst);
    assert_eq!(piped(&mut driver, 0, &["fan 2"]), ["fan"]);
    assert_eq!(lag(&driver, 0), 0, "the record itself is committed");
    gate.store(false, Ordering::SeqCst);
    driver.restart();
    let out = values(&driver.read_output(Topic::ContentEvents));
    assert_eq!(
        out,
        ["chunk 2", "chunk 1", "said 1"],
        "and its seq is said at the end"
    );
    assert_eq!(lag(&driver, 0), 0);
}

#[test]
fn something_transient_pauses_the_partition_keeps_its_order_and_is_told() {
    let (mut driver, gate) = driver(STORE);
    gate.store(true, Ordering::SeqCst);
    assert_eq!(
        piped(&mut driver, 0, &["emit 1", "wait", "emit 2"]),
        ["emit 1", "said 1"]
    );
    assert_eq!(
        piped(&mut driver, 1, &["emit 3"]),
        ["emit 3", "said 1"],
        "others go on"
    );
    let troubles = driver.troubles();
    assert_eq!(troubles.len(), 1);
    assert!(
        troubles[0].1.contains("partition 0: the gate is closed"),
        "{troubles:?}"
    );
    driver.advance_time(Duration::from_secs(11));
    assert!(
        driver.read_output(Topic::ContentEvents).is_empty(),
        "still closed"
    );
    gate.store(false, Ordering::SeqCst);
    driver.advance_time(Duration::from_secs(11));
    let out = values(&driver.read_output(Topic::ContentEvents));
    assert_eq!(out, ["wait", "emit 2", "said 3"]);
    assert!(driver.troubles().is_empty());
}

#[test]
fn a_commit_that_fails_for_now_is_made_again_from_the_same_records() {
    let (mut driver, _) = driver(STORE);
    driver
        .log()
        .fail_commits([Error::Transient("the broker is away".to_owned())]);
    assert!(piped(&mut driver, 0, &["emit 1", "keep x"]).is_empty());
    driver.advance_time(Duration::from_secs(11));
    let out = values(&driver.read_output(Topic::ContentEvents));
    assert_eq!(out, ["emit 1", "said 2"]);
}

#[test]
fn who_is_fenced_joins_again_and_takes_the_records_anew() {
    let (mut driver, _) = driver(STORE);
    driver
        .log()
        .fail_commits([Error::Fenced(Partition(0), Topic::ContentCommands)]);
    assert_eq!(piped(&mut driver, 0, &["emit 1"]), ["emit 1", "said 1"]);
}

#[test]
fn a_poisoned_log_stops_the_processor_for_good() {
    let (mut driver, _) = driver(STORE);
    driver
        .log()
        .fail_commits([Error::Poisoned("the disk is full".to_owned())]);
    assert!(piped(&mut driver, 0, &["emit 1"]).is_empty());
    driver.advance_time(Duration::from_secs(60));
    assert!(driver.read_output(Topic::ContentEvents).is_empty());
    assert!(driver.troubles()[0].1.contains("the disk is full"));
}

#[test]
fn a_step_waits_while_the_next_stage_has_a_window_full_of_undecided_records() {
    let mut driver = TopologyDriver::at(Timestamp(0));
    let window = |driver: &TopologyDriver| {
        let groups: Arc<dyn Groups> = Arc::new(driver.log().clone());
        Window::before(groups, "next", Topic::ContentEvents).of(3)
    };
    let processor = Box::new(Scripted {
        closed: Gate::default(),
    });
    let worker = ProcessorWorker::new(spec(None), processor, driver.clock())
        .with_limits(Limits {
            records: 2,
            ..Limits::default()
        })
        .with_window(window(&driver));
    driver.add(Box::new(worker));
    let two = piped(
        &mut driver,
        0,
        &["emit 1", "again", "emit 2", "emit 3", "emit 4"],
    );
    assert_eq!(
        two,
        ["emit 1", "said 2"],
        "nothing more fits until `next` commits"
    );

    let next = mediamesh_ports::event_log::GroupSpec {
        name: "next".to_owned(),
        input: Topic::ContentEvents,
        ..spec(None)
    };
    let mut member = driver.log().join(next).expect("joins");
    while let Some(batch) = member.poll(9, Duration::ZERO).expect("polls") {
        let end = batch.records[batch.records.len() - 1].offset.next();
        member
            .commit(mediamesh_ports::event_log::Step {
                partition: batch.partition,
                next_offset: end,
                ..Default::default()
            })
            .expect("commits");
        driver.run();
    }
    let rest = values(&driver.read_output(Topic::ContentEvents));
    assert_eq!(rest, ["emit 2", "emit 3", "said 4", "emit 4", "said 5"]);
}

//! Runs, in words.

use super::*;
use crate::event::Rung;
use crate::verdict::EntryOutcome;
use std::collections::BTreeMap;
use uuid::Uuid;

fn event(n: u128, body: IngestFact) -> IngestEvent {
    let (source_id, run_id) = (SourceId(Uuid::from_u128(7)), RunId(Uuid::from_u128(n)));
    IngestEvent {
        event_id: IngestEvent::id_of(source_id, run_id),
        source_id,
        run_id,
        trigger: RunTrigger::Fetch,
        started_at: Timestamp(n as i64 * 10),
        finished_at: Timestamp(n as i64 * 10 + 5),
        next_poll: None,
        correlation_id: None,
        body,
    }
}

fn completed(n: u128, run: RunCompleted) -> IngestEvent {
    event(n, IngestFact::Completed(run))
}

fn failed(n: u128) -> IngestEvent {
    let body = RunFailed {
        code: "egress.status".to_owned(),
        reason: "the server answered 404".to_owned(),
        advice: advice("egress.status", Some(404)).to_owned(),
        status: Some(404),
        retry_after_s: Some(60),
        appended: 0,
        moved: None,
    };
    event(n, IngestFact::Failed(body))
}

fn conditional(not_modified: bool) -> RunCompleted {
    RunCompleted {
        conditional: true,
        not_modified,
        entries: 100,
        numbered_from: Some(101),
        numbered_to: Some(200),
        whole: !not_modified,
        ..RunCompleted::default()
    }
}

fn health(events: &[IngestEvent]) -> SourceHealth {
    let mut health = SourceHealth::default();
    events.iter().for_each(|event| health.evolve(event));
    health
}

#[test]
fn failures_are_counted_until_a_run_goes_well_and_the_last_one_is_remembered() {
    let one = health(&[completed(1, conditional(false)), failed(2), failed(3)]);
    assert_eq!(one.failures, 2);
    assert_eq!(one.last_success.map(|run| run.at), Some(Timestamp(15)));
    let two = health(&[failed(2), failed(3), completed(4, conditional(true))]);
    assert_eq!(two.failures, 0);
    let last = two.last_failure.expect("it is remembered");
    assert_eq!(last.at, Timestamp(35));
    assert!(last.advice.contains("Check the address"), "{}", last.advice);
}

#[test]
fn a_run_that_comes_again_counts_once() {
    let twice = health(&[failed(2), failed(2)]);
    assert_eq!(twice, health(&[failed(2)]));
}

#[test]
fn the_hit_rate_is_that_of_the_conditional_requests() {
    let unasked = RunCompleted::default();
    let runs = [
        completed(1, unasked),
        completed(2, conditional(true)),
        completed(3, conditional(true)),
        completed(4, conditional(false)),
        failed(5),
        completed(6, conditional(true)),
    ];
    assert_eq!(health(&runs).hit_rate(), Some(0.75));
    assert_eq!(health(&[failed(1)]).hit_rate(), None);
}

#[test]
fn a_feed_that_begins_at_a_hundred_says_how_many_are_missing() {
    let stopped = RunCompleted {
        whole: false,
        numbered_to: None,
        ..conditional(false)
    };
    let runs = [
        completed(1, conditional(false)),
        completed(2, conditional(true)),
        completed(3, stopped),
    ];
    let coverage = health(&runs).coverage().expect("its numbers start late");
    assert_eq!(coverage.unlisted(), 100);
    let words = coverage.sentence();
    assert!(words.contains("100 of 200"), "{words}");
}

#[test]
fn numbers_that_start_where_they_should_or_are_all_there_say_nothing() {
    for (listed, from, to) in [
        (100, Some(1), Some(200)),
        (100, None, Some(200)),
        (100, Some(101), None),
        (200, Some(2), Some(200)),
        (100, Some(2), Some(-7)),
    ] {
        assert_eq!(Coverage::of(listed, from, to), None);
    }
}

#[test]
fn a_move_is_told_until_the_feed_says_nothing_of_one_any_more() {
    let found = FeedMove::new(
        "https://b.example/",
        MovedBy::NewFeedUrl,
        MoveOutcome::Taken,
    );
    let announced = RunCompleted {
        announced_url: Some(found.to.clone()),
        moved: Some(found.clone()),
        ..RunCompleted::default()
    };
    // It is not looked at each time.
    let again = RunCompleted {
        moved: None,
        ..announced.clone()
    };
    let told = [
        completed(1, announced),
        completed(2, again),
        completed(3, conditional(true)),
    ];
    assert_eq!(health(&told).moved, Some(found));
    let over = [&told[..], &[completed(4, RunCompleted::default())]].concat();
    assert_eq!(health(&over).moved, None);
}

#[test]
fn what_is_pushed_changes_neither_the_plan_nor_what_the_feed_lists() {
    let planned = IngestEvent {
        next_poll: Some(Timestamp(99)),
        ..completed(1, conditional(false))
    };
    let pushed = IngestEvent {
        trigger: RunTrigger::Push,
        ..completed(2, RunCompleted::default())
    };
    let health = health(&[planned, pushed]);
    assert_eq!(
        (health.next_poll, health.listed),
        (Some(Timestamp(99)), 100)
    );
}

#[test]
fn health_looks_back_on_a_bounded_number_of_runs() {
    let runs: Vec<_> = (0..250).map(|n| completed(n, conditional(true))).collect();
    assert_eq!(health(&runs).recent.len(), RECENT);
}

#[test]
fn every_known_code_has_advice_of_its_own() {
    let other = advice("made.up", None);
    for code in [
        "ingest.no_address",
        "ingest.unknown_secret",
        "ingest.locked",
        "ingest.other_feed",
        "ingest.other_origin",
        "egress.refused",
        "egress.too_large",
        "egress.unknown_host",
        "egress.transport",
        "feed.not_a_feed",
        "feed.ill_formed",
        "ingest.log",
    ] {
        assert_ne!(advice(code, None), other, "{code}");
    }
    assert_ne!(
        advice("egress.status", Some(404)),
        advice("egress.status", Some(503))
    );
}

fn entry(offset: i64, outcome: EntryOutcome, repairs: i32) -> EntryTally {
    EntryTally {
        offset,
        outcome,
        repairs,
        rung: (outcome == EntryOutcome::Merged).then_some(Rung::TitleDay),
        codes: BTreeMap::from([("html_closed".to_owned(), i64::from(repairs))]),
        suspicious: outcome == EntryOutcome::Merged,
    }
}

fn tally(notes: &[(i32, EntryTally)]) -> RunTally {
    let mut tally = RunTally::default();
    for (index, note) in notes {
        tally.note(*index, note.clone());
    }
    tally
}

#[test]
fn entries_are_counted_by_what_became_of_them_and_the_program_apart() {
    let tally = tally(&[
        (-1, entry(1, EntryOutcome::Created, 0)),
        (0, entry(2, EntryOutcome::Created, 2)),
        (1, entry(3, EntryOutcome::Refused, 0)),
        (2, entry(4, EntryOutcome::Merged, 1)),
    ]);
    let counts = tally.counts();
    assert_eq!(counts.program, Some(EntryOutcome::Created));
    assert_eq!((counts.decided, counts.created, counts.refused), (3, 1, 1));
    assert_eq!((counts.merged, counts.suspicious_merges), (1, 1));
    assert_eq!((counts.repaired, counts.repairs), (2, 3));
    assert_eq!(counts.repairs_by_code["html_closed"], 3);
    assert_eq!(counts.merged_by["title_day"], 1);
    assert_eq!(RunTally::read(&tally.bytes()), Some(tally));
}

#[test]
fn a_note_that_comes_again_counts_once_and_a_later_one_instead() {
    let first = [(0, entry(5, EntryOutcome::Refused, 0))];
    let again = [first[0].clone(), first[0].clone()];
    assert_eq!(tally(&again), tally(&first));
    let redriven = (0, entry(9, EntryOutcome::Created, 0));
    for notes in [
        [first[0].clone(), redriven.clone()],
        [redriven, first[0].clone()],
    ] {
        let counts = tally(&notes).counts();
        assert_eq!((counts.decided, counts.created, counts.refused), (1, 1, 0));
    }
}

#[test]
fn the_parts_of_a_run_add_up_to_what_one_part_would_say() {
    let notes: Vec<_> = (0..20)
        .map(|n| (n, entry(i64::from(n), EntryOutcome::Changed, n % 3)))
        .collect();
    let whole = tally(&notes).counts();
    let mut sum = tally(&notes[..7]).counts();
    sum.add(&tally(&notes[7..]).counts());
    assert_eq!(sum, whole);
}

#[test]
fn a_filter_takes_the_entries_that_its_count_counts() {
    let notes = [
        (0, entry(1, EntryOutcome::Created, 1)),
        (1, entry(2, EntryOutcome::Refused, 0)),
    ];
    let tally = tally(&notes);
    let taken = |filter: EntryFilter| tally.entries().values().filter(|e| filter.takes(e)).count();
    assert_eq!(taken(EntryFilter::Refused), 1);
    assert_eq!(taken(EntryFilter::Repaired), 1);
    assert_eq!(taken(EntryFilter::Same), 0);
}

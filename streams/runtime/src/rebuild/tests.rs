//! Rebuilds on the embedded backend, beside live traffic.

use super::*;
use crate::scene::Scene;
use mediamesh_domain::catalog::{CatalogBody, CatalogRecord};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::position::Seq;
use mediamesh_domain::testing::{invariants, subject};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{RowKey, RowWrite, Table};
use mediamesh_embedded::Options;
use mediamesh_ports::event_log::partition_of_program;
use mediamesh_ports::progress::Progress;
use mediamesh_schemas::{Contract, Topic};
use std::collections::BTreeMap;

/// A deployment with a program of so many episodes, and how many events it has.
fn filled(episodes: i32) -> (Scene, ProgramId, Seq) {
    filled_in(Scene::open(), episodes)
}

fn filled_in(mut scene: Scene, episodes: i32) -> (Scene, ProgramId, Seq) {
    let source = scene.source();
    scene.fetch(source, episodes);
    let program = source.own_program();
    let run = |scene: &Scene| {
        let lag = |input, group: &str| {
            (0..12)
                .map(|p| {
                    scene
                        .pipeline
                        .groups
                        .lag(group, input, Partition(p))
                        .unwrap()
                })
                .sum::<i64>()
        };
        lag(Topic::IngestRaw, "normalise") + lag(Topic::ContentCommands, "decide")
    };
    scene.wait_until("all is decided", || run(&scene) == 0);
    // Of the program and of each episode: created, published.
    let last = Seq(2 * (i64::from(episodes) + 1));
    for view in [View::Catalog, View::Search, View::History] {
        scene.reach(view, program, last);
    }
    scene.tell_runs(source, 12);
    let of_runs = |scene: &Scene| {
        let lag = |p| {
            let group = "runs.v1";
            let groups = &scene.pipeline.groups;
            groups
                .lag(group, Topic::IngestEvents, Partition(p))
                .unwrap()
        };
        (0..12).map(lag).sum::<i64>()
    };
    scene.wait_until("all runs are listed", || of_runs(&scene) == 0);
    (scene, program, last)
}

fn compared(scene: &Scene, view: View) -> (Comparison, RebuildProgress) {
    let versions = (ViewVersion::new(view, 1), ViewVersion::new(view, 2));
    let mut last = RebuildProgress { done: 0, left: 0 };
    let comparison = rebuild_and_compare(
        &scene.pipeline,
        &scene.readers,
        versions,
        Throttle::default(),
        &CancellationToken::new(),
        &mut |progress| last = progress,
    );
    (comparison.unwrap(), last)
}

#[test]
fn every_view_rebuilt_compares_equal() {
    let (mut scene, program, _) = filled(30);
    scene.update_program(program, r#"{"title": {"en": "Sea and Stars"}}"#);
    for view in View::ALL {
        let (comparison, progress) = compared(&scene, view);
        assert!(comparison.is_equal(), "{view:?}: {comparison:?}");
        assert!(comparison.equal > 30, "{view:?}: {comparison:?}");
        assert!(progress.done > 0 && progress.left == 0, "{progress:?}");
    }
}

/// Every record of a program's partition of a topic that can be read as a struct.
fn all<T: Contract>(scene: &Scene, program: ProgramId) -> Vec<T> {
    let records = scene.records(T::TOPIC, partition_of_program(program));
    let codec = &scene.pipeline.codec;
    let read = records.iter().filter_map(|record| record.value.as_deref());
    read.map(|value| codec.decode(value).unwrap()).collect()
}

/// Deletes what newer records of the same keys have replaced, to the end.
fn compact(scene: &Scene) {
    let now = Timestamp(1_700_000_200_000_000);
    while scene.log.maintain(now, 10_000).unwrap().more {}
}

#[test]
fn views_are_rebuilt_from_compacted_topics_and_the_catalogue_is_the_join_of_the_events() {
    let options = Options {
        compact_after: 1,
        ..Options::default()
    };
    let (mut scene, program, _) = filled_in(Scene::open_with(options), 30);
    let mut last = Seq(0);
    for title in ["Sea", "Sea and Stars", "Stars"] {
        let patch = format!(r#"{{"title": {{"en": "{title}"}}}}"#);
        last = scene.update_program(program, &patch).seq;
    }
    for view in [View::Catalog, View::Search, View::History] {
        scene.reach(view, program, last);
    }
    let partition = partition_of_program(program);
    // What a group has not taken in is not touched.
    let groups = &scene.pipeline.groups;
    for view in [View::Catalog, View::Search] {
        let group = sink_group(ViewVersion::new(view, 1)).name;
        let lag = || groups.lag(&group, Topic::Catalog, partition).unwrap();
        scene.wait_until("the sinks have committed", || lag() == 0);
    }
    let before = scene.records(Topic::Catalog, partition);
    compact(&scene);
    let after = scene.records(Topic::Catalog, partition);
    let mut keys: BTreeMap<&[u8], usize> = BTreeMap::new();
    for record in &after {
        *keys.entry(&record.key).or_default() += 1;
    }
    assert!(
        after.len() * 2 < before.len(),
        "{} of {}",
        after.len(),
        before.len()
    );
    assert!(
        keys.values().all(|count| *count == 1),
        "one record a key is left"
    );

    let newest = all::<CatalogRecord>(&scene, program).into_iter();
    let newest = newest.filter_map(|record| Some((subject(&record.body)?, record.body)));
    let newest: BTreeMap<_, CatalogBody> = newest.collect();
    assert_eq!(
        newest.len(),
        2 * 31,
        "both lanes of the program and of its episodes"
    );
    invariants::of_catalogue(&all::<Event>(&scene, program), newest);
    for view in [View::Catalog, View::Search, View::History] {
        let (comparison, progress) = compared(&scene, view);
        assert!(comparison.is_equal(), "{view:?}: {comparison:?}");
        assert!(comparison.equal > 30, "{view:?}: {comparison:?}");
        assert_eq!(progress.left, 0);
    }
}

#[test]
fn a_row_that_differs_is_found_and_named() {
    let (scene, ..) = filled(2);
    let old = ViewVersion::new(View::History, 1);
    let stray = RowWrite {
        key: RowKey::new(Table::History, "episode/x", 1_i64.to_be_bytes()),
        seq: Seq(1),
        value: Some((Vec::new(), b"{}".to_vec())),
    };
    let stray = scene.pipeline.views.apply(old, vec![stray]);
    scene.runtime.block_on(stray).unwrap();
    let (comparison, _) = compared(&scene, View::History);
    assert_eq!(
        (
            comparison.only_old,
            comparison.only_new,
            comparison.different
        ),
        (1, 0, 0)
    );
    assert!(
        comparison.named[0].contains("history episode/x"),
        "{comparison:?}"
    );
}

#[test]
fn a_rebuild_that_was_stopped_goes_on_from_where_it_was() {
    let (scene, ..) = filled(40);
    let to = ViewVersion::new(View::Catalog, 2);
    let cancel = CancellationToken::new();
    let slow = Throttle {
        records_per_s: Some(1),
    };
    let stopped = rebuild(&scene.pipeline, to, slow, &cancel, &mut |_| cancel.cancel());
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    let (comparison, _) = compared(&scene, View::Catalog);
    assert!(comparison.is_equal(), "{comparison:?}");
}

#[test]
fn after_a_switch_the_new_version_goes_on_live() {
    let (mut scene, program, _) = filled(3);
    let (comparison, _) = compared(&scene, View::Catalog);
    assert!(comparison.is_equal(), "{comparison:?}");
    scene.switch(View::Catalog, 2);
    assert_eq!(scene.progress.active(View::Catalog).version, 2);
    let accepted = scene.update_program(program, r#"{"title": {"en": "Sea and Stars"}}"#);
    scene.reach(View::Catalog, program, accepted.seq);
    assert!(
        scene.runs("materialise.v2") && scene.runs("materialise.v1"),
        "the old stays an hour"
    );
}

#[test]
fn the_version_before_a_switch_is_removed_and_the_one_in_use_is_not() {
    let (mut scene, program, seq) = filled(3);
    let [old, new] = [1, 2].map(|version| ViewVersion::new(View::Catalog, version));
    compared(&scene, View::Catalog);
    scene.switch(View::Catalog, 2);
    scene.wait_until("the new sink runs", || scene.runs("materialise.v2"));
    let partition = partition_of_program(program);
    let progress = |version| {
        let views = &scene.pipeline.views;
        let progress = views.progress(version, partition);
        scene.runtime.block_on(progress).unwrap()
    };
    assert_eq!((progress(old), progress(new)), (seq, seq));
    for version in [new, old] {
        scene.runtime.block_on(scene.switches.retire(version));
    }
    assert_eq!((progress(old), progress(new)), (Seq(0), seq));
    assert!(!scene.runs("materialise.v1") && scene.runs("materialise.v2"));
    let lag = |group| scene.pipeline.groups.lag(group, Topic::Catalog, partition);
    assert!(lag("materialise.v1").unwrap() > 0, "its group is forgotten");
}

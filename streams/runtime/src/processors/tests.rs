//! The whole way of an entry, on the embedded backend.

use crate::scene::{Scene, raw};
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::command::{CommandBody, CreateProgram, MergeProgram};
use mediamesh_domain::id::{ItemKind, ItemRef, ProgramId};
use mediamesh_domain::position::Seq;
use mediamesh_domain::project::{document_key, episodes_key, history_key};
use mediamesh_domain::testing::program_fields;
use mediamesh_domain::view::{Row, RowKey, Table, View, ViewVersion};
use mediamesh_ports::event_log::{header, partition_of, partition_of_program};
use mediamesh_ports::view_store::{Order, Range, ReadViews};
use mediamesh_schemas::Topic;
use uuid::Uuid;

fn range(scene: &Scene, view: View, table: Table, key: Vec<u8>) -> Vec<(Vec<u8>, Row)> {
    let range = Range {
        table,
        partition_key: key,
        after: None,
        order: Order::Ascending,
        limit: 1_000,
    };
    let rows = scene.log.range(ViewVersion::new(view, 1), &range);
    scene.runtime.block_on(rows).unwrap()
}

fn row(scene: &Scene, key: &RowKey) -> Option<String> {
    let row = scene.log.get(ViewVersion::new(View::Catalog, 1), key);
    let row = scene.runtime.block_on(row).unwrap()?;
    Some(String::from_utf8(row.body).unwrap())
}

fn live_program(scene: &Scene, program: ProgramId) -> String {
    row(
        scene,
        &document_key(Lane::Live, ItemKind::Program, program.0, ""),
    )
    .unwrap()
}

#[test]
fn a_feed_becomes_rows_histories_runs_and_search_documents() {
    let mut scene = Scene::open();
    let source = scene.source();
    scene.fetch(source, 5);
    let program = source.own_program();
    scene.wait_until("five episodes are listed", || {
        let key = episodes_key(Lane::Live, program);
        range(&scene, View::Catalog, Table::Episodes, key).len() == 5
    });
    assert!(live_program(&scene, program).contains("Tides and Tables"));
    let events = scene.records(Topic::ContentEvents, partition_of_program(program));
    assert!(
        events.len() >= 12,
        "created and published, each: {}",
        events.len()
    );
    assert!(
        events
            .iter()
            .all(|event| event.header(header::CORRELATION_ID) == Some("fetch-1"))
    );
    assert!(
        events
            .iter()
            .all(|event| event.key == program.to_string().into_bytes())
    );
    let last = Seq(events.len() as i64);
    for view in [View::Catalog, View::Search, View::History] {
        scene.reach(view, program, last);
    }
    let history = history_key(ItemRef::program(program));
    assert!(range(&scene, View::History, Table::History, history).len() >= 2);
    let timeline = format!("catalog/{}", partition_of_program(program)).into_bytes();
    assert!(!range(&scene, View::Catalog, Table::Timeline, timeline).is_empty());
    let run = raw(source, 0).run_id.to_string().into_bytes();
    scene.wait_until("every entry of the run has an outcome", || {
        range(&scene, View::Verdicts, Table::Runs, run.clone()).len() == 6
    });
}

#[test]
fn a_changed_program_reaches_all_its_episodes_before_its_position_is_told() {
    let mut scene = Scene::open();
    let source = scene.source();
    let program = source.own_program();
    let episodes = 450;
    scene.fetch(source, episodes);
    let key = episodes_key(Lane::Live, program);
    scene.wait_until("all are listed", || {
        range(&scene, View::Catalog, Table::Episodes, key.clone()).len() == episodes as usize
    });
    let accepted = scene.update_program(program, r#"{"title": {"en": "Sea and Stars"}}"#);
    scene.reach(View::Catalog, program, accepted.seq);
    let cards = range(&scene, View::Catalog, Table::Episodes, key);
    assert_eq!(cards.len(), episodes as usize);
    let documents = scene.records(Topic::Catalog, partition_of_program(program));
    let renamed = documents
        .iter()
        .filter(|record| record.header(header::CORRELATION_ID) == Some("edit-1"))
        .count();
    assert!(renamed > episodes as usize, "{renamed} documents say so");
    assert!(live_program(&scene, program).contains("Sea and Stars"));
}

#[test]
fn an_entry_of_an_unknown_source_or_without_a_body_is_dead_lettered_and_in_the_report() {
    let mut scene = Scene::open();
    let source = scene.source();
    let stranger = mediamesh_domain::id::SourceId::of_address("https://nobody.example/");
    let mut bodiless = raw(source, 1);
    bodiless.body = None;
    let mut claimed = raw(source, 2);
    claimed.body = None;
    claimed.claim = Some("raw/none".to_owned());
    let at = |id: &str| partition_of(id.as_bytes(), 12);
    let records = [raw(stranger, 0), bodiless, claimed, raw(source, 3)].map(|entry| {
        let key = entry.source_id.to_string();
        scene.record(&entry, at(&key), &key)
    });
    scene.append(records.into());
    let letters = || {
        (0..12)
            .flat_map(|p| {
                scene.records(
                    Topic::IngestRawDlt,
                    mediamesh_domain::position::Partition(p),
                )
            })
            .collect::<Vec<_>>()
    };
    scene.wait_until("three are dead-lettered", || letters().len() == 3);
    let mut codes: Vec<String> = letters()
        .iter()
        .map(|letter| letter.header(header::DLT_CODE).unwrap().to_owned())
        .collect();
    codes.sort();
    assert_eq!(codes, ["body_missing", "claim_missing", "unknown_source"]);
    let run = raw(source, 0).run_id.to_string().into_bytes();
    scene.wait_until("all four are in the report", || {
        range(&scene, View::Verdicts, Table::Runs, run.clone()).len() == 4
    });
}

#[test]
fn a_large_body_is_fetched_from_the_object_store() {
    let mut scene = Scene::open();
    let source = scene.source();
    let mut entry = raw(source, -1);
    let body = serde_json::to_vec(&entry.body.take().unwrap()).unwrap();
    entry.claim = Some("raw/abc".to_owned());
    let put = scene.pipeline.objects.put("raw/abc", body);
    scene.runtime.block_on(put).unwrap();
    let key = source.to_string();
    scene.append(vec![scene.record(
        &entry,
        partition_of(key.as_bytes(), 12),
        &key,
    )]);
    let key = document_key(Lane::Live, ItemKind::Program, source.own_program().0, "");
    scene.wait_until("the program is there", || row(&scene, &key).is_some());
}

#[test]
fn an_entry_under_way_to_a_program_that_became_part_of_another_ends_in_that_one() {
    let mut scene = Scene::open();
    let source = scene.source();
    let (from, into) = (source.own_program(), ProgramId(Uuid::from_u128(0xb)));
    scene.fetch(source, 1);
    let first = episodes_key(Lane::Live, from);
    scene.wait_until("the first is listed", || {
        range(&scene, View::Catalog, Table::Episodes, first.clone()).len() == 1
    });
    scene.content(
        into,
        CommandBody::CreateProgram(CreateProgram {
            fields: program_fields(),
            publish: true,
        }),
    );
    scene.content(
        from,
        CommandBody::MergeProgram(MergeProgram {
            into,
            sources: vec![source],
            reason: None,
        }),
    );
    // The source is still bound to the program that ended: its entries are normalised for that one.
    scene.fetch_from(source, 1..3);
    let key = episodes_key(Lane::Live, into);
    scene.wait_until("both are listed in the other", || {
        range(&scene, View::Catalog, Table::Episodes, key.clone()).len() == 2
    });
}

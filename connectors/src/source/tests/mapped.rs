//! Any JSON by a declared mapping.

use mediamesh_domain::command::CommandBody;
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::ingest::{FeedContext, RawFormat, normalise};
use mediamesh_domain::model::SourceFormat;

use super::*;

const MAPPING: &str = r#"{"entries": "/data/list/items", "next": "/next",
    "program": {"title": "/data/name"}, "fields": {"guid": "/key", "title": "/name"}}"#;

fn mapped(server: &Server) -> World {
    let mut world = World::of(server);
    world.job.source.fields.format = SourceFormat::Json;
    world.job.source.fields.mapping = Some(MAPPING.to_owned());
    world
}

#[tokio::test]
async fn entries_are_found_where_the_mapping_says_and_pages_are_followed() {
    let server = Server::answering(|head| {
        let body = match head.contains("page=2") {
            false => {
                r#"{"data": {"name": "Show", "list": {"total": 3, "items": [{"key": 1, "name": "A"},
                {"key": 2, "name": "B"}], "odd": {}}}, "next": "?page=2", "items": [{"name": "no"}]}"#
            }
            true => r#"{"data": {"list": {"items": [{"key": 2, "name": "B"}, {"key": 3}]}}}"#,
        };
        server::ok(&[], body)
    })
    .await;
    let world = mapped(&server);
    let report = world.run().await;
    assert_eq!(
        (report.pages, report.entries_seen, report.appended),
        (2, 3, 3)
    );
    assert_eq!(report.title.as_deref(), Some("Show"));
    assert_eq!(report.guids_missing, 0);
    let entries = world.appended();
    assert_eq!(indices(&entries), [-1, 0, 1, 2]);
    assert!(entries.iter().all(|entry| entry.format == RawFormat::Json));
    let fields = &world.job.source.fields;
    assert!(entries.iter().all(|entry| normalise(entry, fields).is_ok()));
    assert_eq!(world.run().await.appended, 0);
}

#[tokio::test]
async fn a_mapping_that_finds_no_entries_says_where_it_looked() {
    for body in [
        r#"{"data": {"list": []}}"#,
        r#"{"data": {"list": {"items": {}}}}"#,
        "{}",
    ] {
        let server = Server::answering(move |_| server::ok(&[], body)).await;
        let world = mapped(&server);
        let error = world
            .ingest
            .run(&world.job, Input::Fetch)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "feed.no_entries", "{body}");
        assert!(error.to_string().contains("/data/list/items"), "{error}");
    }
    let server = Server::answering(|_| server::ok(&[], "{\"data\": [")).await;
    let error = mapped(&server)
        .ingest
        .run(&mapped(&server).job, Input::Fetch)
        .await;
    assert_eq!(error.unwrap_err().code(), "feed.truncated");
}

#[tokio::test]
async fn a_table_of_a_source_of_its_own_makes_the_program_too() {
    let server = Server::answering(|_| server::ok(&[], "guid,title\n1,One\n2,Two\n")).await;
    let mut world = World::of(&server);
    world.job.source.fields.format = SourceFormat::Json;
    world.job.source.fields.name = "Harbour table".to_owned();
    world.run().await;
    let entries = world.appended();
    assert_eq!(indices(&entries), [-1, 0, 1]);
    let command = normalise(&entries[0], &world.job.source.fields).unwrap();
    let CommandBody::ImportProgram(import) = command.body else {
        panic!("{:?}", command.body)
    };
    let title = import.fields.title.0.values().next().map(String::as_str);
    assert_eq!(title, Some("Harbour table"));
    assert_eq!(world.run().await.appended, 0);
}

#[tokio::test]
async fn a_table_of_a_source_that_feeds_another_program_says_nothing_of_it() {
    let server = Server::answering(|_| server::ok(&[], "guid,title\n1,One\n")).await;
    let mut world = World::of(&server);
    world.job.source.fields.format = SourceFormat::Json;
    world.job.source.fields.program_id = Some(ProgramId(uuid::Uuid::from_u128(7)));
    world.run().await;
    assert_eq!(indices(&world.appended()), [0]);
}

#[tokio::test]
async fn what_is_pushed_as_json_is_read_by_the_sources_mapping_or_turned_away_at_the_door() {
    let mut world = World::new(&[]);
    let pushed = |value: serde_json::Value| Push {
        run_id: RunId(Uuid::from_u128(9)),
        payload_hash: None,
        entries: vec![Pushed {
            index: 0,
            format: RawFormat::Json,
            feed: FeedContext::default(),
            of_program: false,
            value,
        }],
        rejected: 0,
    };
    let entry = || serde_json::json!({"key": "k1", "name": "Night ferry"});
    let answer = world.ingest.push(&world.job, pushed(entry())).await;
    let (report, turned) = answer.unwrap();
    assert_eq!((report.appended, report.rejected), (0, 1));
    let finding = &turned[&0];
    assert_eq!(
        (finding.pointer.as_str(), finding.code.as_str()),
        ("/0/format", "mapping_missing")
    );
    assert!(finding.message.contains("mapping"), "{finding:?}");

    world.job.source.fields.format = SourceFormat::Push;
    world.job.source.fields.mapping = Some(MAPPING.to_owned());
    let answer = world.ingest.push(&world.job, pushed(entry())).await;
    let (report, turned) = answer.unwrap();
    assert_eq!((report.appended, turned.len()), (1, 0));
    let entries = world.appended();
    let command = normalise(&entries[0], &world.job.source.fields).unwrap();
    let CommandBody::ImportEpisode(import) = command.body else {
        panic!("{:?}", command.body)
    };
    assert_eq!(import.fields.guid.as_deref(), Some("k1"));
    let title = import.fields.title.0.values().next().map(String::as_str);
    assert_eq!(title, Some("Night ferry"));
}

#[tokio::test]
async fn an_api_that_says_it_is_locked_is_left_alone() {
    let server = Server::answering(|_| server::ok(&[], r#"{"shut": true, "of": []}"#)).await;
    let mut world = World::of(&server);
    world.job.source.fields.format = SourceFormat::Json;
    let mapping =
        r#"{"entries": "/of", "program": {"locked": "/shut"}, "fields": {"title": "/t"}}"#;
    world.job.source.fields.mapping = Some(mapping.to_owned());
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ingest.locked");
    world.job.source.fields.respect_locked = false;
    world.run().await;
}

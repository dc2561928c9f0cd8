//! Any JSON by a declared mapping.

use mediamesh_domain::ingest::{RawFormat, normalise};
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

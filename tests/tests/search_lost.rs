//! A search index that is gone or cannot be read fills itself again from the log.

use mediamesh::instance::Instance;
use mediamesh::operations::{Request, outcome};
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::position::Position;
use mediamesh_domain::verdict::Outcome;
use mediamesh_domain::view::View;
use mediamesh_ports::progress::Progress as _;
use mediamesh_tests::commands::{ask, command, create_program, open};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

const PROGRAMS: u128 = 20;

/// Makes programs, and says how far the search has come with them.
async fn fill(instance: &Instance) -> Position {
    let mut position = Position::default();
    for n in 1..=PROGRAMS {
        let program = ProgramId(Uuid::from_u128((7 << 76) | (2 << 62) | n));
        let body = create_program(&format!("Program {n}"));
        let verdict = ask(instance, command(program, body)).await.unwrap();
        let Outcome::Accepted(accepted) = verdict.outcome else {
            panic!("refused")
        };
        position.advance(accepted.partition, accepted.seq);
    }
    let wait = Duration::from_secs(30);
    let reached = instance.progress.reach(View::Search, &position, wait).await;
    reached.expect("the search comes there");
    position
}

async fn filled_again(directory: &Path, position: &Position) {
    let instance = open(directory).await.unwrap();
    let view = instance.progress.active(View::Search);
    let deadline = Instant::now() + Duration::from_secs(30);
    while !instance
        .stores
        .index
        .progress(view)
        .await
        .unwrap()
        .includes(position)
    {
        assert!(Instant::now() < deadline, "it is not filled");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let rebuild = Request::Rebuild {
        view: "search".to_owned(),
        switch: false,
    };
    let rebuilt = outcome(&instance, rebuild).await.unwrap();
    assert_eq!(rebuilt["differences"], 0, "{rebuilt:#}");
    assert!(
        rebuilt["compared"]["equal"].as_u64() >= Some(PROGRAMS as u64),
        "{rebuilt:#}"
    );
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_index_that_was_removed_or_damaged_is_filled_again_by_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let instance = open(directory.path()).await.unwrap();
    let position = fill(&instance).await;
    instance.end().await;
    drop(instance);
    let search = directory.path().join("search");
    std::fs::remove_dir_all(&search).unwrap();
    filled_again(directory.path(), &position).await;
    std::fs::write(search.join("search.v1/meta.json"), "not what was written").unwrap();
    filled_again(directory.path(), &position).await;
}

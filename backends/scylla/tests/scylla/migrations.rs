//! Bringing a keyspace up to date.

use super::support::{BOOKS, Keyspace};
use mediamesh_scylla::migrate::{MIGRATIONS, Migration, apply, plan};
use mediamesh_scylla::{Error, Views};

fn names(steps: &[mediamesh_scylla::migrate::Step]) -> Vec<&str> {
    steps.iter().map(|step| step.name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_what_is_done_and_a_second_run_changes_nothing() {
    let keyspace = Keyspace::new().await;
    let cluster = keyspace.cluster().await;
    let planned = plan(&cluster, MIGRATIONS).await.expect("a plan");
    let files = MIGRATIONS.iter().map(|file| file.name);
    let expected: Vec<_> = std::iter::once("keyspace").chain(files).collect();
    assert_eq!(names(&planned), expected);
    assert_eq!(keyspace.tables().await, [], "a plan does nothing");
    assert_eq!(apply(&cluster, MIGRATIONS).await.expect("applies"), planned);
    let made = keyspace.tables().await;
    assert!(made.len() > 20, "{made:?}");
    assert_eq!(plan(&cluster, MIGRATIONS).await.expect("a plan"), []);
    assert_eq!(apply(&cluster, MIGRATIONS).await.expect("applies"), []);
    assert_eq!(keyspace.tables().await, made);
    Views::open(cluster, MIGRATIONS).await.expect("opens");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_applied_to_a_keyspace_that_has_the_rest() {
    let keyspace = Keyspace::new().await;
    let cluster = keyspace.cluster().await;
    apply(&cluster, &BOOKS[..1]).await.expect("applies");
    let done = apply(&cluster, BOOKS).await.expect("applies");
    assert_eq!(names(&done), [BOOKS[1].name]);
    // A build that knows less, after a rollback, finds all that it needs.
    assert_eq!(plan(&cluster, &BOOKS[..1]).await.expect("a plan"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_migrate_at_once_end_in_one_schema() {
    let keyspace = Keyspace::new().await;
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let cluster = keyspace.cluster().await;
        nodes.push(tokio::spawn(async move {
            apply(&cluster, BOOKS).await.expect("applies");
            cluster
        }));
    }
    for node in nodes {
        let cluster = node.await.expect("a node");
        assert_eq!(plan(&cluster, BOOKS).await.expect("a plan"), []);
    }
    assert_eq!(keyspace.tables().await.len(), BOOKS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_changed_after_it_was_applied_is_refused_by_name() {
    let keyspace = Keyspace::new().await;
    let cluster = keyspace.cluster().await;
    apply(&cluster, BOOKS).await.expect("applies");
    let changed = Migration {
        text: "CREATE TABLE IF NOT EXISTS {keyspace}.other (k int PRIMARY KEY) WITH ID = '{id}'",
        ..BOOKS[1]
    };
    let files = [BOOKS[0], changed];
    for refused in [plan(&cluster, &files).await, apply(&cluster, &files).await] {
        let Err(Error::Changed(name)) = refused else {
            panic!("a changed file was taken: {refused:?}")
        };
        assert_eq!(name, changed.name);
    }
    assert_eq!(keyspace.tables().await.len(), BOOKS.len());
}

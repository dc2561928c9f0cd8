//! Tables of versions, made and dropped by several nodes.

use super::support::{Keyspace, VIEW, key, write};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_ports::view_store::{Error, ReadViews, WriteViews};

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_version_is_made_anew_with_another_id() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    let id = async || {
        let tables = keyspace.tables().await;
        tables
            .into_iter()
            .find(|(name, _)| name == "catalog_v1_episodes")
    };
    let mut ids = Vec::new();
    for _ in 0..3 {
        let row = vec![write(key("p", "c"), 1, "a")];
        views.apply(VIEW, row).await.expect("apply");
        ids.extend(id().await);
        views.drop_version(VIEW).await.expect("drop");
        assert_eq!(id().await, None);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3, "{ids:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_knows_a_version_copes_with_another_dropping_it() {
    let keyspace = Keyspace::new().await;
    let (one, other) = (keyspace.views().await, keyspace.views().await);
    let row = || vec![write(key("p", "c"), 1, "a")];
    one.apply(VIEW, row()).await.expect("apply");
    one.set_progress(VIEW, Partition(1), Seq(1))
        .await
        .expect("set");
    other.drop_version(VIEW).await.expect("drop");
    assert_eq!(one.get(VIEW, &key("p", "c")).await.expect("get"), None);
    assert_eq!(one.dump(VIEW, None, 9).await.expect("dump"), []);
    let progress = one.progress(VIEW, Partition(1)).await;
    assert_eq!(progress.expect("progress"), Seq(0));
    // The first attempt hears that the table is gone, and the next makes it anew.
    let first = one.apply(VIEW, row()).await;
    assert!(matches!(first, Err(Error::Transient(_))), "{first:?}");
    one.apply(VIEW, row()).await.expect("apply");
    assert!(one.get(VIEW, &key("p", "c")).await.expect("get").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_make_a_table_at_once_lose_nothing() {
    let keyspace = Keyspace::new().await;
    keyspace.views().await;
    let mut nodes = Vec::new();
    for n in 0..3 {
        let views = keyspace.views().await;
        nodes.push(tokio::spawn(async move {
            let row = vec![write(key("p", &n.to_string()), 1, "a")];
            views.apply(VIEW, row).await.expect("apply");
            views
        }));
    }
    let mut views = None;
    for node in nodes {
        views = Some(node.await.expect("a node"));
    }
    let rows = views.expect("three").dump(VIEW, None, 9).await;
    assert_eq!(rows.expect("dump").len(), 3);
}

//! What a view store must do.

use super::{Views, suite};
use crate::view_store::{Order, Range};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::{Row, RowKey, RowWrite, Table, View, ViewVersion};
use std::collections::BTreeSet;

suite! { $ views_contract, views:
    a_row_is_read_as_it_was_written,
    an_older_write_changes_nothing,
    a_repeated_write_changes_nothing,
    a_removed_row_is_gone_and_older_writes_do_not_bring_it_back,
    a_newer_write_brings_a_removed_row_back,
    at_one_seq_a_removal_wins_in_either_order,
    of_two_contents_at_one_seq_the_same_stays_in_either_order,
    writes_in_any_order_give_the_same_rows,
    two_sinks_at_once_leave_the_newest,
    a_range_is_in_order_both_ways_and_goes_on_after_a_key,
    a_range_keeps_to_its_table_and_partition_key,
    keys_with_any_bytes_are_kept_apart,
    a_dump_gives_every_row_once_a_page_at_a_time,
    versions_of_a_view_are_dumped_in_one_order,
    versions_of_a_view_do_not_share_rows,
    progress_is_kept_by_view_version_and_partition,
    progress_never_goes_back,
    a_dropped_version_leaves_nothing_behind,
    large_rows_are_kept,
}

const VIEW: ViewVersion = ViewVersion {
    view: View::Catalog,
    version: 1,
};

fn key(partition: &str, clustering: &str) -> RowKey {
    RowKey::new(Table::Episodes, partition, clustering)
}

fn write(key: RowKey, seq: i64, body: &str) -> RowWrite {
    RowWrite {
        key,
        seq: Seq(seq),
        value: Some((b"{}".to_vec(), body.as_bytes().to_vec())),
    }
}

fn removal(key: RowKey, seq: i64) -> RowWrite {
    RowWrite {
        key,
        seq: Seq(seq),
        value: None,
    }
}

async fn apply(views: &Views, rows: Vec<RowWrite>) {
    views.write.apply(VIEW, rows).await.expect("apply");
}

async fn body(views: &Views, key: &RowKey) -> Option<String> {
    let row = views.read.get(VIEW, key).await.expect("get");
    row.map(|row| String::from_utf8_lossy(&row.body).into_owned())
}

/// Every row of a view, by pages of two.
async fn dump(views: &Views, view: ViewVersion) -> Vec<(RowKey, Row)> {
    let mut rows: Vec<(RowKey, Row)> = Vec::new();
    loop {
        let after = rows.last().map(|(key, _)| key.clone());
        let page = views
            .read
            .dump(view, after.as_ref(), 2)
            .await
            .expect("dump");
        assert!(page.len() <= 2);
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

/// A row is read as it was written.
pub async fn a_row_is_read_as_it_was_written(views: Views) {
    let write = RowWrite {
        key: key("p", "c"),
        seq: Seq(7),
        value: Some((vec![0, 255, 1], vec![9, 0, 9])),
    };
    apply(&views, vec![write]).await;
    let row = views.read.get(VIEW, &key("p", "c")).await.expect("get");
    let expected = Row {
        seq: Seq(7),
        meta: vec![0, 255, 1],
        body: vec![9, 0, 9],
    };
    assert_eq!(row, Some(expected));
    assert_eq!(body(&views, &key("p", "d")).await, None);
}

/// An older write changes nothing.
pub async fn an_older_write_changes_nothing(views: Views) {
    apply(&views, vec![write(key("p", "c"), 7, "new")]).await;
    apply(
        &views,
        vec![write(key("p", "c"), 6, "old"), removal(key("p", "c"), 5)],
    )
    .await;
    assert_eq!(body(&views, &key("p", "c")).await.as_deref(), Some("new"));
}

/// A repeated write changes nothing.
pub async fn a_repeated_write_changes_nothing(views: Views) {
    let writes = vec![write(key("p", "c"), 7, "a"), removal(key("p", "d"), 7)];
    apply(&views, writes.clone()).await;
    let before = dump(&views, VIEW).await;
    apply(&views, writes).await;
    assert_eq!(dump(&views, VIEW).await, before);
}

/// A removed row is gone, and older writes do not bring it back.
pub async fn a_removed_row_is_gone_and_older_writes_do_not_bring_it_back(views: Views) {
    apply(&views, vec![write(key("p", "c"), 3, "a")]).await;
    apply(&views, vec![removal(key("p", "c"), 5)]).await;
    assert_eq!(body(&views, &key("p", "c")).await, None);
    apply(&views, vec![write(key("p", "c"), 4, "late")]).await;
    assert_eq!(body(&views, &key("p", "c")).await, None);
    assert_eq!(dump(&views, VIEW).await, []);
    // Also where the row was never there.
    apply(&views, vec![removal(key("p", "never"), 5)]).await;
    apply(&views, vec![write(key("p", "never"), 4, "late")]).await;
    assert_eq!(body(&views, &key("p", "never")).await, None);
}

/// A newer write brings a removed row back.
pub async fn a_newer_write_brings_a_removed_row_back(views: Views) {
    apply(&views, vec![removal(key("p", "c"), 5)]).await;
    apply(&views, vec![write(key("p", "c"), 6, "again")]).await;
    assert_eq!(body(&views, &key("p", "c")).await.as_deref(), Some("again"));
}

/// At one seq a removal wins, in either order.
pub async fn at_one_seq_a_removal_wins_in_either_order(views: Views) {
    let [first, last] = [key("p", "first"), key("p", "last")];
    apply(&views, vec![removal(first.clone(), 5)]).await;
    apply(&views, vec![write(first.clone(), 5, "a")]).await;
    apply(&views, vec![write(last.clone(), 5, "a")]).await;
    apply(&views, vec![removal(last.clone(), 5)]).await;
    assert_eq!(body(&views, &first).await, None);
    assert_eq!(body(&views, &last).await, None);
}

/// Of two contents at one seq the same one stays as a whole, in either order.
pub async fn of_two_contents_at_one_seq_the_same_stays_in_either_order(views: Views) {
    // Neither meta and body alone, nor their lengths, must decide apart from each other.
    let contents = [
        ("{}", "b"),
        ("{\"a\":1}", "a"),
        ("", "longer"),
        ("{}", "bb"),
    ];
    for (n, (one, other)) in contents.iter().zip(contents.iter().skip(1)).enumerate() {
        let row = |c: &str, (meta, body): &(&str, &str)| RowWrite {
            key: key("p", &format!("{n}{c}")),
            seq: Seq(5),
            value: Some((meta.as_bytes().to_vec(), body.as_bytes().to_vec())),
        };
        for write in [
            row("x", one),
            row("x", other),
            row("y", other),
            row("y", one),
        ] {
            apply(&views, vec![write]).await;
        }
        let read = async |c: &str| {
            let row = views.read.get(VIEW, &key("p", &format!("{n}{c}"))).await;
            row.expect("get").map(|row| (row.meta, row.body))
        };
        let (x, y) = (read("x").await, read("y").await);
        assert_eq!(x, y);
        assert!(x == row("", one).value || x == row("", other).value);
    }
}

/// Writes in any order give the same rows.
pub async fn writes_in_any_order_give_the_same_rows(views: Views) {
    let mut writes = Vec::new();
    for n in 0..30 {
        let key = key("p", &(n % 5).to_string());
        writes.push(if n % 7 == 3 {
            removal(key, n)
        } else {
            write(key, n, &n.to_string())
        });
    }
    apply(&views, writes.clone()).await;
    let expected = dump(&views, VIEW).await;
    assert!(!expected.is_empty());
    for (version, step) in [(2, 7), (3, 11), (4, 29)] {
        let view = ViewVersion::new(View::Catalog, version);
        for n in 0..30 {
            let write = writes[n * step % 30].clone();
            views.write.apply(view, vec![write]).await.expect("apply");
        }
        assert_eq!(dump(&views, view).await, expected, "every {step}th");
    }
}

/// Two sinks at once leave the newest.
pub async fn two_sinks_at_once_leave_the_newest(views: Views) {
    let sinks = (0..2).map(|sink| {
        let store = views.write.clone();
        tokio::spawn(async move {
            for n in 0..100 {
                let seq = n * 2 + sink;
                let row = write(key("p", "c"), seq, &seq.to_string());
                store.apply(VIEW, vec![row]).await.expect("apply");
            }
        })
    });
    for sink in sinks.collect::<Vec<_>>() {
        sink.await.expect("a sink");
    }
    assert_eq!(body(&views, &key("p", "c")).await.as_deref(), Some("199"));
}

async fn range(views: &Views, after: Option<&str>, order: Order, limit: usize) -> Vec<String> {
    let range = Range {
        table: Table::Episodes,
        partition_key: b"p".to_vec(),
        after: after.map(|after| after.as_bytes().to_vec()),
        order,
        limit,
    };
    let rows = views.read.range(VIEW, &range).await.expect("range");
    rows.into_iter()
        .map(|(key, _)| String::from_utf8_lossy(&key).into_owned())
        .collect()
}

/// A range is in order both ways and goes on after a key.
pub async fn a_range_is_in_order_both_ways_and_goes_on_after_a_key(views: Views) {
    let keys = ["a", "b", "bb", "c", "d"];
    let mut writes: Vec<_> = keys.iter().map(|c| write(key("p", c), 1, c)).collect();
    writes.push(removal(key("p", "c"), 2));
    apply(&views, writes).await;
    assert_eq!(
        range(&views, None, Order::Ascending, 9).await,
        ["a", "b", "bb", "d"]
    );
    assert_eq!(range(&views, None, Order::Descending, 2).await, ["d", "bb"]);
    assert_eq!(
        range(&views, Some("b"), Order::Ascending, 2).await,
        ["bb", "d"]
    );
    assert_eq!(
        range(&views, Some("bb"), Order::Descending, 9).await,
        ["b", "a"]
    );
    assert_eq!(range(&views, Some("bz"), Order::Ascending, 9).await, ["d"]);
    assert_eq!(range(&views, None, Order::Ascending, 0).await, [""; 0]);
}

/// A range keeps to its table and partition key.
pub async fn a_range_keeps_to_its_table_and_partition_key(views: Views) {
    let others = ["o", "p\0", "pp", "q", ""].map(|p| write(key(p, "x"), 1, "other"));
    apply(&views, others.to_vec()).await;
    let elsewhere = RowKey::new(Table::Programs, "p", "x");
    apply(
        &views,
        vec![write(elsewhere, 1, "other"), write(key("p", "c"), 1, "own")],
    )
    .await;
    for order in [Order::Ascending, Order::Descending] {
        assert_eq!(range(&views, None, order, 9).await, ["c"]);
    }
}

/// Keys with any bytes are kept apart.
pub async fn keys_with_any_bytes_are_kept_apart(views: Views) {
    let parts: [&[u8]; 7] = [b"", &[0], &[0, 0], &[0, 255], &[1], &[255], &[0, 1]];
    let keys: Vec<_> = parts
        .iter()
        .flat_map(|p| parts.iter().map(|c| RowKey::new(Table::Documents, *p, *c)))
        .collect();
    let writes = keys.iter().enumerate();
    let writes = writes.map(|(n, key)| write(key.clone(), 1, &n.to_string()));
    apply(&views, writes.collect()).await;
    for (n, key) in keys.iter().enumerate() {
        assert_eq!(body(&views, key).await, Some(n.to_string()), "{key:?}");
    }
    assert_eq!(dump(&views, VIEW).await.len(), keys.len());
}

fn rows_everywhere() -> Vec<RowWrite> {
    let mut writes = Vec::new();
    for table in Table::ALL {
        for (partition, clustering) in [("a", "c"), ("a", ""), ("a\0", "c"), ("b", "c")] {
            writes.push(write(RowKey::new(table, partition, clustering), 1, "v"));
        }
    }
    writes
}

/// A dump gives every row once, a page at a time.
pub async fn a_dump_gives_every_row_once_a_page_at_a_time(views: Views) {
    let mut writes = rows_everywhere();
    let expected: BTreeSet<_> = writes.iter().map(|write| write.key.clone()).collect();
    writes.push(removal(key("a", "gone"), 1));
    apply(&views, writes).await;
    let set = views.write.set_progress(VIEW, Partition(1), Seq(1)).await;
    set.expect("progress");
    let rows = dump(&views, VIEW).await;
    assert_eq!(rows.len(), expected.len());
    let whole = views.read.dump(VIEW, None, 1_000).await.expect("dump");
    assert_eq!(rows, whole, "pages are cut from one order");
    let found: BTreeSet<_> = rows.into_iter().map(|(key, _)| key).collect();
    assert_eq!(found, expected);
    assert_eq!(views.read.dump(VIEW, None, 0).await.expect("dump"), []);
}

/// Versions of a view are dumped in one order, also where one has rows that another has not.
pub async fn versions_of_a_view_are_dumped_in_one_order(views: Views) {
    let mut writes = rows_everywhere();
    apply(&views, writes.clone()).await;
    writes.reverse();
    writes.retain(|write| write.key.partition_key != b"a\0");
    let other = ViewVersion::new(View::Catalog, 2);
    views.write.apply(other, writes).await.expect("apply");
    let mut all = dump(&views, VIEW).await;
    all.retain(|(key, _)| key.partition_key != b"a\0");
    assert_eq!(dump(&views, other).await, all);
}

/// Versions of a view do not share rows.
pub async fn versions_of_a_view_do_not_share_rows(views: Views) {
    apply(&views, vec![write(key("p", "c"), 1, "one")]).await;
    for other in [
        ViewVersion::new(View::Catalog, 2),
        ViewVersion::new(View::History, 1),
    ] {
        let row = views.read.get(other, &key("p", "c")).await.expect("get");
        assert_eq!(row, None);
        assert_eq!(dump(&views, other).await, []);
    }
}

/// Progress is kept by view, version and partition.
pub async fn progress_is_kept_by_view_version_and_partition(views: Views) {
    let store = &views.write;
    assert_eq!(
        store.progress(VIEW, Partition(1)).await.expect("progress"),
        Seq(0)
    );
    for (partition, seq) in [(1, 5), (2, 9), (1, 6)] {
        let set = store
            .set_progress(VIEW, Partition(partition), Seq(seq))
            .await;
        set.expect("progress");
    }
    assert_eq!(
        store.progress(VIEW, Partition(1)).await.expect("progress"),
        Seq(6)
    );
    assert_eq!(
        store.progress(VIEW, Partition(2)).await.expect("progress"),
        Seq(9)
    );
    let other = ViewVersion::new(View::Catalog, 2);
    assert_eq!(
        store.progress(other, Partition(1)).await.expect("progress"),
        Seq(0)
    );
}

/// Progress never goes back.
pub async fn progress_never_goes_back(views: Views) {
    let store = &views.write;
    for seq in [5, 4, 0] {
        let set = store.set_progress(VIEW, Partition(1), Seq(seq)).await;
        set.expect("progress");
        let progress = store.progress(VIEW, Partition(1)).await;
        assert_eq!(progress.expect("progress"), Seq(5));
    }
}

/// A dropped version leaves nothing behind.
pub async fn a_dropped_version_leaves_nothing_behind(views: Views) {
    apply(
        &views,
        vec![write(key("p", "c"), 9, "old"), removal(key("p", "d"), 9)],
    )
    .await;
    let other = ViewVersion::new(View::Catalog, 2);
    let kept = vec![write(key("p", "c"), 1, "kept")];
    views.write.apply(other, kept).await.expect("apply");
    let set = views.write.set_progress(VIEW, Partition(1), Seq(9)).await;
    set.expect("progress");
    views.write.drop_version(VIEW).await.expect("drop");
    assert_eq!(dump(&views, VIEW).await, []);
    let progress = views.write.progress(VIEW, Partition(1)).await;
    assert_eq!(progress.expect("progress"), Seq(0));
    // Not even the seq of what was there.
    let again = vec![
        write(key("p", "c"), 1, "again"),
        write(key("p", "d"), 1, "again"),
    ];
    apply(&views, again).await;
    assert_eq!(dump(&views, VIEW).await.len(), 2);
    assert_eq!(dump(&views, other).await.len(), 1);
    views.write.drop_version(VIEW).await.expect("drop");
    views.write.drop_version(VIEW).await.expect("a second time");
}

/// Large rows are kept.
pub async fn large_rows_are_kept(views: Views) {
    let large = "x".repeat(900_000);
    apply(&views, vec![write(key("p", "c"), 1, &large)]).await;
    assert_eq!(body(&views, &key("p", "c")).await, Some(large));
}

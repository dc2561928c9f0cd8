//! Dumping while rows are written.

use super::support::{Keyspace, VIEW, removal, write};
use mediamesh_domain::view::{RowKey, Table};
use mediamesh_ports::view_store::{ReadViews, WriteViews};
use std::collections::BTreeSet;

fn key(n: usize) -> RowKey {
    // Partitions of one row and of several.
    RowKey::new(Table::Documents, format!("p{}", n % 40), format!("c{n}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_goes_on_after_any_row_while_rows_are_written() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    let stays: BTreeSet<_> = (0..300).map(key).collect();
    let rows = stays.iter().map(|key| write(key.clone(), 1, "a")).collect();
    views.apply(VIEW, rows).await.expect("apply");
    let mut seen = BTreeSet::new();
    let mut after = None;
    let mut turn = 300;
    loop {
        let page = views.dump(VIEW, after.as_ref(), 7).await.expect("dump");
        let Some((last, _)) = page.last() else { break };
        // What the next page goes on after may be gone by then.
        let mut rows = vec![removal(last.clone(), 2)];
        rows.extend((turn..turn + 3).map(|n| write(key(n), 1, "new")));
        turn += 3;
        after = Some(last.clone());
        for (key, _) in page {
            assert!(seen.insert(key.clone()), "{key:?} came twice");
        }
        views.apply(VIEW, rows).await.expect("apply");
        assert!(turn < 3_000, "the dump does not end");
    }
    assert!(seen.is_superset(&stays));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_longer_than_a_page_of_the_server() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    let rows = (0..1_000).map(|n| write(key(n), 1, "a")).collect();
    views.apply(VIEW, rows).await.expect("apply");
    let whole = views.dump(VIEW, None, 999).await.expect("dump");
    assert_eq!(whole.len(), 999);
    let last = whole.last().map(|(key, _)| key);
    let rest = views.dump(VIEW, last, 999).await.expect("dump");
    assert_eq!(rest.len(), 1);
}

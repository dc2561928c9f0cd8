//! How far a version has come, told by several members of the sink's group.

use crate::support::{Place, VIEW, at, simple, standing};
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_ports::search_index::WriteSearch;

#[tokio::test]
async fn members_note_their_partitions_beside_each_other_and_none_goes_back() {
    let place = Place::new();
    let (one, other) = (place.open(), place.open());
    one.flush(VIEW, &at(0, 5)).await.expect("flushed");
    other.flush(VIEW, &at(1, 7)).await.expect("flushed");
    one.flush(VIEW, &at(0, 3)).await.expect("flushed");
    let noted = place.open().progress(VIEW).await.expect("known");
    assert_eq!(
        noted,
        Position([(Partition(0), Seq(5)), (Partition(1), Seq(7))].into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_that_flush_at_once_all_note_theirs() {
    let place = Place::new();
    place.open().flush(VIEW, &at(0, 1)).await.expect("made");
    let members = (0..4_i32).map(|partition| {
        let index = place.open();
        tokio::spawn(async move {
            for seq in 1..=5 {
                let number = u128::from(partition.unsigned_abs());
                index
                    .apply(VIEW, vec![simple(number, seq)])
                    .await
                    .expect("taken in");
                index
                    .flush(VIEW, &at(partition, seq))
                    .await
                    .expect("flushed");
            }
        })
    });
    for member in members.collect::<Vec<_>>() {
        member.await.expect("a member");
    }
    let index = place.open();
    let noted = index.progress(VIEW).await.expect("known");
    assert_eq!(
        noted,
        Position((0..4).map(|p| (Partition(p), Seq(5))).collect())
    );
    assert_eq!(standing(&index).await, [(0, 5), (1, 5), (2, 5), (3, 5)]);
}

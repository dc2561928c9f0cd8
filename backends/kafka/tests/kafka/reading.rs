//! Reading, beyond the contract: several readers in one partition.

use super::support::{Deployment, IN, dir, numbered, values};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_kafka::KafkaLog;
use mediamesh_ports::contract::SOON;
use mediamesh_ports::event_log::{AppendLog, ReadLog};
use std::sync::Arc;
use std::time::Duration;

const P: Partition = Partition(0);

/// Follows a partition from an offset on until it has so many records.
async fn follow(log: Arc<KafkaLog>, from: Offset, count: usize) -> Vec<String> {
    let (mut next, mut read) = (from, Vec::new());
    while read.len() < count {
        let page = log.read(IN, P, next, 7).await.expect("read");
        if page.next == next {
            log.wait_for(IN, P, next, SOON).await;
        }
        next = page.next;
        read.extend(page.records);
    }
    values(&read)
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_at_several_places_do_not_disturb_each_other() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    log.append(numbered(0, 0..500)).await.expect("append");
    let end = log.bounds(IN, P).await.expect("bounds").end;
    let readers: Vec<_> = [0, 0, 250, 499, end.0, end.0]
        .into_iter()
        .map(|from| {
            let count = 600 - from.min(500) as usize;
            (
                from.min(500),
                tokio::spawn(follow(log.clone(), Offset(from), count)),
            )
        })
        .collect();
    for n in 500..600 {
        log.append(numbered(0, n..n + 1)).await.expect("append");
    }
    for (from, reader) in readers {
        let read = tokio::time::timeout(SOON * 3, reader).await;
        let read = read.expect("in time").expect("a reader");
        let expected: Vec<_> = (from..600).map(|n| format!("0/{n:04}")).collect();
        assert_eq!(read, expected, "from {from}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_hears_of_a_record_at_once() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    log.append(numbered(0, 0..1)).await.expect("append");
    let mut next = log.bounds(IN, P).await.expect("bounds").end;
    // The first wait makes the client begin.
    log.wait_for(IN, P, next, Duration::from_millis(500)).await;
    let mut waits = Vec::new();
    for n in 0..20 {
        let waiting = log.wait_for(IN, P, next, SOON);
        let appended = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            log.append(numbered(0, n..n + 1)).await.expect("append");
            std::time::Instant::now()
        };
        let ((), appended) = tokio::join!(waiting, appended);
        waits.push(appended.elapsed());
        next = log.read(IN, P, next, 9).await.expect("read").next;
    }
    waits.sort_unstable();
    assert!(waits[10] < Duration::from_millis(50), "{waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_does_not_exist_is_refused() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    for partition in [-1, 12] {
        let partition = Partition(partition);
        assert!(log.read(IN, partition, Offset(0), 1).await.is_err());
        assert!(log.bounds(IN, partition).await.is_err());
    }
}

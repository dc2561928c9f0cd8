//! Appending, beyond the contract.

use super::support::{Deployment, IN, dir, numbered, read_all};
use mediamesh_domain::position::Partition;
use mediamesh_ports::contract::record;
use mediamesh_ports::event_log::{AppendLog, Error};

#[tokio::test(flavor = "multi_thread")]
async fn what_no_broker_takes_is_refused_before_it_is_sent() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    let mut large = record(IN, 0, "k", "");
    large.value = Some(vec![0; 9 << 20]);
    for records in [vec![large.clone()], vec![record(IN, 0, "k", "v"), large]] {
        let answer = log.append(records).await;
        assert!(matches!(answer, Err(Error::Refused(_))), "{answer:?}");
    }
    let mut largest = record(IN, 0, "k", "");
    largest.value = Some(vec![0; (8 << 20) - 200]);
    log.append(vec![largest]).await.expect("it fits");
    assert_eq!(log.append(Vec::new()).await.expect("nothing"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_log_has_acknowledged_all_and_takes_nothing_more() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    let appends: Vec<_> = (0..20)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move { log.append(numbered(n % 3, 0..1 + n as usize % 2)).await })
        })
        .collect();
    for append in appends {
        append.await.expect("a task").expect("append");
    }
    let closing = log.clone();
    let left = tokio::task::spawn_blocking(move || closing.close());
    assert_eq!(left.await.expect("closed"), 0);
    for records in [numbered(0, 0..1), numbered(0, 0..2)] {
        let answer = log.append(records).await;
        assert!(matches!(answer, Err(Error::Transient(_))), "{answer:?}");
    }
    let read = tokio::task::spawn_blocking(move || {
        (0..3).map(|p| read_all(&log, IN, Partition(p)).len()).sum()
    });
    let read: usize = read.await.expect("read");
    assert_eq!(read, 30);
}

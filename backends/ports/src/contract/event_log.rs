//! What appending and reading must do.

use super::{EventLog, SOON, record, suite};
use crate::event_log::{Bounds, Error, Record};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_schemas::Topic;
use std::time::{Duration, Instant};

suite! { $ event_log_contract, event_log:
    an_empty_partition_starts_and_ends_at_the_same_offset,
    appended_records_are_read_back_as_they_were,
    offsets_follow_each_other_in_each_partition,
    concurrent_appends_lose_nothing_and_keep_each_ones_order,
    a_read_starts_where_it_is_told_and_takes_no_more_than_it_is_told,
    a_read_past_the_end_finds_nothing,
    following_the_pages_brings_every_record_and_ends_at_the_end,
    a_value_that_is_not_there_is_not_an_empty_one,
    large_and_binary_records_are_kept,
    one_append_goes_to_several_topics,
    a_partition_that_does_not_exist_is_refused_and_nothing_is_written,
    waiting_ends_when_a_record_arrives,
    waiting_ends_in_time_where_nothing_arrives,
    what_an_append_has_answered_is_read_at_once,
}

const TOPIC: Topic = Topic::ContentCommands;

/// Every record of a partition.
async fn all(log: &EventLog, topic: Topic, partition: Partition) -> Vec<Record> {
    let (mut from, mut records) = (Offset(0), Vec::new());
    loop {
        let page = log.read.read(topic, partition, from, 10_000).await;
        let page = page.expect("read");
        records.extend(page.records);
        if page.next == from {
            return records;
        }
        from = page.next;
    }
}

/// An empty partition starts and ends at the same offset.
pub async fn an_empty_partition_starts_and_ends_at_the_same_offset(log: EventLog) {
    let bounds = log.read.bounds(TOPIC, Partition(0)).await.expect("bounds");
    assert_eq!(bounds.start, bounds.end);
}

/// Appended records are read back as they were.
pub async fn appended_records_are_read_back_as_they_were(log: EventLog) {
    let new = record(TOPIC, 3, "key", "value");
    let offsets = log.append.append(vec![new.clone()]).await.expect("append");
    let read = log.read.read(TOPIC, Partition(3), offsets[0], 10).await;
    let read = read.expect("read").records;
    assert_eq!(read.len(), 1);
    let found = &read[0];
    assert_eq!((found.topic, found.partition), (TOPIC, Partition(3)));
    assert_eq!(found.offset, offsets[0]);
    assert_eq!(found.key, new.key);
    assert_eq!(found.value, new.value);
    assert_eq!(found.headers, new.headers);
    assert_eq!(found.timestamp, new.timestamp);
    assert_eq!(found.header("correlation-id"), Some("key"));
}

/// Offsets follow each other in each partition.
pub async fn offsets_follow_each_other_in_each_partition(log: EventLog) {
    let records = (0..40)
        .map(|n| record(TOPIC, n % 2, &n.to_string(), "v"))
        .collect();
    let offsets = log.append.append(records).await.expect("append");
    for partition in 0..2 {
        let own: Vec<_> = offsets.iter().skip(partition).step_by(2).collect();
        assert!(own.windows(2).all(|pair| pair[0] < pair[1]), "{own:?}");
        let partition = Partition(partition as i32);
        let read = all(&log, TOPIC, partition).await.into_iter();
        let read: Vec<_> = read.map(|record| record.offset).collect();
        assert_eq!(read, own.into_iter().copied().collect::<Vec<_>>());
    }
}

/// Concurrent appends lose nothing and keep each one's order.
pub async fn concurrent_appends_lose_nothing_and_keep_each_ones_order(log: EventLog) {
    let tasks = (0..16).map(|writer| {
        let append = log.append.clone();
        tokio::spawn(async move {
            for n in 0..25 {
                let records = vec![
                    record(TOPIC, 1, &writer.to_string(), &format!("{n:03}a")),
                    record(TOPIC, 1, &writer.to_string(), &format!("{n:03}b")),
                ];
                append.append(records).await.expect("append");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("a writer");
    }
    let read = all(&log, TOPIC, Partition(1)).await;
    assert_eq!(read.len(), 16 * 50);
    for writer in 0..16 {
        let key = writer.to_string().into_bytes();
        let values: Vec<_> = read
            .iter()
            .filter(|record| record.key == key)
            .map(|record| record.value.clone())
            .collect();
        assert_eq!(values.len(), 50);
        assert!(values.is_sorted(), "writer {writer}");
    }
}

/// A read starts where it is told and takes no more than it is told.
pub async fn a_read_starts_where_it_is_told_and_takes_no_more_than_it_is_told(log: EventLog) {
    let records = (0..10)
        .map(|n| record(TOPIC, 0, "k", &n.to_string()))
        .collect();
    let offsets = log.append.append(records).await.expect("append");
    let read = log.read.read(TOPIC, Partition(0), offsets[4], 3).await;
    let values: Vec<_> = read
        .expect("read")
        .records
        .into_iter()
        .filter_map(|record| record.value)
        .collect();
    assert_eq!(values, [b"4", b"5", b"6"]);
}

/// A read past the end finds nothing.
pub async fn a_read_past_the_end_finds_nothing(log: EventLog) {
    let appended = log.append.append(vec![record(TOPIC, 0, "k", "v")]).await;
    let offset = appended.expect("append")[0];
    let Bounds { end, .. } = log.read.bounds(TOPIC, Partition(0)).await.expect("bounds");
    assert!(end > offset);
    let read = log.read.read(TOPIC, Partition(0), end, 10).await;
    let read = read.expect("read");
    assert_eq!((read.records.len(), read.next), (0, end));
}

/// Following the pages brings every record and ends at the end.
pub async fn following_the_pages_brings_every_record_and_ends_at_the_end(log: EventLog) {
    for n in 0..12 {
        let records = (0..=n)
            .map(|i| record(TOPIC, 0, "k", &format!("{n:02}{i:02}")))
            .collect();
        log.append.append(records).await.expect("append");
    }
    let Bounds { start, end } = log.read.bounds(TOPIC, Partition(0)).await.expect("bounds");
    let (mut next, mut read) = (start, Vec::new());
    while next < end {
        let page = log.read.read(TOPIC, Partition(0), next, 7).await;
        let page = page.expect("read");
        assert!(page.records.len() <= 7);
        assert!(page.next > next, "a page before the end goes on");
        next = page.next;
        read.extend(page.records.into_iter().filter_map(|r| r.value));
    }
    assert_eq!((next, read.len()), (end, 78));
    assert!(read.is_sorted());
}

/// A value that is not there is not an empty one.
pub async fn a_value_that_is_not_there_is_not_an_empty_one(log: EventLog) {
    let mut tombstone = record(Topic::Catalog, 0, "k", "");
    tombstone.value = None;
    let records = vec![record(Topic::Catalog, 0, "k", ""), tombstone];
    let offsets = log.append.append(records).await.expect("append");
    let read = log
        .read
        .read(Topic::Catalog, Partition(0), offsets[0], 2)
        .await;
    let read = read.expect("read").records.into_iter();
    let values: Vec<_> = read.map(|record| record.value).collect();
    assert_eq!(values, [Some(Vec::new()), None]);
}

/// Large and binary records are kept.
pub async fn large_and_binary_records_are_kept(log: EventLog) {
    let mut large = record(TOPIC, 0, "k", "");
    large.key = vec![0, 255, 0];
    large.value = Some((0..700_000_u32).map(|n| (n % 251) as u8).collect());
    large.headers = vec![("a".to_owned(), vec![0xff]), ("a".to_owned(), vec![])];
    let offset = log
        .append
        .append(vec![large.clone()])
        .await
        .expect("append")[0];
    let read = log
        .read
        .read(TOPIC, Partition(0), offset, 1)
        .await
        .expect("read")
        .records;
    assert_eq!(read[0].key, large.key);
    assert_eq!(read[0].value, large.value);
    assert_eq!(read[0].headers, large.headers);
}

/// One append goes to several topics.
pub async fn one_append_goes_to_several_topics(log: EventLog) {
    let records = vec![
        record(Topic::ContentEvents, 2, "k", "event"),
        record(Topic::CommandVerdicts, 5, "k", "verdict"),
    ];
    let offsets = log.append.append(records).await.expect("append");
    for (n, (topic, partition)) in [(Topic::ContentEvents, 2), (Topic::CommandVerdicts, 5)]
        .into_iter()
        .enumerate()
    {
        let read = log
            .read
            .read(topic, Partition(partition), offsets[n], 9)
            .await;
        assert_eq!(read.expect("read").records.len(), 1, "{topic}");
    }
}

/// A partition that does not exist is refused and nothing is written.
pub async fn a_partition_that_does_not_exist_is_refused_and_nothing_is_written(log: EventLog) {
    for partition in [-1, 12, 100_000] {
        let records = vec![
            record(TOPIC, 0, "k", "v"),
            record(TOPIC, partition, "k", "v"),
        ];
        let answer = log.append.append(records).await;
        assert!(matches!(answer, Err(Error::Refused(_))), "{answer:?}");
    }
    let Bounds { start, end } = log.read.bounds(TOPIC, Partition(0)).await.expect("bounds");
    assert_eq!(start, end);
}

/// Waiting ends when a record arrives.
pub async fn waiting_ends_when_a_record_arrives(log: EventLog) {
    let end = log
        .read
        .bounds(TOPIC, Partition(0))
        .await
        .expect("bounds")
        .end;
    let (read, started) = (log.read.clone(), Instant::now());
    let waiting =
        tokio::spawn(async move { read.wait_for(TOPIC, Partition(0), end, SOON * 6).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "nothing has arrived");
    let appended = log.append.append(vec![record(TOPIC, 0, "k", "v")]).await;
    appended.expect("append");
    waiting.await.expect("waited");
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

/// Waiting ends in time where nothing arrives.
pub async fn waiting_ends_in_time_where_nothing_arrives(log: EventLog) {
    let end = log
        .read
        .bounds(TOPIC, Partition(0))
        .await
        .expect("bounds")
        .end;
    let (started, wait) = (Instant::now(), Duration::from_millis(100));
    log.read.wait_for(TOPIC, Partition(0), end, wait).await;
    let waited = started.elapsed();
    assert!(waited >= wait && waited < SOON, "{waited:?}");
}

/// What an append has answered is read at once.
pub async fn what_an_append_has_answered_is_read_at_once(log: EventLog) {
    for n in 0..50 {
        let new = vec![record(TOPIC, 0, "k", &n.to_string())];
        let offset = log.append.append(new).await.expect("append")[0];
        let read = log.read.read(TOPIC, Partition(0), offset, 1).await;
        assert_eq!(read.expect("read").records.len(), 1, "append {n}");
    }
}

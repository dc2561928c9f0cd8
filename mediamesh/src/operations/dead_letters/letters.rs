//! Dead letters as they lie in their topics.

use crate::instance::Instance;
use anyhow::Context as _;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Record, header};
use mediamesh_runtime::dead_letter;
use mediamesh_schemas::Topic;
use serde_json::{Value, json};

/// Letters read at once.
const PAGE: usize = 500;

/// Where a letter lies.
pub(super) struct Letter {
    /// The topic that it comes from.
    pub topic: Topic,
    /// The topic of dead letters.
    letters: Topic,
    partition: Partition,
    offset: Offset,
}

impl Letter {
    /// Reads `<topic>/<partition>/<offset>`.
    pub fn parse(id: &str) -> Option<Self> {
        let mut parts = id.split('/');
        let topic = Topic::by_name(parts.next()?)?;
        let letter = Self {
            topic,
            letters: topic.dead_letters()?,
            partition: Partition(parts.next()?.parse().ok()?),
            offset: Offset(parts.next()?.parse().ok()?),
        };
        parts.next().is_none().then_some(letter)
    }
}

/// The letters that are not settled, those of one topic or all.
pub(super) async fn open(instance: &Instance, topic: Option<Topic>) -> anyhow::Result<Vec<Record>> {
    let mut letters = Vec::new();
    for topic in Topic::ALL
        .iter()
        .filter(|t| topic.is_none_or(|topic| topic == **t))
    {
        let Some(topic) = topic.dead_letters() else {
            continue;
        };
        for partition in (0..topic.spec().partitions).map(Partition) {
            letters.extend(of_partition(instance, topic, partition).await?);
        }
    }
    Ok(letters)
}

/// One letter that is not settled.
pub(super) async fn one(instance: &Instance, letter: &Letter) -> anyhow::Result<Record> {
    let Letter {
        letters, partition, ..
    } = *letter;
    let all = match (0..letters.spec().partitions).contains(&partition.0) {
        true => of_partition(instance, letters, partition).await?,
        false => Vec::new(),
    };
    let found = all.into_iter().find(|found| found.offset == letter.offset);
    found.context(
        "there is no such dead letter, or it was sent again or dropped: see `mediamesh dlt list`",
    )
}

async fn of_partition(
    instance: &Instance,
    topic: Topic,
    partition: Partition,
) -> anyhow::Result<Vec<Record>> {
    let (mut records, mut from) = (Vec::new(), Offset(0));
    loop {
        let page = instance.stores.read.read(topic, partition, from, PAGE);
        let page = page.await?;
        records.extend(page.records);
        if page.next == from {
            return Ok(dead_letter::open(records));
        }
        from = page.next;
    }
}

/// A letter as it is listed.
pub(super) fn shown(letter: &Record) -> Value {
    let header = |name| letter.header(name);
    let topic = header(header::DLT_TOPIC).unwrap_or_else(|| letter.topic.name());
    json!({
        "id": format!("{topic}/{}/{}", letter.partition, letter.offset),
        "topic": topic,
        "partition": header(header::DLT_PARTITION),
        "offset": header(header::DLT_OFFSET),
        "schema_id": header(header::DLT_SCHEMA_ID),
        "code": header(header::DLT_CODE),
        "reason": header(header::DLT_REASON),
        "correlation_id": header(header::CORRELATION_ID),
        "at": letter.timestamp,
        "key": String::from_utf8_lossy(&letter.key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_named_by_the_topic_that_it_comes_from() {
        let letter = Letter::parse("content.commands/3/17").unwrap();
        assert_eq!(letter.letters, Topic::ContentCommandsDlt);
        assert_eq!(
            (letter.partition, letter.offset),
            (Partition(3), Offset(17))
        );
        for wrong in [
            "",
            "content.commands",
            "content.events/3/17",
            "content.commands/3/x",
            "content.commands/3/1/7",
        ] {
            assert!(Letter::parse(wrong).is_none(), "{wrong}");
        }
    }
}

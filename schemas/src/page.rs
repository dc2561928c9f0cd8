//! The page of all topics, as `docs/topics.md` holds it; a test compares them.

use crate::shipped;
use crate::topics::{Cleanup, Topic};
use std::fmt::Write;

/// The text of `docs/topics.md`.
#[must_use]
pub fn topics_page() -> String {
    let mut page = String::from(
        "# Topics\n\n\
        Generated from `schemas/src/topics.rs`; a test fails where this page differs. To write it again:\n\
        `UPDATE_GENERATED=1 cargo test -p mediamesh-schemas --test schemas`.\n\n\
        Records carry Confluent's header (`0x00`, schema id, four bytes) and an Avro datum. The subject of a\n\
        topic's value schema is `<topic>-value`. Keys are hashed with murmur2; records of `catalog` are\n\
        partitioned by the program in their key, verdicts go to the partition that the command names.\n\n\
        | topic | what its records are | key | value schema | partitions | cleanup |\n\
        |---|---|---|---|---|---|\n",
    );
    for topic in Topic::ALL {
        let spec = topic.spec();
        let schema = shipped::newest(*topic).map_or_else(
            || "the bytes of the topic they come from".to_owned(),
            |newest| {
                let file = format!("{topic}/v{}.avsc", newest.version);
                format!("[{file}](../schemas/avro/{file})")
            },
        );
        let cleanup = match spec.cleanup {
            Cleanup::Keep => "kept for ever".to_owned(),
            Cleanup::Compact => "compacted".to_owned(),
            Cleanup::Delete { retention_s } => retention(retention_s),
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "| `{topic}` | {} | {} | {schema} | {} | {cleanup} |",
            spec.what, spec.key, spec.partitions
        );
    }
    page
}

fn retention(seconds: i64) -> String {
    match seconds / 86_400 {
        0 => format!("deleted after {seconds} s"),
        1 => "deleted after 1 day".to_owned(),
        days => format!("deleted after {days} days"),
    }
}

//! What holds for anything that is pushed: the body of a fuzz target, which the tests run on a corpus of their own.

use mediamesh_domain::control::SourceEntry;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{FeedContext, RawEntry, RawFormat, normalise};
use mediamesh_domain::model::{SourceFields, SourceFormat};
use mediamesh_domain::position::{Seq, Version};
use mediamesh_domain::time::Timestamp;
use mediamesh_schemas::Codec;

use super::{Job, Push, Pushed, RunReport, read};
use crate::source::entries::record;

/// Every format that can be pushed.
const FORMATS: [RawFormat; 5] = [
    RawFormat::JsonFeed,
    RawFormat::Json,
    RawFormat::Rss,
    RawFormat::Atom,
    RawFormat::YoutubeApi,
];

/// Takes text as what is pushed, in every format, for an episode and for the program; panics where that breaks what
/// must hold.
///
/// # Panics
/// Where what is taken at the door does not fit into a record, comes out of it otherwise, or cannot be normalised.
pub fn any_push(text: &str) {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    let (job, codec) = (job(), Codec::embedded());
    for format in FORMATS {
        for of_program in [true, false] {
            let pushed = Pushed {
                index: 0,
                format,
                feed: FeedContext::default(),
                of_program,
                value: value.clone(),
            };
            let push = Push {
                run_id: RunId(uuid::Uuid::nil()),
                payload_hash: None,
                entries: vec![pushed],
                rejected: 0,
            };
            let report = RunReport::new(push.run_id, job.source_id, Timestamp(0));
            let (entries, turned) = read(&job, &push, &report);
            assert_eq!(entries.len() + turned.len(), 1);
            for (entry, _) in entries {
                let record = record(&codec, &entry).expect("what is taken fits into a record");
                let value = record.value.unwrap_or_default();
                let read: RawEntry = codec.decode(&value).expect("a record is read again");
                assert_eq!(read, entry);
                let command = normalise(&entry, &job.source.fields).expect("it is normalised");
                assert_eq!(normalise(&read, &job.source.fields), Ok(command));
            }
        }
    }
}

/// A source that others push to, with a mapping.
fn job() -> Job {
    let fields = SourceFields {
        name: "pushed".to_owned(),
        format: SourceFormat::Push,
        mapping: Some(crate::feed::fuzzing::DECLARED.to_owned()),
        ..SourceFields::default()
    };
    Job {
        source_id: SourceId::of_address("name:pushed"),
        source: SourceEntry {
            version: Version(1),
            fields,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        },
        source_seq: Seq(0),
        correlation_id: None,
    }
}

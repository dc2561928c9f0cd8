//! A run whose entries somebody pushes: each becomes the record that a fetch would have made of it.
//!
//! A push with a key is remembered by its run for 72 h: the same request again carries the same time, so that the
//! decider knows each of its entries again and drops it.

mod element;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod once;

use std::collections::BTreeMap;

use mediamesh_domain::id::RunId;
use mediamesh_domain::ingest::mapping::Mapping;
use mediamesh_domain::ingest::{FeedContext, RawBody, RawEntry, RawFormat};
use mediamesh_domain::run::RunTrigger;
use mediamesh_domain::verdict::Finding;
use mediamesh_schemas::{MAX_ELEMENT_DEPTH, depth};
use serde_json::Value;

use super::entries::{MAX_BODY, record};
use super::error::IngestError;
use super::hash::{Hasher, hex};
use super::ingest::Ingest;
use super::input::Job;
use super::report::RunReport;

/// The most records that are appended together.
const TOGETHER: usize = 200;

/// Entries that are pushed together.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// The run; the same one where the request came before.
    pub run_id: RunId,
    /// SHA-256 of the request where it may come again.
    pub payload_hash: Option<Vec<u8>>,
    /// The entries in their order.
    pub entries: Vec<Pushed>,
    /// How many more there were that are turned away already.
    pub rejected: u64,
}

/// An entry that is pushed.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// Its place among the entries.
    pub index: i32,
    /// In which format it is written.
    pub format: RawFormat,
    /// What it must know of its feed.
    pub feed: FeedContext,
    /// Whether it says something of the program, and not of an episode.
    pub of_program: bool,
    /// What it says: a JSON object, or an element as `{"name", "attributes", "text", "children"}`.
    pub value: Value,
}

/// Why a push was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The same key came with another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// It could not be carried out.
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

/// The entries that could not be taken, with what is wrong.
pub type Turned = BTreeMap<i32, Finding>;

impl Ingest {
    /// Appends pushed entries; answers when the log has them, with those that cannot be read.
    ///
    /// # Errors
    /// [`PushError`]; the same push again does no harm.
    pub async fn push(&self, job: &Job, push: Push) -> Result<(RunReport, Turned), PushError> {
        let now = self.parts().clock.now();
        let objects = &*self.parts().objects;
        let began = once::begin(objects, push.run_id, push.payload_hash.as_deref(), now).await?;
        let mut report = RunReport::new(push.run_id, job.source_id, began);
        report.entries_seen = push.entries.iter().filter(|e| !e.of_program).count() as u64;
        report.format = push.entries.first().map(|entry| entry.format);
        let (entries, turned) = read(job, &push, &report);
        let appended = self.append_pushed(entries, &mut report).await;
        report.rejected = push.rejected + turned.len() as u64;
        report.entries_seen += push.rejected;
        let error = appended.err();
        self.tell(job, RunTrigger::Push, &report, error.as_ref())
            .await;
        match error {
            None => Ok((report, turned)),
            Some(error) => Err(error.into()),
        }
    }

    async fn append_pushed(
        &self,
        entries: Vec<(RawEntry, usize)>,
        report: &mut RunReport,
    ) -> Result<(), IngestError> {
        let mut records = Vec::with_capacity(TOGETHER);
        let (mut taken, mut of_program) = (0, false);
        for (mut entry, size) in entries {
            if size > MAX_BODY {
                self.claim(&mut entry).await?;
                report.claimed += 1;
            }
            of_program |= entry.index < 0;
            taken += u64::from(entry.index >= 0);
            records.push(record(&self.parts().codec, &entry)?);
            if records.len() == TOGETHER {
                self.parts()
                    .log
                    .append(std::mem::take(&mut records))
                    .await?;
                report.appended = taken;
                report.feed_appended = of_program;
            }
        }
        if !records.is_empty() {
            self.parts().log.append(records).await?;
        }
        report.appended = taken;
        report.feed_appended = of_program;
        Ok(())
    }

    /// Puts a large body into the object store.
    async fn claim(&self, entry: &mut RawEntry) -> Result<(), IngestError> {
        let name = format!("raw/{}", hex(&entry.raw_hash));
        let body = entry.body.as_ref().map(serde_json::to_vec);
        if let Some(Ok(body)) = body {
            self.parts().objects.put(&name, body).await?;
            entry.body = None;
            entry.claim = Some(name);
        }
        Ok(())
    }
}

/// The records of entries with their sizes, the program's first, and what cannot be read.
fn read(job: &Job, push: &Push, report: &RunReport) -> (Vec<(RawEntry, usize)>, Turned) {
    let mut hasher = Hasher::default();
    let (mut entries, mut turned) = (Vec::with_capacity(push.entries.len()), Turned::new());
    let fields = &job.source.fields;
    let reads_json = Mapping::of(fields).is_some();
    for pushed in &push.entries {
        match read_by(pushed, reads_json).and_then(|()| body(pushed)) {
            Ok(body) => entries.push(raw(job, pushed, body, report, &mut hasher)),
            Err(finding) => {
                turned.insert(pushed.index, finding);
            }
        }
    }
    // The decider has to know of the program before its episodes.
    entries.sort_by_key(|(entry, _)| entry.index >= 0);
    (entries, turned)
}

/// Whether anybody can say where the members of an entry are.
fn read_by(pushed: &Pushed, reads_json: bool) -> Result<(), Finding> {
    if pushed.format != RawFormat::Json || reads_json {
        return Ok(());
    }
    let message = "the source has no mapping, so nobody knows where a JSON of its own has what: give the \
        source one (docs/api.md), or push json_feed";
    let at = format!("/{}/format", pushed.index);
    Err(Finding::new(at, "mapping_missing", message))
}

fn body(pushed: &Pushed) -> Result<RawBody, Finding> {
    let (index, part) = match pushed.of_program {
        true => (pushed.index, "program"),
        false => (pushed.index, "entry"),
    };
    let at = format!("/{index}/{part}");
    let element =
        element::of(pushed).map_err(|message| Finding::new(at.clone(), "wrong_shape", message))?;
    if depth(&element) > MAX_ELEMENT_DEPTH {
        let message = format!("it is nested more than {MAX_ELEMENT_DEPTH} deep");
        return Err(Finding::new(at, "too_deep", message));
    }
    Ok(match pushed.of_program {
        true => RawBody::Feed(element),
        false => RawBody::Entry(element),
    })
}

fn raw(
    job: &Job,
    pushed: &Pushed,
    body: RawBody,
    report: &RunReport,
    hasher: &mut Hasher,
) -> (RawEntry, usize) {
    let (hash, size) = hasher.raw(pushed.format, &pushed.feed, &body);
    let correlation_id = job.correlation_id.clone();
    let entry = RawEntry {
        source_id: job.source_id,
        source_seq: job.source_seq,
        run_id: report.run_id,
        fetched_at: report.fetched_at,
        index: if pushed.of_program { -1 } else { pushed.index },
        format: pushed.format,
        feed: pushed.feed.clone(),
        raw_hash: hash.to_vec(),
        correlation_id: correlation_id.or_else(|| Some(report.run_id.to_string())),
        body: Some(body),
        claim: None,
    };
    (entry, size)
}

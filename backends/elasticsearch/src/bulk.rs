//! Bulk requests: bounded bodies, and what became of each of their documents.
//!
//! An answer tells of each document by itself. What passes (429, a shard that moves) is sent again, and only
//! that; a conflict is no error; a document that is refused stops none of its neighbours.

use crate::client::{Call, Client};
use crate::error::{Error, Named};
use bytes::Bytes;
use elasticsearch::http::Method;
use mediamesh_domain::position::Seq;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Without an alias nothing is written, else Elasticsearch would make an index by its own guess; and it gives
/// up on a shard that is away before we do.
const PARAMETERS: &[(&str, &str)] = &[
    ("require_alias", "true"),
    ("timeout", "5s"),
    ("filter_path", "errors,items.*.status,items.*.error"),
];

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Unless a newer one is there; the same again changes nothing.
    Newest(Seq),
    /// Only where there is none.
    Absent,
    /// Only over exactly this one.
    Over(At),
}

/// Which writing of a document was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) seq_no: i64,
    pub(crate) primary_term: i64,
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is written.
    Done,
    /// Its guard kept it out.
    Conflict,
    /// It will never be taken, and why.
    Rejected(String),
}

/// A bulk request in the making.
#[derive(Debug, Default)]
pub(crate) struct Bulk {
    ids: Vec<String>,
    bytes: Vec<u8>,
    /// Where each document's lines end.
    ends: Vec<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Action<'a> {
    Create {
        _id: &'a str,
    },
    Index {
        _id: &'a str,
        #[serde(flatten)]
        guard: IndexGuard,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum IndexGuard {
    Version {
        version: i64,
        version_type: &'static str,
    },
    Over {
        if_seq_no: i64,
        if_primary_term: i64,
    },
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    items: Vec<BTreeMap<String, Item>>,
}

#[derive(Deserialize)]
struct Item {
    status: u16,
    error: Option<Named>,
}

impl Bulk {
    /// Adds a document.
    pub(crate) fn push(
        &mut self,
        id: String,
        guard: Guard,
        source: &impl Serialize,
    ) -> Result<(), serde_json::Error> {
        let index = |guard| Action::Index { _id: &id, guard };
        let action = match guard {
            Guard::Absent => Action::Create { _id: &id },
            Guard::Newest(seq) => index(IndexGuard::Version {
                version: seq.0,
                version_type: "external_gte",
            }),
            Guard::Over(at) => index(IndexGuard::Over {
                if_seq_no: at.seq_no,
                if_primary_term: at.primary_term,
            }),
        };
        serde_json::to_writer(&mut self.bytes, &action)?;
        self.bytes.push(b'\n');
        serde_json::to_writer(&mut self.bytes, source)?;
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
        self.ids.push(id);
        Ok(())
    }

    /// How many documents it has.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    fn only(&self, which: &[usize]) -> Bytes {
        let lines = which.iter().map(|n| {
            let start = n.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.bytes[start..self.ends[*n]]
        });
        lines.flatten().copied().collect()
    }

    fn rejected(&self, which: usize, error: &Error) -> Outcome {
        Outcome::Rejected(format!("document {}: {error}", self.ids[which]))
    }

    /// Notes what became of documents, and gives those that are to be sent again with the reason.
    fn settle(
        &self,
        open: &[usize],
        answer: Answer,
        outcomes: &mut [Outcome],
    ) -> Result<(Vec<usize>, Option<Error>), Error> {
        let items: Vec<Item> = answer
            .items
            .into_iter()
            .flat_map(BTreeMap::into_values)
            .collect();
        if items.len() != open.len() {
            let (told, sent) = (items.len(), open.len());
            return Err(Error::Unreadable(format!(
                "it tells of {told} documents of {sent}"
            )));
        }
        let (mut again, mut reason) = (Vec::new(), None);
        for (n, Item { status, error }) in open.iter().copied().zip(items) {
            let error = Error::of_document(status, error.as_ref());
            match status {
                200..=299 => outcomes[n] = Outcome::Done,
                409 => outcomes[n] = Outcome::Conflict,
                400 => outcomes[n] = self.rejected(n, &error),
                _ if error.is_transient() => {
                    again.push(n);
                    reason = Some(error);
                }
                _ => return Err(error),
            }
        }
        Ok((again, reason))
    }
}

impl Client {
    /// Writes documents to the index behind an alias and says what became of each.
    pub(crate) async fn bulk(&self, alias: &str, bulk: Bulk) -> Result<Vec<Outcome>, Error> {
        let mut outcomes = vec![Outcome::Done; bulk.len()];
        if outcomes.is_empty() {
            return Ok(outcomes);
        }
        // Never closed: without a permit there is only no limit.
        let _permit = self.bulks.acquire().await;
        let mut open: Vec<usize> = (0..bulk.len()).collect();
        let path = format!("/{alias}/_bulk");
        let mut retries = self.writing();
        while !open.is_empty() {
            let body = bulk.only(&open);
            let call = Call::new(Method::Post, &path).with(PARAMETERS).body(body);
            let answer: Answer = match self.call(&call, &mut retries).await {
                Err(error) if is_too_large(&error) && open.len() == 1 => {
                    outcomes[open[0]] = bulk.rejected(open[0], &error);
                    break;
                }
                answered => answered?,
            };
            let (again, error) = bulk.settle(&open, answer, &mut outcomes)?;
            open = again;
            if let Some(error) = error
                && !retries.pause().await
            {
                return Err(error);
            }
        }
        Ok(outcomes)
    }
}

fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Answer { status: 413, .. })
}

#[cfg(test)]
mod tests;

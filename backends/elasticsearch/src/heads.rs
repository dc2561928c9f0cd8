//! Heads: at which `seq` an item stands in a lane, and in which languages it was ever written.
//!
//! Elasticsearch cannot replace an item's documents in one step, forgets the version of what was deleted, and
//! guards each document by itself. So a write first moves the item's head, over exactly the head it has read;
//! then it writes something in each language that the head names: a document, or a tombstone. A write that
//! finds a newer head writes nothing. What a slower writer of an older `seq` still sends meets a document with
//! a higher version in every language that it can have, for its own head had named them before.

use crate::bulk::{At, Bulk, Guard, Outcome};
use crate::client::Client;
use crate::error::Error;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::Seq;
use mediamesh_ports::search_index::SearchWrite;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use uuid::Uuid;

/// How often heads are read again because somebody else moved them in between.
const ROUNDS: usize = 10;

/// Where an item stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    seq: Seq,
    languages: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
struct Source {
    head: Head,
}

/// A write whose head stands: its documents are due.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) write: SearchWrite,
    /// Languages that it does not have, but once had.
    pub(crate) gone: Vec<String>,
}

/// What a write means to the head that was found.
enum Standing {
    /// It comes after it: the head moves.
    Moves(Guard, Head),
    /// It is the same again, and may have been cut off before its documents were written.
    Repeats(Head),
    /// It is outdated.
    Outdated,
}

/// The id of an item's head; its documents have the language behind it.
pub(crate) fn id(lane: Lane, item: Uuid) -> String {
    format!("{lane}/{item}")
}

impl Due {
    fn new(write: SearchWrite, head: Head) -> Self {
        let is_gone = |lang: &String| {
            write
                .documents
                .iter()
                .all(|document| document.lang != *lang)
        };
        let gone = head.languages.into_iter().filter(is_gone).collect();
        Self { write, gone }
    }

    #[cfg(test)]
    pub(crate) fn of(write: SearchWrite) -> Self {
        Self::new(write, Head::default())
    }
}

impl Head {
    /// The head of a write that comes after this one.
    fn after(&self, write: &SearchWrite) -> Self {
        let mut languages = self.languages.clone();
        languages.extend(write.documents.iter().map(|document| document.lang.clone()));
        Self {
            seq: write.seq,
            languages,
        }
    }
}

impl Standing {
    fn of(write: &SearchWrite, found: Option<(Source, At)>) -> Self {
        let Some((Source { head }, at)) = found else {
            return Self::Moves(Guard::Absent, Head::default().after(write));
        };
        match head.seq.cmp(&write.seq) {
            Ordering::Less => Self::Moves(Guard::Over(at), head.after(write)),
            Ordering::Equal => Self::Repeats(head),
            Ordering::Greater => Self::Outdated,
        }
    }
}

impl Client {
    /// Moves the heads of items, each at most once in `writes`; what comes back is due, the rest is outdated.
    pub(crate) async fn move_heads(
        &self,
        alias: &str,
        writes: Vec<SearchWrite>,
    ) -> Result<Vec<Due>, Error> {
        let mut due = Vec::with_capacity(writes.len());
        let mut open = writes;
        for _ in 0..ROUNDS {
            open = self.try_heads(alias, open, &mut due).await?;
            if open.is_empty() {
                return Ok(due);
            }
        }
        let often = format!("{} items are written by others again and again", open.len());
        Err(Error::Index(often))
    }

    /// Moves the heads that nobody else moves meanwhile; gives back the writes of the others.
    async fn try_heads(
        &self,
        alias: &str,
        writes: Vec<SearchWrite>,
        due: &mut Vec<Due>,
    ) -> Result<Vec<SearchWrite>, Error> {
        let ids: Vec<String> = writes
            .iter()
            .map(|write| id(write.lane, write.id))
            .collect();
        let found = self.get::<Source>(alias, &ids).await?;
        let (mut bulk, mut moving) = (Bulk::default(), Vec::new());
        for ((write, found), id) in writes.into_iter().zip(found).zip(ids) {
            match Standing::of(&write, found) {
                Standing::Moves(guard, head) => {
                    let source = Source { head };
                    bulk.push(id, guard, &source)?;
                    moving.push((write, source.head));
                }
                Standing::Repeats(head) => due.push(Due::new(write, head)),
                Standing::Outdated => {}
            }
        }
        let mut open = Vec::new();
        let outcomes = self.bulk(alias, bulk).await?;
        for ((write, head), outcome) in moving.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Done => due.push(Due::new(write, head)),
                Outcome::Conflict => open.push(write),
                Outcome::Rejected(reason) => return Err(Error::Index(reason)),
            }
        }
        Ok(open)
    }
}

//! Takes writes in: heads first, then the documents of those whose head moved, in bounded bodies.
//!
//! A body is built when the one before it was taken, so memory is bounded and a slow server slows us down.

use crate::bulk::{Bulk, Guard, Outcome};
use crate::document::Indexed;
use crate::error::Error;
use crate::heads::{self, Due};
use crate::index::SearchIndex;
use crate::settings::BulkLimits;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::text::Analysed;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::search_index::SearchWrite;
use serde_json::json;
use std::collections::BTreeMap;
use std::vec;
use uuid::Uuid;

/// The documents of due writes, body by body.
struct Bodies {
    due: vec::IntoIter<Due>,
    analysed: Analysed,
    limits: BulkLimits,
}

impl SearchIndex {
    /// Writes items and says which documents were refused, and why; their neighbours are written.
    pub(crate) async fn write(
        &self,
        view: ViewVersion,
        writes: Vec<SearchWrite>,
    ) -> Result<Vec<String>, Error> {
        let alias = self.to_write(view).await?;
        let limits = self.shared.settings.bulk;
        let mut rejected = Vec::new();
        let mut writes = newest(writes).into_values();
        loop {
            let some: Vec<SearchWrite> = writes.by_ref().take(limits.documents).collect();
            if some.is_empty() {
                return Ok(rejected);
            }
            let due = self.client().move_heads(&alias, some).await?;
            rejected.extend(self.write_documents(&alias, due).await?);
        }
    }

    async fn write_documents(&self, alias: &str, due: Vec<Due>) -> Result<Vec<String>, Error> {
        let mut bodies = Bodies {
            due: due.into_iter(),
            analysed: Analysed::default(),
            limits: self.shared.settings.bulk,
        };
        let mut rejected = Vec::new();
        loop {
            let (body, rest) = blocking(move || bodies.next_body()).await?;
            if body.len() == 0 {
                return Ok(rejected);
            }
            bodies = rest;
            for outcome in self.client().bulk(alias, body).await? {
                // A conflict is a newer document, which is as good.
                if let Outcome::Rejected(reason) = outcome {
                    rejected.push(reason);
                }
            }
        }
    }
}

/// The newest write of each item in each lane, an item's lanes beside each other: their texts are mostly the
/// same, and then analysed once.
fn newest(writes: Vec<SearchWrite>) -> BTreeMap<(Uuid, Lane), SearchWrite> {
    let mut newest: BTreeMap<_, SearchWrite> = BTreeMap::new();
    for write in writes {
        let key = (write.id, write.lane);
        if newest.get(&key).is_none_or(|known| known.seq < write.seq) {
            newest.insert(key, write);
        }
    }
    newest
}

impl Bodies {
    /// The next body, which has no documents at the end. An item that begins in a body ends in it.
    fn next_body(mut self) -> Result<(Bulk, Self), Error> {
        let mut body = Bulk::default();
        while body.len() < self.limits.documents && body.size() < self.limits.bytes {
            let Some(due) = self.due.next() else { break };
            self.push(&mut body, &due)?;
        }
        Ok((body, self))
    }

    fn push(&mut self, body: &mut Bulk, due: &Due) -> Result<(), Error> {
        let write = &due.write;
        let item = heads::id(write.lane, write.id);
        let guard = Guard::Newest(write.seq);
        for document in &write.documents {
            let indexed = Indexed {
                lane: write.lane,
                document,
                tokens: self.analysed.of(document),
            };
            body.push(format!("{item}/{}", document.lang), guard, &indexed)?;
        }
        for lang in &due.gone {
            // A tombstone is in no lane, so no search meets it.
            body.push(format!("{item}/{lang}"), guard, &json!({}))?;
        }
        Ok(())
    }
}

/// Analyses texts away from the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Error::Index(format!("the work was cut off: {error}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::position::Seq;
    use mediamesh_domain::text::{DocumentKind, SearchDocument, TextField};

    fn write(id: u128, seq: i64, words: usize) -> SearchWrite {
        let id = Uuid::from_u128(id);
        let document = SearchDocument::new(id, DocumentKind::Episode, id, "en")
            .with_text(TextField::Title, "word ".repeat(words));
        SearchWrite {
            lane: Lane::Live,
            id,
            seq: Seq(seq),
            documents: vec![document],
        }
    }

    #[test]
    fn of_several_writes_of_an_item_the_newest_counts() {
        let writes = [(1, 5), (2, 1), (1, 7), (1, 6)].map(|(id, seq)| write(id, seq, 1));
        let seqs = newest(writes.into()).into_values().map(|write| write.seq.0);
        assert_eq!(seqs.collect::<Vec<_>>(), [7, 1]);
    }

    #[test]
    fn bodies_are_bounded_in_documents_and_bytes() {
        let due = |words| (0..10).map(move |id| Due::of(write(id, 1, words)));
        for (words, limits, expected) in [
            (1, (3, usize::MAX), vec![3, 3, 3, 1]),
            (1000, (usize::MAX, 100_000), vec![4, 4, 2]),
            (1000, (usize::MAX, 1), vec![1; 10]),
        ] {
            let mut bodies = Bodies {
                due: due(words).collect::<Vec<_>>().into_iter(),
                analysed: Analysed::default(),
                limits: BulkLimits {
                    documents: limits.0,
                    bytes: limits.1,
                    in_flight: 1,
                },
            };
            let mut lengths = Vec::new();
            loop {
                let (body, rest) = bodies.next_body().expect("documents are JSON");
                if body.len() == 0 {
                    break;
                }
                lengths.push(body.len());
                bodies = rest;
            }
            assert_eq!(lengths, expected, "{words} words, {limits:?}");
        }
    }
}

//! A search index that holds documents in memory and finds all of them.

use async_trait::async_trait;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::text::SearchDocument;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::search_index::{
    Candidate, Candidates, Error, ReadSearch, SearchRequest, SearchWrite, WriteSearch,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use uuid::Uuid;

/// The documents of each item in each lane, with the `seq` they were written at.
type Documents = BTreeMap<(ViewVersion, Lane, Uuid), (Seq, Vec<SearchDocument>)>;

#[derive(Default)]
pub(crate) struct Found {
    documents: Mutex<Documents>,
    progress: Mutex<BTreeMap<ViewVersion, Position>>,
}

#[async_trait]
impl WriteSearch for Found {
    async fn apply(&self, view: ViewVersion, writes: Vec<SearchWrite>) -> Result<(), Error> {
        let mut documents = self.documents.lock().unwrap();
        for write in writes {
            let at = documents.entry((view, write.lane, write.id)).or_default();
            if at.0 <= write.seq {
                *at = (write.seq, write.documents);
            }
        }
        Ok(())
    }

    async fn flush(&self, view: ViewVersion, progress: &Position) -> Result<(), Error> {
        self.progress.lock().unwrap().insert(view, progress.clone());
        Ok(())
    }

    async fn progress(&self, view: ViewVersion) -> Result<Position, Error> {
        let progress = self.progress.lock().unwrap();
        Ok(progress.get(&view).cloned().unwrap_or_default())
    }

    async fn drop_version(&self, view: ViewVersion) -> Result<(), Error> {
        self.documents
            .lock()
            .unwrap()
            .retain(|(v, ..), _| *v != view);
        Ok(())
    }
}

#[async_trait]
impl ReadSearch for Found {
    async fn search(
        &self,
        view: ViewVersion,
        request: &SearchRequest,
    ) -> Result<Candidates, Error> {
        let documents = self.documents.lock().unwrap();
        let of_lane = documents
            .iter()
            .filter(|((v, lane, _), _)| *v == view && *lane == request.lane)
            .flat_map(|(_, (_, documents))| documents.clone());
        let all: Vec<Candidate> = of_lane
            .map(|document| Candidate {
                document,
                tier: None,
            })
            .collect();
        Ok(Candidates {
            total: all.len(),
            candidates: all
                .into_iter()
                .skip(request.offset)
                .take(request.limit)
                .collect(),
            facets: Vec::new(),
        })
    }
}

//! What the tests share.

use elasticsearch::http::Method;
use elasticsearch::http::headers::HeaderMap;
use elasticsearch::http::transport::Transport;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::text::{DocumentKind, SearchDocument, TextField};
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_elasticsearch::{SearchIndex, Settings};
use mediamesh_ports::contract::server;
use mediamesh_ports::search_index::{
    Candidates, Filters, ReadSearch, SearchRequest, SearchWrite, Sort, WriteSearch,
};
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

pub const VIEW: ViewVersion = ViewVersion {
    view: View::Search,
    version: 1,
};
const NEXT: ViewVersion = ViewVersion {
    view: View::Search,
    version: 2,
};

/// A place for indices that no other test has. Its versions 1 and 2 are removed with it.
pub struct Place {
    pub settings: Settings,
}

impl Place {
    pub fn new() -> Self {
        let settings = Settings {
            urls: vec![server("ELASTICSEARCH")],
            prefix: format!("test-{}-", Uuid::now_v7().simple()),
            replicas: 0,
            // The tests share two cores with the server.
            search_deadline: Duration::from_secs(30),
            write_deadline: Duration::from_secs(60),
            ..Settings::default()
        };
        Self { settings }
    }

    /// The index as one process of a deployment has it.
    pub fn open(&self) -> SearchIndex {
        SearchIndex::new(self.settings.clone()).expect("the settings are right")
    }

    /// Asks the server itself; the status and the body of its answer.
    pub async fn raw(&self, method: Method, path: &str, body: &str) -> (u16, String) {
        let transport = Transport::single_node(&self.settings.urls[0]).expect("an address");
        let sent = transport
            .send(
                method,
                path,
                HeaderMap::new(),
                None::<&()>,
                Some(body.to_owned()),
                Some(self.settings.write_deadline),
            )
            .await
            .expect("an answer");
        let status = sent.status_code().as_u16();
        (status, sent.text().await.expect("a body"))
    }

    /// The names of the indices that there are.
    pub async fn indices(&self) -> Vec<String> {
        let path = format!("/{}*/_mapping", self.settings.prefix);
        let (_, mappings) = self.raw(Method::Get, &path, "").await;
        let mappings: BTreeMap<String, IgnoredAny> =
            serde_json::from_str(&mappings).expect("an object");
        mappings.into_keys().collect()
    }
}

impl Drop for Place {
    /// On a thread of its own: the test's runtime cannot be waited for from within.
    fn drop(&mut self) {
        let index = self.open();
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                for view in [VIEW, NEXT] {
                    index
                        .drop_version(view)
                        .await
                        .expect("a version is removed");
                }
            });
        });
        removing.join().expect("the indices are removed");
    }
}

pub fn at(partition: i32, seq: i64) -> Position {
    Position::at(Partition(partition), Seq(seq))
}

/// An English episode with a number for an id.
pub fn episode(number: u128, title: &str) -> SearchDocument {
    let program = Uuid::from_u128(1000);
    SearchDocument::new(
        Uuid::from_u128(number),
        DocumentKind::Episode,
        program,
        "en",
    )
    .with_text(TextField::Title, title)
}

/// A write of an item in lane live.
pub fn write(number: u128, seq: i64, documents: Vec<SearchDocument>) -> SearchWrite {
    SearchWrite {
        lane: Lane::Live,
        id: Uuid::from_u128(number),
        seq: Seq(seq),
        documents,
    }
}

/// An episode as a write at a `seq`, which its title names.
pub fn simple(number: u128, seq: i64) -> SearchWrite {
    write(number, seq, vec![episode(number, &format!("title {seq}"))])
}

/// Everything in lane live, by id.
pub fn everything() -> SearchRequest {
    SearchRequest {
        lane: Lane::Live,
        tiers: Vec::new(),
        filters: Filters::default(),
        sort: Sort::Newest,
        offset: 0,
        limit: 1000,
        facets: Vec::new(),
    }
}

pub async fn all(index: &SearchIndex) -> Candidates {
    let found = index.search(VIEW, &everything()).await;
    found.expect("a search goes through")
}

/// Number, language and title of everything in lane live.
pub async fn titles(index: &SearchIndex) -> Vec<(u128, String, String)> {
    let found = all(index).await.candidates.into_iter();
    let titles = found.map(|candidate| {
        let document = candidate.document;
        let title = document.texts(TextField::Title).next();
        let title = title.unwrap_or_default().to_owned();
        (document.id.as_u128(), document.lang, title)
    });
    titles.collect()
}

/// What is left of each item that was written by [`simple`]: its number and the `seq` in its title.
pub async fn standing(index: &SearchIndex) -> Vec<(u128, i64)> {
    let titles = titles(index).await.into_iter();
    let standing = titles.map(|(number, _, title)| {
        let seq = title.trim_start_matches("title ").parse();
        (number, seq.expect("the title names a seq"))
    });
    standing.collect()
}

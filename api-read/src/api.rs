//! What the handlers stand on: the ports, the clock, and room for so many requests at once.

use http::HeaderMap;
use mediamesh_domain::id::ItemRef;
use mediamesh_domain::parked::{About, HeldKey};
use mediamesh_domain::position::Position;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{Row, RowKey, View, ViewVersion};
use mediamesh_edge::bulkhead::{Bulkhead, Place};
use mediamesh_edge::clock::Clock;
use mediamesh_edge::cursor::Cursors;
use mediamesh_edge::held;
use mediamesh_edge::ids::Ids;
use mediamesh_edge::keys::{Authenticator, Scope};
use mediamesh_edge::position;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_edge::tokens::Tokens;
use mediamesh_ports::control::Control;
use mediamesh_ports::progress::Progress;
use mediamesh_ports::search_index::{Candidates, ReadSearch, SearchRequest};
use mediamesh_ports::view_store::{Range, ReadViews};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How long a store may take for one call.
const STORE_DEADLINE: Duration = Duration::from_secs(2);

/// The ports that reads stand on, and what every node of a deployment shares.
#[derive(Clone)]
pub struct ReadPorts {
    /// Rows.
    pub views: Arc<dyn ReadViews>,
    /// The search index.
    pub search: Arc<dyn ReadSearch>,
    /// How far the views have come.
    pub progress: Arc<dyn Progress>,
    /// Makes and opens cursors.
    pub cursors: Cursors,
    /// The time.
    pub clock: Clock,
    /// Ids of requests.
    pub ids: Ids,
}

/// What everybody's reads stand on; cheap to clone.
#[derive(Clone)]
pub struct ReadApi(Arc<Inner>);

struct Inner {
    ports: ReadPorts,
    reads: Bulkhead,
    searches: Bulkhead,
}

/// What the desk's reads stand on; cheap to clone.
#[derive(Clone)]
pub struct DeskApi {
    /// The reads.
    pub read: ReadApi,
    /// Sources and keys.
    pub control: Arc<dyn Control>,
    authenticator: Arc<Authenticator>,
}

/// A read under way: which version of the view it reads, and how far that had come before.
#[derive(Debug)]
pub struct Reading {
    /// The version of the view.
    pub version: ViewVersion,
    /// How far it had come at least when the read began.
    pub position: Position,
    _place: Place,
}

impl ReadApi {
    /// The reads over these ports, with the usual room: 256 reads and 8 searches at once.
    #[must_use]
    pub fn new(ports: ReadPorts) -> Self {
        let reads = Bulkhead::new("read", 256, 1024);
        let searches = Bulkhead::new("search", 8, 64);
        Self::with_room(ports, reads, searches)
    }

    /// The reads over these ports with room of the caller's choice.
    #[must_use]
    pub fn with_room(ports: ReadPorts, reads: Bulkhead, searches: Bulkhead) -> Self {
        Self(Arc::new(Inner {
            ports,
            reads,
            searches,
        }))
    }

    /// Begins a read of a view: waits for the position that is asked for, then takes a place.
    ///
    /// # Errors
    /// 400 and 412 of [`position::reach`], 503 where there is no room.
    pub async fn begin(&self, headers: &HeaderMap, view: View) -> Result<Reading, Problem> {
        let place = self.0.reads.enter();
        self.begin_in(headers, &[view], place).await
    }

    /// Begins a search: hits are found in one view and shown from the other, so it waits for both.
    ///
    /// # Errors
    /// As [`ReadApi::begin`].
    pub async fn begin_search(&self, headers: &HeaderMap) -> Result<Reading, Problem> {
        let place = self.0.searches.enter();
        self.begin_in(headers, &[View::Search, View::Catalog], place)
            .await
    }

    /// Waits for a position in views and a place, and begins a read of the first of them.
    async fn begin_in(
        &self,
        headers: &HeaderMap,
        views: &[View],
        place: impl Future<Output = Result<Place, Problem>>,
    ) -> Result<Reading, Problem> {
        let mut versions = self.active_of(views);
        let mut position = self.reach(headers, views).await?;
        let place = place.await?;
        // The version that was waited for is the one that is read: a switch in between begins the wait anew.
        while versions != self.active_of(views) {
            versions = self.active_of(views);
            position = self.reach(headers, views).await?;
        }
        Ok(Reading {
            version: versions[0],
            position,
            _place: place,
        })
    }

    fn active_of(&self, views: &[View]) -> Vec<ViewVersion> {
        views.iter().map(|view| self.active(*view)).collect()
    }

    /// Waits until all have come to the position that is asked for; says where the first is.
    async fn reach(&self, headers: &HeaderMap, views: &[View]) -> Result<Position, Problem> {
        let progress = self.0.ports.progress.as_ref();
        let mut first = None;
        for view in views {
            let here = position::reach(headers, progress, *view, position::LONGEST_WAIT).await?;
            first.get_or_insert(here);
        }
        Ok(first.unwrap_or_default())
    }

    /// The version of a view that is read now.
    #[must_use]
    pub fn active(&self, view: View) -> ViewVersion {
        self.0.ports.progress.active(view)
    }

    /// How far a view has come.
    #[must_use]
    pub fn position(&self, view: View) -> Position {
        self.0.ports.progress.current(view)
    }

    /// What the view of items holds back of one, where it does.
    #[must_use]
    pub fn held(&self, item: ItemRef) -> Option<HeldKey> {
        self.0.ports.progress.held(View::Catalog, About::Item(item))
    }

    /// Refuses a read that names a position where the item is held back: the view has come there, the item has not.
    ///
    /// # Errors
    /// 412 with what holds it.
    pub fn refuse_held(&self, headers: &HeaderMap, item: ItemRef) -> Result<(), Problem> {
        match self.held(item) {
            Some(held) if headers.contains_key(position::IF_POSITION_AT_LEAST) => {
                Err(held::problem(&held))
            }
            _ => Ok(()),
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0.ports.clock)()
    }

    /// Makes and opens cursors.
    #[must_use]
    pub fn cursors(&self) -> &Cursors {
        &self.0.ports.cursors
    }

    /// Makes ids of requests.
    #[must_use]
    pub fn ids(&self) -> Ids {
        Arc::clone(&self.0.ports.ids)
    }

    /// The row of a key.
    ///
    /// # Errors
    /// 503 where the store fails or takes too long.
    pub async fn row(&self, view: ViewVersion, key: &RowKey) -> Result<Option<Row>, Problem> {
        within(self.0.ports.views.get(view, key)).await
    }

    /// The rows of a range with their clustering keys.
    ///
    /// # Errors
    /// As [`ReadApi::row`].
    pub async fn rows(
        &self,
        view: ViewVersion,
        range: &Range,
    ) -> Result<Vec<(Vec<u8>, Row)>, Problem> {
        within(self.0.ports.views.range(view, range)).await
    }

    /// The candidates of a search.
    ///
    /// # Errors
    /// As [`ReadApi::row`].
    pub async fn candidates(
        &self,
        view: ViewVersion,
        request: &SearchRequest,
    ) -> Result<Candidates, Problem> {
        within(self.0.ports.search.search(view, request)).await
    }
}

impl DeskApi {
    /// The desk's reads; keys are those that `control` knows.
    #[must_use]
    pub fn new(ports: ReadPorts, control: Arc<dyn Control>) -> Self {
        let clock = Arc::clone(&ports.clock);
        let authenticator = Authenticator::new(Arc::clone(&control), clock);
        Self {
            read: ReadApi::new(ports),
            control,
            authenticator: Arc::new(authenticator),
        }
    }

    /// The desk that knows people by their tokens too.
    #[must_use]
    pub fn with_tokens(self, tokens: Tokens) -> Self {
        let authenticator = Authenticator::clone(&self.authenticator).with_tokens(tokens);
        Self {
            authenticator: Arc::new(authenticator),
            ..self
        }
    }

    /// Lets in who may read drafts.
    ///
    /// # Errors
    /// 401 without a valid key, 403 where it may not read drafts.
    pub fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        self.authenticator
            .caller_with(headers, Scope::ContentReadDraft)
            .map(|_| ())
    }
}

/// A store's answer, within its deadline.
async fn within<T, E: Into<Problem>>(
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, Problem> {
    match tokio::time::timeout(STORE_DEADLINE, call).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => {
            let detail = "a store did not answer in 2 s: try again";
            let problem = Problem::new(kind::DEADLINE_EXCEEDED, detail);
            Err(problem.code("store_deadline").retry_after(2))
        }
    }
}

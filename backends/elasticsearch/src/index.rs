//! The index of each version of the view: its names, how it is made, and how it goes.
//!
//! The alias of a version is what is read and written. Elasticsearch makes an index of its own guess for a name
//! that it does not know, but never an alias: so nothing can be written before the index is made rightly.

use crate::client::{Call, Client};
use crate::error::Error;
use crate::mapping::{self, FORMAT};
use crate::settings::{Settings, SettingsError};
use async_trait::async_trait;
use elasticsearch::http::Method;
use mediamesh_domain::position::Position;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::denied::{Denied, Knock};
use mediamesh_ports::search_index::{
    self, Candidates, ReadSearch, SearchRequest, SearchWrite, WriteSearch,
};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a knock may take.
const KNOCK: Duration = Duration::from_secs(3);

/// The search index of a deployment; clones share it.
#[derive(Debug, Clone)]
pub struct SearchIndex {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    client: Client,
    pub(crate) settings: Settings,
    /// The versions whose index this process has met.
    met: Mutex<BTreeSet<ViewVersion>>,
}

/// The mappings of indices, as far as we look into them.
type Mappings = BTreeMap<String, Mapped>;

#[derive(Deserialize)]
struct Mapped {
    mappings: Mapping,
}

#[derive(Deserialize)]
struct Mapping {
    #[serde(rename = "_meta", default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    format: u64,
}

impl SearchIndex {
    /// The index on these servers. Nothing is asked yet, so they may be away.
    ///
    /// # Errors
    /// [`SettingsError`], one line that says what to change.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let shared = Shared {
            client: Client::new(&settings)?,
            met: Mutex::default(),
            settings,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Asks once whether the servers let us in.
    ///
    /// # Errors
    /// [`Knock`].
    pub async fn knock(&self) -> Result<(), Knock> {
        // Any answer will do but that we are not known.
        let path = format!("/{}none", self.shared.settings.prefix);
        let call = Call::new(Method::Head, &path);
        match self.client().once(&call, KNOCK).await {
            Err(Error::Answer {
                status: 401,
                reason,
                ..
            }) => Err(Denied::Login(format!("{reason} (status 401)")).into()),
            Err(Error::Unreachable(said)) => Err(Knock::said(said)),
            _ => Ok(()),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.shared.client
    }

    /// The name by which a version is read and written.
    pub(crate) fn alias(&self, view: ViewVersion) -> String {
        let prefix = &self.shared.settings.prefix;
        format!("{prefix}{}-v{}", view.view.as_str(), view.version)
    }

    /// The name of the index that a version is made with.
    fn index(&self, view: ViewVersion) -> String {
        format!("{}-000001", self.alias(view))
    }

    /// The alias of a version that is to be written, its index made where it is missing.
    ///
    /// An index that this process has met is not made again: where it has gone, what it held has gone with it,
    /// and progress must not be noted in an empty one. The next call says so.
    pub(crate) async fn to_write(&self, view: ViewVersion) -> Result<String, Error> {
        let alias = self.alias(view);
        if self.met().contains(&view) {
            return Ok(alias);
        }
        match self.check(&alias).await {
            Err(error) if error.is_missing_index() => {
                self.make(view, &alias).await?;
                self.check(&alias).await?;
            }
            checked => checked?,
        }
        self.met().insert(view);
        Ok(alias)
    }

    async fn make(&self, view: ViewVersion, alias: &str) -> Result<(), Error> {
        let path = format!("/{}", self.index(view));
        let body = mapping::index(&self.shared.settings, alias);
        let call = Call::new(Method::Put, &path).json(&body);
        match self.client().ask::<IgnoredAny>(&call).await {
            // Another process made it, or this one did and the answer got lost.
            Err(error) if error.has_kind("resource_already_exists_exception") => Ok(()),
            Ok(_) => {
                tracing::info!(view = %view, index = self.index(view), "an index was made");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the index behind an alias has the form that this build writes.
    async fn check(&self, alias: &str) -> Result<(), Error> {
        let mappings = self.mappings(alias).await?;
        let other = mappings
            .iter()
            .find(|(_, mapped)| mapped.mappings.meta.format != FORMAT);
        other.map_or(Ok(()), |(index, mapped)| {
            let format = mapped.mappings.meta.format;
            let what = format!("index {index} has format {format}, this build writes {FORMAT}");
            Err(Error::Index(what))
        })
    }

    /// The mapping of each index behind an alias.
    async fn mappings(&self, alias: &str) -> Result<Mappings, Error> {
        let path = format!("/{alias}/_mapping");
        self.client().ask(&Call::new(Method::Get, &path)).await
    }

    /// Removes the index behind a version's alias, and the one it is made with.
    async fn remove(&self, view: ViewVersion) -> Result<(), Error> {
        let behind = present(self.mappings(&self.alias(view)).await)?.unwrap_or_default();
        let indices: BTreeSet<String> = behind.into_keys().chain([self.index(view)]).collect();
        for index in indices {
            let path = format!("/{index}");
            let call = Call::new(Method::Delete, &path);
            present(self.client().ask::<IgnoredAny>(&call).await)?;
        }
        self.met().remove(&view);
        Ok(())
    }

    fn met(&self) -> MutexGuard<'_, BTreeSet<ViewVersion>> {
        self.shared
            .met
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was found; none where there is no such index.
pub(crate) fn present<T>(answered: Result<T, Error>) -> Result<Option<T>, Error> {
    match answered {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_missing_index() => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl ReadSearch for SearchIndex {
    async fn search(
        &self,
        view: ViewVersion,
        request: &SearchRequest,
    ) -> Result<Candidates, search_index::Error> {
        self.find(view, request).await.map_err(Error::of_reading)
    }
}

#[async_trait]
impl WriteSearch for SearchIndex {
    async fn apply(
        &self,
        view: ViewVersion,
        writes: Vec<SearchWrite>,
    ) -> Result<(), search_index::Error> {
        let rejected = self.write(view, writes).await.map_err(Error::of_writing)?;
        match rejected.into_iter().next() {
            Some(reason) => Err(search_index::Error::Permanent(reason)),
            None => Ok(()),
        }
    }

    async fn flush(
        &self,
        view: ViewVersion,
        progress: &Position,
    ) -> Result<(), search_index::Error> {
        let flushed = self.show_and_note(view, progress).await;
        flushed.map_err(Error::of_writing)
    }

    async fn progress(&self, view: ViewVersion) -> Result<Position, search_index::Error> {
        self.noted(view).await.map_err(Error::of_writing)
    }

    async fn drop_version(&self, view: ViewVersion) -> Result<(), search_index::Error> {
        self.remove(view).await.map_err(Error::of_writing)
    }
}

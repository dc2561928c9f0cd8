//! The port, on the API.

use crate::api::{Api, Failure, Version};
use crate::background::Background;
use crate::settings::{Settings, Unusable};
use mediamesh_ports::denied::Knock;
use mediamesh_ports::registry::{Error, Registry};
use mediamesh_schemas::registry::{may_follow, read, same};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

/// A registry that speaks Confluent's API.
///
/// Calls block, on whatever thread they are made, for the length of a few requests at most, each of which has the
/// deadline of [`Settings`]. They are made at start and once per new id: schemas are kept by id once they were found.
/// What was not found is asked for again.
pub struct Confluent {
    api: Arc<Api>,
    subject_prefix: String,
    found: RwLock<HashMap<u32, String>>,
    background: Background,
}

impl Confluent {
    /// Sets the client up. The registry is not asked: it may still be away.
    ///
    /// # Errors
    /// [`Unusable`], saying what to change.
    pub fn open(settings: Settings) -> Result<Self, Unusable> {
        let subject_prefix = settings.subject_prefix.clone();
        let background = Background::start()
            .map_err(|error| Unusable(format!("its thread cannot be started: {error}")))?;
        Ok(Self {
            api: Arc::new(Api::new(settings)?),
            subject_prefix,
            found: RwLock::default(),
            background,
        })
    }

    /// Asks once whether the registry lets us in. Blocks.
    ///
    /// # Errors
    /// [`Knock`].
    pub fn knock(&self) -> Result<(), Knock> {
        let api = Arc::clone(&self.api);
        let asked = async move { api.versions("none").await };
        let ended = || Knock::Away("its thread has ended".to_owned());
        match self.background.wait(asked).ok_or_else(ended)? {
            Ok(_) => Ok(()),
            Err(failure) => failure.into_knock(),
        }
    }

    fn call<T: Send + 'static, F>(
        &self,
        subject: &str,
        work: impl FnOnce(Arc<Api>, String) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let subject = format!("{}{subject}", self.subject_prefix);
        let work = work(Arc::clone(&self.api), subject);
        let ended = || Error::Transient("its thread has ended".to_owned());
        self.background.wait(work).ok_or_else(ended)?
    }

    fn known(&self, id: u32) -> Option<String> {
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
        found.get(&id).cloned()
    }
}

impl Registry for Confluent {
    fn register(&self, subject: &str, schema: &str) -> Result<u32, Error> {
        let schema = schema.to_owned();
        self.call(subject, async move |api, subject| {
            register(&api, &subject, &schema).await
        })
    }

    fn find(&self, subject: &str, schema: &str) -> Result<Option<u32>, Error> {
        let schema = schema.to_owned();
        self.call(subject, async move |api, subject| {
            let versions = versions(&api, &subject).await?;
            find(&api, &subject, &schema, &versions).await
        })
    }

    fn schema(&self, id: u32) -> Result<String, Error> {
        if let Some(known) = self.known(id) {
            return Ok(known);
        }
        let text = self.call("", async move |api, _| {
            api.schema(id).await.map_err(|failure| match failure {
                Failure::Absent(_) => Error::UnknownId(id),
                other => other.into_error("", 0),
            })
        })?;
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        Ok(found.entry(id).or_insert(text).clone())
    }

    fn versions(&self, subject: &str) -> Result<Vec<u32>, Error> {
        self.call(subject, async move |api, subject| {
            let versions = versions(&api, &subject).await?;
            Ok(versions.into_iter().map(|version| version.id).collect())
        })
    }
}

async fn versions(api: &Api, subject: &str) -> Result<Vec<Version>, Error> {
    let versions = api.versions(subject).await;
    versions.map_err(|failure| failure.into_error(subject, 0))
}

/// Registries compare schemas each in a way of its own: some by their bytes, some by a form that loses the order of
/// attributes. So we compare first, by the same rule everywhere, and then ask.
async fn find(
    api: &Api,
    subject: &str,
    schema: &str,
    versions: &[Version],
) -> Result<Option<u32>, Error> {
    let read = read(subject, schema)?;
    let ours = versions.iter().find(|known| same(&read, &known.schema));
    match ours {
        Some(version) => Ok(Some(version.id)),
        None if versions.is_empty() => Ok(None),
        None => {
            let found = api.find(subject, schema).await;
            found.map_err(|failure| failure.into_error(subject, 0))
        }
    }
}

/// Two processes may do this at once: the registry gives one schema one id, and who was too late finds it there.
async fn register(api: &Api, subject: &str, schema: &str) -> Result<u32, Error> {
    let versions = versions(api, subject).await?;
    if let Some(id) = find(api, subject, schema, &versions).await? {
        return Ok(id);
    }
    let before = versions.iter().map(|v| (v.number, v.schema.as_str()));
    may_follow(subject, schema, before)?;
    let newest = versions.last().map_or(0, |version| version.number);
    match add(api, subject, schema).await {
        Ok(id) => {
            tracing::info!(subject, id, "a schema was registered");
            Ok(id)
        }
        Err(failure) => match api.find(subject, schema).await {
            Ok(Some(id)) => Ok(id),
            _ => Err(failure.into_error(subject, newest)),
        },
    }
}

async fn add(api: &Api, subject: &str, schema: &str) -> Result<u32, Failure> {
    api.set_level(subject).await?;
    api.add(subject, schema).await
}

//! The port, on a bucket.
//!
//! An object's key is the prefix, its name and a `!`, which no name has: so `a` and `a/b` can both be, also in stores
//! that keep objects as files and folders (MinIO, s3proxy). `!` sorts before every character of a name, so keys are in
//! the order of names.

use crate::settings::{Settings, Unusable};
use async_trait::async_trait;
use mediamesh_ports::breaker::{Breaker, Change};
use mediamesh_ports::denied::{Denied, Knock, whole};
use mediamesh_ports::objects::{Error, Objects, check_name, starts_names};
use object_store::aws::AmazonS3;
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use std::future::Future;
use std::time::Duration;

/// What ends a key.
const END: char = '!';
/// The most names that a store gives at once.
const PAGE: usize = 1000;
/// How long a knock may take.
const KNOCK: Duration = Duration::from_secs(3);

/// Objects in a bucket.
#[derive(Debug)]
pub struct Bucket {
    client: AmazonS3,
    prefix: String,
    deadline: Duration,
    breaker: Breaker,
}

/// How a call to the store failed.
enum Failure {
    Late,
    Store(object_store::Error),
}

impl Bucket {
    /// Sets the client up. The store is not asked: it may still be away.
    ///
    /// # Errors
    /// [`Unusable`], saying what to change.
    pub fn open(settings: &Settings) -> Result<Self, Unusable> {
        Ok(Self {
            client: settings.client()?,
            prefix: settings.prefix.clone(),
            deadline: settings.deadline,
            breaker: Breaker::default(),
        })
    }

    /// Asks once whether the store lets us in.
    ///
    /// # Errors
    /// [`Knock`].
    pub async fn knock(settings: &Settings) -> Result<(), Knock> {
        let away = |said: String| Knock::Away(said);
        // What is repeated comes too late for who waits at a start.
        let once = Settings {
            retries: 0,
            deadline: settings.deadline.min(KNOCK),
            ..settings.clone()
        };
        let client = once.client().map_err(|error| away(error.to_string()))?;
        // Not a list: of one that is refused the client does not say why.
        let name = Path::from(format!("{}knock{END}", settings.prefix));
        let asked = client.get(&name);
        match tokio::time::timeout(once.deadline, asked).await {
            Ok(Ok(_) | Err(object_store::Error::NotFound { .. })) => Ok(()),
            Ok(Err(
                error @ (object_store::Error::PermissionDenied { .. }
                | object_store::Error::Unauthenticated { .. }),
            )) => {
                let said = whole(&error);
                let (said, _document) = said.split_once(": <?xml").unwrap_or((&said, ""));
                Err(Denied::Login(said.to_owned()).into())
            }
            Ok(Err(error)) => Err(Knock::of(&error)),
            Err(_) => Err(away("no answer in time".to_owned())),
        }
    }

    fn key(&self, name: &str) -> Result<Path, Error> {
        check_name(name)?;
        let key = format!("{}{name}{END}", self.prefix);
        Path::parse(key).map_err(|_| Error::BadName(name.to_owned()))
    }

    /// Makes a call within the deadline; none where there is no such object.
    async fn call<T>(
        &self,
        what: &'static str,
        work: impl Future<Output = object_store::Result<T>>,
    ) -> Result<Option<T>, Error> {
        let permit = self
            .breaker
            .enter()
            .map_err(|open| Error::Transient(open.to_string()))?;
        let result = match tokio::time::timeout(self.deadline, work).await {
            Ok(Ok(done)) => Ok(Some(done)),
            Ok(Err(error)) if is_absence(&error) => Ok(None),
            Ok(Err(error)) => Err(Failure::Store(error)),
            Err(_) => Err(Failure::Late),
        };
        match permit.settle(result.is_ok()) {
            Change::None => {}
            Change::Opened => tracing::warn!("the object store keeps failing and is left alone"),
            Change::Closed => tracing::info!("the object store is back"),
        }
        result.map_err(|failure| {
            metrics::counter!("mediamesh_object_store_failures_total", "call" => what).increment(1);
            Error::Transient(match failure {
                Failure::Late => format!("no answer within {} s", self.deadline.as_secs_f64()),
                Failure::Store(error) => whole(&error),
            })
        })
    }

    /// One page of keys after `offset`, and where the next one begins.
    async fn page(
        &self,
        prefix: &str,
        offset: Option<String>,
        token: Option<String>,
        limit: usize,
    ) -> Result<(Vec<String>, Option<String>), Error> {
        let options = PaginatedListOptions {
            offset,
            max_keys: Some(limit.min(PAGE)),
            page_token: token,
            ..PaginatedListOptions::default()
        };
        let listed = self.client.list_paginated(Some(prefix), options);
        let page = self.call("list", listed).await?.ok_or_else(no_bucket)?;
        let objects = page.result.objects.into_iter();
        let keys = objects.map(|object| object.location.to_string());
        Ok((keys.collect(), page.page_token))
    }
}

#[async_trait]
impl Objects for Bucket {
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Error> {
        let key = self.key(name)?;
        let put = self.client.put(&key, PutPayload::from(bytes));
        self.call("put", put).await?.ok_or_else(no_bucket)?;
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let key = self.key(name)?;
        let get = async { self.client.get(&key).await?.bytes().await };
        let bytes = self.call("get", get).await?;
        Ok(bytes.map(Vec::from))
    }

    async fn delete(&self, name: &str) -> Result<(), Error> {
        let key = self.key(name)?;
        self.call("delete", self.client.delete(&key)).await?;
        Ok(())
    }

    async fn list(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        if !starts_names(prefix) {
            return Ok(names);
        }
        let whole = format!("{}{prefix}", self.prefix);
        let mut offset = (!after.is_empty()).then(|| format!("{}{after}{END}", self.prefix));
        let mut token = None;
        while names.len() < limit {
            let left = limit - names.len();
            let (keys, next) = self.page(&whole, offset.take(), token, left).await?;
            // Others' objects in the same bucket are none of ours.
            let own = keys.iter().filter_map(|key| self.name(key));
            names.extend(own.map(str::to_owned));
            match next {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        Ok(names)
    }
}

impl Bucket {
    fn name<'k>(&self, key: &'k str) -> Option<&'k str> {
        let name = key.strip_prefix(&self.prefix)?.strip_suffix(END)?;
        check_name(name).is_ok().then_some(name)
    }
}

fn no_bucket() -> Error {
    Error::Transient("there is no such bucket".to_owned())
}

/// There is no such object. A bucket that is not there must not read as if its objects were not.
fn is_absence(error: &object_store::Error) -> bool {
    match error {
        object_store::Error::NotFound { .. } => !whole(error).contains("NoSuchBucket"),
        _ => false,
    }
}

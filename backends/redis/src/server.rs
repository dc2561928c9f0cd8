//! The connection to Redis, and when it is left alone.

use crate::settings::{Settings, Unusable};
use crate::{SharedCache, SharedInvalidations, SharedRateLimits};
use mediamesh_ports::breaker::{Breaker, Change, Open};
use mediamesh_ports::denied::{Denied, Knock};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;

/// How often a lost connection is tried again before the next call has to ask for it.
const ATTEMPTS: usize = 1000;
/// The longest pause between two attempts.
const PAUSE: Duration = Duration::from_secs(2);

/// A Redis server. A handle: clones share one connection and one circuit breaker.
#[derive(Clone)]
pub struct Redis(Arc<Server>);

pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) settings: Settings,
    connection: ConnectionManager,
    breaker: Breaker,
    connecting: AbortHandle,
}

/// Why Redis gave no answer. Nobody is told but the metrics: all that is asked of it can be done without.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Away {
    #[error("{0}")]
    Open(#[from] Open),
    #[error("no answer within {0:?}")]
    Late(Duration),
    #[error("{0}")]
    Failed(RedisError),
}

impl Redis {
    /// Begins to connect, within a tokio runtime. The server may still be away.
    ///
    /// # Errors
    /// [`Unusable`], saying what to change.
    pub fn open(settings: Settings) -> Result<Self, Unusable> {
        let client = settings.client()?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PAUSE))
            .set_response_timeout(Some(settings.response_timeout))
            .set_concurrency_limit(settings.calls)
            .set_number_of_retries(ATTEMPTS)
            .set_max_delay(PAUSE);
        let connection = client
            .get_connection_manager_lazy(config)
            .map_err(|error| Unusable(error.to_string()))?;
        let mut first = connection.clone();
        // Calls give up long before a connection stands, and then nobody drives it.
        let connecting = tokio::spawn(async move {
            let pong: RedisResult<()> = redis::cmd("PING").query_async(&mut first).await;
            if let Err(error) = pong {
                tracing::warn!(%error, "Redis cannot be reached yet; all goes on without");
            }
        });
        Ok(Self(Arc::new(Server {
            client,
            breaker: Breaker::new(settings.breaker),
            settings,
            connection,
            connecting: connecting.abort_handle(),
        })))
    }

    /// Asks once whether the server lets us in.
    ///
    /// # Errors
    /// [`Knock`].
    pub async fn knock(&self) -> Result<(), Knock> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PAUSE))
            .set_response_timeout(Some(PAUSE));
        let client = &self.0.client;
        let asked = async {
            let mut connection = client
                .get_multiplexed_async_connection_with_config(&config)
                .await?;
            redis::cmd("PING").query_async::<()>(&mut connection).await
        };
        asked.await.map_err(|error| {
            let by_code = matches!(error.code(), Some("WRONGPASS" | "NOAUTH"));
            if by_code || error.kind() == ErrorKind::AuthenticationFailed {
                return Denied::Login(error.to_string()).into();
            }
            Knock::of(&error)
        })
    }

    /// The cache that processes share; `version` names the shape of its values, and builds that name another one do
    /// not see them.
    #[must_use]
    pub fn cache(&self, version: &str) -> SharedCache {
        SharedCache::new(self.0.clone(), version)
    }

    /// The rate limits that processes share.
    #[must_use]
    pub fn rate_limits(&self) -> SharedRateLimits {
        SharedRateLimits::new(self.0.clone())
    }

    /// The way of word between processes; begins to listen, on a connection of its own.
    #[must_use]
    pub fn invalidations(&self) -> SharedInvalidations {
        SharedInvalidations::new(self.0.clone())
    }
}

impl Server {
    pub(crate) fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    /// Makes a call, unless Redis is left alone now.
    pub(crate) async fn call<T>(
        &self,
        purpose: &'static str,
        within: Duration,
        work: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, Away> {
        let result = self.ask(within, work).await;
        let outcome = match &result {
            Ok(_) => "answered",
            Err(Away::Open(_)) => "left_alone",
            Err(Away::Late(_)) => "late",
            Err(Away::Failed(_)) => "failed",
        };
        let labels = [("for", purpose), ("outcome", outcome)];
        metrics::counter!("mediamesh_redis_calls_total", &labels).increment(1);
        result
    }

    async fn ask<T>(
        &self,
        within: Duration,
        work: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, Away> {
        let permit = self.breaker.enter()?;
        let result = match tokio::time::timeout(within, work).await {
            Ok(answer) => answer.map_err(Away::Failed),
            Err(_) => Err(Away::Late(within)),
        };
        match (permit.settle(result.is_ok()), &result) {
            (Change::Opened, Err(error)) => {
                tracing::warn!(%error, "Redis keeps failing and is left alone; all goes on without");
            }
            (Change::Closed, _) => tracing::info!("Redis is back"),
            _ => {}
        }
        result
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.connecting.abort();
    }
}

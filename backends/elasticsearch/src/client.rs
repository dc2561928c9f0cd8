//! The transport: one call with its deadline, its retries and its errors. Knows nothing of indices.

use crate::error::Error;
use crate::retries::Retries;
use crate::settings::{Credentials, Settings, SettingsError};
use bytes::Bytes;
use elasticsearch::auth;
use elasticsearch::cert::{Certificate, CertificateValidation};
use elasticsearch::http::Method;
use elasticsearch::http::headers::HeaderMap;
use elasticsearch::http::transport::{MultiNodeConnectionPool, Transport, TransportBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Query parameters of a call.
pub(crate) type Parameters<'a> = &'a [(&'a str, &'a str)];

/// Asks the nodes in turn. Its own `Debug`, since the transport's shows what it signs in with.
pub(crate) struct Client {
    transport: Transport,
    search_deadline: Duration,
    write_deadline: Duration,
    /// Taken for each bulk request under way.
    pub(crate) bulks: Semaphore,
}

/// One call.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) parameters: Parameters<'a>,
    pub(crate) body: Option<Bytes>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, path: &'a str) -> Self {
        Self {
            method,
            path,
            parameters: &[],
            body: None,
        }
    }

    pub(crate) fn with(mut self, parameters: Parameters<'a>) -> Self {
        self.parameters = parameters;
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(body.to_string())
    }
}

impl Client {
    /// A client for these settings; nothing is asked yet.
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let pool = MultiNodeConnectionPool::round_robin(settings.addresses()?, None);
        // The deadline of each call is its own; this one is the net below. A proxy of the environment is for
        // the outside, not for our own servers.
        let mut builder = TransportBuilder::new(pool)
            .disable_proxy()
            .timeout(settings.write_deadline.max(settings.search_deadline));
        if let Some(credentials) = &settings.credentials {
            builder = builder.auth(signing_in(credentials));
        }
        let refused = |error: &dyn fmt::Display| SettingsError::Client(error.to_string());
        if let Some(pem) = &settings.ca_pem {
            let ca = Certificate::from_pem(pem).map_err(|error| refused(&error))?;
            builder = builder.cert_validation(CertificateValidation::Full(ca));
        }
        Ok(Self {
            transport: builder.build().map_err(|error| refused(&error))?,
            search_deadline: settings.search_deadline,
            write_deadline: settings.write_deadline,
            bulks: Semaphore::new(settings.bulk.in_flight),
        })
    }

    /// Makes a call that a reader waits for.
    pub(crate) async fn read<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Error> {
        let mut retries = Retries::within(self.search_deadline);
        self.call(call, &mut retries).await
    }

    /// Makes any other call; all of ours may be repeated.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Error> {
        self.call(call, &mut self.writing()).await
    }

    /// The time and the retries of a call that writes.
    pub(crate) fn writing(&self) -> Retries {
        Retries::within(self.write_deadline)
    }

    /// Makes a call with the time and the retries that are left.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        retries: &mut Retries,
    ) -> Result<T, Error> {
        let body = loop {
            match self.once(call, retries.left()).await {
                Ok(body) => break body,
                Err(error) if error.is_transient() && retries.pause().await => {
                    tracing::debug!(path = call.path, %error, "a call to the search servers is repeated");
                }
                Err(error) => return Err(error),
            }
        };
        Ok(serde_json::from_slice(&body)?)
    }

    /// Makes a call once.
    pub(crate) async fn once(&self, call: &Call<'_>, timeout: Duration) -> Result<Bytes, Error> {
        let sent = self.transport.send(
            call.method,
            call.path,
            HeaderMap::new(),
            Some(call.parameters),
            call.body.clone(),
            Some(timeout),
        );
        let failed = |error: elasticsearch::Error| Error::of_client(&error);
        let response = sent.await.map_err(failed)?;
        let status = response.status_code();
        let body = response.bytes().await.map_err(failed)?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(Error::of_answer(status, &body))
        }
    }
}

fn signing_in(credentials: &Credentials) -> auth::Credentials {
    match credentials {
        Credentials::Password { user, password } => {
            auth::Credentials::Basic(user.clone(), password.reveal().to_owned())
        }
        Credentials::ApiKey(key) => auth::Credentials::EncodedApiKey(key.reveal().to_owned()),
    }
}

#[cfg(test)]
mod tests;

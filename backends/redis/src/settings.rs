//! What the client needs to know of its deployment.

use mediamesh_ports::breaker::Limits;
use mediamesh_ports::secret::Secret;
use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionInfo, IntoConnectionInfo, TlsCertificates};
use std::path::PathBuf;
use std::time::Duration;

/// How Redis is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it is: `redis://host:port/db`, or `rediss://` for TLS. A user may stand in it, a password may not.
    pub url: String,
    /// The password, where it asks for one.
    pub password: Option<Secret>,
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// What all keys and channels begin with; the same in all processes of a deployment.
    pub prefix: String,
    /// How long a reader waits for the cache or a limit before it goes on without.
    pub deadline: Duration,
    /// How long the client waits for an answer that nobody may be waiting for any more. Longer than `deadline`, and
    /// what publishing is bounded by.
    pub response_timeout: Duration,
    /// Calls under way at once; more wait, within the deadline.
    pub calls: usize,
    /// When Redis is left alone because it keeps failing.
    pub breaker: Limits,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Redis: {0}")]
pub struct Unusable(pub(crate) String);

impl Settings {
    /// Settings for a server, and defaults for all else.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            password: None,
            authorities: None,
            prefix: "mediamesh:".to_owned(),
            deadline: Duration::from_millis(50),
            response_timeout: Duration::from_millis(500),
            calls: 256,
            breaker: Limits::default(),
        }
    }

    /// The client; nothing is asked of the server.
    pub(crate) fn client(&self) -> Result<Client, Unusable> {
        // Fails where another part was first, and then that part's provider serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let info = self.connection()?;
        let client = match &self.authorities {
            None => Client::open(info),
            Some(path) => {
                let unusable = |error| Unusable(format!("{}: {error}", path.display()));
                let root_cert = Some(std::fs::read(path).map_err(unusable)?);
                let client_tls = None;
                Client::build_with_tls(
                    info,
                    TlsCertificates {
                        client_tls,
                        root_cert,
                    },
                )
            }
        };
        client.map_err(|error| Unusable(error.to_string()))
    }

    fn connection(&self) -> Result<ConnectionInfo, Unusable> {
        // The library's own words may repeat the address.
        let shape = "its address is redis://host:port/db, or rediss:// for TLS";
        let unusable = |what: &str| Unusable(what.to_owned());
        let info = self.url.as_str().into_connection_info();
        let info = info.map_err(|_| unusable(shape))?;
        if info.redis_settings().password().is_some() {
            return Err(unusable("the password does not belong into its address"));
        }
        let mut redis = info.redis_settings().clone();
        if let Some(password) = &self.password {
            redis = redis.set_password(password.reveal());
        }
        // A call that ran out of time is no reason for the library to connect anew, so a connection that leads
        // nowhere has to be found out below. Small calls must not wait for each other (Nagle).
        let tcp = TcpSettings::default()
            .set_nodelay(true)
            .set_user_timeout(self.response_timeout * 4);
        Ok(info.set_redis_settings(redis).set_tcp_settings(tcp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_used_are_refused_and_secrets_are_shown_nowhere() {
        let settings = Settings {
            password: Some(Secret::new("pa55word")),
            ..Settings::new("rediss://me@redis.example:6380/3")
        };
        let client = settings.client().unwrap();
        let redis = client.get_connection_info().redis_settings();
        assert_eq!((redis.username(), redis.db()), (Some("me"), 3));
        assert_eq!(redis.password(), Some("pa55word"));
        assert!(!format!("{settings:?}").contains("pa55"));
        for url in ["", "redis.example", "http://redis", "redis://me:pa55@redis"] {
            let said = Settings::new(url).client().unwrap_err().to_string();
            assert!(!said.contains("pa55"), "{said}");
        }
        let authorities = Some("/nowhere/at/all.pem".into());
        let said = Settings {
            authorities,
            ..settings
        };
        let said = said.client().unwrap_err().to_string();
        assert!(said.contains("/nowhere/at/all.pem"), "{said}");
    }
}

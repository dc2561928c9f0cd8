//! What the egress client may reach and how much it may spend: plain values, no I/O.
//!
//! Knows nothing of DNS or sockets; [`super::vet`] judges addresses against it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use url::Url;

/// The limits of all outgoing HTTP; [`Policy::default`] is what a deployment starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether `http:` is allowed beside `https:`; many feeds still need it.
    pub plain_http: bool,
    /// The ports that any host may be asked on (`egress.ports`).
    pub ports: BTreeSet<u16>,
    /// Origins that may be reached whatever their port or address (`egress.origins`): the
    /// operator vouches for them. They count where a URL names them directly, not where a page
    /// outside the list redirects to them.
    pub origins: BTreeSet<Origin>,
    /// How many redirects are followed; 0 follows none.
    pub max_redirects: usize,
    /// The longest body, in bytes after decompression.
    pub max_bytes: u64,
    /// Time for everything: resolving, connecting, redirects, headers and body.
    pub deadline: Duration,
    /// Time for resolving and connecting, each hop.
    pub connect_timeout: Duration,
    /// The slowest body that is waited for, in bytes per second (after decompression).
    pub min_bytes_per_s: u64,
    /// How far a body may fall behind `min_bytes_per_s` before it is given up.
    pub slow_grace: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            plain_http: true,
            ports: BTreeSet::from([80, 443]),
            origins: BTreeSet::new(),
            max_redirects: 5,
            max_bytes: 15 * 1024 * 1024,
            deadline: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(5),
            min_bytes_per_s: 1024,
            slow_grace: Duration::from_secs(5),
        }
    }
}

impl Policy {
    /// Whether the operator listed this URL's host and port.
    #[must_use]
    pub fn lists(&self, url: &Url) -> bool {
        Origin::of(url).is_some_and(|origin| self.origins.contains(&origin))
    }
}

/// A host and a port, in the spelling that WHATWG URL parsing gives them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of a URL; `None` where it has no host or no known port.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        Some(Self {
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A configured origin that is not `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an origin: write host:port, for example 127.0.0.1:8090 or [::1]:8090")]
pub struct BadOrigin(String);

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadOrigin(text.to_owned());
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let port: u16 = port.parse().map_err(|_| bad())?;
        // The same parser as for requests, so that both sides have one spelling.
        let url = Url::parse(&format!("http://{host}/")).map_err(|_| bad())?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        match url.host_str() {
            Some(host) if bare && anonymous && url.port().is_none() && port != 0 => Ok(Self {
                host: host.to_owned(),
                port,
            }),
            _ => Err(bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_in_the_spelling_that_requests_have() {
        for (text, shown) in [
            ("127.0.0.1:8090", "127.0.0.1:8090"),
            ("127.1:8090", "127.0.0.1:8090"),
            ("[0:0::1]:8090", "[::1]:8090"),
            ("Feeds.Example:81", "feeds.example:81"),
        ] {
            let origin: Origin = text.parse().unwrap();
            assert_eq!(origin.to_string(), shown, "{text}");
            let url = Url::parse(&format!("http://{text}/feed.xml")).unwrap();
            assert_eq!(Origin::of(&url), Some(origin), "{text}");
        }
    }

    #[test]
    fn what_is_not_host_and_port_is_no_origin() {
        for text in [
            "",
            "host",
            "host:",
            ":80",
            "host:0",
            "host:70000",
            "http://host:80",
            "a@host:80",
            "host/x:80",
            "host?x:80",
            "host:1:80",
            "::1:80",
        ] {
            let error = text.parse::<Origin>().unwrap_err();
            assert!(error.to_string().contains("write host:port"), "{text}");
        }
    }
}

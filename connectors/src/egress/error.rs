//! Why a fetch gave nothing, in words for the person who must act.
//!
//! No variant repeats a byte that the other side sent: an error page may be hostile or private.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::vet::Refused;

/// Who must act on an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Whoever wrote the address, its headers or the configuration.
    Refusal,
    /// Whoever runs the other side: what it sends cannot be taken.
    Rejection,
    /// Nobody yet: asking again later may work.
    Transient,
    /// Whoever keeps the source: the other side says no for good.
    Permanent,
}

/// Why a fetch gave nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request was not sent, or not sent on to where a redirect pointed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The body is longer than allowed; the rest was not read.
    #[error(
        "the answer is longer than {limit_bytes} bytes (after decompression); ask the publisher \
         for a shorter one, or raise egress.max_bytes"
    )]
    TooLarge {
        /// The limit that it passed.
        limit_bytes: u64,
    },
    /// The whole exchange took longer than allowed.
    #[error("no complete answer within {} s; it is tried again later", .after.as_secs_f32())]
    Timeout {
        /// The limit that it passed.
        after: Duration,
    },
    /// The body came in a drip.
    #[error(
        "the answer comes slower than {min_bytes_per_s} bytes per second; it is tried again later"
    )]
    TooSlow {
        /// The slowest rate that is waited for.
        min_bytes_per_s: u64,
    },
    /// A status that is neither success, 304 nor a redirect.
    #[error("the server answered {code}: {}", advice(*.code))]
    Status {
        /// The HTTP status code.
        code: u16,
        /// Seconds that the server asks to wait.
        retry_after_s: Option<u64>,
    },
    /// More redirects than are followed, a loop among them.
    #[error("the address redirects more than {max} times; give the address where it ends")]
    TooManyRedirects {
        /// The limit.
        max: usize,
    },
    /// A redirect that names no place.
    #[error("the server redirects ({code}) without a usable address; ask the publisher to mend it")]
    BadRedirect {
        /// The HTTP status code.
        code: u16,
    },
    /// A body in a compression that was not asked for.
    #[error("the answer is compressed in a way that is not understood; ask the publisher for gzip")]
    Encoding,
    /// The host's name leads to no address.
    #[error("no host is known by the name {host}; check its spelling")]
    UnknownHost {
        /// The host's name.
        host: String,
    },
    /// The connection failed, or broke off.
    #[error("{trouble}")]
    Transport {
        /// What went wrong, in words.
        trouble: Trouble,
        /// What the HTTP stack says; for logs of the operator, without the URL.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The host failed so often that it is left alone for a while.
    #[error("{host} failed several times in a row; it is asked again in {retry_in_s} s")]
    CircuitOpen {
        /// The host and port.
        host: String,
        /// Seconds until it is asked again, rounded up.
        retry_in_s: u64,
    },
}

/// What went wrong with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody listens, or the network does not lead there.
    Connect,
    /// The other side's certificate, or its TLS, is not acceptable.
    Tls,
    /// The connection ended early, or what came is not HTTP.
    Broken,
    /// The compressed body cannot be decompressed.
    Corrupt,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "the server could not be reached; it is tried again later",
            Self::Tls => {
                "no secure connection: the server's certificate or TLS is not acceptable; \
                 ask the publisher to renew it"
            }
            Self::Broken => {
                "the connection broke off before the answer was complete; it is tried \
                 again later"
            }
            Self::Corrupt => "the compressed answer is damaged; ask the publisher to mend it",
        })
    }
}

impl Error {
    /// Who must act.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Refused(_) => Kind::Refusal,
            Self::TooLarge { .. }
            | Self::TooManyRedirects { .. }
            | Self::BadRedirect { .. }
            | Self::Encoding => Kind::Rejection,
            Self::Timeout { .. }
            | Self::TooSlow { .. }
            | Self::UnknownHost { .. }
            | Self::CircuitOpen { .. } => Kind::Transient,
            Self::Status { code, .. } => match code {
                408 | 425 | 429 | 500 | 502..=504 | 520..=599 => Kind::Transient,
                _ => Kind::Permanent,
            },
            Self::Transport { trouble, .. } => match trouble {
                Trouble::Connect | Trouble::Broken => Kind::Transient,
                Trouble::Tls | Trouble::Corrupt => Kind::Rejection,
            },
        }
    }

    /// A stable name for records, metrics and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "egress.refused",
            Self::TooLarge { .. } => "egress.too_large",
            Self::Timeout { .. } => "egress.timeout",
            Self::TooSlow { .. } => "egress.too_slow",
            Self::Status { .. } => "egress.status",
            Self::TooManyRedirects { .. } => "egress.too_many_redirects",
            Self::BadRedirect { .. } => "egress.bad_redirect",
            Self::Encoding => "egress.encoding",
            Self::UnknownHost { .. } => "egress.unknown_host",
            Self::Transport { .. } => "egress.transport",
            Self::CircuitOpen { .. } => "egress.circuit_open",
        }
    }

    /// How long the other side, or its breaker, asks to wait before the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after_s, .. } => retry_after_s.map(Duration::from_secs),
            Self::CircuitOpen { retry_in_s, .. } => Some(Duration::from_secs(*retry_in_s)),
            _ => None,
        }
    }
}

/// What to do about a status, in words.
fn advice(code: u16) -> &'static str {
    match code {
        401 | 403 | 407 => "it does not let us in; check the source's secret headers",
        404 => "nothing is there; check the address",
        410 => "it is gone for good; remove the source",
        429 => "it is asked too often; it is tried again later",
        400..=499 => "it does not take the request; check the address",
        500..=599 => "it is in trouble; it is tried again later",
        _ => "this is no answer to take; check the address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_who_must_act() {
        for (code, kind) in [
            (400, Kind::Permanent),
            (401, Kind::Permanent),
            (404, Kind::Permanent),
            (408, Kind::Transient),
            (410, Kind::Permanent),
            (429, Kind::Transient),
            (500, Kind::Transient),
            (501, Kind::Permanent),
            (503, Kind::Transient),
        ] {
            let error = Error::Status {
                code,
                retry_after_s: None,
            };
            assert_eq!(error.kind(), kind, "{code}");
            assert!(error.to_string().contains(&code.to_string()), "{error}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_change() {
        let error = Error::from(Refused::Port(8443));
        assert_eq!(error.kind(), Kind::Refusal);
        assert!(error.to_string().contains("egress.ports"), "{error}");
    }
}

//! Which addresses and URLs may be asked at all: pure functions over values.
//!
//! Only global unicast addresses pass, by the IANA special-purpose address registries
//! (RFC 6890 and its updates). Knows nothing of DNS: whoever resolves a name vets each answer.

mod ranges;

use std::net::IpAddr;

use url::{Host, Url};

use self::ranges::{special_v4, special_v6};
use super::policy::Policy;

/// The longest URL that is taken, in bytes.
const MAX_URL_BYTES: usize = 8 * 1024;

/// Why a request was not sent; the person who wrote the address or the configuration can mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Not a URL at all.
    #[error("this is not a web address ({0}); write it like https://example.org/feed.xml")]
    Malformed(&'static str),
    /// Neither http nor https, or http where only https is allowed.
    #[error("the scheme \"{0}:\" is not allowed; use an https: address")]
    Scheme(String),
    /// A user name or a password in the URL.
    #[error(
        "the address carries a user name or a password; take them out and name them as a secret \
         header of the source instead"
    )]
    Userinfo,
    /// A port that is not configured.
    #[error("port {0} is not allowed; use the usual port, or add it to egress.ports")]
    Port(u16),
    /// An IP address that is not public.
    #[error(
        "{address} is not a public address ({range}); use a public one, or list its host:port in \
         egress.origins if you run that server"
    )]
    Address {
        /// The address as it was written or found.
        address: IpAddr,
        /// The name of the range that it lies in.
        range: &'static str,
    },
    /// A name that leads to no public address. The address found is not told.
    #[error(
        "{host} does not lead to a public address ({range}); use a public host, or list its \
         host:port in egress.origins if you run that server"
    )]
    Host {
        /// The host's name.
        host: String,
        /// The name of the range that an answer lies in.
        range: &'static str,
    },
    /// A request header that cannot or must not be sent.
    #[error("the request header \"{0}\" cannot be sent; change its name or value")]
    Header(String),
}

/// Reads a URL and tells whether the policy lets it be asked; the answer has no fragment.
///
/// An IP address is judged here, since it never reaches DNS; a name is judged when it is resolved.
///
/// # Errors
/// The first rule that the URL breaks.
pub fn url(text: &str, policy: &Policy) -> Result<Url, Refused> {
    let url = parse(text)?;
    permit(&url, policy, policy.lists(&url))?;
    Ok(url)
}

/// Reads a URL without judging where it leads.
pub(super) fn parse(text: &str) -> Result<Url, Refused> {
    let text = text.trim();
    if text.len() > MAX_URL_BYTES {
        return Err(Refused::Malformed("it is too long"));
    }
    // The parser drops tabs and line breaks silently; nobody means an address with one inside.
    if text.chars().any(char::is_control) {
        return Err(Refused::Malformed("it has a control character inside"));
    }
    let mut url = Url::parse(text).map_err(|error| Refused::Malformed(spelled(error)))?;
    url.set_fragment(None);
    Ok(url)
}

/// Judges a parsed URL; `listed` says that the operator's list counts for it.
pub(super) fn permit(url: &Url, policy: &Policy, listed: bool) -> Result<(), Refused> {
    if url.as_str().len() > MAX_URL_BYTES {
        return Err(Refused::Malformed("it is too long"));
    }
    let known = url.scheme() == "https" || (policy.plain_http && url.scheme() == "http");
    if !known {
        return Err(Refused::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Userinfo);
    }
    let host = url.host().ok_or(Refused::Malformed("it has no host"))?;
    if listed {
        return Ok(());
    }
    match url.port_or_known_default() {
        Some(port) if policy.ports.contains(&port) => {}
        port => return Err(Refused::Port(port.unwrap_or(0))),
    }
    match host {
        Host::Ipv4(v4) => address(v4.into()),
        Host::Ipv6(v6) => address(v6.into()),
        Host::Domain(name) => domain(name),
    }
}

/// Names that stand for this machine whatever a resolver says (RFC 6761).
fn domain(name: &str) -> Result<(), Refused> {
    let bare = name.trim_end_matches('.');
    if bare == "localhost" || bare.ends_with(".localhost") {
        return Err(Refused::Host {
            host: name.to_owned(),
            range: "this machine",
        });
    }
    Ok(())
}

fn spelled(error: url::ParseError) -> &'static str {
    use url::ParseError as E;
    match error {
        E::EmptyHost => "it has no host",
        E::IdnaError | E::InvalidDomainCharacter => "its host has characters that no host has",
        E::InvalidPort => "its port is not a number from 1 to 65535",
        E::InvalidIpv4Address | E::InvalidIpv6Address => "its IP address is not one",
        E::RelativeUrlWithoutBase => "it has no scheme such as https:",
        _ => "it cannot be read",
    }
}

/// Tells whether an address is global unicast, also in IPv6 forms that carry an IPv4 address.
///
/// # Errors
/// [`Refused::Address`] with the name of the range.
pub fn address(address: IpAddr) -> Result<(), Refused> {
    let special = match address {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    };
    match special {
        None => Ok(()),
        Some(range) => Err(Refused::Address { address, range }),
    }
}

#[cfg(test)]
mod tests;

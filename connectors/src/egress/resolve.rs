//! Names to addresses, and the filter between the resolver and the connector.
//!
//! The filter is the resolver that the HTTP stack connects by, so there is one look-up and the
//! address that was vetted is the address that is connected to: an answer that changes between
//! check and use has nothing to change.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolving};

use super::vet::Refused;

/// Finds the addresses of a host.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of `host`, in the order to try.
    ///
    /// # Errors
    /// Where the name is not known, or nobody could be asked.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDns;

#[async_trait]
impl Resolve for SystemDns {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Judges one address.
pub(super) type Vet = fn(IpAddr) -> Result<(), Refused>;

/// A resolver that gives only addresses that pass `vet`.
pub(super) struct Vetted {
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) vet: Vet,
}

/// A name without addresses.
#[derive(Debug, thiserror::Error)]
#[error("no address found")]
pub(super) struct Unknown {
    pub(super) host: String,
}

impl reqwest::dns::Resolve for Vetted {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolver, vet) = (Arc::clone(&self.resolver), self.vet);
        Box::pin(async move {
            let host = name.as_str();
            let unknown = |_| Unknown { host: host.into() };
            let found = resolver.resolve(host).await.map_err(unknown)?;
            let vetted = keep(host, &found, vet)?;
            // Port 0 stands for the port of the URL.
            let sockets = vetted.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}

type Boxed = Box<dyn std::error::Error + Send + Sync>;

/// The addresses that pass; an error where none does.
fn keep(host: &str, found: &[IpAddr], vet: Vet) -> Result<Vec<IpAddr>, Boxed> {
    let mut passed = Vec::new();
    let mut refused = None;
    for ip in found {
        match vet(*ip) {
            Ok(()) => passed.push(*ip),
            Err(reason) => refused = Some(reason),
        }
    }
    match refused {
        _ if !passed.is_empty() => Ok(passed),
        Some(Refused::Address { range, .. }) => Err(Box::new(Refused::Host {
            host: host.to_owned(),
            range,
        })),
        Some(other) => Err(Box::new(other)),
        None => Err(Box::new(Unknown { host: host.into() })),
    }
}

#[cfg(test)]
mod tests {
    use super::super::vet;
    use super::*;

    #[test]
    fn of_a_mixed_answer_only_the_public_addresses_are_kept() {
        let ips = |texts: &[&str]| -> Vec<IpAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let mixed = ips(&[
            "10.0.0.1",
            "1.1.1.1",
            "::1",
            "2606:4700::1111",
            "::ffff:7f00:1",
        ]);
        let kept = keep("mixed.example", &mixed, vet::address).unwrap();
        assert_eq!(kept, ips(&["1.1.1.1", "2606:4700::1111"]));
    }
}

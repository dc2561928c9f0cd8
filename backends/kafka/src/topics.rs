//! The topics as they should be, what is to be done about the cluster, and doing it.
//!
//! A plan is data: whoever asked shows it. Nothing is ever deleted, and the number of partitions never changed:
//! keys would move.

mod apply;
mod cluster;
mod wanted;

pub use apply::apply;
pub(crate) use cluster::Cluster;
pub(crate) use wanted::REMOVALS_KEPT;
pub use wanted::Wanted;

use crate::settings::{Settings, Unusable};
use mediamesh_ports::denied::Denied;
use std::fmt;

/// Something to be done about the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A topic is missing.
    Create(Wanted),
    /// A topic is configured otherwise.
    Configure {
        /// The topic.
        topic: String,
        /// The key.
        key: String,
        /// What it is; none where the brokers do not say.
        from: Option<String>,
        /// What it should be.
        to: String,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(wanted) => {
                let (name, partitions) = (&wanted.name, wanted.partitions);
                write!(f, "create {name} with {partitions} partitions")?;
                for (n, (key, value)) in wanted.configs.iter().enumerate() {
                    let before = if n == 0 { ":" } else { "," };
                    write!(f, "{before} {key}={value}")?;
                }
                Ok(())
            }
            Self::Configure {
                topic,
                key,
                from,
                to,
            } => {
                let from = from.as_deref().unwrap_or("unknown");
                write!(f, "configure {topic}: {key}={to} (is {from})")
            }
        }
    }
}

/// Why there is no plan, or why it was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] Unusable),
    /// A topic has another number of partitions, which nothing here can change.
    #[error(
        "{topic} has {found} partitions and must have {wanted}: keys would move, so move the deployment by export \
         and import into topics of another prefix, or delete the topic if it holds nothing that counts"
    )]
    Partitions {
        /// The topic.
        topic: String,
        /// How many it has.
        found: usize,
        /// How many it must have.
        wanted: i32,
    },
    /// The brokers turn us away.
    #[error("the Kafka cluster: {0}")]
    Denied(#[from] Denied),
    /// The brokers do not answer, or refuse.
    #[error("the Kafka cluster: {0}")]
    Cluster(String),
}

/// Compares the cluster with what is wanted; see [`Wanted::all`]. Blocks.
///
/// # Errors
/// [`Error::Partitions`], [`Error::Denied`] and [`Error::Cluster`].
pub fn plan(settings: &Settings, wanted: &[Wanted]) -> Result<Vec<Change>, Error> {
    settings.check()?;
    let cluster = Cluster::of(settings)?;
    let partitions = cluster.partitions()?;
    let mut changes = Vec::new();
    let mut existing = Vec::new();
    for wanted in wanted {
        match partitions.get(&wanted.name) {
            None => changes.push(Change::Create(wanted.clone())),
            Some(found) if i32::try_from(*found) != Ok(wanted.partitions) => {
                return Err(Error::Partitions {
                    topic: wanted.name.clone(),
                    found: *found,
                    wanted: wanted.partitions,
                });
            }
            Some(_) => existing.push(wanted),
        }
    }
    let names: Vec<&str> = existing.iter().map(|topic| topic.name.as_str()).collect();
    let found = cluster.configs(&names)?;
    for wanted in existing {
        let configs = found.get(&wanted.name);
        for (key, to) in &wanted.configs {
            let from = configs.and_then(|configs| configs.get(key.as_str()));
            let from = from.map(|entry| entry.value.clone());
            if from.as_ref() != Some(to) {
                changes.push(Change::Configure {
                    topic: wanted.name.clone(),
                    key: key.clone(),
                    from,
                    to: to.clone(),
                });
            }
        }
    }
    Ok(changes)
}

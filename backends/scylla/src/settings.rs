//! What the store needs to know of its deployment. A pure value: nothing is looked up here.

use mediamesh_ports::secret::Secret;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How the cluster is reached, and what is kept where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The nodes to begin with, as `host:port`; the others are learnt from them.
    pub nodes: Vec<String>,
    /// The keyspace that holds the views.
    pub keyspace: String,
    /// How the keyspace is copied where it is made anew; one that is there stays as it is.
    pub replication: Replication,
    /// The data centre whose nodes are asked; none where there is only one.
    pub datacentre: Option<String>,
    /// Who we are; none where the cluster asks nobody.
    pub credentials: Option<Credentials>,
    /// What TLS needs; none for connections in the clear.
    pub tls: Option<Tls>,
    /// How long connecting may take.
    pub connect: Duration,
    /// How long a request may take, retries included.
    pub deadline: Duration,
    /// How often a request is repeated, within the deadline, where the cluster could not answer.
    pub retries: u32,
    /// How many rows of one call are on their way at a time.
    pub in_flight: usize,
}

/// How many copies of each row there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replication {
    /// So many, anywhere: for one data centre, and for tests.
    Simple(u32),
    /// So many in each data centre of these names.
    Datacentres(BTreeMap<String, u32>),
}

/// A user and a password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// What TLS needs; nodes' certificates must name the addresses that the nodes are reached at.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// A file with the certificate authorities to trust, instead of the public ones.
    pub authorities: Option<PathBuf>,
    /// A file with our own certificate, where the nodes ask for one; the key goes with it.
    pub certificate: Option<PathBuf>,
    /// A file with its key.
    pub key: Option<PathBuf>,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("CQL: {0}")]
pub struct Unusable(pub(crate) String);

impl Settings {
    /// Settings for a cluster without security, and defaults for all else.
    #[must_use]
    pub fn new(nodes: Vec<String>, keyspace: impl Into<String>) -> Self {
        Self {
            nodes,
            keyspace: keyspace.into(),
            replication: Replication::Simple(3),
            datacentre: None,
            credentials: None,
            tls: None,
            connect: Duration::from_secs(10),
            deadline: Duration::from_secs(2),
            retries: 3,
            in_flight: 64,
        }
    }

    /// Checks what can be checked without a node.
    ///
    /// # Errors
    /// [`Unusable`], saying what to change.
    pub fn check(&self) -> Result<(), Unusable> {
        let unusable = |what: String| Err(Unusable(what));
        if self.nodes.iter().all(|node| node.trim().is_empty()) {
            return unusable("name at least one node, as host:port".to_owned());
        }
        if !is_keyspace(&self.keyspace) {
            return unusable(format!(
                "the keyspace {:?} begins with a letter and has at most 48 of a-z, 0-9 and '_'",
                self.keyspace
            ));
        }
        if self.replication.factors().any(|factor| factor == 0) {
            return unusable("a row has one copy at least".to_owned());
        }
        if self.replication.factors().count() == 0 {
            return unusable("name at least one data centre to keep copies in".to_owned());
        }
        if self.deadline.is_zero() || self.in_flight == 0 {
            return unusable(
                "the deadline and the rows in flight are more than nothing".to_owned(),
            );
        }
        if let Some(Tls {
            certificate, key, ..
        }) = &self.tls
            && certificate.is_some() != key.is_some()
        {
            return unusable("a certificate and its key go together".to_owned());
        }
        Ok(())
    }
}

impl Replication {
    fn factors(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::Simple(factor) => Box::new(std::iter::once(*factor)),
            Self::Datacentres(factors) => Box::new(factors.values().copied()),
        }
    }

    /// The replication as CQL writes it.
    pub(crate) fn cql(&self) -> String {
        match self {
            Self::Simple(factor) => {
                format!("{{'class': 'SimpleStrategy', 'replication_factor': {factor}}}")
            }
            Self::Datacentres(factors) => {
                let mut cql = "{'class': 'NetworkTopologyStrategy'".to_owned();
                for (name, factor) in factors {
                    cql += &format!(", '{}': {factor}", name.replace('\'', "''"));
                }
                cql + "}"
            }
        }
    }
}

fn is_keyspace(name: &str) -> bool {
    name.len() <= 48
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usable() -> Settings {
        Settings::new(vec!["localhost:9042".to_owned()], "mediamesh")
    }

    #[test]
    fn secrets_are_not_shown() {
        let mut settings = usable();
        settings.credentials = Some(Credentials {
            user: "editor".to_owned(),
            password: Secret::new("swordfish"),
        });
        let shown = format!("{settings:?}");
        assert!(shown.contains("editor") && !shown.contains("swordfish"));
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        assert_eq!(usable().check(), Ok(()));
        let wrong: [fn(&mut Settings); 8] = [
            |settings| settings.nodes.clear(),
            |settings| settings.keyspace = "Media".to_owned(),
            |settings| settings.keyspace = "media; DROP".to_owned(),
            |settings| settings.keyspace = "m".repeat(49),
            |settings| settings.replication = Replication::Simple(0),
            |settings| settings.replication = Replication::Datacentres(BTreeMap::new()),
            |settings| settings.deadline = Duration::ZERO,
            |settings| {
                settings.tls = Some(Tls {
                    key: Some("key.pem".into()),
                    ..Tls::default()
                });
            },
        ];
        for spoil in wrong {
            let mut settings = usable();
            spoil(&mut settings);
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }

    #[test]
    fn replication_is_written_per_data_centre() {
        let factors = BTreeMap::from([("north".to_owned(), 3), ("o'hare".to_owned(), 2)]);
        assert_eq!(
            Replication::Datacentres(factors).cql(),
            "{'class': 'NetworkTopologyStrategy', 'north': 3, 'o''hare': 2}"
        );
    }
}

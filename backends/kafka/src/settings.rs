//! What the log needs to know of its deployment. A pure value: nothing is looked up here.

use mediamesh_ports::secret::Secret;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How the log is reached, and under which names.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The brokers to begin with, `host:port` joined by commas.
    pub brokers: String,
    /// What the names of all topics, groups and transactions begin with; may be empty.
    pub prefix: String,
    /// This process's name: stable over restarts, and no other process's. It fences what came before it.
    pub instance: String,
    /// Where the state of processors is kept; none where this process runs no processor that keeps one.
    pub state_dir: Option<PathBuf>,
    /// How the connection is secured.
    pub security: Security,
    /// How many copies new topics have.
    pub replication: i32,
    /// Whether members keep their partitions over a restart that is shorter than a session (the group hears
    /// of no leave). Hand-over on a clean stop then takes a session too.
    pub static_members: bool,
    /// How long a member may be silent before its partitions go to others; the brokers allow 6 s at least.
    pub session: Duration,
    /// How long calls may take.
    pub deadlines: Deadlines,
    /// Where tests make the local store fail.
    pub faults: Option<Arc<dyn Faults>>,
}

/// How long calls may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// An append, until it is acknowledged.
    pub append: Duration,
    /// A question to a broker.
    pub call: Duration,
    /// A transaction's end. Its time-out at the brokers is longer by a half: an open one holds readers up.
    pub transaction: Duration,
    /// Leaving: what is not done by then is left to the brokers' time-outs.
    pub close: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            append: Duration::from_secs(5),
            call: Duration::from_secs(5),
            transaction: Duration::from_secs(10),
            close: Duration::from_secs(5),
        }
    }
}

/// How a connection is secured.
#[derive(Debug, Clone, Default)]
pub enum Security {
    /// Not at all.
    #[default]
    Plaintext,
    /// By TLS, with a certificate of our own where the brokers ask for one.
    Tls(Tls),
    /// By user and password; over TLS where that is given.
    Sasl {
        /// How the password is proven.
        mechanism: Mechanism,
        /// The user.
        user: String,
        /// The password.
        password: Secret,
        /// The TLS underneath.
        tls: Option<Tls>,
    },
}

/// How a password is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// It is sent as it is.
    Plain,
    /// SCRAM with SHA-256.
    ScramSha256,
    /// SCRAM with SHA-512.
    ScramSha512,
}

/// What TLS needs beyond the system's certificate authorities.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// A file with our own certificate.
    pub certificate: Option<PathBuf>,
    /// A file with its key.
    pub key: Option<PathBuf>,
    /// The key's password.
    pub key_password: Option<Secret>,
}

/// The seam at which tests make the local store fail. The product runs without one.
pub trait Faults: fmt::Debug + Send + Sync {
    /// Before the state changes of a committed transaction are written to the local store.
    ///
    /// # Errors
    /// What the write shall end with.
    fn before_local_write(&self) -> std::io::Result<()>;
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Kafka: {0}")]
pub struct Unusable(String);

impl Settings {
    /// Settings for brokers without security, and defaults for all else.
    #[must_use]
    pub fn new(brokers: impl Into<String>, instance: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            prefix: String::new(),
            instance: instance.into(),
            state_dir: None,
            security: Security::default(),
            replication: 3,
            static_members: false,
            session: Duration::from_secs(10),
            deadlines: Deadlines::default(),
            faults: None,
        }
    }

    /// Checks what can be checked without a broker.
    ///
    /// # Errors
    /// [`Unusable`], saying what to change.
    pub fn check(&self) -> Result<(), Unusable> {
        let unusable = |what: String| Err(Unusable(what));
        if self.brokers.trim().is_empty() {
            return unusable("name at least one broker, as host:port".to_owned());
        }
        for (what, name) in [("prefix", &self.prefix), ("instance", &self.instance)] {
            if name.len() > 80 || !name.chars().all(is_name_char) {
                return unusable(format!(
                    "the {what} {name:?} may have at most 80 of a-z, A-Z, 0-9, '.', '_' and '-'"
                ));
            }
        }
        if self.instance.is_empty() {
            return unusable("give this process a name of its own (instance)".to_owned());
        }
        if !(1..=i32::from(i16::MAX)).contains(&self.replication) {
            return unusable("a topic has one copy at least".to_owned());
        }
        Ok(())
    }
}

fn is_name_char(char: char) -> bool {
    char.is_ascii_alphanumeric() || ".-_".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let mut settings = Settings::new("localhost:9092", "a");
        settings.security = Security::Sasl {
            mechanism: Mechanism::ScramSha512,
            user: "editor".to_owned(),
            password: Secret::new("swordfish"),
            tls: Some(Tls {
                key_password: Some(Secret::new("swordfish")),
                ..Tls::default()
            }),
        };
        let shown = format!("{settings:?}");
        assert!(shown.contains("editor") && !shown.contains("swordfish"));
    }

    #[test]
    fn names_that_no_topic_may_have_are_refused() {
        let usable = Settings::new("localhost:9092", "a-1.b_c");
        assert_eq!(usable.check(), Ok(()));
        for (prefix, instance) in [
            ("ok.", ""),
            ("a b", "i"),
            ("", "a/b"),
            (&"p".repeat(81), "i"),
        ] {
            let mut settings = Settings::new("localhost:9092", instance);
            settings.prefix = prefix.to_owned();
            assert!(settings.check().is_err(), "{prefix:?} {instance:?}");
        }
        assert!(Settings::new(" ", "a").check().is_err());
    }
}

//! What the registry's client needs to know of its deployment.

use mediamesh_ports::secret::Secret;
use std::path::PathBuf;
use std::time::Duration;

/// How the registry is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where its API is, for example `http://registry:8081`; more than one are tried in order.
    pub urls: Vec<String>,
    /// User and password, where it asks for them.
    pub login: Option<(String, Secret)>,
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// What comes before every subject; the same as before the topics. May be empty.
    pub subject_prefix: String,
    /// How long one request may take at one address.
    pub deadline: Duration,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("schema registry: {0}")]
pub struct Unusable(pub(crate) String);

impl Settings {
    /// Settings for one address without security, and defaults for all else.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            urls: vec![url.into()],
            login: None,
            authorities: None,
            subject_prefix: String::new(),
            deadline: Duration::from_secs(3),
        }
    }
}

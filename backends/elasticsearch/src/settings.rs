//! Where the servers are, how we sign in, and what the index may use.

use mediamesh_ports::secret::Secret;
use std::time::Duration;

/// Characters of a prefix: the names of indices may have 255, ours add up to 40.
const LONGEST_PREFIX: usize = 200;

/// How the index is reached and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The nodes, `http://host:port` or `https://host:port`; they are asked in turn, and a retry asks the next.
    pub urls: Vec<String>,
    /// What the names of all indices and aliases start with: lower case, for example `mediamesh-`. May be empty.
    pub prefix: String,
    /// How to sign in; none where the servers ask for nothing.
    pub credentials: Option<Credentials>,
    /// Certificates (PEM) of the authority that signs the servers' own, beside the well-known ones.
    pub ca_pem: Option<Vec<u8>>,
    /// How long a search may take, retries among it.
    pub search_deadline: Duration,
    /// How long any other call may take, retries among it.
    pub write_deadline: Duration,
    /// Primary shards of a version's index when it is made. With several, facets are counted from each one's
    /// 10,000 most frequent values.
    pub shards: u32,
    /// Copies of each shard when it is made.
    pub replicas: u32,
    /// How much is sent at once.
    pub bulk: BulkLimits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            urls: vec!["http://127.0.0.1:9200".to_owned()],
            prefix: "mediamesh-".to_owned(),
            credentials: None,
            ca_pem: None,
            search_deadline: Duration::from_secs(2),
            write_deadline: Duration::from_secs(10),
            shards: 1,
            replicas: 1,
            bulk: BulkLimits::default(),
        }
    }
}

/// How much of a write is sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkLimits {
    /// Bytes of a request, unless one document alone has more.
    pub bytes: usize,
    /// Documents of a request, and items that are looked up at once.
    pub documents: usize,
    /// Requests under way at once, over all that write in this process; the others wait.
    pub in_flight: usize,
}

impl Default for BulkLimits {
    fn default() -> Self {
        Self {
            bytes: 5_000_000,
            documents: 1_000,
            in_flight: 2,
        }
    }
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// By name and password.
    Password {
        /// The user's name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// By an API key, encoded as Elasticsearch hands it out.
    ApiKey(Secret),
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no server to ask.
    #[error("elasticsearch: urls is empty: name a server, for example http://127.0.0.1:9200")]
    NoUrls,
    /// An address that cannot be asked.
    #[error(
        "elasticsearch: urls: {0}: give http://host:port or https://host:port, without user and password"
    )]
    Url(String),
    /// A prefix that no index may have.
    #[error(
        "elasticsearch: prefix {0:?}: give lower-case letters, digits, '-', '_' and '.', a letter or digit \
         first, {LONGEST_PREFIX} characters at most"
    )]
    Prefix(String),
    /// A number that must be at least 1.
    #[error("elasticsearch: {0} must be at least 1")]
    Zero(&'static str),
    /// An API key that no header can hold.
    #[error(
        "elasticsearch: the API key is not as Elasticsearch hands it out: give its `encoded` form"
    )]
    ApiKey,
    /// Certificates that the client does not take.
    #[error("elasticsearch: {0}")]
    Client(String),
}

impl Settings {
    /// Says what is wrong, where something is.
    ///
    /// # Errors
    /// [`SettingsError`], one line that says what to change.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.addresses()?;
        let starts_well = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let allowed = |c: char| starts_well(c) || matches!(c, '-' | '_' | '.');
        let prefix = &self.prefix;
        if prefix.len() > LONGEST_PREFIX
            || !prefix.chars().all(allowed)
            || prefix.chars().next().is_some_and(|c| !starts_well(c))
        {
            return Err(SettingsError::Prefix(prefix.clone()));
        }
        if let Some(Credentials::ApiKey(key)) = &self.credentials
            && !key.reveal().chars().all(|c| c.is_ascii_graphic())
        {
            return Err(SettingsError::ApiKey);
        }
        let numbers = [
            ("shards", self.shards as usize),
            ("bulk.bytes", self.bulk.bytes),
            ("bulk.documents", self.bulk.documents),
            ("bulk.in_flight", self.bulk.in_flight),
        ];
        match numbers.into_iter().find(|(_, number)| *number == 0) {
            Some((name, _)) => Err(SettingsError::Zero(name)),
            None => Ok(()),
        }
    }

    /// The addresses of the nodes.
    pub(crate) fn addresses(&self) -> Result<Vec<url::Url>, SettingsError> {
        if self.urls.is_empty() {
            return Err(SettingsError::NoUrls);
        }
        self.urls
            .iter()
            .enumerate()
            .map(|(n, url)| address(n, url))
            .collect()
    }
}

/// An address; one that is refused is not shown, for it may hold a password.
fn address(n: usize, url: &str) -> Result<url::Url, SettingsError> {
    let refused = || SettingsError::Url(format!("number {}", n + 1));
    let url = url::Url::parse(url).map_err(|_| refused())?;
    let plain = url.username().is_empty() && url.password().is_none();
    let asked = matches!(url.scheme(), "http" | "https") && url.has_host();
    if plain && asked {
        Ok(url)
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_in_no_debug_output() {
        let password = Settings {
            credentials: Some(Credentials::Password {
                user: "ingest".to_owned(),
                password: Secret::new("hunter2"),
            }),
            ..Settings::default()
        };
        let key = Credentials::ApiKey(Secret::new("hunter2"));
        let shown = format!("{password:?} {key:?}");
        assert!(shown.contains("ingest") && !shown.contains("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn wrong_settings_are_named_and_passwords_in_addresses_are_not_shown() {
        let good = Settings::default();
        good.check().expect("the defaults are right");
        let urls = |urls: &[&str]| Settings {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            ..good.clone()
        };
        let prefix = |prefix: &str| Settings {
            prefix: prefix.to_owned(),
            ..good.clone()
        };
        let no_shards = Settings {
            shards: 0,
            ..good.clone()
        };
        let bad_key = Settings {
            credentials: Some(Credentials::ApiKey(Secret::new("hunter2\n"))),
            ..good.clone()
        };
        for (settings, named) in [
            (bad_key, "API key"),
            (urls(&[]), "urls is empty"),
            (
                urls(&["http://a:9200", "http://b:hunter2@c:9200"]),
                "number 2",
            ),
            (urls(&["ftp://a"]), "number 1"),
            (urls(&["a:9200"]), "number 1"),
            (prefix("Upper"), "prefix"),
            (prefix("-a"), "prefix"),
            (prefix("a*"), "prefix"),
            (no_shards, "shards"),
        ] {
            let error = settings.check().expect_err(named).to_string();
            assert!(
                error.contains(named) && !error.contains("hunter2"),
                "{error}"
            );
        }
        prefix("").check().expect("there need not be a prefix");
    }
}

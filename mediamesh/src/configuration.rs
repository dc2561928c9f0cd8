//! Configuration: a file, then `MEDIAMESH_…` variables, then flags; later ones win.
//!
//! A pure function of strings: [`Configuration::read`] gets the file's text and the variables. Keys that nobody
//! reads are refused by name, and a wrong value is one line that says what it should be.

pub mod place;
mod roles;
pub mod secrets;
pub mod servers;
pub mod strength;

use config::{Config, Environment, File, FileFormat};
use mediamesh_connectors::source::YouTubeApi;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;

pub use roles::{Role, Roles};
use secrets::NamedSecret;
use servers::Servers;

/// Why a configuration cannot be used, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong(pub String);

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// Where the embedded stores keep everything; with outside servers, the state that can be made again.
    pub data_dir: PathBuf,
    /// This process's name among those of a deployment on outside servers: stable over restarts, and no other's.
    /// Absent: the machine's name and the port of metrics and probes.
    pub instance: Option<String>,
    /// The log, where it is Kafka.
    pub kafka: Option<servers::Kafka>,
    /// The schema registry, where it is one of Confluent's kind.
    pub registry: Option<servers::Registry>,
    /// The view store, where it is ScyllaDB or Cassandra.
    pub cql: Option<servers::Cql>,
    /// The search index, where it is Elasticsearch.
    pub elasticsearch: Option<servers::Elasticsearch>,
    /// What processes share in memory, where that is Redis.
    pub redis: Option<servers::Redis>,
    /// The objects, where they are in a bucket.
    pub objects: Option<servers::Objects>,
    /// The addresses that are listened on.
    pub listen: Listen,
    /// What leaves the machine.
    pub egress: Egress,
    /// The address at which the outside reaches the read API, for example `https://media.example.org`; hubs
    /// tell what is new there. Absent: sources are polled alone.
    pub public_url: Option<String>,
    /// How sources are polled.
    pub ingest: Ingest,
    /// How YouTube's Data API is asked.
    pub youtube: YouTube,
    /// What sources sign in with, by the names they use.
    pub secrets: BTreeMap<String, NamedSecret>,
    /// How often one address may ask.
    pub limits: Limits,
    /// How people come in.
    pub identity: Identity,
    /// How views are written.
    pub views: Views,
    /// What is logged.
    pub log: Log,
}

/// The addresses that are listened on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// The read API, public.
    pub read: SocketAddr,
    /// The write API and the desk, internal.
    pub write: SocketAddr,
    /// Metrics and probes.
    pub ops: SocketAddr,
}

/// What leaves the machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Egress {
    /// Ports that may be reached.
    pub ports: Vec<u16>,
    /// `host:port` pairs that may be reached although they are not public, exactly as they stand in addresses.
    pub origins: Vec<String>,
    /// Bytes of an answer after inflation.
    pub max_bytes: u64,
}

/// How sources are polled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// Fetches at once.
    pub fetches: usize,
    /// Fetches of one host at once.
    pub per_host: usize,
    /// The shortest time between two polls of a source that names none, in seconds.
    pub min_interval_s: u64,
    /// The longest time between two polls of a source that names none, in seconds.
    pub max_interval_s: u64,
    /// Pages of a paged or archived feed that a run follows where the source names no number.
    pub max_pages: u32,
}

/// How YouTube's Data API is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct YouTube {
    /// Where the API is.
    pub base: String,
    /// The units of a day for each key; each question costs one.
    pub daily_units: u64,
}

/// How often one address may ask. With Redis all processes count together, else each by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests a minute to the read API; absent: as many as there are.
    pub reads_per_minute: Option<u32>,
    /// Requests a minute to the write API and the desk; absent: as many as there are.
    pub writes_per_minute: Option<u32>,
    /// How many proxies of ours stand before this process, each adding to `X-Forwarded-For`.
    pub proxies: usize,
}

/// How people come in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// Whether people may make accounts for themselves; they may do nothing more with them.
    pub sign_up: bool,
    /// How often a minute one address may try a password or a token; absent: as often as it likes.
    pub sign_ins_per_minute: Option<u32>,
}

/// How views are written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Views {
    /// Milliseconds after which the search index shows what it took in.
    pub search_flush_ms: u64,
    /// Documents after which it does so earlier.
    pub search_flush_documents: usize,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// A filter as `tracing` reads it, for example `info,mediamesh_runtime=debug`.
    pub filter: String,
    /// `auto` (pretty on a terminal, JSON otherwise), `pretty` or `json`.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            instance: None,
            kafka: None,
            registry: None,
            cql: None,
            elasticsearch: None,
            redis: None,
            objects: None,
            listen: Listen::default(),
            egress: Egress::default(),
            public_url: None,
            ingest: Ingest::default(),
            youtube: YouTube::default(),
            secrets: BTreeMap::new(),
            limits: Limits::default(),
            identity: Identity::default(),
            views: Views::default(),
            log: Log::default(),
        }
    }
}

impl Listen {
    /// The three addresses on consecutive ports of the loopback interface.
    ///
    /// # Errors
    /// [`Wrong`] where there are no such ports.
    pub fn from_port_base(base: u16) -> Result<Self, Wrong> {
        let Some(ops) = base.checked_add(2).filter(|_| base > 0) else {
            return Err(Wrong(format!(
                "--port-base {base}: use a port from 1 to 65533"
            )));
        };
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Ok(Self {
            read: at(base),
            write: at(base + 1),
            ops: at(ops),
        })
    }
}

impl Default for Listen {
    fn default() -> Self {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            read: at(8080),
            write: at(8081),
            ops: at(9464),
        }
    }
}

impl Default for Egress {
    fn default() -> Self {
        Self {
            ports: vec![80, 443],
            origins: Vec::new(),
            max_bytes: 15 * 1024 * 1024,
        }
    }
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            fetches: 8,
            per_host: 2,
            min_interval_s: 300,
            max_interval_s: 24 * 3600,
            max_pages: 20,
        }
    }
}

impl Default for YouTube {
    fn default() -> Self {
        let YouTubeApi { base, daily_units } = YouTubeApi::default();
        Self { base, daily_units }
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            sign_up: false,
            sign_ins_per_minute: Some(30),
        }
    }
}

impl Default for Views {
    fn default() -> Self {
        Self {
            search_flush_ms: 250,
            search_flush_documents: 5_000,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            format: LogFormat::Auto,
        }
    }
}

/// The prefix of variables: `MEDIAMESH_LISTEN__READ=0.0.0.0:8080` sets `listen.read`.
pub const PREFIX: &str = "MEDIAMESH";

/// Variables that `./dev services` and the tests read, and that configure nothing here.
const OTHERS: [&str; 2] = ["MEDIAMESH_TEST_", "MEDIAMESH_SERVICES_"];

impl Configuration {
    /// The configuration of a file's text (TOML) and the environment's variables.
    ///
    /// # Errors
    /// [`Wrong`] with the key and what is wrong with it.
    pub fn read(
        file: Option<(&str, &str)>,
        variables: HashMap<String, String>,
    ) -> Result<Self, Wrong> {
        let mut builder = Config::builder();
        if let Some((_, text)) = file {
            builder = builder.add_source(File::from_str(text, FileFormat::Toml));
        }
        let own = |(name, _): &(&String, &String)| {
            name.starts_with(PREFIX) && !OTHERS.iter().any(|other| name.starts_with(other))
        };
        let named = variables.iter().filter(own);
        let named = named
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let environment = Environment::with_prefix(PREFIX)
            .prefix_separator("_")
            .separator("__")
            .source(Some(named))
            .list_separator(",")
            .with_list_parse_key("egress.ports")
            .with_list_parse_key("egress.origins")
            .with_list_parse_key("kafka.brokers")
            .with_list_parse_key("registry.urls")
            .with_list_parse_key("cql.nodes")
            .with_list_parse_key("elasticsearch.urls")
            .try_parsing(true);
        let where_from = file.map_or("the environment", |(name, _)| name);
        let wrong =
            |error: config::ConfigError| Wrong(format!("{where_from}: {}", one_line(&error)));
        let mut read: Self = builder
            .add_source(environment)
            .build()
            .map_err(wrong)?
            .try_deserialize()
            .map_err(wrong)?;
        for (name, secret) in &mut read.secrets {
            secret.check(name, &variables)?;
        }
        servers::take_in(&mut read, &variables)?;
        read.check()
    }

    /// The outside servers; none where everything is kept in the data directory.
    ///
    /// # Errors
    /// [`Wrong`] where some are named and others are not.
    pub fn servers(&self) -> Result<Option<Servers>, Wrong> {
        Servers::of(self)
    }

    /// The configuration, where every value is one that can be used.
    ///
    /// # Errors
    /// [`Wrong`] with the first key whose value is not.
    pub fn check(self) -> Result<Self, Wrong> {
        let positive = [
            ("egress.max_bytes", self.egress.max_bytes),
            ("ingest.fetches", self.ingest.fetches as u64),
            ("ingest.per_host", self.ingest.per_host as u64),
            ("ingest.min_interval_s", self.ingest.min_interval_s),
            ("ingest.max_pages", u64::from(self.ingest.max_pages)),
            ("views.search_flush_ms", self.views.search_flush_ms),
            (
                "views.search_flush_documents",
                self.views.search_flush_documents as u64,
            ),
        ];
        for (key, value) in positive {
            if value == 0 {
                return Err(Wrong(format!("{key} is 0: use a number from 1")));
            }
        }
        for (key, limit) in [
            ("limits.reads_per_minute", self.limits.reads_per_minute),
            ("limits.writes_per_minute", self.limits.writes_per_minute),
            (
                "identity.sign_ins_per_minute",
                self.identity.sign_ins_per_minute,
            ),
        ] {
            if limit == Some(0) {
                return Err(Wrong(format!(
                    "{key} is 0: use a number from 1, or leave it out"
                )));
            }
        }
        if self.ingest.max_interval_s < self.ingest.min_interval_s {
            let message = "it is shorter than ingest.min_interval_s";
            return Err(Wrong(format!("ingest.max_interval_s: {message}")));
        }
        self.servers()?;
        if let Some(url) = &self.public_url {
            check_public(url)?;
        }
        for origin in &self.egress.origins {
            if origin
                .parse::<mediamesh_connectors::egress::Origin>()
                .is_err()
            {
                let message = "use host:port, for example 127.0.0.1:8090";
                return Err(Wrong(format!(
                    "egress.origins: {origin:?} is not an origin: {message}"
                )));
            }
        }
        if self
            .log
            .filter
            .parse::<tracing_subscriber::filter::Targets>()
            .is_err()
        {
            let message = "use for example info or info,mediamesh_runtime=debug";
            return Err(Wrong(format!(
                "log.filter: {:?} is not a filter: {message}",
                self.log.filter
            )));
        }
        Ok(self)
    }
}

fn check_public(url: &str) -> Result<(), Wrong> {
    let parsed = url.parse::<axum::http::Uri>().ok();
    let web = |uri: &axum::http::Uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none()
    };
    if parsed.is_some_and(|uri| web(&uri)) {
        return Ok(());
    }
    let message = "use for example https://media.example.org";
    Err(Wrong(format!(
        "public_url: {url:?} is not a web address: {message}"
    )))
}

fn one_line(error: &config::ConfigError) -> String {
    error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, variables: &[(&str, &str)]) -> Result<Configuration, Wrong> {
        let variables = variables
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Configuration::read(Some(("mediamesh.toml", file)), variables)
    }

    #[test]
    fn nothing_configured_is_the_default() {
        assert_eq!(
            Configuration::read(None, HashMap::new()),
            Ok(Configuration::default())
        );
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        let read = read(
            "[listen]\nread = \"127.0.0.1:1\"\nwrite = \"127.0.0.1:2\"",
            &[
                ("MEDIAMESH_LISTEN__READ", "127.0.0.1:3"),
                ("MEDIAMESH_EGRESS__ORIGINS", "127.0.0.1:8090"),
            ],
        )
        .unwrap();
        assert_eq!(read.listen.read, "127.0.0.1:3".parse().unwrap());
        assert_eq!(read.listen.write, "127.0.0.1:2".parse().unwrap());
        assert_eq!(read.egress.origins, ["127.0.0.1:8090"]);
    }

    #[test]
    fn a_key_that_nobody_reads_is_refused_by_name() {
        let wrong = read("[listen]\nraed = \"127.0.0.1:1\"", &[]).unwrap_err();
        assert!(wrong.0.contains("raed"), "{wrong}");
        assert!(!wrong.0.contains('\n'), "{wrong}");
        assert!(read("", &[("MEDIAMESH_LISTNE__READ", "x")]).is_err());
    }

    #[test]
    fn the_addresses_of_the_servers_of_tests_configure_nothing() {
        let variables = [
            ("MEDIAMESH_TEST_KAFKA", "127.0.0.1:26000"),
            ("MEDIAMESH_SERVICES_PORT", "26000"),
        ];
        assert_eq!(read("", &variables), Ok(Configuration::default()));
        assert!(read("", &[("MEDIAMESH_TESTS", "x")]).is_err());
    }

    #[test]
    fn a_wrong_value_is_one_line_that_names_its_key() {
        for (file, key) in [
            ("[listen]\nread = \"here\"", "read"),
            ("[ingest]\nfetches = 0", "ingest.fetches"),
            ("[ingest]\nfetches = \"many\"", "fetches"),
            ("[limits]\nreads_per_minute = 0", "limits.reads_per_minute"),
            ("[ingest]\nmax_interval_s = 5", "ingest.max_interval_s"),
            ("public_url = \"here\"", "public_url"),
            ("[egress]\norigins = [\"example\"]", "egress.origins"),
            ("[log]\nfilter = \"a=b=c\"", "log.filter"),
            ("[log]\nformat = \"xml\"", "format"),
            ("data_dir = 5\n[listen", "mediamesh.toml"),
        ] {
            let wrong = read(file, &[]).unwrap_err();
            assert!(wrong.0.contains(key), "{file}: {wrong}");
            assert!(!wrong.0.contains('\n'), "{file}: {wrong}");
        }
    }

    #[test]
    fn a_port_base_moves_all_three_ports() {
        let listen = Listen::from_port_base(9000).unwrap();
        assert_eq!(
            [listen.read.port(), listen.write.port(), listen.ops.port()],
            [9000, 9001, 9002]
        );
        assert!(Listen::from_port_base(0).is_err());
        assert!(Listen::from_port_base(65_534).is_err());
    }
}

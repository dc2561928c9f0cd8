//! The outside servers of a deployment on more than one process: Kafka, a schema registry, CQL, Elasticsearch, Redis
//! and an S3-compatible bucket.
//!
//! A section names each. With none, the embedded stores are used; with some, all but `[redis]` are needed, for data
//! in two places would be two deployments. What a section leaves out has the default of its client.

use super::place::Place;
use super::{Configuration, Wrong};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// What TLS needs; an empty table means TLS with the system's authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// A file with our own certificate, where the servers ask for one.
    pub certificate: Option<PathBuf>,
    /// A file with its key.
    pub key: Option<PathBuf>,
}

/// How a password is proven to Kafka.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// It is sent as it is.
    Plain,
    /// SCRAM with SHA-256.
    ScramSha256,
    /// SCRAM with SHA-512.
    #[default]
    ScramSha512,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kafka {
    /// The brokers to begin with, each `host:port`.
    pub brokers: Vec<String>,
    /// What the names of all topics, groups and transactions begin with, for example `mediamesh.`; may be empty.
    pub prefix: String,
    /// How many copies new topics have.
    pub replication: i32,
    /// Whether members keep their partitions over a restart that is shorter than a session.
    pub static_members: bool,
    /// Seconds that a member may be silent before its partitions go to others.
    pub session_s: u64,
    /// Encrypts the connection, where given.
    pub tls: Option<Tls>,
    /// The user, where the brokers ask for one.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Place>,
    /// How the password is proven.
    pub mechanism: Mechanism,
}

impl Default for Kafka {
    fn default() -> Self {
        Self {
            brokers: Vec::new(),
            prefix: String::new(),
            replication: 3,
            static_members: false,
            session_s: 10,
            tls: None,
            user: None,
            password: None,
            mechanism: Mechanism::default(),
        }
    }
}

/// The schema registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registry {
    /// Where its API is, for example `http://registry:8081`; more than one are tried in order.
    pub urls: Vec<String>,
    /// The user, where it asks for one.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Place>,
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
}

/// The view store.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cql {
    /// The nodes to begin with, each `host:port`.
    pub nodes: Vec<String>,
    /// The keyspace that holds the views.
    pub keyspace: String,
    /// How many copies of each row there are in each data centre, by its name. Empty: `copies` of them anywhere.
    pub datacentres: BTreeMap<String, u32>,
    /// How many copies of each row there are, where no data centres are named.
    pub copies: u32,
    /// The data centre whose nodes are asked; none where there is only one.
    pub datacentre: Option<String>,
    /// Encrypts the connection, where given.
    pub tls: Option<Tls>,
    /// The user, where the nodes ask for one.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Place>,
}

impl Default for Cql {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            keyspace: "mediamesh".to_owned(),
            datacentres: BTreeMap::new(),
            copies: 3,
            datacentre: None,
            tls: None,
            user: None,
            password: None,
        }
    }
}

/// The search index.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Elasticsearch {
    /// The nodes, each `http://host:port` or `https://host:port`.
    pub urls: Vec<String>,
    /// What the names of all indices begin with.
    pub prefix: String,
    /// Primary shards of an index when it is made.
    pub shards: u32,
    /// Copies of each shard when it is made.
    pub replicas: u32,
    /// The user, where the servers ask for one.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Place>,
    /// An API key, instead of user and password.
    pub api_key: Option<Place>,
    /// A file with the certificate authorities to trust, beside the well-known ones.
    pub authorities: Option<PathBuf>,
}

impl Default for Elasticsearch {
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            prefix: "mediamesh-".to_owned(),
            shards: 1,
            replicas: 1,
            user: None,
            password: None,
            api_key: None,
            authorities: None,
        }
    }
}

/// What processes share in memory: best effort, and so the one server that may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redis {
    /// Where it is: `redis://host:port/db`, or `rediss://` for TLS.
    pub url: String,
    /// What all keys begin with.
    pub prefix: String,
    /// The password, where it asks for one.
    pub password: Option<Place>,
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
}

impl Default for Redis {
    fn default() -> Self {
        Self {
            url: String::new(),
            prefix: "mediamesh:".to_owned(),
            password: None,
            authorities: None,
        }
    }
}

/// The objects' bucket, which has to be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Objects {
    /// Where the store is, for example `http://minio:9000`; none: Amazon's, by the region.
    pub endpoint: Option<String>,
    /// The region; stores that have none take any.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// What comes before the names of all objects, for example `mediamesh/`; may be empty.
    pub prefix: String,
    /// Whether the bucket stands in the path of addresses and not in the host's name; own stores mostly want it.
    pub path_style: bool,
    /// The access key's id; none: the machine's own role (Amazon only).
    pub access_key: Option<Place>,
    /// The access key.
    pub secret_key: Option<Place>,
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
}

impl Default for Objects {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: "us-east-1".to_owned(),
            bucket: String::new(),
            prefix: String::new(),
            path_style: true,
            access_key: None,
            secret_key: None,
            authorities: None,
        }
    }
}

/// The servers of a deployment, each configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers {
    /// The log.
    pub kafka: Kafka,
    /// The schema registry.
    pub registry: Registry,
    /// The view store.
    pub cql: Cql,
    /// The search index.
    pub elasticsearch: Elasticsearch,
    /// What is shared in memory.
    pub redis: Option<Redis>,
    /// The objects.
    pub objects: Objects,
}

impl Servers {
    /// The servers that a configuration names; none where it names none.
    pub(super) fn of(configuration: &Configuration) -> Result<Option<Self>, Wrong> {
        let Configuration {
            kafka,
            registry,
            cql,
            elasticsearch,
            redis,
            objects,
            ..
        } = configuration;
        let named = [
            ("kafka", kafka.is_some()),
            ("registry", registry.is_some()),
            ("cql", cql.is_some()),
            ("elasticsearch", elasticsearch.is_some()),
            ("objects", objects.is_some()),
            ("redis", redis.is_some()),
        ];
        let Some((one, _)) = named.iter().find(|(_, is_some)| *is_some) else {
            return Ok(None);
        };
        let (Some(kafka), Some(registry), Some(cql), Some(elasticsearch), Some(objects)) =
            (kafka, registry, cql, elasticsearch, objects)
        else {
            let missing = named
                .iter()
                .filter(|(name, named)| !named && *name != "redis");
            let missing: Vec<_> = missing.map(|(name, _)| format!("[{name}]")).collect();
            return Err(Wrong(format!(
                "[{one}] is there and {} is not: name all servers of the deployment, or none to keep everything in data_dir",
                missing.join(", ")
            )));
        };
        let needed = [
            ("kafka.brokers", kafka.brokers.is_empty()),
            ("registry.urls", registry.urls.is_empty()),
            ("cql.nodes", cql.nodes.is_empty()),
            ("elasticsearch.urls", elasticsearch.urls.is_empty()),
            ("objects.bucket", objects.bucket.is_empty()),
            (
                "redis.url",
                redis.as_ref().is_some_and(|redis| redis.url.is_empty()),
            ),
        ];
        if let Some((key, _)) = needed.iter().find(|(_, is_missing)| *is_missing) {
            return Err(Wrong(format!("{key} is missing")));
        }
        let together = [
            ("kafka", kafka.user.is_some(), kafka.password.is_some()),
            (
                "registry",
                registry.user.is_some(),
                registry.password.is_some(),
            ),
            ("cql", cql.user.is_some(), cql.password.is_some()),
            (
                "elasticsearch",
                elasticsearch.user.is_some(),
                elasticsearch.password.is_some(),
            ),
            (
                "objects",
                objects.access_key.is_some(),
                objects.secret_key.is_some(),
            ),
        ];
        if let Some((section, ..)) = together.iter().find(|(_, who, proof)| who != proof) {
            let pair = match *section {
                "objects" => "access_key and secret_key",
                _ => "user and password",
            };
            return Err(Wrong(format!("{section}: {pair} go together")));
        }
        Ok(Some(Self {
            kafka: kafka.clone(),
            registry: registry.clone(),
            cql: cql.clone(),
            elasticsearch: elasticsearch.clone(),
            redis: redis.clone(),
            objects: objects.clone(),
        }))
    }
}

/// Takes in the variables that passwords and keys stand in.
pub(super) fn take_in(
    configuration: &mut Configuration,
    variables: &HashMap<String, String>,
) -> Result<(), Wrong> {
    let Configuration {
        kafka,
        registry,
        cql,
        elasticsearch,
        redis,
        objects,
        ..
    } = configuration;
    let places = [
        (
            "kafka.password",
            kafka.as_mut().and_then(|s| s.password.as_mut()),
        ),
        (
            "registry.password",
            registry.as_mut().and_then(|s| s.password.as_mut()),
        ),
        (
            "cql.password",
            cql.as_mut().and_then(|s| s.password.as_mut()),
        ),
        (
            "redis.password",
            redis.as_mut().and_then(|s| s.password.as_mut()),
        ),
    ];
    let mut places: Vec<_> = places.into_iter().collect();
    if let Some(section) = elasticsearch {
        places.push(("elasticsearch.password", section.password.as_mut()));
        places.push(("elasticsearch.api_key", section.api_key.as_mut()));
    }
    if let Some(section) = objects {
        places.push(("objects.access_key", section.access_key.as_mut()));
        places.push(("objects.secret_key", section.secret_key.as_mut()));
    }
    for (key, place) in places {
        if let Some(place) = place {
            place.check(key, variables)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"
        instance = "a"
        [kafka]
        brokers = ["kafka:9092"]
        user = "mesh"
        password = { variable = "KAFKA_WORD" }
        [kafka.tls]
        [registry]
        urls = ["http://registry:8081"]
        [cql]
        nodes = ["scylla:9042"]
        [elasticsearch]
        urls = ["http://elasticsearch:9200"]
        [objects]
        bucket = "mediamesh"
    "#;

    fn read(text: &str) -> Result<Configuration, Wrong> {
        let variables = [("KAFKA_WORD".to_owned(), "k4fka-word".to_owned())];
        Configuration::read(Some(("mediamesh.toml", text)), variables.into())
    }

    #[test]
    fn all_servers_are_a_deployment_and_none_is_one_too() {
        let read = read(ALL).unwrap();
        let servers = read.servers().unwrap().unwrap();
        assert_eq!(servers.kafka.brokers, ["kafka:9092"]);
        assert_eq!(servers.kafka.tls, Some(Tls::default()));
        assert_eq!(servers.redis, None);
        let word = servers.kafka.password.unwrap().read("kafka.password");
        assert_eq!(word.unwrap().reveal(), "k4fka-word");
        assert_eq!(Configuration::default().servers(), Ok(None));
    }

    #[test]
    fn no_password_is_shown() {
        let shown = format!("{:?}", read(ALL).unwrap());
        assert!(!shown.contains("k4fka"), "{shown}");
    }

    #[test]
    fn what_is_missing_or_half_given_is_named() {
        for (text, what) in [
            (
                ALL.replace("[registry]\n        urls = [\"http://registry:8081\"]", ""),
                "[registry]",
            ),
            ("[redis]\nurl = \"redis://redis\"".to_owned(), "[kafka]"),
            (ALL.replace("nodes = [\"scylla:9042\"]", ""), "cql.nodes"),
            (
                ALL.replace("user = \"mesh\"", ""),
                "kafka: user and password",
            ),
            (ALL.replace("KAFKA_WORD", "NO_WORD"), "kafka.password"),
            (ALL.replace("brokers", "borkers"), "borkers"),
            (format!("{ALL}\n[redis]"), "redis.url"),
        ] {
            let wrong = read(&text).unwrap_err();
            assert!(wrong.0.contains(what), "{what}: {wrong}");
        }
    }
}

//! Deployments for tests: everything on one data directory, or on the real servers. What is tested on both is one
//! function, run twice.

use mediamesh::configuration::{Configuration, Listen};
use mediamesh::instance::{Instance, Purpose};
use mediamesh_ports::contract::server;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use scylla::client::session_builder::SessionBuilder;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// Makes two tests of each function: one on a data directory (`embedded`), one on the real servers (`servers`).
#[macro_export]
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::deployment::On::DataDirectory).await;
            })*
        }

        mod servers {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::deployment::On::Servers).await;
            })*
        }
    };
}

/// Where a deployment keeps what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// On one data directory.
    DataDirectory,
    /// On the real servers that `./dev services` starts.
    Servers,
}

/// A deployment of a test's own, removed at its end.
pub struct Deployment {
    on: On,
    /// A name that no other test has, of this run or another.
    name: String,
    data: TempDir,
}

impl Deployment {
    /// A deployment that nothing was put into yet.
    ///
    /// # Panics
    /// Where there is no room for a directory, or the addresses of the servers are not set.
    #[must_use]
    pub fn new(on: On) -> Self {
        mediamesh::install_tls();
        Self {
            on,
            name: name(),
            data: tempfile::tempdir().expect("a directory"),
        }
    }

    /// The configuration of its one process.
    #[must_use]
    pub fn configuration(&self) -> Configuration {
        self.node("a")
    }

    /// The configuration of one of its processes, with a data directory of its own.
    #[must_use]
    pub fn node(&self, node: &str) -> Configuration {
        match self.on {
            On::DataDirectory => Configuration {
                data_dir: self.data_dir(node),
                ..Configuration::default()
            },
            On::Servers => {
                let text = self.toml(node, &Listen::default());
                let read = Configuration::read(Some((node, &text)), std::env::vars().collect());
                read.expect("a configuration of the servers")
            }
        }
    }

    /// The directory of all its processes.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.data.path()
    }

    /// What the names of its topics begin with.
    #[must_use]
    pub fn topic_prefix(&self) -> String {
        format!("{}.", self.name)
    }

    /// The configuration file of one of its processes, on the real servers.
    #[must_use]
    pub fn toml(&self, node: &str, listen: &Listen) -> String {
        let Listen { read, write, ops } = listen;
        let (name, data) = (&self.name, self.data_dir(node));
        let (kafka, registry) = (server("KAFKA"), server("REGISTRY"));
        let (cql, cql_user) = (server("CQL"), server("CQL_USER"));
        let (elasticsearch, redis) = (server("ELASTICSEARCH"), server("REDIS"));
        let (s3, bucket) = (server("S3"), server("S3_BUCKET"));
        format!(
            r#"
            data_dir = {data:?}
            instance = "{node}"
            [listen]
            read = "{read}"
            write = "{write}"
            ops = "{ops}"
            [kafka]
            brokers = ["{kafka}"]
            prefix = "{name}."
            replication = 1
            session_s = 6
            [registry]
            urls = ["{registry}"]
            [cql]
            nodes = ["{cql}"]
            keyspace = "{name}"
            copies = 1
            user = "{cql_user}"
            password = {{ variable = "MEDIAMESH_TEST_CQL_PASSWORD" }}
            [elasticsearch]
            urls = ["{elasticsearch}"]
            prefix = "{name}-"
            replicas = 0
            [redis]
            url = "{redis}"
            prefix = "{name}:"
            [objects]
            endpoint = "{s3}"
            bucket = "{bucket}"
            prefix = "{name}/"
            access_key = {{ variable = "MEDIAMESH_TEST_S3_KEY" }}
            secret_key = {{ variable = "MEDIAMESH_TEST_S3_SECRET" }}
            "#
        )
    }

    /// A process's data directory.
    #[must_use]
    pub fn data_dir(&self, node: &str) -> PathBuf {
        self.data.path().join(node)
    }

    /// Opens its one process with the stages running, without HTTP.
    ///
    /// # Errors
    /// Those of opening it.
    pub async fn open(&self) -> anyhow::Result<Instance> {
        let roles = "streams".parse()?;
        Instance::open(self.configuration(), Purpose::Serve(roles)).await
    }

    async fn remove(name: String) -> anyhow::Result<()> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", server("KAFKA"));
        let admin: AdminClient<DefaultClientContext> = config.create()?;
        let all = admin
            .inner()
            .fetch_metadata(None, Duration::from_secs(10))?;
        let prefix = format!("{name}.");
        let topics = all
            .topics()
            .iter()
            .map(rdkafka::metadata::MetadataTopic::name);
        let topics: Vec<&str> = topics.filter(|topic| topic.starts_with(&prefix)).collect();
        if !topics.is_empty() {
            admin.delete_topics(&topics, &AdminOptions::new()).await?;
        }
        let session = SessionBuilder::new()
            .known_node(server("CQL"))
            .user(server("CQL_USER"), server("CQL_PASSWORD"));
        let session = session.fetch_schema_metadata(false).build().await?;
        let statement = format!("DROP KEYSPACE IF EXISTS {name}");
        session.query_unpaged(statement, ()).await?;
        let indices = format!("{}/{name}-*", server("ELASTICSEARCH"));
        let http = reqwest::Client::builder().no_proxy().build()?;
        http.delete(indices).send().await?;
        Ok(())
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if self.on == On::DataDirectory {
            return;
        }
        let name = self.name.clone();
        // The drop may come in a task, and this blocks.
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(Self::remove(name))
        });
        // What stays of a test that failed may help to find out why.
        if !std::thread::panicking() {
            let removed = removed.join().expect("the deployment is removed");
            removed.expect("the deployment is removed");
        }
    }
}

fn name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    let micros = since.expect("a clock").as_micros();
    format!("t{micros}_{}_{count}", std::process::id())
}

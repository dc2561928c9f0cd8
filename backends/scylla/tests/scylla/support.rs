//! A keyspace for each test, removed at its end.

use mediamesh_domain::position::Seq;
use mediamesh_domain::view::{RowKey, RowWrite, Table, View, ViewVersion};
use mediamesh_ports::contract::server;
use mediamesh_ports::secret::Secret;
use mediamesh_scylla::migrate::{self, MIGRATIONS, Migration};
use mediamesh_scylla::{Cluster, Credentials, Replication, Settings, Views};
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const VIEW: ViewVersion = ViewVersion {
    view: View::Catalog,
    version: 1,
};

/// The tables that the store itself needs. Those of the first versions are made by who writes to them, as those
/// of later versions are: a test needs one or two of them.
pub const BOOKS: &[Migration] = MIGRATIONS.split_at(2).0;

/// A keyspace of a test's own.
pub struct Keyspace {
    pub settings: Settings,
    pub session: Session,
}

impl Keyspace {
    /// A name that no other test has; the keyspace is not made yet.
    pub async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a clock");
        let name = format!(
            "test_{}_{}_{}",
            since.as_micros(),
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        let [node, user, password] = ["CQL", "CQL_USER", "CQL_PASSWORD"].map(server);
        let mut settings = Settings::new(vec![node.clone()], name);
        settings.replication = Replication::Simple(1);
        // One node on a busy machine does for all tests at once.
        settings.deadline = Duration::from_secs(20);
        settings.credentials = Some(Credentials {
            user: user.clone(),
            password: Secret::new(password.clone()),
        });
        let builder = SessionBuilder::new().known_node(node).user(user, password);
        let session = builder.fetch_schema_metadata(false).build().await;
        Self {
            settings,
            session: session.expect("a server"),
        }
    }

    pub async fn cluster(&self) -> Cluster {
        Cluster::connect(&self.settings).await.expect("a cluster")
    }

    /// The views in the keyspace, which is made where it is not there.
    pub async fn views(&self) -> Views {
        let cluster = self.cluster().await;
        migrate::apply(&cluster, BOOKS).await.expect("migrates");
        Views::open(cluster, BOOKS).await.expect("opens")
    }

    pub async fn query(&self, statement: &str) {
        let statement = statement.replace("{keyspace}", &self.settings.keyspace);
        let queried = self.session.query_unpaged(statement, ()).await;
        queried.expect("the server does it");
    }

    /// The names and ids of the tables that there are.
    pub async fn tables(&self) -> Vec<(String, String)> {
        let statement = "SELECT table_name, id FROM system_schema.tables WHERE keyspace_name = ?";
        let keyspace = (self.settings.keyspace.as_str(),);
        let found = self.session.query_unpaged(statement, keyspace).await;
        let found = found.expect("tables").into_rows_result().expect("rows");
        let rows = found.rows::<(String, uuid::Uuid)>().expect("names and ids");
        rows.map(|row| row.expect("a row"))
            .map(|(name, id)| (name, id.to_string()))
            .collect()
    }
}

impl Drop for Keyspace {
    fn drop(&mut self) {
        let statement = format!("DROP KEYSPACE IF EXISTS {}", self.settings.keyspace);
        let dropped = wait(self.session.query_unpaged(statement, ()));
        if !std::thread::panicking() {
            dropped.expect("the keyspace goes");
        }
    }
}

/// Waits within a test for what only async code gives.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

pub fn key(partition: &str, clustering: &str) -> RowKey {
    RowKey::new(Table::Episodes, partition, clustering)
}

pub fn write(key: RowKey, seq: i64, body: &str) -> RowWrite {
    RowWrite {
        key,
        seq: Seq(seq),
        value: Some((b"{}".to_vec(), body.as_bytes().to_vec())),
    }
}

pub fn removal(key: RowKey, seq: i64) -> RowWrite {
    RowWrite {
        key,
        seq: Seq(seq),
        value: None,
    }
}

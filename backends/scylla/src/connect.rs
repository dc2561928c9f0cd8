//! The connection to a cluster, and how a request is made on it.

use crate::error::{Error, Fault};
use crate::retry::Retry;
use crate::settings::Settings;
use crate::{statements, tls};
use scylla::client::caching_session::{CachingSession, CachingSessionBuilder};
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::policies::load_balancing::DefaultPolicy;
use scylla::response::query_result::QueryResult;
use scylla::response::{PagingState, PagingStateResponse};
use scylla::serialize::row::SerializeRow;
use scylla::statement::Consistency;
use scylla::statement::unprepared::Statement;
use std::collections::BTreeSet;
use std::time::Duration;

/// The most rows that are asked for at a time: rows may have a megabyte, and Cassandra cuts pages by their number.
pub(crate) const PAGE: usize = 200;
/// How long a change of the schema may take, and how often it is looked whether all nodes have it.
const SCHEMA: Duration = Duration::from_secs(30);
const AGREEMENT_EVERY: Duration = Duration::from_millis(50);
/// How often an idle connection is tried.
const KEEPALIVE: Duration = Duration::from_secs(5);
/// How many statements stay prepared: those of every table in a few versions of all views.
const PREPARED: usize = 2_000;

/// A cluster that is connected to.
pub struct Cluster {
    session: CachingSession,
    retry: Retry,
    pub(crate) settings: Settings,
}

impl Cluster {
    /// Connects to a cluster; the keyspace need not be there.
    ///
    /// # Errors
    /// [`Error::Unusable`], [`Error::Denied`], [`Error::Cluster`].
    pub async fn connect(settings: &Settings) -> Result<Self, Error> {
        settings.check()?;
        let mut builder = SessionBuilder::new()
            .known_nodes(&settings.nodes)
            .connection_timeout(settings.connect)
            .keepalive_interval(KEEPALIVE)
            .keepalive_timeout(settings.deadline)
            .keyspaces_to_fetch([&settings.keyspace])
            .fetch_full_schema_metadata(false)
            .schema_agreement_interval(AGREEMENT_EVERY)
            .schema_agreement_timeout(SCHEMA)
            .default_execution_profile_handle(profile(settings).into_handle());
        if let Some(credentials) = &settings.credentials {
            builder = builder.user(&credentials.user, credentials.password.reveal());
        }
        if let Some(tls) = &settings.tls {
            builder = builder.tls_context(Some(tls::client(tls)?));
        }
        let session = tokio::time::timeout(settings.connect, builder.build())
            .await
            .map_err(|_| Error::Cluster("no node answers in time".to_owned()))??;
        Ok(Self {
            session: CachingSessionBuilder::new(session)
                .max_capacity(PREPARED)
                .build(),
            retry: Retry::new(settings.deadline, settings.retries),
            settings: settings.clone(),
        })
    }

    /// A table's name with that of the keyspace.
    pub(crate) fn name(&self, table: &str) -> String {
        format!("{}.{table}", self.settings.keyspace)
    }

    /// Executes a statement, prepared where it was not, and gives a page of its answer.
    pub(crate) async fn page(
        &self,
        statement: &str,
        values: impl SerializeRow + Sync,
        rows: usize,
        from: PagingState,
    ) -> Result<(QueryResult, PagingStateResponse), Fault> {
        let rows = i32::try_from(rows.clamp(1, PAGE)).unwrap_or(i32::MAX);
        let mut statement = Statement::new(statement).with_page_size(rows);
        statement.set_is_idempotent(true);
        let (statement, values, from) = (&statement, &values, &from);
        let attempt = || async move {
            let page = self
                .session
                .execute_single_page(statement.clone(), values, from.clone());
            Ok(page.await?)
        };
        self.retry.run(attempt).await
    }

    /// Executes a statement whose answer is one page at most.
    pub(crate) async fn execute(
        &self,
        statement: &str,
        values: impl SerializeRow + Sync,
    ) -> Result<QueryResult, Fault> {
        let page = self.page(statement, values, PAGE, PagingState::start());
        Ok(page.await?.0)
    }

    /// Waits until a statement can be prepared: a node lists a table that another client makes before it knows it.
    pub(crate) async fn await_statement(&self, statement: &str) -> Result<(), Fault> {
        let statement = &Statement::new(statement);
        let attempt = || async move {
            let prepared = self.session.add_prepared_statement(statement).await;
            prepared.map(drop).map_err(|error| match error.into() {
                Fault::Invalid(said) => Fault::Away(said),
                fault => fault,
            })
        };
        self.retry.run(attempt).await
    }

    /// Changes the schema and waits until all nodes have it.
    pub(crate) async fn change_schema(&self, statement: String) -> Result<(), Fault> {
        let mut statement = Statement::new(statement);
        statement.set_request_timeout(Some(SCHEMA));
        let changed = self.session().query_unpaged(statement, ()).await;
        changed.map(drop).map_err(Fault::from)
    }

    /// The tables that the keyspace has.
    pub(crate) async fn tables(&self) -> Result<BTreeSet<String>, Fault> {
        let mut tables = BTreeSet::new();
        let mut from = PagingState::start();
        loop {
            let keyspace = (self.settings.keyspace.as_str(),);
            let page = self.page(statements::TABLES, keyspace, PAGE, from);
            let (page, rest) = page.await?;
            for row in rows::<(String,)>(page)? {
                tables.insert(row.0);
            }
            match rest {
                PagingStateResponse::HasMorePages { state } => from = state,
                PagingStateResponse::NoMorePages => return Ok(tables),
            }
        }
    }

    /// Whether the keyspace is there.
    pub(crate) async fn has_keyspace(&self) -> Result<bool, Fault> {
        let keyspace = (self.settings.keyspace.as_str(),);
        let found = self.execute(statements::KEYSPACE, keyspace).await?;
        Ok(!rows::<(String,)>(found)?.is_empty())
    }

    pub(crate) fn session(&self) -> &Session {
        self.session.get_session()
    }
}

fn profile(settings: &Settings) -> ExecutionProfile {
    let mut policy = DefaultPolicy::builder().token_aware(true);
    if let Some(datacentre) = &settings.datacentre {
        policy = policy.prefer_datacenter(datacentre.clone());
    }
    ExecutionProfile::builder()
        .consistency(Consistency::LocalQuorum)
        .request_timeout(Some(settings.deadline))
        .load_balancing_policy(policy.build())
        .build()
}

/// The rows of a page.
pub(crate) fn rows<R>(page: QueryResult) -> Result<Vec<R>, Fault>
where
    R: for<'f, 'm> scylla::deserialize::row::DeserializeRow<'f, 'm>,
{
    let page = page.into_rows_result().map_err(Fault::unreadable)?;
    let rows = page.rows::<R>().map_err(Fault::unreadable)?;
    rows.map(|row| row.map_err(Fault::unreadable)).collect()
}

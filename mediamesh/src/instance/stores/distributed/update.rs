//! What the servers need to hold before there is a deployment: topics, schemas, tables; looked at, and made.
//!
//! Nothing that is there is changed by a start. What differs is said, and changed by who asks for it
//! (`mediamesh topics apply`).

use super::patience::{Failed, Patience};
use super::{Use, node, settings};
use crate::configuration::Configuration;
use crate::configuration::servers::Servers;
use futures::TryFutureExt as _;
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_kafka::topics::{self, Change, Wanted};
use mediamesh_ports::event_log::GroupSpec;
use mediamesh_ports::registry::{self, Planned, Registry};
use mediamesh_registry::Confluent;
use mediamesh_runtime::topology::{CONTROL, DECIDE, sink_group};
use mediamesh_schemas::Topic;
use mediamesh_scylla::migrate::{self, MIGRATIONS, Step};
use mediamesh_scylla::{Cluster, Views};
use std::sync::Arc;

/// What `mediamesh topics plan` shows.
///
/// # Errors
/// Where Kafka is away, or a topic has another number of partitions.
pub async fn plan_topics(
    configuration: &Configuration,
    servers: &Servers,
) -> anyhow::Result<Vec<Change>> {
    let kafka = settings::kafka(servers, &node(configuration, Use::Question), None)?;
    topic_changes(&kafka, Patience::of(Use::Question)).await
}

/// Does what [`plan_topics`] shows.
///
/// # Errors
/// Where Kafka is away or refuses.
pub async fn apply_topics(
    configuration: &Configuration,
    servers: &Servers,
    changes: Vec<Change>,
) -> anyhow::Result<()> {
    let kafka = settings::kafka(servers, &node(configuration, Use::Question), None)?;
    tokio::task::spawn_blocking(move || topics::apply(&kafka, &changes)).await??;
    Ok(())
}

/// What `mediamesh schemas plan` shows.
///
/// # Errors
/// Where the registry is away.
pub async fn plan_schemas(servers: &Servers) -> anyhow::Result<Vec<Planned>> {
    let registry = registry(servers)?;
    let asked = move || registry::plan(&*registry);
    Ok(tokio::task::spawn_blocking(asked).await??)
}

/// Registers what is missing, or nothing where one of the schemas cannot follow.
///
/// # Errors
/// The first that cannot, naming the field; or the registry is away.
pub async fn apply_schemas(servers: &Servers) -> anyhow::Result<Vec<(Topic, i32, u32)>> {
    register_schemas(&registry(servers)?, Patience::of(Use::Question)).await
}

/// What `mediamesh views plan` shows.
///
/// # Errors
/// Where the cluster is away, or a migration has been changed.
pub async fn plan_views(servers: &Servers) -> anyhow::Result<Vec<Step>> {
    let cluster = connect(&settings::cql(servers)?, Patience::of(Use::Question)).await?;
    Ok(migrate::plan(&cluster, MIGRATIONS).await?)
}

/// Brings the keyspace up to date.
///
/// # Errors
/// Where the cluster is away, or a migration has been changed.
pub async fn migrate_views(servers: &Servers) -> anyhow::Result<Vec<Step>> {
    let cluster = connect(&settings::cql(servers)?, Patience::of(Use::Question)).await?;
    Ok(migrate::apply(&cluster, MIGRATIONS).await?)
}

/// Makes the topics that are missing, and says which are configured otherwise.
pub(super) async fn make_topics(
    kafka: &mediamesh_kafka::Settings,
    patience: Patience,
) -> anyhow::Result<()> {
    let changes = topic_changes(kafka, patience).await?;
    let (missing, other): (Vec<_>, Vec<_>) = changes
        .into_iter()
        .partition(|change| matches!(change, Change::Create(_)));
    for change in other {
        tracing::warn!(%change, "a topic is configured otherwise: see `mediamesh topics plan`");
    }
    patience
        .with("Kafka", || {
            let (kafka, missing) = (kafka.clone(), missing.clone());
            blocking(move || topics::apply(&kafka, &missing).map_err(of_topics))
        })
        .await
}

async fn topic_changes(
    kafka: &mediamesh_kafka::Settings,
    patience: Patience,
) -> anyhow::Result<Vec<Change>> {
    patience
        .with("Kafka", || {
            let kafka = kafka.clone();
            let wanted = Wanted::all(&kafka, &keeping_state());
            blocking(move || topics::plan(&kafka, &wanted).map_err(of_topics))
        })
        .await
}

fn of_topics(error: topics::Error) -> Failed {
    match error {
        topics::Error::Cluster(reason) => Failed::Away(reason),
        wrong => Failed::wrong(wrong),
    }
}

/// The groups whose changelogs are made at once; those of later versions of views are made with them.
fn keeping_state() -> Vec<GroupSpec> {
    let sinks = View::ALL.map(|view| sink_group(ViewVersion::new(view, 1)));
    [DECIDE.group(), CONTROL.group()]
        .into_iter()
        .chain(sinks)
        .collect()
}

pub(super) fn registry(servers: &Servers) -> anyhow::Result<Arc<dyn Registry>> {
    Ok(Arc::new(Confluent::open(settings::registry(servers)?)?))
}

pub(super) async fn register_schemas(
    registry: &Arc<dyn Registry>,
    patience: Patience,
) -> anyhow::Result<Vec<(Topic, i32, u32)>> {
    patience
        .with("the schema registry", || {
            let registry = Arc::clone(registry);
            blocking(move || registry::apply(&*registry).map_err(of_registry))
        })
        .await
}

fn of_registry(error: registry::Error) -> Failed {
    match error {
        registry::Error::Transient(reason) => Failed::Away(reason),
        wrong => Failed::wrong(wrong),
    }
}

pub(super) async fn open_views(
    settings: &mediamesh_scylla::Settings,
    patience: Patience,
) -> anyhow::Result<Views> {
    let cluster = connect(settings, patience).await?;
    patience
        .with("the CQL cluster", || {
            migrate::apply(&cluster, MIGRATIONS).map_err(of_cql)
        })
        .await?;
    Ok(Views::open(cluster, MIGRATIONS).await?)
}

async fn connect(
    settings: &mediamesh_scylla::Settings,
    patience: Patience,
) -> anyhow::Result<Cluster> {
    patience
        .with("the CQL cluster", || {
            Cluster::connect(settings).map_err(of_cql)
        })
        .await
}

fn of_cql(error: mediamesh_scylla::Error) -> Failed {
    match error {
        mediamesh_scylla::Error::Cluster(reason) => Failed::Away(reason),
        wrong => Failed::wrong(wrong),
    }
}

/// An attempt that blocks, on a thread that may.
async fn blocking<T: Send + 'static>(
    attempt: impl FnOnce() -> Result<T, Failed> + Send + 'static,
) -> Result<T, Failed> {
    let done = tokio::task::spawn_blocking(attempt).await;
    done.map_err(Failed::wrong)?
}

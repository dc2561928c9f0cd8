//! What the servers need to hold before there is a deployment: topics, schemas, tables; looked at, and made.
//!
//! Nothing that is there is changed by a start. What differs is said, and changed by who asks for it
//! (`mediamesh topics apply`).

use super::patience::{Failed, Patience};
use super::{Use, doors, node, settings};
use crate::configuration::Configuration;
use crate::configuration::servers::Servers;
use crate::instance::stores::Hold;
use futures::TryFutureExt as _;
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_kafka::topics::{self, Change, Wanted};
use mediamesh_ports::event_log::GroupSpec;
use mediamesh_ports::registry::{self, Fate, Planned, Registry};
use mediamesh_registry::Confluent;
use mediamesh_runtime::topology::{CONTROL, DECIDE, sink_group};
use mediamesh_schemas::Topic;
use mediamesh_scylla::migrate::{self, MIGRATIONS, Step};
use mediamesh_scylla::{Cluster, Views};
use std::sync::Arc;

/// What a server needs to hold, as lines to be shown.
///
/// # Errors
/// Where the server is away, or holds what does not fit.
pub(in crate::instance) async fn plan(
    configuration: &Configuration,
    servers: &Servers,
    what: Hold,
) -> anyhow::Result<Vec<String>> {
    let patience = Patience::of(Use::Question);
    Ok(match what {
        Hold::Topics => {
            let kafka = settings::kafka(servers, &node(configuration, Use::Question), None)?;
            lines(&topic_changes(&kafka, patience).await?)
        }
        Hold::Schemas => {
            let registry = registry(servers, patience).await?;
            of_schemas(&registry, patience).await?
        }
        Hold::Tables => {
            let cluster = connect(&settings::cql(servers)?, patience).await?;
            let steps = migrate::plan(&cluster, MIGRATIONS).await?;
            of_steps(&steps)
        }
    })
}

/// Does what [`plan`] shows, and says what was done.
///
/// # Errors
/// Those of [`plan`]. Topics and tables that were made stay; of schemas none is registered where one does not fit.
pub(in crate::instance) async fn apply(
    configuration: &Configuration,
    servers: &Servers,
    what: Hold,
) -> anyhow::Result<Vec<String>> {
    let patience = Patience::of(Use::Question);
    Ok(match what {
        Hold::Topics => {
            let kafka = settings::kafka(servers, &node(configuration, Use::Question), None)?;
            let changes = topic_changes(&kafka, patience).await?;
            let done = lines(&changes);
            blocking(move || topics::apply(&kafka, &changes).map_err(Failed::wrong)).await?;
            done
        }
        Hold::Schemas => {
            let registry = registry(servers, patience).await?;
            let planned = of_schemas(&registry, patience).await?;
            register_schemas(&registry, patience).await?;
            planned
        }
        Hold::Tables => {
            let cluster = connect(&settings::cql(servers)?, patience).await?;
            of_steps(&migrate::apply(&cluster, MIGRATIONS).await?)
        }
    })
}

fn lines(all: &[impl ToString]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

async fn of_schemas(
    registry: &Arc<dyn Registry>,
    patience: Patience,
) -> anyhow::Result<Vec<String>> {
    let planned = patience.with("the schema registry", || {
        let registry = Arc::clone(registry);
        blocking(move || registry::plan(&*registry).map_err(of_registry))
    });
    Ok(planned.await?.iter().filter_map(of_schema).collect())
}

fn of_schema(planned: &Planned) -> Option<String> {
    let (subject, version) = (&planned.subject, planned.version);
    match &planned.fate {
        Fate::Present { .. } => None,
        Fate::New => Some(format!("register {subject} version {version}")),
        Fate::Incompatible { before, reason } => Some(format!(
            "cannot register {subject} version {version}: it cannot follow version {before}: {reason}"
        )),
    }
}

fn of_steps(steps: &[Step]) -> Vec<String> {
    let of_step = |step: &Step| {
        let statements = step.statements.iter();
        let line = |statement: &String| format!("{}: {}", step.name, first_line(statement));
        statements.map(line).collect::<Vec<_>>()
    };
    steps.iter().flat_map(of_step).collect()
}

fn first_line(statement: &str) -> &str {
    statement
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end_matches(" (")
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
        topics::Error::Denied(denied) => doors::KAFKA.shut(&denied),
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

pub(super) async fn registry(
    servers: &Servers,
    patience: Patience,
) -> anyhow::Result<Arc<dyn Registry>> {
    let registry = Arc::new(Confluent::open(settings::registry(servers)?)?);
    patience
        .with("the schema registry", || {
            let registry = Arc::clone(&registry);
            blocking(move || doors::REGISTRY.of(registry.knock()))
        })
        .await?;
    Ok(registry)
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
        mediamesh_scylla::Error::Denied(denied) => doors::CQL.shut(&denied),
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

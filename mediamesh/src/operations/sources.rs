//! The sources and how they fare.

use super::ingest;
use crate::instance::Instance;
use anyhow::{Context as _, anyhow};
use mediamesh_connectors::source::{Input, Job};
use mediamesh_domain::control::{ControlState, SourceEntry};
use mediamesh_domain::id::SourceId;
use mediamesh_ports::control::Control as _;
use serde::Serialize;
use serde_json::{Value, json};

/// A source as it is listed.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    source_id: SourceId,
    #[serde(flatten)]
    source: SourceEntry,
    health: Option<Value>,
}

/// All sources, with how the last polls of this instance went.
pub(super) fn list(instance: &Instance) -> Vec<Listed> {
    let health = |id| {
        let health = instance.scheduler.health(id)?;
        serde_json::to_value(health).ok()
    };
    instance
        .control
        .current()
        .sources
        .iter()
        .map(|(id, source)| Listed {
            source_id: *id,
            source: source.clone(),
            health: health(*id),
        })
        .collect()
}

/// Fetches a source now and waits until its entries are decided.
pub(super) async fn poll(instance: &Instance, source: &str) -> anyhow::Result<Value> {
    let control = instance.control.current();
    let id = named(&control, source)?;
    let job = Job::of(&control, id).context("the source is not known")?;
    let report = instance.ingest.run(&job, Input::Fetch).await?;
    ingest::settle(instance).await?;
    let entries = ingest::entries(instance, report.run_id).await?;
    Ok(json!({ "run": report, "entries": entries }))
}

/// The source with this name or id.
pub(super) fn named(control: &ControlState, source: &str) -> anyhow::Result<SourceId> {
    control
        .sources
        .iter()
        .find(|(id, entry)| id.to_string() == source || entry.fields.name == source)
        .map(|(id, _)| *id)
        .ok_or_else(|| {
            anyhow!("there is no source {source:?}; `mediamesh sources list` shows them")
        })
}

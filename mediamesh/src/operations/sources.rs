//! The sources: what they are, how they fare, what came of their runs; making, changing, polling and trying them.

mod lists;

use super::{Material, Tell, ingest};
use crate::instance::{Instance, new_id};
use crate::preview::{Said, Wish, trial};
use anyhow::anyhow;
use axum::http::HeaderMap;
use mediamesh_api_read::ReadApi;
use mediamesh_api_read::query::page::PageRequest;
use mediamesh_api_read::query::run::{self, EntriesRequest, RunListRequest};
use mediamesh_api_read::query::source;
use mediamesh_domain::control::{ControlBody, CreateSource, SourceEntry, UpdateSource, opml};
use mediamesh_domain::id::{CommandId, RunId, SourceId};
use mediamesh_domain::model::{Policy, SourceFields};
use mediamesh_domain::project::RunScope;
use mediamesh_domain::repair;
use mediamesh_domain::run::{EntryFilter, RunState};
use mediamesh_domain::view::View;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::control::Control as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What can be asked about sources.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum SourcesRequest {
    /// All of them, with how they fare.
    List,
    /// One of them.
    Show {
        /// Its name or id.
        source: String,
    },
    /// Make one.
    Add {
        /// What is said of it.
        fields: Box<SourceFields>,
    },
    /// Change one.
    Update {
        /// Its name or id.
        source: String,
        /// A JSON merge patch.
        patch: Value,
    },
    /// Say what would come of one.
    Test {
        /// The name or id of one that is there; absent: the material is a new one's.
        source: Option<String>,
        /// What to read in place of its address.
        material: Option<Material>,
        /// The policy of one that is new.
        policy: Policy,
        /// What else is said of it, for this trial.
        #[serde(default)]
        said: Said,
    },
    /// Fetch one now.
    Poll {
        /// Its name or id.
        source: String,
    },
    /// Make sources of a list of feeds.
    Import {
        /// The OPML document, as bytes.
        list: Material,
        /// What becomes of their entries.
        policy: Policy,
        /// Only say what would become of each outline.
        dry_run: bool,
    },
    /// The sources as an OPML list.
    Export,
    /// The runs of one or of all.
    Runs {
        /// Its name or id.
        source: Option<String>,
        /// Only those that stand so.
        state: Option<RunState>,
        /// At most so many.
        limit: u16,
    },
    /// One run with its entries.
    Run {
        /// Its id.
        run: RunId,
        /// Only entries that ended so.
        outcome: Option<EntryFilter>,
    },
}

/// Answers.
pub(super) async fn answer(
    instance: &Instance,
    request: SourcesRequest,
    tell: &Tell,
) -> anyhow::Result<Value> {
    match request {
        SourcesRequest::List => list(instance).await,
        SourcesRequest::Show { source } => show(instance, &source).await,
        SourcesRequest::Add { fields } => add(instance, *fields).await,
        SourcesRequest::Update { source, patch } => update(instance, &source, &patch).await,
        SourcesRequest::Test {
            source,
            material,
            policy,
            said,
        } => {
            tell.progress("reading the feed", 0, None).await;
            test(instance, source.as_deref(), material, policy, said).await
        }
        SourcesRequest::Poll { source } => poll(instance, &source).await,
        SourcesRequest::Import {
            list,
            policy,
            dry_run,
        } => lists::import(instance, &list, policy, dry_run, tell).await,
        SourcesRequest::Export => Ok(Value::String(opml(&instance.control.current()))),
        SourcesRequest::Runs {
            source,
            state,
            limit,
        } => runs(instance, source.as_deref(), state, limit).await,
        SourcesRequest::Run { run, outcome } => one_run(instance, run, outcome).await,
    }
}

async fn list(instance: &Instance) -> anyhow::Result<Value> {
    let (reads, control) = (instance.reads().await?, instance.control.current());
    let mut sources = Vec::with_capacity(control.sources.len());
    for (id, entry) in &control.sources {
        let view = source::summary(&reads, *id, entry).await;
        sources.push(serde_json::to_value(view.map_err(said)?)?);
    }
    Ok(Value::Array(sources))
}

async fn show(instance: &Instance, named: &str) -> anyhow::Result<Value> {
    let control = instance.control.current();
    let (id, _) = find(instance, named)?;
    let view = source::one(&instance.reads().await?, &control, id).await;
    Ok(serde_json::to_value(view.map_err(said)?)?)
}

async fn add(instance: &Instance, mut fields: SourceFields) -> anyhow::Result<Value> {
    let source_id = if fields.url.is_empty() {
        SourceId::of_address(&format!("name:{}", fields.name))
    } else {
        fields.url = repair::url::canonical_feed(&fields.url).ok_or_else(|| {
            anyhow!("--url is not the address of a feed: use http or https, without a password")
        })?;
        SourceId::of_address(&fields.url)
    };
    let there = instance.control.current().sources.contains_key(&source_id);
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    instance.decide_control(CommandId(new_id()), body).await?;
    let mut shown = show(instance, &source_id.to_string()).await?;
    shown["was_there"] = json!(there);
    Ok(shown)
}

async fn update(instance: &Instance, named: &str, patch: &Value) -> anyhow::Result<Value> {
    let (source_id, _) = find(instance, named)?;
    let body = ControlBody::UpdateSource(UpdateSource {
        source_id,
        patch: patch.to_string(),
    });
    instance.decide_control(CommandId(new_id()), body).await?;
    show(instance, &source_id.to_string()).await
}

async fn test(
    instance: &Instance,
    named: Option<&str>,
    material: Option<Material>,
    policy: Policy,
    said: Said,
) -> anyhow::Result<Value> {
    let mut wish = match (named, &material) {
        (Some(named), _) => {
            let (id, entry) = find(instance, named)?;
            known(id, entry)
        }
        (None, Some(material)) => {
            let wish = Wish::of(material, policy, Said::default())?;
            let control = instance.control.current();
            let by_id = control.sources.get(&wish.source_id);
            match (find(instance, &wish.source.url), by_id) {
                (Ok((id, entry)), _) => known(id, entry),
                (Err(_), Some(entry)) => known(wish.source_id, entry.clone()),
                (Err(_), None) => wish,
            }
        }
        (None, None) => return Err(anyhow!("name a source, an address or a file")),
    };
    said.onto(&mut wish.source)?;
    if let Some(Material::Bytes { bytes, .. }) = material {
        wish.content = Some(bytes);
    }
    let state = instance.stores.state.clone();
    let trial = trial(&instance.ingest, Some(state), wish).await?;
    Ok(serde_json::to_value(trial)?)
}

fn known(source_id: SourceId, entry: SourceEntry) -> Wish {
    Wish {
        source_id,
        source: entry.fields,
        known: true,
        content: None,
        limit: usize::MAX,
        with_fields: true,
    }
}

/// Fetches a source now and waits until its entries are decided.
async fn poll(instance: &Instance, named: &str) -> anyhow::Result<Value> {
    let (id, _) = find(instance, named)?;
    let report = instance.scheduler.poll_now(id, None).await?;
    ingest::settle(instance).await?;
    one_run(instance, report.run_id, None).await
}

async fn runs(
    instance: &Instance,
    named: Option<&str>,
    state: Option<RunState>,
    limit: u16,
) -> anyhow::Result<Value> {
    let scope = match named {
        Some(named) => RunScope::Source(find(instance, named)?.0),
        None => RunScope::All,
    };
    let reads = instance.reads().await?;
    let reading = reads.begin(&HeaderMap::new(), View::Runs).await;
    let reading = reading.map_err(said)?;
    let request = page("/api/v1/desk/runs", limit)?;
    let asked = RunListRequest { scope, state };
    let page = run::list(&reads, &reading, asked, &request).await;
    Ok(serde_json::to_value(page.map_err(said)?.data)?)
}

async fn one_run(
    instance: &Instance,
    run_id: RunId,
    outcome: Option<EntryFilter>,
) -> anyhow::Result<Value> {
    let reads: ReadApi = instance.reads().await?;
    let reading = reads.begin(&HeaderMap::new(), View::Verdicts).await;
    let reading = reading.map_err(said)?;
    let request = page("/api/v1/desk/runs", 100)?;
    let asked = EntriesRequest {
        run: run_id.0,
        outcome,
    };
    let page = run::page(&reads, &reading, asked, &request).await;
    let page = page.map_err(said)?;
    let entries: Vec<Value> = page
        .data
        .iter()
        .map(|entry| serde_json::from_str(entry.get()))
        .collect::<Result<_, _>>()?;
    Ok(json!({ "run": page.run, "counts": page.meta.counts, "entries": entries }))
}

fn page(path: &str, limit: u16) -> anyhow::Result<PageRequest<'_>> {
    PageRequest::new(path, None, Some(limit), None, path.to_owned()).map_err(said)
}

/// The source with this name or id.
pub(super) fn find(instance: &Instance, named: &str) -> anyhow::Result<(SourceId, SourceEntry)> {
    let control = instance.control.current();
    let mut sources = control.sources.iter();
    let is_meant = |id: &SourceId, entry: &SourceEntry| {
        let fields = &entry.fields;
        let addresses = fields.moved_from.iter().chain([&fields.url]);
        let is_at = addresses.into_iter().any(|address| address == named);
        id.to_string() == named || fields.name == named || (is_at && !named.is_empty())
    };
    sources
        .find(|(id, entry)| is_meant(id, entry))
        .map(|(id, entry)| (*id, entry.clone()))
        .ok_or_else(|| anyhow!("there is no source {named:?}; `mediamesh sources list` shows them"))
}

/// A problem in its own words.
pub(super) fn said(problem: Problem) -> anyhow::Error {
    let body = serde_json::to_value(problem.body()).unwrap_or_default();
    let detail = body["detail"].as_str().unwrap_or("it cannot be read now");
    anyhow!("{detail}")
}

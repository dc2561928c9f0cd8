//! What would come of a feed: read, normalised and judged here and now, nothing changed anywhere.

use crate::configuration::Configuration;
use crate::instance::{egress_policy, now};
use crate::operations::Material;
use async_trait::async_trait;
use mediamesh_connectors::egress;
use mediamesh_connectors::source::{Ingest, Input, Job, Parts, SystemClock};
use mediamesh_domain::command::{CommandBody, FieldRepair};
use mediamesh_domain::control::SourceEntry;
use mediamesh_domain::episode::Episode;
use mediamesh_domain::id::SourceId;
use mediamesh_domain::ingest;
use mediamesh_domain::item::Entity as _;
use mediamesh_domain::model::{EpisodeFields, ProgramFields, SourceFields};
use mediamesh_domain::position::{Offset, Seq, Version};
use mediamesh_domain::verdict::Finding;
use mediamesh_ports::event_log::{self, AppendLog, NewRecord};
use mediamesh_ports::objects::{self, Objects};
use mediamesh_schemas::Codec;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// What would come of a feed.
#[derive(Debug, Serialize)]
pub struct Preview {
    /// The program, as normalised.
    pub program: Option<ProgramFields>,
    /// The entries, as normalised.
    pub entries: Vec<Entry>,
}

/// What would come of an entry.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its place in the feed, from 0.
    pub index: i32,
    /// The episode, as normalised.
    pub fields: EpisodeFields,
    /// What was put right.
    pub repairs: Vec<FieldRepair>,
    /// The rules that deny it; empty: it would be taken.
    pub refusals: Vec<Finding>,
    /// What keeps it from being published, or nearly.
    pub warnings: Vec<Finding>,
}

/// Reads, normalises and judges.
///
/// # Errors
/// Where the feed cannot be fetched or is none.
pub async fn preview(
    configuration: &Configuration,
    material: &Material,
) -> anyhow::Result<Preview> {
    let (input, url) = match material {
        Material::Address { url } => (Input::Fetch, url.clone()),
        Material::Bytes { bytes, .. } => (
            Input::Bytes {
                bytes: bytes.clone().into(),
                content_type: None,
            },
            String::new(),
        ),
    };
    let source = SourceFields {
        url,
        ..SourceFields::default()
    };
    let job = Job {
        source_id: SourceId::of_address(&source.url),
        source: SourceEntry {
            version: Version(0),
            fields: source.clone(),
            created_at: now(),
            updated_at: now(),
        },
        source_seq: Seq(0),
        correlation_id: None,
    };
    let (_, raw) = runs(configuration)?.dry_run(&job, input).await?;
    let mut seen = Preview {
        program: None,
        entries: Vec::new(),
    };
    for entry in &raw {
        match ingest::normalise(entry, &source)?.body {
            CommandBody::ImportProgram(import) => seen.program = Some(import.fields),
            CommandBody::ImportEpisode(import) => {
                seen.entries
                    .push(Entry::of(entry.index, import.fields, import.origin.repairs));
            }
            _ => {}
        }
    }
    Ok(seen)
}

/// Runs that can fetch and read, and have nowhere to write.
fn runs(configuration: &Configuration) -> anyhow::Result<Ingest> {
    Ok(Ingest::new(Parts {
        fetch: egress::standard(egress_policy(configuration)?, rand::random())?,
        log: Arc::new(Nowhere),
        objects: Arc::new(Nowhere),
        codec: Codec::embedded(),
        clock: Arc::new(SystemClock),
    }))
}

/// A log and an object store that take nothing, so that a preview cannot change anything.
struct Nowhere;

#[async_trait]
impl AppendLog for Nowhere {
    async fn append(&self, _: Vec<NewRecord>) -> Result<Vec<Offset>, event_log::Error> {
        Err(event_log::Error::Refused(
            "a preview appends nothing".to_owned(),
        ))
    }
}

#[async_trait]
impl Objects for Nowhere {
    async fn put(&self, _: &str, _: Vec<u8>) -> Result<(), objects::Error> {
        Err(objects::Error::Transient(
            "a preview keeps nothing".to_owned(),
        ))
    }
    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, objects::Error> {
        Ok(None)
    }
    async fn delete(&self, _: &str) -> Result<(), objects::Error> {
        Err(objects::Error::Transient(
            "a preview removes nothing".to_owned(),
        ))
    }
    async fn list(&self, _: &str, _: &str, _: usize) -> Result<Vec<String>, objects::Error> {
        Ok(Vec::new())
    }
}

impl Entry {
    fn of(index: i32, fields: EpisodeFields, repairs: Vec<FieldRepair>) -> Self {
        let checked = Episode::check(&fields);
        let refusals = refusals(&fields, checked.errors);
        let mut warnings = checked.warnings;
        warnings.extend(
            checked
                .unfit
                .into_iter()
                .filter(|finding| !refusals.contains(finding)),
        );
        Self {
            index,
            fields,
            repairs,
            refusals,
            warnings,
        }
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = |title: &mediamesh_domain::lang::Localized| {
            title
                .0
                .values()
                .next()
                .cloned()
                .unwrap_or_else(|| "(no title)".to_owned())
        };
        if let Some(program) = &self.program {
            writeln!(f, "{}", title(&program.title))?;
        }
        for entry in &self.entries {
            let at = entry
                .fields
                .published_at
                .map_or_else(|| "undated".to_owned(), |at| at.to_string());
            writeln!(
                f,
                "{:>5}  {at}  {}",
                entry.index + 1,
                title(&entry.fields.title)
            )?;
            for refusal in &entry.refusals {
                writeln!(
                    f,
                    "       refused: {}: {} ({})",
                    refusal.pointer, refusal.message, refusal.code
                )?;
            }
        }
        let refused = self
            .entries
            .iter()
            .filter(|entry| !entry.refusals.is_empty())
            .count();
        write!(
            f,
            "{} entries, {refused} of them refused; nothing was changed",
            self.entries.len()
        )
    }
}

/// The rules that deny an entry: those of a draft, and that it has a title.
fn refusals(fields: &EpisodeFields, mut errors: Vec<Finding>) -> Vec<Finding> {
    if fields.title.is_empty() {
        let message = "the entry has no title: the source has to give it one";
        errors.push(Finding::new("/title", "title_missing", message));
    }
    errors
}

//! What would come of a feed: read, normalised and judged here and now, nothing changed anywhere.

use crate::configuration::Configuration;
use crate::instance::egress_policy;
use crate::operations::Material;
use mediamesh_connectors::egress;
use mediamesh_connectors::feed::Limits;
use mediamesh_connectors::source::preview;
use mediamesh_domain::command::{CommandBody, FieldRepair};
use mediamesh_domain::ingest;
use mediamesh_domain::item::{Entity as _, Stage};
use mediamesh_domain::model::{EpisodeFields, ProgramFields, SourceFields};
use mediamesh_domain::verdict::Finding;
use serde::Serialize;
use std::fmt;

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
pub async fn preview_of(configuration: &Configuration, material: &Material) -> anyhow::Result<Preview> {
    let fetch = egress::standard(egress_policy(configuration)?, rand::random())?;
    let raw = match material {
        Material::Address { url } => preview::address(&*fetch, url, &Limits::default()).await?,
        Material::Bytes { bytes, .. } => preview::bytes(bytes.clone(), &Limits::default()).await?,
    };
    let source = SourceFields::default();
    let mut preview = Preview { program: None, entries: Vec::new() };
    for entry in &raw {
        match ingest::normalise(entry, &source)?.body {
            CommandBody::ImportProgram(import) => preview.program = Some(import.fields),
            CommandBody::ImportEpisode(import) => {
                preview.entries.push(Entry::of(entry.index, import.fields, import.origin.repairs));
            }
            _ => {}
        }
    }
    Ok(preview)
}

impl Entry {
    fn of(index: i32, fields: EpisodeFields, repairs: Vec<FieldRepair>) -> Self {
        let refusals = mediamesh_domain::decide::import_refusals::<mediamesh_domain::episode::Episode>(&fields);
        let (unfit, mut warnings) = mediamesh_domain::episode::Episode::validate(&fields, Stage::Publish);
        warnings.extend(unfit.into_iter().filter(|finding| !refusals.contains(finding)));
        Self { index, fields, repairs, refusals, warnings }
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = |title: &mediamesh_domain::lang::Localized| {
            title.0.values().next().cloned().unwrap_or_else(|| "(no title)".to_owned())
        };
        if let Some(program) = &self.program {
            writeln!(f, "{}", title(&program.title))?;
        }
        for entry in &self.entries {
            let at = entry.fields.published_at.map_or_else(|| "undated".to_owned(), |at| at.to_string());
            writeln!(f, "{:>5}  {at}  {}", entry.index + 1, title(&entry.fields.title))?;
            for refusal in &entry.refusals {
                writeln!(f, "       refused: {}: {} ({})", refusal.pointer, refusal.message, refusal.code)?;
            }
        }
        let refused = self.entries.iter().filter(|entry| !entry.refusals.is_empty()).count();
        write!(f, "{} entries, {refused} of them refused; nothing was changed", self.entries.len())
    }
}

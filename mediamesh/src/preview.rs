//! What would come of a source: read, normalised and decided here and now, over a state of which nothing is kept.

use crate::configuration::{Configuration, secrets};
use crate::instance::{egress_policy, now};
use crate::operations::Material;
use anyhow::{Context as _, anyhow};
use async_trait::async_trait;
use mediamesh_connectors::egress;
use mediamesh_connectors::source::{Ingest, IngestError, Input, Job, Parts, SystemClock};
use mediamesh_domain::control::{SourceEntry, check_source};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::model::{Policy, SourceFields, SourceFormat, SourcePolicies};
use mediamesh_domain::position::{Offset, Seq, Version};
use mediamesh_domain::repair;
use mediamesh_domain::run::{self, Trial, TriedEntry};
use mediamesh_domain::verdict::EntryOutcome;
use mediamesh_ports::event_log::{self, AppendLog, NewRecord};
use mediamesh_ports::objects::{self, Objects};
use mediamesh_ports::state_store::ReadState;
use mediamesh_runtime::try_entries;
use mediamesh_schemas::Codec;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// What is to be tried.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The source, or the one that its address would make.
    pub source_id: SourceId,
    /// What is said of it.
    pub source: SourceFields,
    /// Whether it is there already.
    pub known: bool,
    /// A document to read in place of the source's address.
    pub content: Option<Vec<u8>>,
    /// How many entries are listed at most.
    pub limit: usize,
    /// Whether what the source says is listed field by field.
    pub with_fields: bool,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// What is known of its program cannot be read.
    #[error("what is known of the program cannot be read: {0}")]
    State(String),
}

impl Wish {
    /// What would come of an address or of bytes, of which nothing is known yet.
    ///
    /// # Errors
    /// Where the address is none of a feed, or what is said of the source breaks rules.
    pub fn of(material: &Material, policy: Policy, said: Said) -> anyhow::Result<Self> {
        let (address, content) = match material {
            Material::Address { url } => {
                let canonical = repair::url::canonical_feed(url)
                    .ok_or_else(|| anyhow!("{url} is not the address of a feed"))?;
                (canonical, None)
            }
            Material::Bytes { bytes, .. } => (String::new(), Some(bytes.clone())),
        };
        let source_id = match material {
            Material::Address { .. } => SourceId::of_address(&address),
            Material::Bytes { name, .. } => SourceId::of_address(&format!("name:{name}")),
        };
        let mut source = SourceFields {
            url: address,
            policies: SourcePolicies::both(policy),
            ..SourceFields::default()
        };
        said.onto(&mut source)?;
        Ok(Self {
            source_id,
            source,
            known: false,
            content,
            limit: usize::MAX,
            with_fields: true,
        })
    }
}

/// What else is said of the source that is tried.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// How its bytes are read.
    pub format: Option<SourceFormat>,
    /// Where a JSON of its own has what.
    pub mapping: Option<String>,
    /// The name of the secret to fetch with.
    pub secret_name: Option<String>,
}

impl Said {
    /// Says it of a source.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn onto(self, source: &mut SourceFields) -> anyhow::Result<()> {
        source.format = self.format.unwrap_or(source.format);
        source.mapping = self.mapping.or(source.mapping.take());
        source.secret_name = self.secret_name.or(source.secret_name.take());
        let named = SourceFields {
            name: "a trial".to_owned(),
            ..source.clone()
        };
        match check_source(&named).into_iter().next() {
            Some(broken) => Err(anyhow!("{}: {}", broken.pointer, broken.message)),
            None => Ok(()),
        }
    }
}

/// Reads, normalises and decides; changes nothing.
///
/// # Errors
/// [`Error`].
pub async fn trial(
    ingest: &Ingest,
    state: Option<Arc<dyn ReadState>>,
    wish: Wish,
) -> Result<Trial, Error> {
    let input = match wish.content {
        Some(bytes) => Input::Bytes {
            bytes: bytes.into(),
            content_type: None,
        },
        None => Input::Fetch,
    };
    let job = Job {
        source_id: wish.source_id,
        source: SourceEntry {
            version: Version(0),
            fields: wish.source.clone(),
            created_at: now(),
            updated_at: now(),
        },
        source_seq: Seq(0),
        correlation_id: None,
    };
    let (report, raw) = ingest.dry_run(&job, input).await?;
    let decided = move || try_entries(state.as_ref(), &wish.source, &raw);
    let mut entries = tokio::task::spawn_blocking(decided)
        .await
        .map_err(|_| IngestError::Stopped)?
        .map_err(|error| Error::State(error.to_string()))?;
    let (counts, seen) = (run::counts(&entries), report.seen());
    let left_out = entries.len().saturating_sub(wish.limit);
    entries.truncate(wish.limit);
    if !wish.with_fields {
        entries.iter_mut().for_each(|entry| entry.fields = None);
    }
    Ok(Trial {
        source_id: wish.source_id,
        known: wish.known,
        format: seen.format.clone(),
        title: seen.title.clone(),
        counts,
        entries,
        left_out: left_out as u64,
        notes: seen.notes(),
        seen,
    })
}

/// Tries a source out of which nothing is known, without an instance.
///
/// # Errors
/// Where the source cannot be read.
pub async fn preview(configuration: &Configuration, wish: Wish) -> anyhow::Result<Trial> {
    let ingest = runs(configuration)?;
    trial(&ingest, None, wish)
        .await
        .context("the source cannot be tried")
}

/// Runs that can fetch and read, and have nowhere to write.
fn runs(configuration: &Configuration) -> anyhow::Result<Ingest> {
    let known = secrets::credentials(&configuration.secrets)?;
    let runs = Ingest::new(Parts {
        fetch: egress::standard(egress_policy(configuration)?, rand::random())?,
        log: Arc::new(Nowhere),
        objects: Arc::new(Nowhere),
        codec: Codec::embedded(),
        clock: Arc::new(SystemClock),
    });
    Ok(runs.with_credentials(Arc::new(move |name: &str| known.get(name).cloned())))
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

/// A trial in words.
pub struct Told<'a>(pub &'a Trial);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trial = self.0;
        writeln!(f, "{}", trial.title.as_deref().unwrap_or("(no title)"))?;
        read_as(f, trial)?;
        for entry in trial.entries.iter().filter(|entry| entry.index >= 0) {
            told(f, entry)?;
        }
        if trial.left_out > 0 {
            writeln!(f, "       … and {} more", trial.left_out)?;
        }
        let counts = &trial.counts;
        write!(f, "{} entries", counts.decided)?;
        for (count, words) in [
            (counts.created, "would be new"),
            (counts.changed, "would change"),
            (counts.same, "are the same"),
            (counts.merged, "would be merged with one that is known"),
            (counts.stale, "are older than what is known"),
            (counts.refused, "would be refused"),
            (counts.repaired, "have fields put right"),
        ] {
            if count > 0 {
                write!(f, ", {count} {words}")?;
            }
        }
        write!(f, "; nothing was changed")?;
        for note in &trial.notes {
            write!(f, "\n{note}")?;
        }
        Ok(())
    }
}

/// How the document was read, and what of it as a whole was put right.
fn read_as(f: &mut fmt::Formatter<'_>, trial: &Trial) -> fmt::Result {
    let (format, seen) = (trial.format.as_deref().unwrap_or("nothing"), &trial.seen);
    write!(f, "read as {format}")?;
    if let Some(encoding) = &seen.encoding {
        write!(f, ", {encoding}")?;
    }
    if seen.pages > 1 {
        write!(f, ", {} pages", seen.pages)?;
    }
    for repair in &seen.repairs {
        write!(f, ", {} ({})", repair.code, repair.count)?;
    }
    if let Some(quota) = &seen.quota {
        write!(f, ", {} units of its quota", quota.used)?;
    }
    writeln!(f)
}

fn told(f: &mut fmt::Formatter<'_>, entry: &TriedEntry) -> fmt::Result {
    let title = entry.title.as_deref().unwrap_or("(no title)");
    let outcome = match entry.outcome {
        EntryOutcome::Created => "new",
        EntryOutcome::Changed => "changed",
        EntryOutcome::Same => "same",
        EntryOutcome::Merged => "merged",
        EntryOutcome::Stale => "stale",
        EntryOutcome::Refused => "refused",
        EntryOutcome::Withdrawn => "withdrawn",
    };
    let status = entry
        .status
        .map(|status| format!(" -> {}", status.as_str()));
    writeln!(
        f,
        "{:>5}  {outcome:<8}{title}{}",
        entry.index + 1,
        status.unwrap_or_default()
    )?;
    if !entry.changed.is_empty() {
        writeln!(f, "       changes {}", entry.changed.join(", "))?;
    }
    if !entry.repairs.is_empty() {
        let repairs = entry.repairs.iter();
        let repairs = repairs.map(|repair| format!("{} ({})", repair.pointer, repair.code));
        let repairs: Vec<String> = repairs.collect();
        writeln!(f, "       put right: {}", repairs.join(", "))?;
    }
    if let (Some(message), true) = (&entry.message, entry.errors.is_empty()) {
        writeln!(f, "       {message}")?;
    }
    for error in &entry.errors {
        writeln!(
            f,
            "       {}: {} ({})",
            error.pointer, error.message, error.code
        )?;
    }
    for warning in &entry.warnings {
        writeln!(f, "       note: {}: {}", warning.pointer, warning.message)?;
    }
    Ok(())
}

//! Taking a feed in: the source, the run, and what became of each entry, told in words.

use super::Tell;
use crate::instance::{Instance, new_id};
use anyhow::anyhow;
use mediamesh_connectors::source::{Input, RunReport};
use mediamesh_domain::control::{ControlBody, CreateSource};
use mediamesh_domain::id::{CommandId, RunId, SourceId};
use mediamesh_domain::model::{Policy, SourceFields, SourcePolicies};
use mediamesh_domain::position::Partition;
use mediamesh_domain::project::RunEntry;
use mediamesh_domain::repair;
use mediamesh_domain::verdict::EntryOutcome;
use mediamesh_domain::view::{Table, View};
use mediamesh_ports::progress::Progress as _;
use mediamesh_ports::view_store::{Order, Range};
use mediamesh_runtime::topology::{self, DECIDE, NORMALISE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// How often the run's entries are counted while it goes on.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a run that does not move is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Entries of a run read at once.
const PAGE: usize = 1_000;

/// What to take in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IngestRequest {
    /// What the source is called; absent: by its address or file.
    pub name: Option<String>,
    /// The policy of a source that is new.
    pub policy: Policy,
    /// The feed.
    pub material: Material,
}

/// Where a feed comes from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Material {
    /// An address.
    Address {
        /// The address.
        url: String,
    },
    /// Bytes at hand.
    Bytes {
        /// What they are called.
        name: String,
        /// The bytes.
        #[serde(with = "base64_bytes")]
        bytes: Vec<u8>,
    },
}

/// What became of a feed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IngestAnswer {
    /// The source.
    pub source_id: SourceId,
    /// The run.
    pub run_id: RunId,
    /// The feed's title.
    pub title: Option<String>,
    /// Entries in the feed.
    pub entries: u64,
    /// Entries that are as they were, and cost nothing.
    pub unchanged: u64,
    /// How many of the others ended how.
    pub outcomes: BTreeMap<EntryOutcome, usize>,
    /// Fields that were put right.
    pub repairs: u64,
    /// The entries that a rule denied.
    pub refused: Vec<Refused>,
    /// Entries whose outcome was not known in time.
    pub undecided: u64,
}

/// An entry that a rule denied.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused {
    /// Its place in the feed, from 0; -1 for the feed itself.
    pub index: i32,
    /// A stable code.
    pub code: String,
    /// Why, with the field.
    pub message: String,
}

impl IngestAnswer {
    /// Whether something is not known to have been decided.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.undecided > 0
    }

    fn of(report: &RunReport, entries: &[RunEntry]) -> Self {
        let mut outcomes = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.index >= 0) {
            *outcomes.entry(entry.outcome).or_default() += 1;
        }
        let decided = entries.iter().filter(|entry| entry.index >= 0).count() as u64;
        Self {
            source_id: report.source_id,
            run_id: report.run_id,
            title: report.title.clone(),
            entries: report.entries_seen,
            unchanged: report.unchanged,
            outcomes,
            repairs: entries
                .iter()
                .map(|entry| u64::try_from(entry.repairs).unwrap_or(0))
                .sum(),
            refused: entries.iter().filter_map(Refused::of).collect(),
            undecided: report.appended.saturating_sub(decided),
        }
    }
}

impl Refused {
    fn of(entry: &RunEntry) -> Option<Self> {
        let code = entry
            .errors
            .first()
            .map_or(entry.code.clone()?, |error| error.code.clone());
        let message = match entry.errors.first() {
            Some(error) => format!("{}: {}", error.pointer, error.message),
            None => entry.message.clone().unwrap_or_default(),
        };
        (entry.outcome == EntryOutcome::Refused).then_some(Self {
            index: entry.index,
            code,
            message,
        })
    }
}

impl fmt::Display for IngestAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.title.as_deref().unwrap_or("(no title)");
        write!(f, "{title}: {} entries", self.entries)?;
        for (outcome, words) in [
            (EntryOutcome::Created, "new"),
            (EntryOutcome::Changed, "changed"),
            (EntryOutcome::Same, "the same"),
            (EntryOutcome::Merged, "merged with one that is known"),
            (EntryOutcome::Stale, "older than what is known"),
            (EntryOutcome::Refused, "refused"),
            (EntryOutcome::Withdrawn, "withdrawn before"),
        ] {
            if let Some(count) = self.outcomes.get(&outcome) {
                write!(f, ", {count} {words}")?;
            }
        }
        if self.unchanged > 0 {
            write!(f, ", {} unchanged", self.unchanged)?;
        }
        if self.repairs > 0 {
            write!(f, "; {} fields put right", self.repairs)?;
        }
        if self.undecided > 0 {
            write!(f, "; {} not decided yet", self.undecided)?;
        }
        for refused in &self.refused {
            write!(
                f,
                "\n  entry {}: {} ({})",
                refused.index + 1,
                refused.message,
                refused.code
            )?;
        }
        Ok(())
    }
}

/// Takes a feed in and waits until every entry of it is decided and readable.
pub(super) async fn ingest(
    instance: &Instance,
    request: IngestRequest,
    tell: &Tell,
) -> anyhow::Result<IngestAnswer> {
    let (source_id, fields, input) = source_of(request)?;
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    instance.decide_control(CommandId(new_id()), body).await?;
    tell.progress("reading the feed", 0, None).await;
    let report = instance.scheduler.run_now(source_id, input, None).await?;
    let entries = follow(instance, &report, tell).await?;
    Ok(IngestAnswer::of(&report, &entries))
}

/// Waits until every appended entry is decided, or nothing moves any more.
async fn follow(
    instance: &Instance,
    report: &RunReport,
    tell: &Tell,
) -> anyhow::Result<Vec<RunEntry>> {
    let expected = report.appended + u64::from(report.feed_appended);
    let mut still = Duration::ZERO;
    let mut seen = 0;
    loop {
        let entries = entries(instance, report.run_id).await?;
        let decided = entries.len() as u64;
        tell.progress("deciding", decided, Some(expected)).await;
        if decided >= expected {
            settle(instance).await?;
            return Ok(entries);
        }
        still = if decided > seen {
            Duration::ZERO
        } else {
            still + LOOK_EVERY
        };
        seen = decided;
        if still >= PATIENCE {
            return Ok(entries);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits, for a while, until the stages and the views have taken in what there is.
///
/// # Errors
/// Where the log does not answer.
pub async fn settle(instance: &Instance) -> anyhow::Result<()> {
    // A log may answer what it knew a moment ago, before what is waited for was appended: so it is asked once more.
    let (mut waited, mut still) = (Duration::ZERO, false);
    while waited < PATIENCE {
        let idle = lag(instance)? == 0;
        if idle && still {
            break;
        }
        still = idle;
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
    Ok(())
}

/// How many records the stages and the sinks of the active views have not taken in.
///
/// # Errors
/// Where the log does not answer.
pub fn lag(instance: &Instance) -> anyhow::Result<i64> {
    let views = View::ALL.map(|view| topology::sink_group(instance.progress.active(view)));
    let groups = [NORMALISE.group(), DECIDE.group()].into_iter().chain(views);
    let mut lag = 0;
    for group in groups {
        for partition in 0..group.input.spec().partitions {
            let partition = Partition(partition);
            lag += instance
                .stores
                .groups
                .lag(&group.name, group.input, partition)?
                .max(0);
        }
    }
    Ok(lag)
}

/// The entries of a run that are decided.
pub(crate) async fn entries(instance: &Instance, run: RunId) -> anyhow::Result<Vec<RunEntry>> {
    let view = instance.progress.active(View::Verdicts);
    let mut range = Range {
        table: Table::Runs,
        partition_key: run.to_string().into_bytes(),
        after: None,
        order: Order::Ascending,
        limit: PAGE,
    };
    let mut entries = Vec::new();
    loop {
        let page = instance.stores.rows.range(view, &range).await?;
        range.after = page.last().map(|(key, _)| key.clone());
        let full = page.len() == PAGE;
        for (_, row) in page {
            entries.push(serde_json::from_slice(&row.body)?);
        }
        if !full {
            return Ok(entries);
        }
    }
}

/// The source that a request is about: an address is itself, bytes are known by their name.
fn source_of(request: IngestRequest) -> anyhow::Result<(SourceId, SourceFields, Input)> {
    let policies = SourcePolicies::both(request.policy);
    let (id, name, url, input) = match request.material {
        Material::Address { url } => {
            let canonical = repair::url::canonical_feed(&url).ok_or_else(|| {
                anyhow!("{url} is not the address of a feed: use http or https, without a password")
            })?;
            (
                SourceId::of_address(&canonical),
                canonical.clone(),
                canonical,
                Input::Fetch,
            )
        }
        Material::Bytes { name, bytes } => {
            let name = request.name.clone().unwrap_or(name);
            let id = SourceId::of_address(&format!("name:{name}"));
            let input = Input::Bytes {
                bytes: bytes.into(),
                content_type: None,
            };
            (id, name, String::new(), input)
        }
    };
    let name = request.name.unwrap_or(name);
    let fields = SourceFields {
        name,
        url,
        policies,
        ..SourceFields::default()
    };
    Ok((id, fields, input))
}

/// Bytes as base 64 text.
mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        STANDARD
            .decode(String::deserialize(d)?)
            .map_err(D::Error::custom)
    }
}

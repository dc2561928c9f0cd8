//! Normalising again what sources said, by today's rules: what would change, and then that it does.

mod known;

use self::known::Catalogue;
use super::{Tell, ingest, sources};
use crate::instance::Instance;
use anyhow::Context as _;
use mediamesh_domain::command::{Command, CommandBody};
use mediamesh_domain::control::ControlState;
use mediamesh_domain::id::{CommandId, ItemRef, SourceId};
use mediamesh_domain::ingest::{self as rules, FieldChange, RawEntry};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::control::Control as _;
use mediamesh_ports::event_log::{NewRecord, header, partition_of_program};
use mediamesh_runtime::archive::Archive;
use mediamesh_runtime::clock::{Clock as _, SystemClock};
use mediamesh_runtime::topology::DECIDE;
use mediamesh_runtime::window::Window;
use mediamesh_schemas::Topic;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

/// Commands appended at once.
const AT_ONCE: usize = 100;
/// How long a full window is left alone before it is looked at again.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Changed items that are named; the rest is only counted.
const NAMED: usize = 1_000;

/// What normalising again changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Renormalised {
    /// Whether it was only tried.
    pub dry_run: bool,
    /// Entries whose newest state was normalised.
    pub entries: u64,
    /// Entries that come out as they stand.
    pub same: u64,
    /// Entries that change an item.
    pub changed: u64,
    /// Entries that no item is known for by their marks: the ladder decides about them.
    pub unknown: u64,
    /// Entries that this build does not normalise.
    pub rejected: u64,
    /// How many changes there are of each field.
    pub fields: std::collections::BTreeMap<String, u64>,
    /// The items that change, up to 1,000.
    pub items: Vec<ItemChange>,
}

/// An item that changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ItemChange {
    /// The item.
    pub item: ItemRef,
    /// The source that said so.
    pub source_id: SourceId,
    /// Each field with its value now and then, as JSON text.
    pub fields: Vec<FieldChange>,
}

impl fmt::Display for Renormalised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.dry_run {
            "would change"
        } else {
            "changed"
        };
        write!(
            f,
            "{} entries: {} {verb}, {} the same, {} not known by their marks, {} not readable by this build",
            self.entries, self.changed, self.same, self.unknown, self.rejected
        )?;
        for (pointer, count) in &self.fields {
            write!(f, "\n  {pointer}: {count}")?;
        }
        for change in &self.items {
            write!(f, "\n{}", change.item)?;
            for (pointer, before, after) in &change.fields {
                write!(f, "\n  {pointer}: {} -> {}", short(before), short(after))?;
            }
        }
        Ok(())
    }
}

fn short(value: &str) -> String {
    match value.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}

/// Normalises the newest state of every entry again and appends what changes.
pub(super) async fn renormalise(
    instance: &Instance,
    source: Option<&str>,
    dry_run: bool,
    tell: &Tell,
) -> anyhow::Result<Renormalised> {
    let control = instance.control.current();
    let only = source
        .map(|name| sources::find(instance, name).map(|(id, _)| id))
        .transpose()?;
    let archive = Archive::new(instance.stores.objects.clone(), instance.codec.clone());
    let names = archive.names().await?;
    let newest = newest(&archive, &names, &control, only, tell).await?;
    let mut run = Run {
        instance,
        catalogue: Catalogue::of(instance),
        answer: Renormalised {
            dry_run,
            ..Renormalised::default()
        },
        taken: HashSet::new(),
        pending: Vec::new(),
    };
    for (n, name) in names.iter().enumerate() {
        for raw in archive.entries(name).await? {
            if only.is_none_or(|only| only == raw.source_id) {
                run.take(&raw, &control, &newest).await?;
            }
        }
        tell.progress("normalising", n as u64 + 1, Some(names.len() as u64))
            .await;
    }
    run.append().await?;
    if !dry_run {
        ingest::settle(instance).await?;
    }
    Ok(run.answer)
}

/// When and where the newest state of each entry was fetched.
type Newest = HashMap<CommandId, (Timestamp, i32)>;

async fn newest(
    archive: &Archive,
    names: &[String],
    control: &ControlState,
    only: Option<SourceId>,
    tell: &Tell,
) -> anyhow::Result<Newest> {
    let mut newest = Newest::new();
    for (n, name) in names.iter().enumerate() {
        for raw in archive.entries(name).await? {
            let Some(source) = control.sources.get(&raw.source_id) else {
                continue;
            };
            if only.is_some_and(|only| only != raw.source_id) {
                continue;
            }
            if let Ok(command) = rules::normalise(&raw, &source.fields) {
                let fetched = (raw.fetched_at, raw.index);
                let known = newest
                    .entry(rules::entry_key(&raw, &command))
                    .or_insert(fetched);
                // Of a guid that stands twice in one fetch the first entry counts, as it did then.
                if known.0 < fetched.0 || known.0 == fetched.0 && fetched.1 < known.1 {
                    *known = fetched;
                }
            }
        }
        tell.progress(
            "reading the archive",
            n as u64 + 1,
            Some(names.len() as u64),
        )
        .await;
    }
    Ok(newest)
}

struct Run<'i> {
    instance: &'i Instance,
    catalogue: Catalogue<'i>,
    answer: Renormalised,
    taken: HashSet<CommandId>,
    pending: Vec<Command>,
}

impl Run<'_> {
    async fn take(
        &mut self,
        raw: &RawEntry,
        control: &ControlState,
        newest: &Newest,
    ) -> anyhow::Result<()> {
        let Some(source) = control.sources.get(&raw.source_id) else {
            return Ok(());
        };
        let Ok(command) = rules::normalise(raw, &source.fields) else {
            self.answer.entries += 1;
            self.answer.rejected += 1;
            return Ok(());
        };
        let key = rules::entry_key(raw, &command);
        // A step that was done again may have archived an entry twice.
        if newest.get(&key) != Some(&(raw.fetched_at, raw.index)) || !self.taken.insert(key) {
            return Ok(());
        }
        self.answer.entries += 1;
        let found = match &command.body {
            CommandBody::ImportProgram(import) => {
                self.catalogue
                    .program(command.program_id, &import.fields)
                    .await?
            }
            CommandBody::ImportEpisode(import) => {
                self.catalogue
                    .episode(command.program_id, &import.fields)
                    .await?
            }
            _ => None,
        };
        match found {
            None => self.answer.unknown += 1,
            Some((_, fields)) if fields.is_empty() => {
                self.answer.same += 1;
                return Ok(());
            }
            Some((item, fields)) => self.note(item, raw.source_id, fields),
        }
        self.pending
            .push(rules::again(command, SystemClock::default().now()));
        if self.pending.len() >= AT_ONCE {
            self.append().await?;
        }
        Ok(())
    }

    fn note(&mut self, item: ItemRef, source_id: SourceId, fields: Vec<FieldChange>) {
        self.answer.changed += 1;
        for (pointer, ..) in &fields {
            *self.answer.fields.entry(pointer.clone()).or_default() += 1;
        }
        if self.answer.items.len() < NAMED {
            self.answer.items.push(ItemChange {
                item,
                source_id,
                fields,
            });
        }
    }

    /// Appends what is pending, behind no more than a window of undecided commands.
    async fn append(&mut self) -> anyhow::Result<()> {
        let commands = std::mem::take(&mut self.pending);
        if self.answer.dry_run || commands.is_empty() {
            return Ok(());
        }
        let records: Vec<NewRecord> = commands
            .iter()
            .map(|command| self.record(command))
            .collect::<anyhow::Result<_>>()?;
        let groups = self.instance.stores.groups.clone();
        let window = Window::before(groups, DECIDE.name, Topic::ContentCommands);
        while !window.fits(&records)? {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.instance.stores.append.append(records).await?;
        Ok(())
    }

    fn record(&self, command: &Command) -> anyhow::Result<NewRecord> {
        let correlation = command.correlation_id.clone().unwrap_or_default();
        let value = self.instance.codec.encode(command);
        Ok(NewRecord {
            topic: Topic::ContentCommands,
            partition: partition_of_program(command.program_id),
            key: command.program_id.to_string().into_bytes(),
            value: Some(value.context("a command does not fit into its schema")?),
            headers: vec![(header::CORRELATION_ID.to_owned(), correlation.into_bytes())],
            timestamp: command.at,
        })
    }
}

//! Writing a deployment out while it stands still.
//!
//! The parts of an archive fit together where nothing was taken in between the first and the last of them. So where
//! the log ends is noted before and looked at after; where it went on, only what has changed is written again.

use super::folder::{Folder, sha256};
use super::line::{Bytes, RecordLine, StateLine};
use super::part::{Family, Keeper, Part, is_moved, partitions};
use super::{Deployment, Moved, PAGE, objects, states};
use anyhow::{Context as _, bail};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::Record;
use mediamesh_runtime::Overlay;
use mediamesh_runtime::mark::{self, Mark};
use mediamesh_runtime::topology::{CONTROL, DECIDE, NORMALISE};
use mediamesh_schemas::Topic;
use mediamesh_schemas::topics::Cleanup;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is tried to find the deployment standing still.
const PASSES: usize = 5;
/// How long it is waited until all is decided.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether all is.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Objects in a part.
const OBJECTS: usize = 500;

type Ends = BTreeMap<(Topic, Partition), Offset>;

/// Writes a deployment into a folder; what is there of the same cut is not written again.
pub(super) fn export(source: &Deployment, dir: &Path) -> anyhow::Result<Moved> {
    let mut folder = Folder::begin(dir, source.origin.clone())?;
    for _ in 0..PASSES {
        wait_until_still(source)?;
        let mut pass = Pass {
            source,
            ends: ends(source)?,
            folder: &mut folder,
            parts: Vec::new(),
            still: true,
        };
        pass.write()?;
        let Pass {
            ends: before,
            parts,
            still,
            ..
        } = pass;
        if still && undecided(source)? == 0 && ends(source)? == before {
            folder.complete(&parts)?;
            let mut moved = Moved::default();
            for (part, entry) in folder.parts()? {
                moved.add(part, entry.items);
            }
            return Ok(moved);
        }
    }
    bail!(
        "the deployment took records in while it was exported, {PASSES} times over: stop what writes (the roles \
         connectors and api-write) and export to the same folder again; what has not changed is not written again"
    )
}

/// How many records no decider has taken yet.
fn undecided(source: &Deployment) -> anyhow::Result<i64> {
    let mut left = 0;
    for group in [NORMALISE.group(), DECIDE.group(), CONTROL.group()] {
        for partition in partitions(group.input) {
            let lag = source
                .stores
                .groups
                .lag(&group.name, group.input, partition)?;
            left += lag.max(0);
        }
    }
    Ok(left)
}

fn wait_until_still(source: &Deployment) -> anyhow::Result<()> {
    let since = Instant::now();
    loop {
        let left = undecided(source)?;
        if left == 0 {
            return Ok(());
        }
        if since.elapsed() > PATIENCE {
            bail!(
                "{left} records are not decided yet: let an instance with the role streams decide them, and stop \
                 what writes (the roles connectors and api-write)"
            );
        }
        let left = u64::try_from(left).unwrap_or(0);
        source.tell("waiting until all is decided", 0, left)?;
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Where every topic ends, but the one that says how far views have come.
fn ends(source: &Deployment) -> anyhow::Result<Ends> {
    let mut ends = Ends::new();
    for topic in Topic::ALL.iter().filter(|t| **t != Topic::ViewProgress) {
        for partition in partitions(*topic) {
            ends.insert((*topic, partition), source.end(*topic, partition)?);
        }
    }
    Ok(ends)
}

/// One attempt.
struct Pass<'a> {
    source: &'a Deployment,
    ends: Ends,
    folder: &'a mut Folder,
    /// What the archive consists of.
    parts: Vec<Part>,
    /// Whether no partition was found in the middle of something.
    still: bool,
}

impl Pass<'_> {
    fn write(&mut self) -> anyhow::Result<()> {
        // What connectors remember first: what they put on the log after it is only put there twice, and taken once.
        for family in Family::ALL {
            self.objects(family)?;
        }
        for topic in Topic::ALL.iter().copied().filter(|t| is_moved(*t)) {
            for partition in partitions(topic) {
                self.topic(topic, partition)?;
            }
        }
        Keeper::ALL
            .into_iter()
            .try_for_each(|keeper| self.state(keeper))
    }

    fn objects(&mut self, family: Family) -> anyhow::Result<()> {
        let names = objects::names(self.source, family)?;
        for (number, names) in (0..).zip(names.chunks(OBJECTS)) {
            let part = Part::Objects(family, number);
            // What changes in place is not known by its name.
            let cut = (family != Family::Memory).then(|| sha256(names.join("\n")));
            if self.is_there(part, cut.as_deref())? {
                continue;
            }
            let mut writer = self.folder.write(part)?;
            for name in names {
                if let Some(line) = objects::line(self.source, name)? {
                    writer.line(&line)?;
                }
            }
            self.folder.keep(writer, cut)?;
        }
        Ok(())
    }

    fn topic(&mut self, topic: Topic, partition: Partition) -> anyhow::Result<()> {
        let end = self.end(topic, partition)?;
        let bounds = self.source.stores.read.bounds(topic, partition);
        let start = self.source.wait(bounds)?.start;
        let (part, cut) = (Part::Topic(topic, partition), format!("{start}..{end}"));
        if start >= end || self.is_there(part, Some(&cut))? {
            return Ok(());
        }
        let newest = match topic.spec().cleanup {
            Cleanup::Compact => Some(newest(self.source, topic, partition, end)?),
            Cleanup::Keep | Cleanup::Delete { .. } => None,
        };
        let (source, mut writer) = (self.source, self.folder.write(part)?);
        source.records(topic, partition, end, &mut |record| {
            if newest.as_ref().is_some_and(|newest| !newest.is(&record)) {
                return Ok(());
            }
            let line = RecordLine::of(&source.stores.codec, &record);
            let line = line.with_context(|| {
                let offset = record.offset;
                format!("{topic}, partition {partition}, offset {offset}")
            })?;
            if writer.items.is_multiple_of(PAGE as u64) {
                source.tell(&part.to_string(), writer.items, end.0.unsigned_abs())?;
            }
            writer.line(&line)
        })?;
        self.folder.keep(writer, Some(cut))?;
        Ok(())
    }

    fn state(&mut self, keeper: Keeper) -> anyhow::Result<()> {
        let input = keeper.group().input;
        let mut wanted = Vec::new();
        for partition in partitions(input) {
            let cut = self.end(input, partition)?.to_string();
            if !self.is_there(Part::State(keeper, partition), Some(&cut))? {
                wanted.push(partition);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let source = self.source;
        states::show(source, keeper, &wanted, |partition, state| {
            let view = Overlay::over(Some(Arc::clone(state)));
            let mark = Mark::read(&view)?.unwrap_or_default();
            self.still &= !mark.unfinished;
            let mut writer = self.folder.write(Part::State(keeper, partition))?;
            states::keys(&**state, |key, value| {
                // Where the partition stands on its log is no other log's business.
                if key == mark::KEY {
                    return Ok(());
                }
                let (key, value) = (Bytes(key), Bytes(value));
                writer.line(&StateLine { key, value })
            })?;
            let cut = self.end(input, partition)?.to_string();
            self.folder
                .keep(writer, (!mark.unfinished).then_some(cut))?;
            Ok(())
        })
    }

    /// Takes a part up, and says whether it is there already.
    fn is_there(&mut self, part: Part, cut: Option<&str>) -> anyhow::Result<bool> {
        let done = self.parts.len() as u64;
        let known = self.folder.manifest.parts.len() as u64;
        self.source
            .tell(&part.to_string(), done, known.max(done + 1))?;
        self.parts.push(part);
        Ok(cut.is_some_and(|cut| self.folder.has(part, cut)))
    }

    fn end(&self, topic: Topic, partition: Partition) -> anyhow::Result<Offset> {
        let end = self.ends.get(&(topic, partition)).copied();
        end.with_context(|| format!("{topic} has no partition {partition}"))
    }
}

/// The last record of each key, by the key's hash: what a compacted topic promises to keep.
struct Newest(HashMap<[u8; 16], Offset>);

impl Newest {
    fn is(&self, record: &Record) -> bool {
        record.value.is_some() && self.0.get(&short(&record.key)) == Some(&record.offset)
    }
}

fn newest(
    source: &Deployment,
    topic: Topic,
    partition: Partition,
    end: Offset,
) -> anyhow::Result<Newest> {
    let mut newest = HashMap::new();
    source.records(topic, partition, end, &mut |record| {
        newest.insert(short(&record.key), record.offset);
        Ok(())
    })?;
    Ok(Newest(newest))
}

fn short(key: &[u8]) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(key).into();
    std::array::from_fn(|n| hash[n])
}

//! Filling empty stores from an archive: first all of it is checked, then it is taken in part by part.
//!
//! A note among the target's objects says which parts are here, so whoever was interrupted goes on; no instance
//! serves before the note says that all is.

use super::folder::{Entry, Folder};
use super::line::{ObjectLine, RecordLine, StateLine, check};
use super::part::{Family, Keeper, Part, partitions};
use super::states::Seat;
use super::{Deployment, Moved, PAGE, PAGE_BYTES, objects};
use crate::instance::ImportNote;
use anyhow::{Context as _, bail, ensure};
use mediamesh_domain::control::ControlEvent;
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::View;
use mediamesh_ports::control::Control as _;
use mediamesh_ports::event_log::{NewRecord, Record};
use mediamesh_ports::progress::Progress as _;
use mediamesh_ports::state_store::StateChange;
use mediamesh_runtime::rebuild::{self, RebuildProgress, Throttle};
use mediamesh_schemas::Topic;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// How long it takes at most to hear what was appended to `control.events`.
const LOOK: Duration = Duration::from_secs(60);

/// Takes an archive in, or only looks at it.
pub(super) fn import(target: &Deployment, dir: &Path, dry_run: bool) -> anyhow::Result<Moved> {
    let folder = Folder::open(dir)?;
    let parts = folder.parts()?;
    let mut note = note(target, folder.id())?;
    let mut moved = Moved {
        dry_run,
        ..Moved::default()
    };
    for (n, (part, entry)) in parts.iter().enumerate() {
        target.tell(&format!("checking {part}"), n as u64, parts.len() as u64)?;
        check_part(target, &folder, *part, entry)?;
        moved.add(*part, entry.items);
    }
    if dry_run {
        return Ok(moved);
    }
    keep(target, &note)?;
    let (states, others): (Vec<_>, Vec<_>) = parts
        .into_iter()
        .map(|(part, _)| part)
        .filter(|part| !note.parts.contains(&part.to_string()))
        .partition(|part| matches!(part, Part::State(..)));
    let total = (states.len() + others.len()) as u64;
    for (done, part) in (0..).zip(&others) {
        target.tell(&part.to_string(), done, total)?;
        match *part {
            Part::Topic(topic, partition) => append(target, &folder, topic, partition)?,
            _ => put(target, &folder, *part)?,
        }
        note.parts.insert(part.to_string());
        keep(target, &note)?;
    }
    for keeper in Keeper::ALL {
        write_states(target, &folder, keeper, &states, &mut note)?;
    }
    build_views(target)?;
    note.finished = true;
    keep(target, &note)?;
    Ok(moved)
}

/// The note of this import, where the target is empty or has it already.
fn note(target: &Deployment, archive: String) -> anyhow::Result<ImportNote> {
    let found = target.wait(ImportNote::load(&*target.stores.objects))?;
    if let Some(note) = found.filter(|note| !note.finished) {
        ensure!(
            note.archive == archive,
            "another archive was taken in here and not to its end: take that in again, or begin with empty stores"
        );
        return Ok(note);
    }
    let occupied = |what: &str| {
        format!(
            "the target is not empty, {what}: import into a new data directory, or into servers under another \
             prefix, keyspace and bucket"
        )
    };
    for topic in Topic::ALL {
        for partition in partitions(*topic) {
            if target.end(*topic, partition)?.0 > 0 {
                bail!(occupied(&format!("{topic} has held records")));
            }
        }
    }
    for family in Family::ALL {
        if let Some(name) = objects::names(target, family)?.first() {
            bail!(occupied(&format!("there is an object {name}")));
        }
    }
    Ok(ImportNote {
        archive,
        parts: BTreeSet::new(),
        finished: false,
    })
}

fn keep(target: &Deployment, note: &ImportNote) -> anyhow::Result<()> {
    target.wait(note.save(&*target.stores.objects))
}

/// Checks that a part is undamaged and that this build can read all of it.
fn check_part(
    target: &Deployment,
    folder: &Folder,
    part: Part,
    entry: &Entry,
) -> anyhow::Result<()> {
    folder.verify(part, entry)?;
    let codec = &target.stores.codec;
    let items = match part {
        Part::Objects(..) => folder.read(part, |line: ObjectLine| {
            objects::bytes(codec, line).map(drop)
        }),
        Part::State(..) => folder.read(part, |_: StateLine| Ok(())),
        Part::Topic(topic, partition) => folder.read(part, |line: RecordLine| {
            check(codec, &line.record(codec, topic, partition)?)
        }),
    }?;
    ensure!(
        items == entry.items,
        "{part} has {items} lines and the manifest says {}",
        entry.items
    );
    Ok(())
}

fn put(target: &Deployment, folder: &Folder, part: Part) -> anyhow::Result<()> {
    let stores = &target.stores;
    folder.read(part, |line: ObjectLine| {
        let (name, bytes) = objects::bytes(&stores.codec, line)?;
        Ok(target.wait(stores.objects.put(&name, bytes))?)
    })?;
    Ok(())
}

/// Appends a partition's records, after those that are there from an import that was interrupted.
fn append(
    target: &Deployment,
    folder: &Folder,
    topic: Topic,
    partition: Partition,
) -> anyhow::Result<()> {
    let part = Part::Topic(topic, partition);
    let mut here = Here::of(target, topic, partition)?;
    let mut page = Page::default();
    let codec = &target.stores.codec;
    folder.read(part, |line: RecordLine| {
        let record = line.record(codec, topic, partition)?;
        if here.has(&record) {
            return Ok(());
        }
        page.bytes += record.value.as_ref().map_or(0, Vec::len) + record.key.len();
        page.records.push(record);
        if page.records.len() >= PAGE || page.bytes >= PAGE_BYTES {
            page.append(target)?;
        }
        Ok(())
    })?;
    page.append(target)?;
    ensure!(
        here.last.is_none(),
        "{topic}, partition {partition}: the target holds records that are not of this archive"
    );
    Ok(())
}

/// Records on their way.
#[derive(Default)]
struct Page {
    records: Vec<NewRecord>,
    bytes: usize,
}

impl Page {
    fn append(&mut self, target: &Deployment) -> anyhow::Result<()> {
        let Self { records, .. } = std::mem::take(self);
        if !records.is_empty() {
            target.wait(target.stores.append.append(records))?;
        }
        Ok(())
    }
}

/// What a partition of the target holds already: some records, up to a last one.
///
/// The first of them may be past their time and gone, so where to go on is found by the last.
struct Here {
    least: usize,
    last: Option<Record>,
}

impl Here {
    fn of(target: &Deployment, topic: Topic, partition: Partition) -> anyhow::Result<Self> {
        let mut here = Self {
            least: 0,
            last: None,
        };
        let end = target.end(topic, partition)?;
        target.records(topic, partition, end, &mut |record| {
            here.least += 1;
            here.last = Some(record);
            Ok(())
        })?;
        Ok(here)
    }

    /// Whether a record of the archive, each asked for in turn, is there.
    fn has(&mut self, record: &NewRecord) -> bool {
        let Some(last) = &self.last else {
            return false;
        };
        self.least = self.least.saturating_sub(1);
        if self.least == 0 && is_same(last, record) {
            self.last = None;
        }
        true
    }
}

fn is_same(one: &Record, other: &NewRecord) -> bool {
    (&one.key, &one.value, &one.headers, one.timestamp)
        == (&other.key, &other.value, &other.headers, other.timestamp)
}

fn write_states(
    target: &Deployment,
    folder: &Folder,
    keeper: Keeper,
    states: &[Part],
    note: &mut ImportNote,
) -> anyhow::Result<()> {
    let own: Vec<(Part, Partition)> = states
        .iter()
        .filter_map(|part| match part {
            Part::State(of, partition) if *of == keeper => Some((*part, *partition)),
            _ => None,
        })
        .collect();
    if own.is_empty() {
        return Ok(());
    }
    let mut seat = Seat::take(target, keeper)?;
    for (done, (part, partition)) in (0..).zip(&own) {
        target.tell(&part.to_string(), done, own.len() as u64)?;
        seat.write(*partition, |change| {
            let lines = folder.read(*part, |line: StateLine| {
                change(StateChange {
                    key: line.key.0,
                    value: Some(line.value.0),
                })
            });
            lines.map(drop)
        })?;
        note.parts.insert(part.to_string());
        keep(target, note)?;
    }
    Ok(())
}

/// Builds the views that readers use, as their sinks would: those go on from there.
fn build_views(target: &Deployment) -> anyhow::Result<()> {
    let last = last_control(target)?;
    let heard = target.wait(target.control.reach(last, LOOK));
    ensure!(
        heard,
        "control.events is not read up to {last}: import again"
    );
    for view in View::ALL {
        let version = target.progress.active(view);
        let what = format!("building {version}");
        let tell = target.tell.clone();
        let mut told = |step: RebuildProgress| {
            let done = u64::try_from(step.done).unwrap_or(0);
            let total = u64::try_from(step.done + step.left).ok();
            target.wait(tell.progress(&what, done, total));
        };
        let throttle = Throttle::default();
        rebuild::rebuild(
            &target.pipeline,
            version,
            throttle,
            &target.cancel,
            &mut told,
        )
        .with_context(|| format!("{version} is not built: import again, it goes on from here"))?;
    }
    Ok(())
}

fn last_control(target: &Deployment) -> anyhow::Result<Seq> {
    let (topic, partition) = (Topic::ControlEvents, Partition(0));
    let mut last = Seq::default();
    let end = target.end(topic, partition)?;
    target.records(topic, partition, end, &mut |record| {
        let value = record
            .value
            .as_deref()
            .context("an event without a value")?;
        last = target.stores.codec.decode::<ControlEvent>(value)?.seq;
        Ok(())
    })?;
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::position::Offset;
    use mediamesh_domain::time::Timestamp;

    fn record(n: i64) -> NewRecord {
        NewRecord {
            topic: Topic::CommandVerdicts,
            partition: Partition(0),
            key: vec![u8::try_from(n).unwrap()],
            value: Some(b"v".to_vec()),
            headers: Vec::new(),
            timestamp: Timestamp(n),
        }
    }

    fn here(last: i64, least: usize) -> Here {
        let NewRecord {
            topic,
            partition,
            key,
            value,
            headers,
            timestamp,
        } = record(last);
        Here {
            least,
            last: Some(Record {
                topic,
                partition,
                offset: Offset(99),
                key,
                value,
                headers,
                timestamp,
            }),
        }
    }

    fn missing(mut here: Here) -> (Vec<i64>, bool) {
        let missing = (0..6).filter(|n| !here.has(&record(*n))).collect();
        (missing, here.last.is_none())
    }

    #[test]
    fn an_import_goes_on_after_the_last_record_that_is_there() {
        assert_eq!(missing(here(2, 3)), (vec![3, 4, 5], true));
        // The first two were past their time and are gone again.
        assert_eq!(missing(here(3, 2)), (vec![4, 5], true));
        assert_eq!(missing(here(5, 6)), (vec![], true));
        // Nothing of this archive.
        assert_eq!(missing(here(77, 1)), (vec![], false));
        let nothing = Here {
            least: 0,
            last: None,
        };
        assert_eq!(missing(nothing).0.len(), 6);
    }
}

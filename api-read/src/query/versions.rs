//! An item as it was: its draft at a version, and what differs between two of them.

use super::document::not_found;
use crate::api::{ReadApi, Reading};
use crate::reply::internal;
use mediamesh_domain::command::Principal;
use mediamesh_domain::episode::Episode;
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{ItemKind, ItemRef};
use mediamesh_domain::item::{self, Entity, Fields};
use mediamesh_domain::position::Version;
use mediamesh_domain::program::Program;
use mediamesh_domain::project::history_key;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::Table;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The events that are read together: nearly every one has the whole draft.
const TOGETHER: usize = 16;

/// A version of an item: who made it, when, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionMark {
    /// Its number.
    pub version: Version,
    /// When it was decided.
    pub at: Timestamp,
    /// What happened then, for example `episode_updated`.
    pub event: &'static str,
    /// Who asked.
    pub by: Principal,
    /// Why, in the words of who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The version whose fields it brought back, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<Version>,
}

/// An item as it was at a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// The item.
    pub item: ItemRef,
    /// The version.
    #[serde(flatten)]
    pub mark: VersionMark,
    /// The whole draft then, in the shape that a change has.
    #[schema(value_type = Object)]
    pub fields: Box<RawValue>,
}

/// What differs between two versions of an item's draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffView {
    /// The item.
    pub item: ItemRef,
    /// The one version.
    pub from: VersionMark,
    /// The other one.
    pub to: VersionMark,
    /// The fields that differ, texts language by language; in the order of their pointers.
    pub changes: Vec<FieldDiff>,
}

/// A field with what it was and what it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldDiff {
    /// JSON pointer of the field.
    pub pointer: String,
    /// Its value in the one version; null where it had none.
    #[schema(value_type = Option<Object>)]
    pub from: Option<Box<RawValue>>,
    /// Its value in the other one.
    #[schema(value_type = Option<Object>)]
    pub to: Option<Box<RawValue>>,
}

/// An item as it was at a version.
///
/// # Errors
/// 404 where there is no such item or version, 503 where the store fails.
pub async fn show(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    version: Version,
) -> Result<VersionView, Problem> {
    match item.kind {
        ItemKind::Program => shown::<Program>(api, reading, item, version).await,
        _ => shown::<Episode>(api, reading, item, version).await,
    }
}

/// What differs between two versions of an item; the newest where the second one is not named.
///
/// # Errors
/// 404 where there is no such item or version, 503 where the store fails.
pub async fn diff(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    (from, to): (Version, Option<Version>),
) -> Result<DiffView, Problem> {
    match item.kind {
        ItemKind::Program => compared::<Program>(api, reading, item, (from, to)).await,
        _ => compared::<Episode>(api, reading, item, (from, to)).await,
    }
}

async fn shown<E: Entity>(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    version: Version,
) -> Result<VersionView, Problem> {
    let (mark, fields) = at::<E>(api, reading, item, Some(version)).await?;
    let fields = serde_json::value::to_raw_value(&fields).map_err(|_| internal())?;
    Ok(VersionView { item, mark, fields })
}

async fn compared<E: Entity>(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    (from, to): (Version, Option<Version>),
) -> Result<DiffView, Problem> {
    let (from, before) = at::<E>(api, reading, item, Some(from)).await?;
    let (to, after) = at::<E>(api, reading, item, to).await?;
    Ok(DiffView {
        item,
        from,
        to,
        changes: differences(&before, &after),
    })
}

fn differences<F: Fields>(before: &F, after: &F) -> Vec<FieldDiff> {
    let value = |fields: &F, at: &str| RawValue::from_string(item::value_at(fields, at)).ok();
    let pointers = item::changed(before, after).into_iter();
    pointers
        .map(|pointer| FieldDiff {
            from: value(before, &pointer),
            to: value(after, &pointer),
            pointer,
        })
        .collect()
}

/// A version of an item, the newest where none is named, and the draft that it left.
async fn at<E: Entity>(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    version: Option<Version>,
) -> Result<(VersionMark, E::Fields), Problem> {
    let mut until = version.map(|version| Version(version.0.saturating_add(1)));
    let mut found: Option<VersionMark> = None;
    loop {
        let events = events(api, reading, item, until).await?;
        let Some(last) = events.last() else {
            return Err(no_version(item, version));
        };
        let newest = &events[0];
        if found.is_none() && version.is_some_and(|version| newest.version != version) {
            return Err(no_version(item, version));
        }
        let mark = found.unwrap_or_else(|| VersionMark::of(newest));
        if let Some(draft) = events.iter().find_map(item::draft_of::<E>) {
            return Ok((mark, draft.clone()));
        }
        until = Some(last.version);
        found = Some(mark);
    }
}

/// Events of an item before a version, newest first.
async fn events(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    before: Option<Version>,
) -> Result<Vec<Event>, Problem> {
    let range = Range {
        table: Table::History,
        partition_key: history_key(item),
        after: before.map(|version| version.0.max(0).to_be_bytes().to_vec()),
        order: Order::Descending,
        limit: TOGETHER,
    };
    let rows = api.rows(reading.version, &range).await?;
    let events = rows
        .iter()
        .map(|(_, row)| serde_json::from_slice(&row.body));
    events.collect::<Result<_, _>>().map_err(|error| {
        tracing::error!(%item, %error, "an event of a history cannot be read");
        internal()
    })
}

fn no_version(item: ItemRef, version: Option<Version>) -> Problem {
    let Some(version) = version else {
        return not_found(item.kind);
    };
    let detail = format!("this {} has no version {version}", item.kind.as_str());
    Problem::new(kind::NOT_FOUND, detail).code("no_such_version")
}

impl VersionMark {
    fn of(event: &Event) -> Self {
        let entry = super::history::HistoryEntry::of(event);
        Self {
            version: entry.version,
            at: entry.at,
            event: entry.event,
            by: entry.by,
            reason: entry.reason,
            restores: entry.restores,
        }
    }
}

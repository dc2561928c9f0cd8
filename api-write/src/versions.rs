//! An item as it was at a version, from its history, and the patch that brings it back.
//!
//! The decider cannot read histories: what an older version said goes into the command.

use crate::api::WriteApi;
use crate::ask::Ask;
use crate::patch;
use crate::programs::reason;
use mediamesh_domain::command::{Expectation, ExpectationKind};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::ItemRef;
use mediamesh_domain::item::{self, Entity};
use mediamesh_domain::position::Version;
use mediamesh_domain::project::history_key;
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::view_store::{Order, Range};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The events that are read together: nearly every one has the whole draft.
const TOGETHER: usize = 16;

/// Which version to bring back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restore {
    /// The version whose fields the draft gets, as the item's history names it.
    to: Version,
    /// Whether to make them live in the same command.
    #[serde(default)]
    publish: bool,
    /// Why, for the history; 1,000 characters at most.
    #[serde(default)]
    reason: Option<String>,
    /// The version that you saw, where you do not send If-Match.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    version: Option<Value>,
}

/// What brings a version back.
pub(crate) struct Restored {
    /// The merge patch of the draft.
    pub patch: String,
    /// Whether to make it live.
    pub publish: bool,
    /// Why.
    pub reason: Option<String>,
    /// The version.
    pub restores: Option<Version>,
}

/// Reads what to bring back and finds the patch that does: against the version that the caller saw, else against the
/// newest that the history knows, which the command then expects.
///
/// # Errors
/// 404 where there is no such version, 412 where the history does not know the one that the caller saw, 503 where the
/// store fails, and what is wrong with the body.
pub(crate) async fn restore<E: Entity>(
    api: &WriteApi,
    ask: Ask,
    entity: &E,
    body: &Body,
) -> Result<(Ask, Restored), Problem> {
    let asked: Restore = body.parse(Takes::Json)?;
    let reason = reason(asked.reason)?;
    let expected = asked.version.map(patch::version).transpose()?;
    let mut ask = ask.expecting(expected)?;
    let (progress, wait) = (&api.ports().progress, api.limits().own_writes);
    // What this node wrote itself is waited for; where it does not come, the decider sees the difference.
    let _ = progress.reach(View::History, &api.written(), wait).await;
    let item = entity.item();
    let newest = newest(api, item).await?;
    if !(Version(1)..=newest).contains(&asked.to) {
        let kind_of = item.kind.as_str();
        let detail = format!(
            "this {kind_of} has the versions 1 to {newest}, and none {}",
            asked.to
        );
        return Err(Problem::new(kind::NOT_FOUND, detail).code("no_such_version"));
    }
    let seen = ask.expected.map_or(newest, |expected| expected.version);
    if seen > newest {
        let detail = format!("the history knows this item up to version {newest}, not {seen}");
        let problem = Problem::new(kind::POSITION_NOT_REACHED, detail);
        return Err(problem.code("position_not_reached").retry_after(1));
    }
    ask.expected = ask.expected.or(Some(Expectation {
        kind: ExpectationKind::InBody,
        version: seen,
    }));
    let (from, to) = (
        draft_at::<E>(api, item, seen).await?,
        draft_at::<E>(api, item, asked.to).await?,
    );
    let restored = Restored {
        patch: item::patch_between(&from, &to),
        publish: asked.publish,
        reason,
        restores: Some(asked.to),
    };
    Ok((ask, restored))
}

/// The newest version of an item that its history knows; 0 where it knows nothing.
async fn newest(api: &WriteApi, item: ItemRef) -> Result<Version, Problem> {
    let events = events(api, item, None, 1).await?;
    Ok(events.first().map_or(Version(0), |event| event.version))
}

/// The draft of an item as it was at a version.
async fn draft_at<E: Entity>(
    api: &WriteApi,
    item: ItemRef,
    version: Version,
) -> Result<E::Fields, Problem> {
    let mut until = Version(version.0.saturating_add(1));
    loop {
        let events = events(api, item, Some(until), TOGETHER).await?;
        if let Some(draft) = events.iter().find_map(item::draft_of::<E>) {
            return Ok(draft.clone());
        }
        // The first event of an item has a draft: only a history that was cut comes to its end.
        until = match events.last() {
            Some(event) => event.version,
            None => {
                let detail = format!("the history does not say what version {version} was");
                return Err(Problem::new(kind::CONFLICT, detail).code("history_incomplete"));
            }
        };
    }
}

/// Events of an item before a version, newest first.
async fn events(
    api: &WriteApi,
    item: ItemRef,
    before: Option<Version>,
    limit: usize,
) -> Result<Vec<Event>, Problem> {
    let range = Range {
        table: Table::History,
        partition_key: history_key(item),
        after: before.map(|version| version.0.max(0).to_be_bytes().to_vec()),
        order: Order::Descending,
        limit,
    };
    let view = api.ports().progress.active(View::History);
    let rows = api.ports().views.range(view, &range).await?;
    let events = rows
        .iter()
        .map(|(_, row)| serde_json::from_slice(&row.body));
    events.collect::<Result<_, _>>().map_err(|error| {
        tracing::error!(%item, %error, "an event of a history cannot be read");
        Problem::new(kind::INTERNAL, "the item's history cannot be read")
    })
}

//! The entries of a source that were taken for episodes known under other marks, newest first.

use super::list::Key;
use super::page::{Links, PageRequest};
use crate::api::{ReadApi, Reading};
use crate::reply::internal;
use mediamesh_domain::episode::suspicion::Match;
use mediamesh_domain::id::SourceId;
use mediamesh_domain::project::matches_key;
use mediamesh_domain::view::Table;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use utoipa::ToSchema;

/// How many rows are looked through for one page.
const LOOKED_THROUGH: usize = 1_000;

/// A page of matches.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchPage {
    /// The matches, newest first.
    pub data: Vec<MatchView>,
    /// What the page is.
    pub meta: MatchMeta,
    /// Where it is.
    pub links: Links,
}

/// What a page of matches is.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchMeta {
    /// At most so many matches.
    pub limit: usize,
    /// The source.
    pub source_id: SourceId,
}

/// A match, and where to undo it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchView {
    /// The match.
    #[serde(flatten)]
    pub found: Match,
    /// Where to go on.
    pub links: MatchLinks,
}

/// Where to go on from a match.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchLinks {
    /// The episode.
    pub episode: String,
    /// Where to split the entry off: send `{"version": …}` with the version of the match.
    pub split: String,
}

/// A page of a source's matches; those alone that are worth a look where that is asked.
///
/// # Errors
/// 400 and 410 of the cursor, 503 where the store fails.
pub async fn page(
    api: &ReadApi,
    reading: &Reading,
    source_id: SourceId,
    suspicious: bool,
    request: &PageRequest<'_>,
) -> Result<MatchPage, Problem> {
    let after: Option<Key> = request.after(api, reading.version.version)?;
    let range = Range {
        table: Table::History,
        partition_key: matches_key(source_id),
        after: after.map(|Key(key)| key),
        order: Order::Descending,
        limit: LOOKED_THROUGH,
    };
    let rows = api.rows(reading.version, &range).await?;
    let (all, mut last) = (rows.len(), None);
    let mut data = Vec::new();
    for (key, row) in rows {
        if data.len() == request.limit {
            break;
        }
        let found: Match = serde_json::from_slice(&row.body).map_err(|error| {
            tracing::error!(%error, "a match cannot be read");
            internal()
        })?;
        last = Some(key);
        if !suspicious || !found.suspicions.is_empty() {
            data.push(MatchView::of(found));
        }
    }
    let more = data.len() == request.limit || all == LOOKED_THROUGH;
    let next = last.filter(|_| more).map(Key);
    Ok(MatchPage {
        data,
        meta: MatchMeta {
            limit: request.limit,
            source_id,
        },
        links: request.links(api, reading.version.version, next.as_ref()),
    })
}

impl MatchView {
    fn of(found: Match) -> Self {
        let links = MatchLinks {
            episode: format!("/api/v1/desk/episodes/{}", found.episode_id),
            split: format!("/api/v1/episodes/{}/split", found.episode_id),
        };
        Self { found, links }
    }
}

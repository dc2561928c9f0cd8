//! A program's change in its episodes' documents: bounded chunks, each of its own commit, all before the next
//! record of the partition. The cursor is state; every chunk carries the change's `seq`.

use super::desk::Decision;
use super::keys;
use super::values::{decode, put, read, removal};
use crate::catalog::CatalogRecord;
use crate::episode;
use crate::id::{EpisodeId, ProgramId};
use crate::item::Item;
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::Seq;
use crate::state::{StateView, Unreadable};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Episodes a chunk.
pub const CHUNK: usize = 200;

/// How far a program's change has reached.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Fanout {
    /// The program.
    pub program_id: ProgramId,
    /// The change's `seq`.
    pub seq: Seq,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// The last episode it has reached.
    pub after: Option<EpisodeId>,
    /// Whether the draft documents change.
    pub draft: bool,
    /// Whether the live documents change.
    pub live: bool,
}

/// The next chunk, where there is one.
pub(super) fn next(state: &dyn StateView) -> Result<Option<Decision>, Unreadable> {
    let Some(mut fanout) = read::<Fanout>(state, keys::FANOUT)? else {
        return Ok(None);
    };
    let Some(program) = read::<Item<ProgramFields>>(state, &keys::program(fanout.program_id))?
    else {
        return Ok(Some(done(Vec::new())));
    };
    let prefix = keys::episodes(fanout.program_id);
    let after = fanout
        .after
        .map(|id| keys::episode(fanout.program_id, id))
        .unwrap_or_default();
    let chunk = state.scan(&prefix, &after, CHUNK)?;
    let mut catalog = Vec::with_capacity(chunk.len() * 2);
    for (key, value) in &chunk {
        let id = key.get(prefix.len()..).unwrap_or_default();
        let id = EpisodeId(Uuid::from_slice(id).map_err(|e| Unreadable(e.to_string()))?);
        let episode: Item<EpisodeFields> = decode(value)?;
        fanout.after = Some(id);
        let bodies = episode::join::rejoined(
            fanout.program_id,
            id,
            &program,
            &episode,
            fanout.draft,
            fanout.live,
        );
        catalog.extend(bodies.into_iter().map(|body| CatalogRecord {
            seq: fanout.seq,
            decided_at: fanout.decided_at,
            correlation_id: fanout.correlation_id.clone(),
            body,
        }));
    }
    if chunk.len() < CHUNK {
        return Ok(Some(done(catalog)));
    }
    Ok(Some(Decision {
        changes: vec![put(keys::FANOUT.to_vec(), &fanout)?],
        catalog,
        ..Decision::default()
    }))
}

fn done(catalog: Vec<CatalogRecord>) -> Decision {
    Decision {
        changes: vec![removal(keys::FANOUT.to_vec())],
        catalog,
        ..Decision::default()
    }
}

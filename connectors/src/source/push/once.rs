//! Pushes that may come again: when the first one came, by its run.

use mediamesh_domain::id::RunId;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::objects::Objects;
use serde::{Deserialize, Serialize};

use crate::source::error::IngestError;

use super::PushError;

/// For how many days a push is remembered, the day that it came on not counted.
const DAYS: i64 = 3;
/// How many old notes are removed with each push.
const REMOVED_AT_ONCE: usize = 50;

/// What is noted of a push.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    payload_hash: Vec<u8>,
    began: Timestamp,
}

/// When the push began: now, or when it came first.
///
/// # Errors
/// [`PushError::KeyReused`], or that the object store does not answer.
pub(super) async fn begin(
    objects: &dyn Objects,
    run: RunId,
    payload_hash: Option<&[u8]>,
    now: Timestamp,
) -> Result<Timestamp, PushError> {
    let Some(payload_hash) = payload_hash else {
        return Ok(now);
    };
    for day in (now.day() - DAYS..=now.day()).rev() {
        let found = objects
            .get(&name(day, run))
            .await
            .map_err(IngestError::from)?;
        let note = found.and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
        if let Some(note) = note {
            return match note.payload_hash == payload_hash {
                true => Ok(note.began),
                false => Err(PushError::KeyReused),
            };
        }
    }
    let note = Note {
        payload_hash: payload_hash.to_vec(),
        began: now,
    };
    let bytes = serde_json::to_vec(&note).unwrap_or_default();
    let put = objects.put(&name(now.day(), run), bytes).await;
    put.map_err(IngestError::from)?;
    forget_old(objects, now).await;
    Ok(now)
}

/// Removes some of the notes that are past their time.
async fn forget_old(objects: &dyn Objects, now: Timestamp) {
    let first_kept = format!("pushes/{:010}/", now.day() - DAYS);
    let Ok(names) = objects.list("pushes/", "", REMOVED_AT_ONCE).await else {
        return;
    };
    for name in names.iter().filter(|name| **name < first_kept) {
        // What stays is tried again with a later push.
        let _ = objects.delete(name).await;
    }
}

fn name(day: i64, run: RunId) -> String {
    format!("pushes/{day:010}/{run}")
}

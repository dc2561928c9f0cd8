//! What each commit of the index carries: how far it has come, in the same step as its documents.

use mediamesh_domain::position::Position;
use serde::{Deserialize, Serialize};

/// The format of the index: fields, how they are filled, and this payload.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Payload {
    format: u32,
    progress: Position,
}

/// The payload of a commit.
pub(super) fn write(progress: &Position) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Payload {
        format: FORMAT,
        progress: progress.clone(),
    })
}

/// Reads the payload of a commit; says why where this build cannot.
pub(super) fn read(payload: &str) -> Result<Position, String> {
    let payload: Payload = serde_json::from_str(payload)
        .map_err(|error| format!("its last commit does not tell its progress: {error}"))?;
    if payload.format != FORMAT {
        return Err(format!(
            "it has format {}, this build writes {FORMAT}",
            payload.format
        ));
    }
    Ok(payload.progress)
}

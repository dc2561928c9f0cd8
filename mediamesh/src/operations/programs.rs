//! Merging programs and undoing it, as the write API does, for the command line.

use super::Tell;
use super::sources::said;
use crate::instance::Instance;
use anyhow::bail;
use mediamesh_api_write::Merger;
use mediamesh_domain::command::Principal;
use mediamesh_domain::id::ProgramId;
use serde_json::Value;

/// Makes a program part of another.
pub(super) async fn merge(
    instance: &Instance,
    from: ProgramId,
    into: ProgramId,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let heard = |moved| tell.note("moving episodes", moved);
    let writes = instance.writes()?;
    let merged = writes.merge_programs(operator(), from, into, &heard).await;
    let merged = merged.map_err(said)?;
    super::ingest::settle(instance).await?;
    Ok(serde_json::to_value(merged)?)
}

/// Undoes a merge: the program is itself again with its episodes and sources.
pub(super) async fn unmerge(
    instance: &Instance,
    from: ProgramId,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let heard = |returned| tell.note("returning episodes", returned);
    let writes = instance.writes()?;
    let returned = writes.unmerge_programs(operator(), from, &heard).await;
    let returned = returned.map_err(said)?;
    super::ingest::settle(instance).await?;
    Ok(serde_json::to_value(returned)?)
}

fn operator() -> Merger {
    Merger {
        principal: Principal::system("command-line"),
        correlation_id: None,
        reason: None,
    }
}

/// Reads a program's id from the command line.
pub(crate) fn id(text: &str) -> anyhow::Result<ProgramId> {
    match mediamesh_domain::item::id_of(text) {
        Some(id) => Ok(ProgramId(id)),
        None => match text.parse() {
            Ok(id) => Ok(id),
            Err(_) => bail!("{text} is no program's id or slug"),
        },
    }
}

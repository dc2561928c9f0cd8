//! When a source last had an item in a fetch: older fetches are dropped, and two entries of one fetch stay two.
//!
//! What an event took in stands in the item. A fetch that changed nothing leaves no event, only a note beside
//! the item, so that an older one that comes late does not pass for news.

use super::Stop;
use super::desk::Desk;
use super::edit::{OnDesk, existing};
use super::keys;
use crate::command::ImportOrigin;
use crate::id::SourceId;
use crate::item::LastImport;
use crate::verdict::EntryOutcome;

/// How an import stands to the last one that was taken from its source.
pub(super) enum Freshness {
    /// The very same record came again.
    Repeated,
    /// It comes from an older fetch.
    Stale,
    /// The source says what it said.
    Same,
    /// The same fetch has it twice.
    SameFetch,
    /// It is news.
    New,
}

/// How an import stands to the last one that was taken from its source.
pub(super) fn freshness<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    origin: &ImportOrigin,
) -> Result<Freshness, Stop> {
    Ok(match last(desk, entity, origin.source_id)? {
        Some(last) if last.order == origin.order && origin.renormalised => Freshness::New,
        Some(last) if last.order == origin.order => Freshness::Repeated,
        Some(last) if last.run_id == origin.run_id => Freshness::SameFetch,
        Some(last) if last.order > origin.order => Freshness::Stale,
        Some(last) if last.raw_hash == origin.raw_hash => Freshness::Same,
        _ => Freshness::New,
    })
}

/// The last fetch of a source that had the item.
pub(crate) fn last<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    source: SourceId,
) -> Result<Option<LastImport>, Stop> {
    let key = keys::sighting(desk.command.program_id, entity.item(), source);
    let noted: Option<LastImport> = desk.read(&key)?;
    let taken = existing(desk, entity)?.imports.get(&source).cloned();
    Ok(match (noted, taken) {
        (Some(noted), Some(taken)) if noted.order < taken.order => Some(taken),
        (noted, taken) => noted.or(taken),
    })
}

/// Notes a fetch that had the item and said nothing new of it.
pub(super) fn unchanged<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    origin: &ImportOrigin,
) -> Result<EntryOutcome, Stop> {
    if origin.renormalised {
        // It was noted when it was fetched.
        return Ok(EntryOutcome::Same);
    }
    let key = keys::sighting(desk.command.program_id, entity.item(), origin.source_id);
    let last = LastImport {
        run_id: origin.run_id,
        order: origin.order,
        raw_hash: origin.raw_hash.clone(),
    };
    desk.write(key, &last)?;
    Ok(EntryOutcome::Same)
}

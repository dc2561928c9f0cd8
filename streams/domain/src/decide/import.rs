//! What a source may do: make items, and change what no editor has set.

use super::desk::{Desk, import_fact};
use super::edit::{languages, slug};
use super::{Judged, Stop, edit::OnDesk, refusal};
use crate::catalog::Status;
use crate::command::{ImportEpisode, ImportOrigin, ImportProgram};
use crate::episode::{Episode, ladder};
use crate::event::{EpisodeMatched, EventBody, Rung};
use crate::id::{EpisodeId, ItemRef};
use crate::item::{self, Change, Entity, Fields, Item, Stage};
use crate::model::Policy;
use crate::program::Program;
use crate::verdict::{EntryOutcome, Finding};

/// Takes in what a source says of its program.
pub(super) fn program(
    desk: &mut Desk<'_>,
    entity: Program,
    import: &ImportProgram,
) -> Result<Judged, Stop> {
    match entity.find(desk)? {
        None => make(desk, entity, &import.fields, &import.origin),
        Some(item) => match freshness(&item, &import.origin) {
            Freshness::Repeated => Ok(Judged::Duplicate),
            Freshness::Stale => ended(desk, entity, EntryOutcome::Stale),
            Freshness::Same => ended(desk, entity, EntryOutcome::Same),
            Freshness::SameFetch | Freshness::New => {
                let outcome = change(desk, entity, &item, &import.fields, &import.origin, None)?;
                ended(desk, entity, outcome)
            }
        },
    }
}

/// Takes in one entry of a source.
pub(super) fn episode(desk: &mut Desk<'_>, import: &ImportEpisode) -> Result<Judged, Stop> {
    if desk.program.is_none() {
        let item = ItemRef::program(desk.command.program_id);
        return Err(refusal::not_found(item).into());
    }
    let marks = ladder::marks(&import.fields);
    let Some((id, rung)) = ladder::find(desk, &marks, &import.origin)? else {
        let entity = Episode(EpisodeId(desk.command.command_id.derive(0)));
        let judged = make(desk, entity, &import.fields, &import.origin)?;
        ladder::remember(desk, &marks, entity.0, &import.origin)?;
        return Ok(judged);
    };
    let entity = Episode(id);
    let Some(item) = entity.find(desk)? else {
        return Err(refusal::not_found(entity.item()).into());
    };
    match freshness(&item, &import.origin) {
        Freshness::Repeated => return Ok(Judged::Duplicate),
        Freshness::Stale => return ended(desk, entity, EntryOutcome::Stale),
        Freshness::Same => return ended(desk, entity, EntryOutcome::Same),
        Freshness::SameFetch => return ended(desk, entity, EntryOutcome::Merged),
        Freshness::New => {}
    }
    let outcome = change(
        desk,
        entity,
        &item,
        &import.fields,
        &import.origin,
        Some(rung),
    )?;
    if rung == Rung::Guid {
        return ended(desk, entity, outcome);
    }
    entity.happen(desk, matched(id, rung, import))?;
    ladder::remember(desk, &marks, id, &import.origin)?;
    ended(desk, entity, EntryOutcome::Merged)
}

fn matched(episode_id: EpisodeId, rung: Rung, import: &ImportEpisode) -> EventBody {
    EventBody::EpisodeMatched(EpisodeMatched {
        episode_id,
        rung,
        guid: import.fields.guid.clone(),
        media_url: ladder::media_mark(&import.fields),
        import: import_fact(&import.origin),
    })
}

/// How an import stands to the last one that was taken from its source.
enum Freshness {
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

fn freshness<F>(item: &Item<F>, origin: &ImportOrigin) -> Freshness {
    match item.imports.get(&origin.source_id) {
        Some(last) if last.order == origin.order => Freshness::Repeated,
        Some(last) if last.run_id == origin.run_id => Freshness::SameFetch,
        Some(last) if last.order > origin.order => Freshness::Stale,
        Some(last) if last.raw_hash == origin.raw_hash => Freshness::Same,
        _ => Freshness::New,
    }
}

fn make<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    fields: &E::Fields,
    origin: &ImportOrigin,
) -> Result<Judged, Stop> {
    let (mut errors, _) = E::validate(fields, Stage::Draft);
    if fields.title().is_empty() {
        // An editor may save a draft without a title; an entry without one is nothing to keep.
        let message = "the entry has no title: the source has to give it one";
        errors.push(Finding::new("/title", "title_missing", message));
    }
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, None).into());
    }
    let (unfit, mut warnings) = E::validate(fields, Stage::Publish);
    let publish = origin.policies.new_entries == Policy::Publish && unfit.is_empty();
    let in_review = !publish && origin.policies.new_entries != Policy::Draft;
    warnings.extend(unfit);
    let slug = slug(entity, fields);
    let fact = import_fact(origin);
    entity.happen(
        desk,
        entity.created(fields.clone(), slug, in_review, Some(fact)),
    )?;
    if publish {
        entity.happen(desk, entity.published(languages(fields), None))?;
    }
    entry(desk, entity, EntryOutcome::Created, warnings)
}

/// Changes the fields that no editor has set, and makes that live where the source may.
fn change<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    item: &Item<E::Fields>,
    fields: &E::Fields,
    origin: &ImportOrigin,
    matched_by: Option<Rung>,
) -> Result<EntryOutcome, Stop> {
    if item.draft == *fields {
        return Ok(EntryOutcome::Same);
    }
    let merged = item::overlay(&item.draft, fields, |pointer| item.touch(pointer).by_editor)
        .map_err(refusal::bad_patch)?;
    let changed = item::changed(&item.draft, &merged);
    if changed.is_empty() {
        return Ok(EntryOutcome::Same);
    }
    let (errors, _) = E::validate(&merged, Stage::Draft);
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, Some(item.version)).into());
    }
    let langs = languages(&merged);
    let live = item.status == Status::Published
        && item.live == item::Live::Draft
        && origin.policies.changes == Policy::Publish
        && E::validate(&merged, Stage::Publish).0.is_empty();
    let import = Some(import_fact(origin));
    let change = Change {
        fields: merged,
        changed,
        rebased_from: None,
        import,
        matched_by,
    };
    entity.happen(desk, entity.updated(change))?;
    if live {
        entity.happen(desk, entity.published(langs, None))?;
    }
    Ok(EntryOutcome::Changed)
}

fn ended<E: OnDesk>(desk: &mut Desk<'_>, entity: E, outcome: EntryOutcome) -> Result<Judged, Stop> {
    entry(desk, entity, outcome, Vec::new())
}

fn entry<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    outcome: EntryOutcome,
    warnings: Vec<Finding>,
) -> Result<Judged, Stop> {
    let item = entity
        .find(desk)?
        .ok_or_else(|| refusal::not_found(entity.item()))?;
    let accepted = crate::verdict::Accepted {
        warnings,
        ..desk.accepted(&entity, &item)
    };
    Ok(Judged::Entry(outcome, Box::new(accepted)))
}

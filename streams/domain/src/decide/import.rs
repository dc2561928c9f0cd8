//! What a source may do: make items, and change what no editor has set.

use super::desk::{Desk, import_fact};
use super::edit::{OnDesk, accepted, existing, is_open, languages, program_is_open, slug};
use super::merge::{self, Lead};
use super::release::is_shown_as_it_is;
use super::sightings::{self, Freshness};
use super::{Judged, Stop, onward, refusal, split};
use crate::catalog::Status;
use crate::command::{ImportEpisode, ImportOrigin, ImportProgram, SplitEpisode};
use crate::episode::{Episode, ladder, suspicion};
use crate::event::{EpisodeMatched, EventBody, Evidence, HeldField, Rung};
use crate::id::EpisodeId;
use crate::item::{self, Change, Entity, Fields, Item};
use crate::model::Policy;
use crate::program::Program;
use crate::verdict::{EntryOutcome, Finding};

/// Takes in what a source says of its program.
pub(super) fn program(
    desk: &mut Desk<'_>,
    entity: Program,
    import: &ImportProgram,
) -> Result<Judged, Stop> {
    let origin = &import.origin;
    if let Some(onward) = onward::to_successor(desk, origin) {
        return Ok(onward);
    }
    match desk.program() {
        None => return make(desk, entity, &import.fields, origin),
        Some(item) if item.withdrawn.is_some() => return withdrawn(desk, entity, entity, origin),
        Some(item) => is_open(item)?,
    }
    let outcome = match sightings::freshness(desk, entity, origin)? {
        Freshness::Repeated => return Ok(Judged::Duplicate),
        Freshness::Stale => EntryOutcome::Stale,
        Freshness::Same => sightings::unchanged(desk, entity, origin)?,
        Freshness::SameFetch | Freshness::New => {
            match change(desk, entity, &import.fields, origin, None)? {
                Some(outcome) => outcome,
                None => sightings::unchanged(desk, entity, origin)?,
            }
        }
    };
    ended(desk, entity, outcome)
}

/// Takes in one entry of a source.
pub(super) fn episode(desk: &mut Desk<'_>, import: &ImportEpisode) -> Result<Judged, Stop> {
    let (fields, origin) = (&import.fields, &import.origin);
    if let Some(onward) = onward::to_successor(desk, origin) {
        return Ok(onward);
    }
    if desk
        .program()
        .is_some_and(|program| program.withdrawn.is_some())
    {
        return ended(
            desk,
            Program(desk.command.program_id),
            EntryOutcome::Withdrawn,
        );
    }
    program_is_open(desk)?;
    let mut climb = ladder::climb(desk, fields, origin)?;
    let Some((id, rung)) = climb.found else {
        let entity = Episode(EpisodeId(desk.command.command_id.derive(0)));
        if entity.find(desk)?.is_some() {
            // This very command made it, and no mark leads there now.
            return Ok(Judged::Duplicate);
        }
        let judged = make(desk, entity, fields, origin)?;
        climb.remember(desk, entity.0)?;
        return Ok(judged);
    };
    let entity = match merge::lead(desk, id)? {
        Lead::To(entity) => entity,
        Lead::Aside(entity) => return aside(desk, climb, id, entity, origin),
    };
    if existing(desk, entity)?.withdrawn.is_some() {
        let judged = withdrawn(desk, Episode(id), entity, origin)?;
        // What it is called by now is remembered, so that the next name leads here as well.
        climb.remember(desk, id)?;
        return Ok(judged);
    }
    // Its neighbours in the fetch are told from it by the episode that the marks lead to.
    let seen = Episode(id);
    match sightings::freshness(desk, seen, origin)? {
        Freshness::Repeated => return Ok(Judged::Duplicate),
        Freshness::Stale => return ended(desk, entity, EntryOutcome::Stale),
        Freshness::SameFetch => {
            if rung == Rung::Guid && seen == entity && reclaim(desk, entity, import)? {
                climb.remember(desk, id)?;
                return ended(desk, entity, EntryOutcome::Changed);
            }
            return ended(desk, entity, EntryOutcome::Merged);
        }
        Freshness::Same => {
            let outcome = sightings::unchanged(desk, seen, origin)?;
            return ended(desk, entity, outcome);
        }
        Freshness::New => {}
    }
    let strongest = climb.strongest().unwrap_or(rung);
    let known = match rung == strongest {
        true => Evidence::default(),
        false => ladder::evidence(&existing(desk, entity)?.draft),
    };
    let changed = change(desk, entity, fields, origin, Some(rung))?;
    if changed.is_none() || seen != entity {
        sightings::unchanged(desk, seen, origin)?;
    }
    let outcome = changed.unwrap_or(EntryOutcome::Same);
    climb.remember(desk, id)?;
    if rung == strongest {
        // The mark that others would be compared with: nothing was found out.
        return ended(desk, entity, outcome);
    }
    let fact = matched(entity.0, rung, import, known);
    let warnings = suspicion::findings(&fact);
    entity.happen(desk, EventBody::EpisodeMatched(fact))?;
    let accepted = accepted(desk, entity, warnings)?;
    Ok(Judged::Entry(EntryOutcome::Merged, Box::new(accepted)))
}

/// Takes an episode back for the entry that bears its guid, where a neighbour in the same fetch was taken for it
/// by a weaker mark before: that one gets an episode of its own.
fn reclaim(desk: &mut Desk<'_>, entity: Episode, import: &ImportEpisode) -> Result<bool, Stop> {
    let (fields, origin) = (&import.fields, &import.origin);
    let new = Episode(EpisodeId(desk.command.command_id.derive(0)));
    let Some(last) = sightings::last(desk, entity, origin.source_id)? else {
        return Ok(false);
    };
    let item = existing(desk, entity)?;
    if last.run_id != origin.run_id || ladder::same_guid(&item.draft, fields) {
        return Ok(false);
    }
    let body = SplitEpisode {
        episode_id: entity.0,
        new_episode_id: new.0,
        fields: item.draft.clone(),
        origin: ImportOrigin {
            run_id: last.run_id,
            order: last.order,
            raw_hash: last.raw_hash,
            ..origin.clone()
        },
        kept: Some(fields.clone()),
        kept_origin: Some(origin.clone()),
        publish: item.status == Status::Published,
        reason: None,
    };
    if !Episode::check(fields).errors.is_empty() {
        return Ok(false);
    }
    split::part(desk, &body)
}

/// Notes an entry of what was withdrawn: nothing changes. `seen` is the item that its marks lead to.
fn withdrawn<E: OnDesk>(
    desk: &mut Desk<'_>,
    seen: E,
    entity: E,
    origin: &ImportOrigin,
) -> Result<Judged, Stop> {
    match sightings::freshness(desk, seen, origin)? {
        Freshness::Repeated => return Ok(Judged::Duplicate),
        Freshness::Stale => return ended(desk, entity, EntryOutcome::Stale),
        Freshness::SameFetch | Freshness::Same | Freshness::New => {}
    }
    sightings::unchanged(desk, seen, origin)?;
    ended(desk, entity, EntryOutcome::Withdrawn)
}

/// Notes an entry of an episode that goes by others: nothing changes.
fn aside(
    desk: &mut Desk<'_>,
    mut climb: ladder::Climb,
    id: EpisodeId,
    entity: Episode,
    origin: &ImportOrigin,
) -> Result<Judged, Stop> {
    match sightings::freshness(desk, Episode(id), origin)? {
        Freshness::Repeated => return Ok(Judged::Duplicate),
        Freshness::Stale => return ended(desk, entity, EntryOutcome::Stale),
        Freshness::SameFetch | Freshness::Same | Freshness::New => {}
    }
    sightings::unchanged(desk, Episode(id), origin)?;
    climb.remember(desk, id)?;
    ended(desk, entity, EntryOutcome::Merged)
}

fn matched(
    episode_id: EpisodeId,
    rung: Rung,
    import: &ImportEpisode,
    known: Evidence,
) -> EpisodeMatched {
    EpisodeMatched {
        episode_id,
        rung,
        guid: import.fields.guid.clone(),
        media_url: ladder::media_mark(&import.fields),
        import: import_fact(&import.origin),
        entry: Some(ladder::evidence(&import.fields)),
        known: Some(known),
    }
}

fn make<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    fields: &E::Fields,
    origin: &ImportOrigin,
) -> Result<Judged, Stop> {
    let checked = E::check(fields);
    let mut errors = checked.errors;
    if fields.title().is_empty() {
        // An editor may save a draft without a title; an entry without one is nothing to keep.
        let message = "the entry has no title: the source has to give it one";
        errors.push(Finding::new("/title", "title_missing", message));
    }
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, None).into());
    }
    let publish = origin.policies.new_entries == Policy::Publish && checked.unfit.is_empty();
    let in_review = !publish && origin.policies.new_entries != Policy::Draft;
    let mut warnings = checked.warnings;
    warnings.extend(checked.unfit);
    let fact = Some(import_fact(origin));
    let slug = slug(entity, fields);
    entity.happen(desk, entity.created(fields.clone(), slug, in_review, fact))?;
    if publish {
        entity.happen(desk, entity.published(languages(fields), None))?;
    }
    let accepted = accepted(desk, entity, warnings)?;
    Ok(Judged::Entry(EntryOutcome::Created, Box::new(accepted)))
}

/// Changes the fields that no editor has set, and makes that live where the source may; none where the source
/// says nothing new.
fn change<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    fields: &E::Fields,
    origin: &ImportOrigin,
    matched_by: Option<Rung>,
) -> Result<Option<EntryOutcome>, Stop> {
    let item = existing(desk, entity)?;
    if item.draft == *fields && item.held.is_empty() {
        return Ok(None);
    }
    let merged = item::overlay(&item.draft, fields, |pointer| item.touch(pointer).by_editor)
        .map_err(refusal::bad_patch)?;
    let changed = item::changed(&item.draft, &merged);
    let held = held(item, fields);
    if changed.is_empty() && held.is_empty() {
        return Ok(None);
    }
    let checked = E::check(&merged);
    if !checked.errors.is_empty() {
        return Err(refusal::invalid(checked.errors, Some(item.version)).into());
    }
    // What an editor is still at work on is not made live by a source.
    let publish = !changed.is_empty()
        && is_shown_as_it_is(item)
        && origin.policies.changes == Policy::Publish
        && checked.unfit.is_empty();
    let outcome = if changed.is_empty() {
        EntryOutcome::Same
    } else {
        EntryOutcome::Changed
    };
    let langs = languages(&merged);
    let change = Change {
        fields: merged,
        changed,
        rebased_from: None,
        import: Some(import_fact(origin)),
        matched_by,
        held,
        reason: None,
        restores: None,
    };
    entity.happen(desk, entity.updated(change))?;
    if publish {
        entity.happen(desk, entity.published(langs, None))?;
    }
    Ok(Some(outcome))
}

/// What the source says of fields that an editor holds, where that is news.
fn held<F: Fields>(item: &Item<F>, fields: &F) -> Vec<HeldField> {
    let differing = item::changed(&item.draft, fields);
    let mut pointers: Vec<&String> = differing.iter().chain(item.held.keys()).collect();
    pointers.sort();
    pointers.dedup();
    let said = pointers
        .into_iter()
        .filter(|at| item.touch(at).by_editor)
        .map(|at| HeldField {
            pointer: at.clone(),
            value: item::value_at(fields, at),
        });
    said.filter(|field| {
        let known = item.held.get(&field.pointer);
        known.is_none_or(|known| known.value != field.value)
    })
    .collect()
}

fn ended<E: OnDesk>(desk: &mut Desk<'_>, entity: E, outcome: EntryOutcome) -> Result<Judged, Stop> {
    let accepted = accepted(desk, entity, Vec::new())?;
    Ok(Judged::Entry(outcome, Box::new(accepted)))
}

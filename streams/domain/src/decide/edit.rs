//! What editors may do to an item, the same for every kind.

use super::desk::Desk;
use super::{Stop, refusal};
use crate::catalog::Status;
use crate::command::Expectation;
use crate::episode::Episode;
use crate::event::EventBody;
use crate::id::ItemRef;
use crate::item::{self, Change, Entity, Fields, Item, Stage};
use crate::lang::Lang;
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::Version;
use crate::program::Program;
use crate::state::Unreadable;
use crate::verdict::{Accepted, FieldConflict};

/// A kind of item that a desk can hold.
pub(crate) trait OnDesk: Entity + Copy {
    /// The item as it stands now.
    fn find(self, desk: &mut Desk<'_>) -> Result<Option<Item<Self::Fields>>, Unreadable>;
    /// Lets an event happen to it.
    fn happen(self, desk: &mut Desk<'_>, body: EventBody) -> Result<(), Unreadable>;
}

impl OnDesk for Program {
    fn find(self, desk: &mut Desk<'_>) -> Result<Option<Item<ProgramFields>>, Unreadable> {
        Ok(desk.program.clone())
    }
    fn happen(self, desk: &mut Desk<'_>, body: EventBody) -> Result<(), Unreadable> {
        desk.program_event(self, body);
        Ok(())
    }
}

impl OnDesk for Episode {
    fn find(self, desk: &mut Desk<'_>) -> Result<Option<Item<EpisodeFields>>, Unreadable> {
        Ok(desk.episode(self.0)?.cloned())
    }
    fn happen(self, desk: &mut Desk<'_>, body: EventBody) -> Result<(), Unreadable> {
        desk.episode_event(self, body)
    }
}

/// The command's program must be there.
pub(crate) fn program_exists(desk: &Desk<'_>) -> Result<(), Stop> {
    if desk.program.is_some() {
        return Ok(());
    }
    Err(refusal::not_found(ItemRef::program(desk.command.program_id)).into())
}

/// Makes an item.
pub(crate) fn create<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    fields: &E::Fields,
    publish: bool,
) -> Result<Accepted, Stop> {
    if let Some(item) = entity.find(desk)? {
        if item.last_command == desk.command.command_id {
            return Ok(desk.accepted(&entity, &item));
        }
        let message = format!(
            "there is a {} {} already",
            entity.item().kind.as_str(),
            entity.item().id
        );
        return Err(refusal::conflict("exists", message, item.version).into());
    }
    let stage = if publish {
        Stage::Publish
    } else {
        Stage::Draft
    };
    let (errors, warnings) = E::validate(fields, stage);
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, None).into());
    }
    let slug = slug(entity, fields);
    entity.happen(desk, entity.created(fields.clone(), slug, false, None))?;
    if publish {
        entity.happen(desk, entity.published(languages(fields), None))?;
    }
    accepted(desk, entity, warnings)
}

/// Changes an item's draft by a merge patch.
pub(crate) fn update<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    patch: &str,
    publish: bool,
) -> Result<Accepted, Stop> {
    let item = existing(desk, entity)?;
    if item.last_command == desk.command.command_id {
        return Ok(desk.accepted(&entity, &item));
    }
    let rebased_from = match desk.command.expected {
        Some(expected) => rebase(&item, expected, patch)?,
        None => None,
    };
    let fields: E::Fields = item::apply(&item.draft, patch).map_err(refusal::bad_patch)?;
    let stage = if publish {
        Stage::Publish
    } else {
        Stage::Draft
    };
    let (errors, warnings) = E::validate(&fields, stage);
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, Some(item.version)).into());
    }
    let changed = item::changed(&item.draft, &fields);
    let langs = languages(&fields);
    if !changed.is_empty() {
        let change = Change {
            fields,
            changed,
            rebased_from,
            import: None,
            matched_by: None,
        };
        entity.happen(desk, entity.updated(change))?;
    }
    if publish && wants_publishing(desk, entity)? {
        entity.happen(desk, entity.published(langs, None))?;
    }
    let mut accepted = accepted(desk, entity, warnings)?;
    accepted.rebased_on = rebased_from.map(|_| item.version);
    Ok(accepted)
}

/// Makes an item's draft live.
pub(crate) fn publish<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    reason: Option<String>,
) -> Result<Accepted, Stop> {
    let item = current(desk, entity)?;
    let (errors, warnings) = E::validate(&item.draft, Stage::Publish);
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, Some(item.version)).into());
    }
    if wants_publishing(desk, entity)? {
        entity.happen(desk, entity.published(languages(&item.draft), reason))?;
    }
    accepted(desk, entity, warnings)
}

/// Takes an item from the readers.
pub(crate) fn unpublish<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    reason: Option<String>,
) -> Result<Accepted, Stop> {
    let item = current(desk, entity)?;
    match item.status {
        Status::Published | Status::Archived => {
            entity.happen(desk, entity.unpublished(reason))?;
        }
        Status::Unpublished => {}
        Status::Draft | Status::InReview => {
            let message = "it was never published, so it cannot be unpublished";
            return Err(refusal::conflict("not_published", message, item.version).into());
        }
    }
    accepted(desk, entity, Vec::new())
}

/// Keeps an item out of lists and search.
pub(crate) fn archive<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    reason: Option<String>,
) -> Result<Accepted, Stop> {
    let item = current(desk, entity)?;
    if item.status != Status::Archived {
        entity.happen(desk, entity.archived(reason))?;
    }
    accepted(desk, entity, Vec::new())
}

/// The languages that a draft goes live in: those that have a title.
pub(crate) fn languages(fields: &impl Fields) -> Vec<Lang> {
    fields.title().0.keys().cloned().collect()
}

/// The public name of a new item.
pub(crate) fn slug<E: Entity>(entity: E, fields: &E::Fields) -> String {
    let lang = item::main_lang(fields);
    item::slug_of(
        fields.title().get(&lang).unwrap_or_default(),
        entity.item().id,
    )
}

fn existing<E: OnDesk>(desk: &mut Desk<'_>, entity: E) -> Result<Item<E::Fields>, Stop> {
    entity
        .find(desk)?
        .ok_or_else(|| refusal::not_found(entity.item()).into())
}

/// The item, in the version that the caller expects where they named one.
fn current<E: OnDesk>(desk: &mut Desk<'_>, entity: E) -> Result<Item<E::Fields>, Stop> {
    let item = existing(desk, entity)?;
    let repeated = item.last_command == desk.command.command_id;
    match desk.command.expected {
        Some(expected) if expected.version != item.version && !repeated => {
            Err(refusal::other_version(expected, item.version, Vec::new()).into())
        }
        _ => Ok(item),
    }
}

fn wants_publishing<E: OnDesk>(desk: &mut Desk<'_>, entity: E) -> Result<bool, Stop> {
    let item = existing(desk, entity)?;
    let languages = languages(&item.draft);
    Ok(item.status != Status::Published
        || item.has_unpublished_changes()
        || item.live_languages != languages)
}

fn accepted<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    warnings: Vec<crate::verdict::Finding>,
) -> Result<Accepted, Stop> {
    let item = existing(desk, entity)?;
    Ok(Accepted {
        warnings,
        ..desk.accepted(&entity, &item)
    })
}

/// The version a patch is rebased from: taken where no field it speaks of changed since.
fn rebase<F: Fields>(
    item: &Item<F>,
    expected: Expectation,
    patch: &str,
) -> Result<Option<Version>, Stop> {
    if expected.version == item.version {
        return Ok(None);
    }
    if expected.version > item.version || expected.version < Version(1) {
        return Err(refusal::other_version(expected, item.version, Vec::new()).into());
    }
    let mut conflicts = Vec::new();
    for (pointer, yours) in item::touched_by(patch).map_err(refusal::bad_patch)? {
        let touch = item.touch(&pointer);
        let theirs = item::value_at(&item.draft, &pointer);
        let yours = yours.to_string();
        if touch.version > expected.version && yours != theirs {
            conflicts.push(FieldConflict {
                pointer,
                yours,
                theirs,
                since: touch.version,
            });
        }
    }
    if conflicts.is_empty() {
        return Ok(Some(expected.version));
    }
    Err(refusal::other_version(expected, item.version, conflicts).into())
}

//! What editors may do to an item, the same for every kind.

use super::desk::Desk;
use super::{Stop, rebase, refusal};
use crate::catalog::Status;
use crate::command::{Command, UpdateEpisode, UpdateProgram};
use crate::episode::Episode;
use crate::event::EventBody;
use crate::id::ItemRef;
use crate::item::{self, Change, Checked, Entity, Fields, Item, Live, Stage};
use crate::lang::Lang;
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::Version;
use crate::program::Program;
use crate::state::Unreadable;
use crate::verdict::{Accepted, Finding};

/// A kind of item that a desk can hold.
pub(crate) trait OnDesk: Entity + Copy {
    /// The item as it stands now.
    fn find<'d>(self, desk: &'d mut Desk<'_>)
    -> Result<Option<&'d Item<Self::Fields>>, Unreadable>;
    /// Lets an event happen to it.
    fn happen(self, desk: &mut Desk<'_>, body: EventBody) -> Result<(), Unreadable>;
}

impl OnDesk for Program {
    fn find<'d>(
        self,
        desk: &'d mut Desk<'_>,
    ) -> Result<Option<&'d Item<ProgramFields>>, Unreadable> {
        Ok(desk.program())
    }
    fn happen(self, desk: &mut Desk<'_>, body: EventBody) -> Result<(), Unreadable> {
        desk.program_event(self, body);
        Ok(())
    }
}

impl OnDesk for Episode {
    fn find<'d>(
        self,
        desk: &'d mut Desk<'_>,
    ) -> Result<Option<&'d Item<EpisodeFields>>, Unreadable> {
        desk.episode(self.0)
    }
    fn happen(self, desk: &mut Desk<'_>, body: EventBody) -> Result<(), Unreadable> {
        desk.episode_event(self, body)
    }
}

/// The command's program must be there.
pub(crate) fn program_exists(desk: &Desk<'_>) -> Result<(), Stop> {
    if desk.program().is_some() {
        return Ok(());
    }
    Err(refusal::not_found(ItemRef::program(desk.command.program_id)).into())
}

/// The command's program must be there, and not be part of another.
pub(crate) fn program_is_open(desk: &Desk<'_>) -> Result<(), Stop> {
    program_exists(desk)?;
    desk.program().map_or(Ok(()), is_open)
}

/// An item that is part of another is not changed by itself, one that was withdrawn not at all.
pub(crate) fn is_open<F>(item: &Item<F>) -> Result<(), Stop> {
    is_itself(item)?;
    match item.withdrawn {
        None => Ok(()),
        Some(_) => Err(refusal::withdrawn(item.version).into()),
    }
}

/// An item that is part of another is not changed by itself.
pub(crate) fn is_itself<F>(item: &Item<F>) -> Result<(), Stop> {
    match item.merged {
        None => Ok(()),
        Some(merged) => Err(refusal::merged(merged.into, item.version).into()),
    }
}

/// Makes an item.
pub(crate) fn create<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    fields: &E::Fields,
    publish: bool,
) -> Result<Accepted, Stop> {
    let command = desk.command;
    if let Some(item) = entity.find(desk)? {
        if item.was_changed_by(command) {
            return accepted(desk, entity, Vec::new());
        }
        let (kind, id) = (entity.item().kind.as_str(), entity.item().id);
        let message = format!("there is a {kind} {id} already");
        return Err(refusal::conflict("exists", message, item.version).into());
    }
    if let Some(expected) = command.expected
        && expected.version != Version(0)
    {
        return Err(refusal::other_version(expected, Version(0), Vec::new()).into());
    }
    let mut fields = fields.clone();
    let cleaned = E::tidy(&mut fields);
    let warnings = passed(E::check(&fields), publish, cleaned, None)?;
    let langs = languages(&fields);
    let slug = slug(entity, &fields);
    entity.happen(desk, entity.created(fields, slug, false, None))?;
    if publish {
        entity.happen(desk, entity.published(langs, None))?;
    }
    accepted(desk, entity, warnings)
}

/// A change of a draft as a command asks for it.
pub(crate) struct Edit<'c> {
    /// The merge patch.
    pub patch: &'c str,
    /// Whether to make the changed draft live in the same step.
    pub publish: bool,
    /// Why.
    pub reason: &'c Option<String>,
    /// The version that the patch brings back, where it does.
    pub restores: Option<Version>,
}

impl<'c> From<&'c UpdateProgram> for Edit<'c> {
    fn from(command: &'c UpdateProgram) -> Self {
        Self {
            patch: &command.patch,
            publish: command.publish,
            reason: &command.reason,
            restores: command.restores,
        }
    }
}

impl<'c> From<&'c UpdateEpisode> for Edit<'c> {
    fn from(command: &'c UpdateEpisode) -> Self {
        Self {
            patch: &command.patch,
            publish: command.publish,
            reason: &command.reason,
            restores: command.restores,
        }
    }
}

/// Nothing becomes live of a program that was withdrawn.
fn program_is_not_withdrawn(desk: &Desk<'_>) -> Result<(), Stop> {
    match desk.program() {
        Some(program) if program.withdrawn.is_some() => {
            Err(refusal::withdrawn(program.version).into())
        }
        _ => Ok(()),
    }
}

/// Changes an item's draft by a merge patch.
pub(crate) fn update<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    edit: &Edit<'_>,
) -> Result<Accepted, Stop> {
    let &Edit { patch, publish, .. } = edit;
    let command = desk.command;
    let item = existing(desk, entity)?;
    if item.was_changed_by(command) {
        return accepted(desk, entity, Vec::new());
    }
    is_open(item)?;
    let mut fields: E::Fields = item::apply(&item.draft, patch).map_err(refusal::bad_patch)?;
    let cleaned = E::tidy(&mut fields);
    let rebased_from = match command.expected {
        Some(expected) => rebase::onto(item, expected, patch, &fields)?,
        None => None,
    };
    let version = item.version;
    let warnings = passed(E::check(&fields), publish, cleaned, Some(version))?;
    let changed = item::changed(&item.draft, &fields);
    if !changed.is_empty() {
        let change = Change {
            fields,
            changed,
            rebased_from,
            import: None,
            matched_by: None,
            held: Vec::new(),
            reason: edit.reason.clone(),
            restores: edit.restores,
        };
        entity.happen(desk, entity.updated(change))?;
    }
    if publish {
        go_live(desk, entity, edit.reason.clone())?;
    }
    let mut accepted = accepted(desk, entity, warnings)?;
    accepted.rebased_on = rebased_from.map(|_| version);
    Ok(accepted)
}

/// Makes an item's draft live.
pub(crate) fn publish<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    reason: Option<String>,
) -> Result<Accepted, Stop> {
    let item = current(desk, entity)?;
    let version = item.version;
    let warnings = passed(E::check(&item.draft), true, Vec::new(), Some(version))?;
    go_live(desk, entity, reason)?;
    accepted(desk, entity, warnings)
}

/// Takes an item from the readers.
pub(crate) fn unpublish<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    reason: Option<String>,
) -> Result<Accepted, Stop> {
    let item = current(desk, entity)?;
    if item.live != Live::Nothing {
        entity.happen(desk, entity.unpublished(reason))?;
    } else if item.status != Status::Unpublished {
        let message = "it was never published, so it cannot be unpublished";
        return Err(refusal::conflict("not_published", message, item.version).into());
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

/// The acceptance of what was decided about an item.
pub(crate) fn accepted<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    warnings: Vec<Finding>,
) -> Result<Accepted, Stop> {
    let item = existing(desk, entity)?;
    let stands = (item.version, item.seq);
    Ok(Accepted {
        warnings,
        ..desk.accepted(entity.item(), stands)
    })
}

/// The item, which must be there.
pub(crate) fn existing<'d, E: OnDesk>(
    desk: &'d mut Desk<'_>,
    entity: E,
) -> Result<&'d Item<E::Fields>, Stop> {
    entity
        .find(desk)?
        .ok_or_else(|| refusal::not_found(entity.item()).into())
}

/// The item, in the version that the caller expects where they named one.
pub(crate) fn current<'d, E: OnDesk>(
    desk: &'d mut Desk<'_>,
    entity: E,
) -> Result<&'d Item<E::Fields>, Stop> {
    let command = desk.command;
    let item = existing(desk, entity)?;
    if !item.was_changed_by(command) {
        is_open(item)?;
    }
    expected(command, item)?;
    Ok(item)
}

/// The item is in the version that the caller expects, where they named one.
pub(crate) fn expected<F: Fields>(command: &Command, item: &Item<F>) -> Result<(), Stop> {
    match command.expected {
        Some(expected) if expected.version != item.version && !item.was_changed_by(command) => {
            Err(refusal::other_version(expected, item.version, Vec::new()).into())
        }
        _ => Ok(()),
    }
}

/// Publishes the draft where readers do not see it as it is.
fn go_live<E: OnDesk>(desk: &mut Desk<'_>, entity: E, reason: Option<String>) -> Result<(), Stop> {
    let item = existing(desk, entity)?;
    let langs = languages(&item.draft);
    let wanted = item.status != Status::Published
        || item.has_unpublished_changes()
        || item.live_languages != langs;
    if wanted {
        program_is_not_withdrawn(desk)?;
        entity.happen(desk, entity.published(langs, reason))?;
    }
    Ok(())
}

/// The warnings of what breaks no rule of its stage.
fn passed(
    checked: Checked,
    publish: bool,
    mut cleaned: Vec<Finding>,
    version: Option<Version>,
) -> Result<Vec<Finding>, Stop> {
    let stage = if publish {
        Stage::Publish
    } else {
        Stage::Draft
    };
    let (errors, warnings) = checked.at(stage);
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, version).into());
    }
    cleaned.extend(warnings);
    Ok(cleaned)
}

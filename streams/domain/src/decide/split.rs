//! Entries that were taken for an episode and are one of their own.

use super::desk::{Desk, import_fact};
use super::edit::{OnDesk, accepted, current, existing, languages, program_is_open, slug};
use super::merge::show;
use super::release::is_shown_as_it_is;
use super::{Stop, refusal};
use crate::command::SplitEpisode;
use crate::episode::{Episode, ladder};
use crate::event::{EpisodeCreated, EpisodeSplit, EventBody};
use crate::item::{self, Entity};
use crate::model::EpisodeFields;
use crate::verdict::{Accepted, RefusalKind};

/// Gives an entry's marks to a new episode, and the old one what its own entry last said.
pub(super) fn episode(desk: &mut Desk<'_>, body: &SplitEpisode) -> Result<Accepted, Stop> {
    let (old, new) = (Episode(body.episode_id), Episode(body.new_episode_id));
    program_is_open(desk)?;
    let command = desk.command;
    let item = current(desk, old)?;
    let repeated = item.was_changed_by(command);
    let version = item.version;
    if let Some(there) = new.find(desk)? {
        if repeated {
            return accepted(desk, new, Vec::new());
        }
        let message = format!("there is an episode {} already", body.new_episode_id);
        return Err(refusal::conflict("exists", message, there.version).into());
    }
    let errors = Episode::check(&body.fields).errors;
    if !errors.is_empty() {
        return Err(refusal::invalid(errors, Some(version)).into());
    }
    if !part(desk, body)? {
        let message =
            "no mark of that entry alone leads to this episode: there is nothing to split";
        return Err(refusal::conflict("nothing_to_split", message, version).into());
    }
    accepted(desk, new, Vec::new())
}

/// Parts the two entries; false where no mark of the one that goes led here, and nothing happens.
pub(super) fn part(desk: &mut Desk<'_>, body: &SplitEpisode) -> Result<bool, Stop> {
    let (old, new) = (Episode(body.episode_id), Episode(body.new_episode_id));
    let goes_live = is_shown_as_it_is(existing(desk, old)?);
    if !ladder::part(desk, old.0, new.0, &body.fields, body.kept.as_ref())? {
        return Ok(false);
    }
    make(desk, new, body)?;
    let (fields, changed) = remains(desk, old, body.kept.as_ref())?;
    old.happen(
        desk,
        EventBody::EpisodeSplit(EpisodeSplit {
            episode_id: old.0,
            new_episode_id: new.0,
            fields,
            changed,
            import: body.kept_origin.as_ref().map(import_fact),
            reason: body.reason.clone(),
        }),
    )?;
    show(desk, old, goes_live)?;
    Ok(true)
}

fn make(desk: &mut Desk<'_>, new: Episode, body: &SplitEpisode) -> Result<(), Stop> {
    if body.fields.title.is_empty() {
        let message = "the entry has no title: an episode needs one";
        return Err(refusal::new(RefusalKind::Invalid, "title_missing", message).into());
    }
    new.happen(
        desk,
        EventBody::EpisodeCreated(EpisodeCreated {
            episode_id: new.0,
            fields: body.fields.clone(),
            slug: slug(new, &body.fields),
            in_review: false,
            import: Some(import_fact(&body.origin)),
            same_as: Vec::new(),
            split_from: Some(body.episode_id),
            held: Vec::new(),
        }),
    )?;
    if body.publish && Episode::check(&body.fields).unfit.is_empty() {
        let languages = languages(&body.fields);
        new.happen(desk, new.published(languages, None))?;
    }
    Ok(())
}

/// The draft of the one that stays: what its own entry says, but for what an editor holds.
fn remains(
    desk: &mut Desk<'_>,
    old: Episode,
    kept: Option<&EpisodeFields>,
) -> Result<(EpisodeFields, Vec<String>), Stop> {
    let item = existing(desk, old)?;
    let Some(kept) = kept else {
        return Ok((item.draft.clone(), Vec::new()));
    };
    let fields = item::overlay(&item.draft, kept, |at| item.touch(at).by_editor);
    let fields = fields.map_err(refusal::bad_patch)?;
    let changed = item::changed(&item.draft, &fields);
    Ok((fields, changed))
}

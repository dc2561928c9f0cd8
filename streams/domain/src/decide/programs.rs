//! One program as part of another, and back: each half on its own key, put together by who asks.
//!
//! An item never changes its program: the episodes of the one that ends stand again under new ids in the one
//! that stays, and their addresses lead there.

use super::desk::{Desk, import_fact};
use super::edit::{OnDesk, accepted, current, existing, languages, program_is_open, slug};
use super::{Stop, refusal};
use crate::command::{
    AbsorbProgram, AdoptEpisode, MergeProgram, MoveEpisode, ReopenProgram, ReturnProgram,
};
use crate::episode::{Episode, ladder};
use crate::event::{
    EpisodeAbsorbed, EpisodeCreated, EpisodeMerged, EpisodeUnmerged, EventBody, ProgramAbsorbed,
    ProgramMerged, ProgramReopened, ProgramReturned, Withdrawn,
};
use crate::id::EpisodeId;
use crate::item::Entity;
use crate::program::Program;
use crate::verdict::{Accepted, RefusalKind};

/// Closes the program: its address leads to another.
pub(super) fn merge(
    desk: &mut Desk<'_>,
    program: Program,
    body: &MergeProgram,
) -> Result<Accepted, Stop> {
    if body.into == program.0 {
        let message = "a program is not merged with itself: name another";
        return Err(refusal::new(RefusalKind::Invalid, "merge_with_itself", message).into());
    }
    let item = existing(desk, program)?;
    if item.merged.map(|merged| merged.into) == Some(body.into.0) {
        return accepted(desk, program, Vec::new());
    }
    if item.absorbed.contains_key(&body.into.0) {
        // Each would lead to the other, and what comes in would go round for ever.
        let message = format!(
            "{} is, or becomes, part of {}: undo that first",
            body.into, program.0
        );
        return Err(refusal::conflict("target_merged", message, item.version).into());
    }
    current(desk, program)?;
    let event = EventBody::ProgramMerged(ProgramMerged {
        into: body.into,
        sources: body.sources.clone(),
        reason: body.reason.clone(),
    });
    program.happen(desk, event)?;
    accepted(desk, program, Vec::new())
}

/// Opens the program again.
pub(super) fn reopen(
    desk: &mut Desk<'_>,
    program: Program,
    body: &ReopenProgram,
) -> Result<Accepted, Stop> {
    if existing(desk, program)?.merged.is_some() {
        let reason = body.reason.clone();
        let event = EventBody::ProgramReopened(ProgramReopened { reason });
        program.happen(desk, event)?;
    }
    accepted(desk, program, Vec::new())
}

/// Notes that another program is part of this one.
pub(super) fn absorb(
    desk: &mut Desk<'_>,
    program: Program,
    body: &AbsorbProgram,
) -> Result<Accepted, Stop> {
    let item = existing(desk, program)?;
    if let Some(merged) = item.merged {
        let message = format!(
            "{} is itself part of {}: name that one",
            program.0, merged.into
        );
        return Err(refusal::conflict("target_merged", message, item.version).into());
    }
    if item.withdrawn.is_some() {
        return Err(refusal::withdrawn(item.version).into());
    }
    if !item.absorbed.contains_key(&body.from.0) {
        let (from, reason) = (body.from, body.reason.clone());
        let event = EventBody::ProgramAbsorbed(ProgramAbsorbed { from, reason });
        program.happen(desk, event)?;
    }
    accepted(desk, program, Vec::new())
}

/// Notes that another program is no longer part of this one.
pub(super) fn give_back(
    desk: &mut Desk<'_>,
    program: Program,
    body: &ReturnProgram,
) -> Result<Accepted, Stop> {
    let item = existing(desk, program)?;
    if item.absorbed.contains_key(&body.from.0) {
        let (from, reason) = (body.from, body.reason.clone());
        let event = EventBody::ProgramReturned(ProgramReturned { from, reason });
        program.happen(desk, event)?;
    }
    accepted(desk, program, Vec::new())
}

/// Takes in an episode of a program that is part of this one.
pub(super) fn adopt(desk: &mut Desk<'_>, body: &AdoptEpisode) -> Result<Accepted, Stop> {
    program_is_open(desk)?;
    let new = Episode(body.episode_id);
    if let Some(there) = new.find(desk)? {
        if there.merged.is_none() {
            return accepted(desk, new, Vec::new());
        }
        // A merge that was undone is made again: it is there already, and led back.
        back(desk, new, body.from)?;
        return accepted(desk, new, Vec::new());
    }
    if let Some(known) = ladder::known(desk, &body.fields)? {
        let known = Episode(known);
        if existing(desk, known)?.merged.map(|merged| merged.into) == Some(body.from.0) {
            // It came in here, went to the other program when a merge was undone, and comes back.
            back(desk, known, body.from)?;
        }
        let item = existing(desk, known)?;
        if !item.absorbed.contains_key(&body.from.0) {
            let event = EventBody::EpisodeAbsorbed(EpisodeAbsorbed {
                episode_id: known.0,
                from: body.from,
                follows: false,
                fields: None,
                changed: Vec::new(),
                import: None,
                reason: None,
            });
            known.happen(desk, event)?;
        }
        return accepted(desk, known, Vec::new());
    }
    let checked = Episode::check(&body.fields);
    if !checked.errors.is_empty() {
        return Err(refusal::invalid(checked.errors, None).into());
    }
    let event = EventBody::EpisodeCreated(EpisodeCreated {
        episode_id: new.0,
        fields: body.fields.clone(),
        slug: slug(new, &body.fields),
        in_review: false,
        import: body.origin.as_ref().map(import_fact),
        same_as: vec![body.from],
        split_from: None,
        held: body.held.clone(),
    });
    new.happen(desk, event)?;
    if body.publish && checked.unfit.is_empty() {
        let languages = languages(&body.fields);
        new.happen(desk, new.published(languages, None))?;
    }
    if let Some(note) = body.withdrawn.clone() {
        let reason = None;
        new.happen(desk, new.withdrawn(Withdrawn { note, reason }))?;
    }
    ladder::note(desk, new.0, &body.fields)?;
    accepted(desk, new, Vec::new())
}

/// Lets an episode be itself again that led to the one that it stands for.
fn back(desk: &mut Desk<'_>, episode: Episode, led_to: EpisodeId) -> Result<(), Stop> {
    let event = EventBody::EpisodeUnmerged(EpisodeUnmerged {
        episode_id: episode.0,
        into: led_to,
        reason: None,
    });
    episode.happen(desk, event)?;
    Ok(())
}

/// Lets an episode lead to the one that stands for it in another program.
pub(super) fn move_episode(desk: &mut Desk<'_>, body: &MoveEpisode) -> Result<Accepted, Stop> {
    let episode = Episode(body.episode_id);
    let item = existing(desk, episode)?;
    match item.merged {
        Some(merged) if merged.into == body.into.0 => {}
        Some(merged) => return Err(refusal::merged(merged.into, item.version).into()),
        None => {
            let event = EventBody::EpisodeMerged(EpisodeMerged {
                episode_id: body.episode_id,
                into: body.into,
                into_program: Some(body.into_program),
                reason: body.reason.clone(),
            });
            episode.happen(desk, event)?;
        }
    }
    accepted(desk, episode, Vec::new())
}

//! One episode as part of another of its program, and back.
//!
//! Nothing of the one that ends is lost: its marks go on leading to it and from there to the one that stays,
//! so that no import brings it back and undoing needs no memory of its own.

use super::desk::Desk;
use super::edit::{self, OnDesk, accepted, current, existing, languages};
use super::release::is_shown_as_it_is;
use super::{Stop, refusal};
use crate::command::{MergeEpisodes, UndoMerge};
use crate::episode::Episode;
use crate::event::{
    EpisodeAbsorbed, EpisodeMerged, EpisodeReturned, EpisodeUnmerged, EventBody, ImportFact,
};
use crate::id::EpisodeId;
use crate::item::{self, Entity, Item};
use crate::model::EpisodeFields;
use crate::verdict::{Accepted, RefusalKind};

/// More merges in a row are not followed: nobody makes so many.
const HOPS: usize = 64;

/// Makes one episode part of another.
pub(super) fn episodes(desk: &mut Desk<'_>, body: &MergeEpisodes) -> Result<Accepted, Stop> {
    let (from, into) = (Episode(body.from), Episode(body.into));
    edit::program_is_open(desk)?;
    if body.from == body.into {
        let message = "an episode is not merged with itself: name another";
        return Err(refusal::new(RefusalKind::Invalid, "merge_with_itself", message).into());
    }
    let ending = existing(desk, from)?;
    if ending.merged.map(|merged| merged.into) == Some(body.into.0) {
        return accepted(desk, into, Vec::new());
    }
    let ending = current(desk, from)?.clone();
    let staying = existing(desk, into)?;
    if let Some(merged) = staying.merged {
        let message = format!(
            "{} is itself part of {}: name that one",
            body.into, merged.into
        );
        return Err(refusal::conflict("target_merged", message, staying.version).into());
    }
    if staying.withdrawn.is_some() {
        return Err(refusal::withdrawn(staying.version).into());
    }
    let change = takes_over(&ending, staying, body.follow)?;
    let goes_live = is_shown_as_it_is(staying);
    from.happen(
        desk,
        EventBody::EpisodeMerged(EpisodeMerged {
            episode_id: body.from,
            into: body.into,
            into_program: None,
            reason: body.reason.clone(),
        }),
    )?;
    into.happen(
        desk,
        EventBody::EpisodeAbsorbed(EpisodeAbsorbed {
            episode_id: body.into,
            from: body.from,
            follows: change.follows,
            fields: change.fields,
            changed: change.changed,
            import: change.import,
            reason: body.reason.clone(),
        }),
    )?;
    show(desk, into, goes_live)?;
    accepted(desk, into, Vec::new())
}

/// What the one that stays takes over.
struct TakesOver {
    follows: bool,
    fields: Option<EpisodeFields>,
    changed: Vec<String>,
    import: Option<ImportFact>,
}

fn takes_over(
    ending: &Item<EpisodeFields>,
    staying: &Item<EpisodeFields>,
    asked: bool,
) -> Result<TakesOver, Stop> {
    let last = ending.imports.iter().max_by_key(|(_, last)| last.order);
    let import = last.map(|(source, last)| ImportFact {
        source_id: *source,
        run_id: last.run_id,
        order: last.order,
        raw_hash: last.raw_hash.clone(),
        repairs: Vec::new(),
    });
    // One that no source ever spoke of has no entries of its own to go by.
    let follows = import.is_some() && (asked || staying.imports.is_empty());
    let mut over = TakesOver {
        follows,
        fields: None,
        changed: Vec::new(),
        import: None,
    };
    if follows && asked {
        let keep = |at: &str| staying.touch(at).by_editor || ending.touch(at).by_editor;
        let fields = item::overlay(&staying.draft, &ending.draft, keep);
        let fields = fields.map_err(refusal::bad_patch)?;
        over.changed = item::changed(&staying.draft, &fields);
        if !over.changed.is_empty() && Episode::check(&fields).errors.is_empty() {
            (over.fields, over.import) = (Some(fields), import);
        } else {
            over.changed.clear();
        }
    }
    Ok(over)
}

/// Lets a merged episode be itself again.
pub(super) fn undo(desk: &mut Desk<'_>, body: &UndoMerge) -> Result<Accepted, Stop> {
    let command = desk.command;
    let from = Episode(body.episode_id);
    let item = existing(desk, from)?;
    let Some(merged) = item.merged else {
        if item.was_changed_by(command) {
            return accepted(desk, from, Vec::new());
        }
        let message = "it is part of no other, so there is nothing to undo";
        return Err(refusal::conflict("not_merged", message, item.version).into());
    };
    let version = item.version;
    if let Some(expected) = command.expected.filter(|e| e.version != version) {
        return Err(refusal::other_version(expected, version, Vec::new()).into());
    }
    let into = Episode(EpisodeId(merged.into));
    from.happen(
        desk,
        EventBody::EpisodeUnmerged(EpisodeUnmerged {
            episode_id: body.episode_id,
            into: into.0,
            reason: body.reason.clone(),
        }),
    )?;
    if merged.program.is_none() {
        give_back(desk, into, body)?;
    }
    accepted(desk, from, Vec::new())
}

/// The one that stayed goes back to what it was, but for what editors did to it since.
fn give_back(desk: &mut Desk<'_>, into: Episode, body: &UndoMerge) -> Result<(), Stop> {
    let item = existing(desk, into)?;
    let goes_live = is_shown_as_it_is(item);
    let before = item
        .absorbed
        .get(&body.episode_id.0)
        .and_then(|absorbed| absorbed.before.as_deref());
    let (mut fields, mut changed) = (None, Vec::new());
    if let Some(before) = before {
        let keep = |at: &str| item.touch(at).by_editor;
        let restored = item::overlay(&item.draft, &before.fields, keep);
        let restored = restored.map_err(refusal::bad_patch)?;
        changed = item::changed(&item.draft, &restored);
        fields = (!changed.is_empty()).then_some(restored);
    }
    into.happen(
        desk,
        EventBody::EpisodeReturned(EpisodeReturned {
            episode_id: into.0,
            from: body.episode_id,
            fields,
            changed,
            reason: body.reason.clone(),
        }),
    )?;
    show(desk, into, goes_live)
}

/// Makes a change live that readers would otherwise not see, where they saw the draft as it was.
pub(super) fn show(desk: &mut Desk<'_>, entity: Episode, goes_live: bool) -> Result<(), Stop> {
    let item = existing(desk, entity)?;
    let fit = Episode::check(&item.draft).unfit.is_empty();
    if goes_live && fit && item.merged.is_none() && item.has_unpublished_changes() {
        let languages = languages(&item.draft);
        entity.happen(desk, entity.published(languages, None))?;
    }
    Ok(())
}

/// Where an entry goes whose marks lead to an episode.
pub(super) enum Lead {
    /// To this episode: the one that the marks lead to, or the one that it is part of.
    To(Episode),
    /// It is known, and its word does not count: the episode goes by other entries.
    Aside(Episode),
}

/// Where an entry goes whose marks lead to this episode.
pub(super) fn lead(desk: &mut Desk<'_>, id: EpisodeId) -> Result<Lead, Stop> {
    let mut top = id;
    for _ in 0..HOPS {
        match existing(desk, Episode(top))?.merged {
            None => break,
            Some(merged) if merged.program.is_some() => return Ok(Lead::Aside(Episode(top))),
            Some(merged) => top = EpisodeId(merged.into),
        }
    }
    let mut leader = top;
    for _ in 0..HOPS {
        match existing(desk, Episode(leader))?.follows {
            None => break,
            Some(follows) => leader = EpisodeId(follows),
        }
    }
    let top = Episode(top);
    Ok(if leader == id {
        Lead::To(top)
    } else {
        Lead::Aside(top)
    })
}

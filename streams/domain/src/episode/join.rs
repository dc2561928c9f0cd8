//! An episode's documents: what each lane shows of it together with its program.

use crate::catalog::{CatalogBody, EpisodeDocument, Lane, Status};
use crate::id::{EpisodeId, ItemRef, ProgramId};
use crate::item::Item;
use crate::model::{EpisodeFields, ProgramFields};
use crate::program::join::{draft_card, facts, is_gone, live_card, removed, same_live, shown};

/// The documents that a change of the episode makes.
#[must_use]
pub fn documents(
    program_id: ProgramId,
    id: EpisodeId,
    program: &Item<ProgramFields>,
    before: Option<&Item<EpisodeFields>>,
    now: &Item<EpisodeFields>,
) -> Vec<CatalogBody> {
    let mut documents = vec![draft(program_id, id, program, now)];
    let live_changed = before.is_none_or(|before| !same_live(before, now));
    if live_changed {
        let was_live = before.is_some_and(|before| is_gone(before, now));
        documents.extend(
            live(program_id, id, program, now)
                .or_else(|| was_live.then(|| gone(program_id, id, program, now))),
        );
    }
    documents
}

/// The documents that a change of the program makes of an episode that stayed as it was.
#[must_use]
pub fn rejoined(
    program_id: ProgramId,
    id: EpisodeId,
    program: &Item<ProgramFields>,
    episode: &Item<EpisodeFields>,
    in_draft: bool,
    in_live: bool,
) -> Vec<CatalogBody> {
    let mut documents = Vec::with_capacity(2);
    if in_draft {
        documents.push(draft(program_id, id, program, episode));
    }
    if in_live && episode.live_fields().is_some() {
        let gone = || gone(program_id, id, program, episode);
        documents.push(live(program_id, id, program, episode).unwrap_or_else(gone));
    }
    documents
}

fn draft(
    program_id: ProgramId,
    id: EpisodeId,
    program: &Item<ProgramFields>,
    episode: &Item<EpisodeFields>,
) -> CatalogBody {
    CatalogBody::Episode(EpisodeDocument {
        facts: facts(
            ItemRef::episode(id),
            program_id,
            Lane::Draft,
            episode,
            episode.status,
        ),
        fields: episode.draft.clone(),
        program: draft_card(program),
        provenance: Some(episode.provenance()),
    })
}

fn gone(
    program_id: ProgramId,
    id: EpisodeId,
    program: &Item<ProgramFields>,
    episode: &Item<EpisodeFields>,
) -> CatalogBody {
    removed(ItemRef::episode(id), program_id, episode, Some(program))
}

/// The live document; none while the episode or its program is not live.
fn live(
    program_id: ProgramId,
    id: EpisodeId,
    program: &Item<ProgramFields>,
    episode: &Item<EpisodeFields>,
) -> Option<CatalogBody> {
    let fields = episode.live_fields()?;
    let (card, program_status) = live_card(program)?;
    let status = match program_status {
        Status::Archived => Status::Archived,
        _ => episode.status,
    };
    Some(CatalogBody::Episode(EpisodeDocument {
        facts: facts(
            ItemRef::episode(id),
            program_id,
            Lane::Live,
            episode,
            status,
        ),
        fields: shown(fields, &episode.live_languages),
        program: card,
        provenance: None,
    }))
}

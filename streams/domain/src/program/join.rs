//! A program's documents: what each lane shows of it, and what episodes say of it.

use crate::catalog::{
    CatalogBody, ItemFacts, Lane, ProgramCard, ProgramDocument, RemovedDocument, Status,
};
use crate::id::{ItemRef, ProgramId};
use crate::item::{Fields, Item};
use crate::lang::Lang;
use crate::model::ProgramFields;

/// The documents that a change makes: the draft always, the live one where what readers see has changed.
#[must_use]
pub fn documents(
    id: ProgramId,
    before: Option<&Item<ProgramFields>>,
    now: &Item<ProgramFields>,
) -> Vec<CatalogBody> {
    let item = ItemRef::program(id);
    let mut documents = vec![CatalogBody::Program(ProgramDocument {
        facts: facts(item, id, Lane::Draft, now, now.status),
        fields: now.draft.clone(),
        provenance: Some(now.provenance()),
    })];
    match now.live_fields() {
        Some(_) if before.is_some_and(|before| same_live(before, now)) => {}
        Some(fields) => documents.push(CatalogBody::Program(ProgramDocument {
            facts: facts(item, id, Lane::Live, now, now.status),
            fields: shown(fields, &now.live_languages),
            provenance: None,
        })),
        None if before.is_some_and(|before| is_gone(before, now)) => {
            documents.push(removed(item, id, now, None));
        }
        None => {}
    }
    documents
}

/// The fields in the languages that are live: a text without a title in its language is not published.
pub(crate) fn shown<F: Fields>(fields: &F, languages: &[Lang]) -> F {
    let mut fields = fields.clone();
    fields.show_only(languages);
    fields
}

/// What draft documents of episodes say of this program.
#[must_use]
pub fn draft_card(program: &Item<ProgramFields>) -> ProgramCard {
    card(program, &program.draft)
}

/// What live documents of episodes say of this program; none where readers do not see it.
#[must_use]
pub fn live_card(program: &Item<ProgramFields>) -> Option<(ProgramCard, Status)> {
    program
        .live_fields()
        .map(|fields| (card(program, fields), program.status))
}

fn card(program: &Item<ProgramFields>, fields: &ProgramFields) -> ProgramCard {
    ProgramCard {
        title: fields.title.clone(),
        slug: program.slug.clone(),
        artwork: fields.artwork.first().cloned(),
        author: fields.author.clone(),
        persons: fields.persons.clone(),
        categories: fields.categories.clone(),
        default_lang: fields.default_lang.clone(),
        fallback: fields.fallback,
        explicit: fields.explicit,
        availability: fields.availability.clone(),
    }
}

/// Whether readers see the same of an item before and after.
pub(crate) fn same_live<F: PartialEq + Fields>(before: &Item<F>, now: &Item<F>) -> bool {
    before.live_updated_at == now.live_updated_at
        && before.live_languages == now.live_languages
        && before.status == now.status
        && before.absorbed.len() == now.absorbed.len()
        && before.stands_for == now.stands_for
        && before.live_fields() == now.live_fields()
}

/// Whether readers have to be told that an item is no longer there, or no longer leads elsewhere.
pub(crate) fn is_gone<F: Fields>(before: &Item<F>, now: &Item<F>) -> bool {
    before.live_fields().is_some()
        || before.merged != now.merged
        || before.withdrawn != now.withdrawn
}

/// What every document says of its item.
pub(crate) fn facts<F: Fields>(
    item: ItemRef,
    program_id: ProgramId,
    lane: Lane,
    now: &Item<F>,
    status: Status,
) -> ItemFacts {
    let (languages, updated_at): (Vec<Lang>, _) = match lane {
        Lane::Live => (now.live_languages.clone(), now.live_updated_at),
        Lane::Draft => (
            now.draft.title().0.keys().cloned().collect(),
            now.updated_at,
        ),
    };
    ItemFacts {
        item,
        program_id,
        lane,
        version: now.version,
        status,
        slug: now.slug.clone(),
        languages,
        created_at: now.created_at,
        updated_at,
        first_published_at: now.first_published_at,
        unpublished_changes: lane == Lane::Draft && now.has_unpublished_changes(),
        merged_into: now.merged.map(|merged| merged.into),
        same_as: now.same_as(),
        withdrawn: now.withdrawn.clone().filter(|_| lane == Lane::Draft),
    }
}

/// The document that takes an item from the readers; `program` is the episode's, which may be withdrawn.
pub(crate) fn removed<F>(
    item: ItemRef,
    program_id: ProgramId,
    now: &Item<F>,
    program: Option<&Item<ProgramFields>>,
) -> CatalogBody {
    // Who never saw it is told nothing of it.
    let was_seen = now.first_published_at.is_some();
    let of_program = program.and_then(|program| program.withdrawn.as_ref());
    let withdrawn = now.withdrawn.as_ref().or(of_program);
    CatalogBody::Removed(RemovedDocument {
        item,
        program_id,
        lane: Lane::Live,
        version: now.version,
        removed: true,
        merged_into: now.merged.filter(|_| was_seen).map(|merged| merged.into),
        withdrawn: withdrawn.filter(|_| was_seen).cloned(),
    })
}

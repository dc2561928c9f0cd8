//! An episode as a kind of item.

use crate::event::{
    Archived, EpisodeCreated, EpisodePublished, EpisodeReleased, EpisodeUpdated, EventBody,
    ImportFact, Unpublished, Withdrawn,
};
use crate::id::{EpisodeId, ItemRef};
use crate::item::{Change, Checked, Entity, Fact, Fields, Merged, Release, TakenOver};
use crate::lang::{Lang, Localized};
use crate::model::EpisodeFields;
use crate::rules;
use crate::verdict::Finding;

impl Fields for EpisodeFields {
    fn title(&self) -> &Localized {
        &self.title
    }
    fn default_lang(&self) -> Option<&Lang> {
        self.default_lang.as_ref()
    }
    fn show_only(&mut self, languages: &[Lang]) {
        for text in [&mut self.title, &mut self.subtitle, &mut self.description] {
            text.0.retain(|lang, _| languages.contains(lang));
        }
    }
}

/// An episode as a kind of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Episode(pub EpisodeId);

impl Entity for Episode {
    type Fields = EpisodeFields;

    fn item(&self) -> ItemRef {
        ItemRef::episode(self.0)
    }

    fn check(fields: &EpisodeFields) -> Checked {
        super::validate::check(fields)
    }

    fn tidy(fields: &mut EpisodeFields) -> Vec<Finding> {
        rules::tidy(&mut fields.subtitle, &mut fields.description)
    }

    fn created(
        &self,
        fields: EpisodeFields,
        slug: String,
        in_review: bool,
        import: Option<ImportFact>,
    ) -> EventBody {
        let episode_id = self.0;
        EventBody::EpisodeCreated(EpisodeCreated {
            episode_id,
            fields,
            slug,
            in_review,
            import,
            same_as: Vec::new(),
            split_from: None,
            held: Vec::new(),
        })
    }

    fn updated(&self, change: Change<EpisodeFields>) -> EventBody {
        EventBody::EpisodeUpdated(EpisodeUpdated {
            episode_id: self.0,
            fields: change.fields,
            changed: change.changed,
            rebased_from: change.rebased_from,
            import: change.import,
            matched_by: change.matched_by,
            held: change.held,
            reason: change.reason,
            restores: change.restores,
        })
    }

    fn released(&self, release: Release<EpisodeFields>) -> EventBody {
        EventBody::EpisodeReleased(EpisodeReleased {
            episode_id: self.0,
            fields: release.fields,
            pointers: release.pointers,
            changed: release.changed,
        })
    }

    fn published(&self, languages: Vec<Lang>, reason: Option<String>) -> EventBody {
        EventBody::EpisodePublished(EpisodePublished {
            episode_id: self.0,
            languages,
            reason,
        })
    }

    fn unpublished(&self, reason: Option<String>) -> EventBody {
        EventBody::EpisodeUnpublished(Unpublished { reason })
    }

    fn archived(&self, reason: Option<String>) -> EventBody {
        EventBody::EpisodeArchived(Archived { reason })
    }

    fn withdrawn(&self, withdrawn: Withdrawn) -> EventBody {
        EventBody::EpisodeWithdrawn(withdrawn)
    }

    fn fact(event: &EventBody) -> Option<Fact<'_, EpisodeFields>> {
        Some(match event {
            EventBody::EpisodeCreated(e) => Fact::Created {
                fields: &e.fields,
                slug: &e.slug,
                in_review: e.in_review,
                import: e.import.as_ref(),
                stands_for: e.same_as.iter().map(|id| id.0).collect(),
                held: &e.held,
            },
            EventBody::EpisodeUpdated(e) => Fact::Updated {
                fields: &e.fields,
                changed: &e.changed,
                import: e.import.as_ref(),
                held: &e.held,
            },
            EventBody::EpisodePublished(e) => Fact::Published(&e.languages),
            EventBody::EpisodeUnpublished(_) => Fact::Unpublished,
            EventBody::EpisodeArchived(_) => Fact::Archived,
            EventBody::EpisodeWithdrawn(e) => Fact::Withdrawn(&e.note),
            EventBody::EpisodeMatched(e) => Fact::Matched(&e.import),
            EventBody::EpisodeReleased(e) => Fact::Released {
                fields: &e.fields,
                pointers: &e.pointers,
                changed: &e.changed,
            },
            other => return merging(other),
        })
    }
}

/// What events of merges and splits mean.
fn merging(event: &EventBody) -> Option<Fact<'_, EpisodeFields>> {
    Some(match event {
        EventBody::EpisodeMerged(e) => Fact::Merged(Merged {
            into: e.into.0,
            program: e.into_program,
        }),
        EventBody::EpisodeUnmerged(_) => Fact::Unmerged,
        EventBody::EpisodeAbsorbed(e) => Fact::Absorbed(
            e.from.0,
            TakenOver {
                follows: e.follows,
                fields: e.fields.as_ref(),
                changed: &e.changed,
                import: e.import.as_ref(),
            },
        ),
        EventBody::EpisodeReturned(e) => Fact::Returned {
            from: e.from.0,
            fields: e.fields.as_ref(),
            changed: &e.changed,
        },
        EventBody::EpisodeSplit(e) => Fact::Split {
            fields: &e.fields,
            changed: &e.changed,
            import: e.import.as_ref(),
        },
        _ => return None,
    })
}

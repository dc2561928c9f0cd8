//! A program as a kind of item.

use crate::event::{
    Archived, EventBody, ImportFact, ProgramCreated, ProgramPublished, ProgramReleased,
    ProgramUpdated, Unpublished, Withdrawn,
};
use crate::id::{ItemRef, ProgramId};
use crate::item::{Change, Checked, Entity, Fact, Fields, Merged, Release, TakenOver};
use crate::lang::{Lang, Localized};
use crate::model::ProgramFields;
use crate::rules;
use crate::verdict::Finding;

impl Fields for ProgramFields {
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

/// A program as a kind of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program(pub ProgramId);

impl Entity for Program {
    type Fields = ProgramFields;

    fn item(&self) -> ItemRef {
        ItemRef::program(self.0)
    }

    fn check(fields: &ProgramFields) -> Checked {
        super::validate::check(fields)
    }

    fn tidy(fields: &mut ProgramFields) -> Vec<Finding> {
        rules::tidy(&mut fields.subtitle, &mut fields.description)
    }

    fn created(
        &self,
        fields: ProgramFields,
        slug: String,
        in_review: bool,
        import: Option<ImportFact>,
    ) -> EventBody {
        EventBody::ProgramCreated(ProgramCreated {
            fields,
            slug,
            in_review,
            import,
        })
    }

    fn updated(&self, change: Change<ProgramFields>) -> EventBody {
        EventBody::ProgramUpdated(ProgramUpdated {
            fields: change.fields,
            changed: change.changed,
            rebased_from: change.rebased_from,
            import: change.import,
            held: change.held,
            reason: change.reason,
            restores: change.restores,
        })
    }

    fn released(&self, release: Release<ProgramFields>) -> EventBody {
        EventBody::ProgramReleased(ProgramReleased {
            fields: release.fields,
            pointers: release.pointers,
            changed: release.changed,
        })
    }

    fn published(&self, languages: Vec<Lang>, reason: Option<String>) -> EventBody {
        EventBody::ProgramPublished(ProgramPublished { languages, reason })
    }

    fn unpublished(&self, reason: Option<String>) -> EventBody {
        EventBody::ProgramUnpublished(Unpublished { reason })
    }

    fn archived(&self, reason: Option<String>) -> EventBody {
        EventBody::ProgramArchived(Archived { reason })
    }

    fn withdrawn(&self, withdrawn: Withdrawn) -> EventBody {
        EventBody::ProgramWithdrawn(withdrawn)
    }

    fn fact(event: &EventBody) -> Option<Fact<'_, ProgramFields>> {
        Some(match event {
            EventBody::ProgramCreated(e) => Fact::Created {
                fields: &e.fields,
                slug: &e.slug,
                in_review: e.in_review,
                import: e.import.as_ref(),
                stands_for: Vec::new(),
                held: &[],
            },
            EventBody::ProgramUpdated(e) => Fact::Updated {
                fields: &e.fields,
                changed: &e.changed,
                import: e.import.as_ref(),
                held: &e.held,
            },
            EventBody::ProgramPublished(e) => Fact::Published(&e.languages),
            EventBody::ProgramUnpublished(_) => Fact::Unpublished,
            EventBody::ProgramArchived(_) => Fact::Archived,
            EventBody::ProgramWithdrawn(e) => Fact::Withdrawn(&e.note),
            EventBody::ProgramReleased(e) => Fact::Released {
                fields: &e.fields,
                pointers: &e.pointers,
                changed: &e.changed,
            },
            EventBody::ProgramMerged(e) => Fact::Merged(Merged {
                into: e.into.0,
                program: None,
            }),
            EventBody::ProgramReopened(_) => Fact::Unmerged,
            EventBody::ProgramAbsorbed(e) => Fact::Absorbed(e.from.0, TakenOver::nothing()),
            EventBody::ProgramReturned(e) => Fact::Returned {
                from: e.from.0,
                fields: None,
                changed: &[],
            },
            _ => return None,
        })
    }
}

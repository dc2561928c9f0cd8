//! The rules for a program's fields.

use crate::item::{Checked, Stage};
use crate::model::{ProgramFields, limits};
use crate::rules::Findings;
use crate::verdict::Finding;

/// The rules that these fields break at a stage: errors, then warnings.
#[must_use]
pub fn validate(fields: &ProgramFields, stage: Stage) -> (Vec<Finding>, Vec<Finding>) {
    check(fields).at(stage)
}

/// The rules that these fields break.
#[must_use]
pub fn check(fields: &ProgramFields) -> Checked {
    let mut found = Findings::default();
    found.title(fields);
    found.text("/subtitle", &fields.subtitle, &fields.title);
    found.text("/description", &fields.description, &fields.title);
    found.languages(&fields.languages);
    found.categories(&fields.categories);
    found.tags(&fields.tags);
    found.persons(&fields.persons);
    found.artwork(&fields.artwork);
    found.availability(&fields.availability);
    found.optional_url("/feed_url", fields.feed_url.as_ref());
    found.links(&fields.links);
    found.lines(&[
        ("/author", fields.author.as_ref()),
        ("/guid", fields.guid.as_ref()),
        ("/copyright", fields.copyright.as_ref()),
        ("/update_rule", fields.update_rule.as_ref()),
    ]);
    for (n, funding) in fields.funding.iter().enumerate() {
        found.url(format_args!("/funding/{n}/url"), &funding.url);
    }
    for (name, length) in [
        ("/external_ids", fields.external_ids.len()),
        ("/funding", fields.funding.len()),
        ("/value", fields.value.len()),
        ("/places", fields.places.len()),
        ("/social", fields.social.len()),
        ("/remote_items", fields.remote_items.len()),
    ] {
        found.at_most(name, length, limits::LIST, "entries");
    }
    if fields.description.is_empty() {
        found.warning(
            "/description",
            "description_missing",
            "readers find no description",
        );
    }
    found.checked()
}

//! The rules for a program's fields.

use crate::item::Stage;
use crate::model::{ProgramFields, limits};
use crate::rules::Findings;
use crate::verdict::Finding;

/// The rules that these fields break: errors, then warnings.
#[must_use]
pub fn validate(fields: &ProgramFields, stage: Stage) -> (Vec<Finding>, Vec<Finding>) {
    let mut found = Findings::default();
    found.title(fields, stage);
    found.text("/subtitle", &fields.subtitle, &fields.title);
    found.text("/description", &fields.description, &fields.title);
    for (n, lang) in fields.languages.iter().enumerate() {
        found.language(&format!("/languages/{n}"), lang);
    }
    found.categories(&fields.categories);
    found.tags(&fields.tags);
    found.persons(&fields.persons);
    found.artwork(&fields.artwork);
    found.availability(&fields.availability);
    found.optional_url("/feed_url", fields.feed_url.as_ref());
    for (n, link) in fields.links.iter().enumerate() {
        found.url(format!("/links/{n}/url"), &link.url);
    }
    for (n, funding) in fields.funding.iter().enumerate() {
        found.url(format!("/funding/{n}/url"), &funding.url);
    }
    for (name, length) in [
        ("/links", fields.links.len()),
        ("/external_ids", fields.external_ids.len()),
        ("/funding", fields.funding.len()),
        ("/value", fields.value.len()),
        ("/places", fields.places.len()),
        ("/social", fields.social.len()),
        ("/remote_items", fields.remote_items.len()),
        ("/languages", fields.languages.len()),
    ] {
        found.at_most(name, length, limits::LIST, "entries");
    }
    if stage == Stage::Publish && fields.description.is_empty() {
        found.warning(
            "/description",
            "description_missing",
            "readers find no description",
        );
    }
    found.split()
}

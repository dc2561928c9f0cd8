//! The rules that fields of every kind of item share, each with a stable code and a JSON pointer.
//!
//! Errors stop a command; warnings travel with its acceptance.

use crate::item::{Fields, Stage};
use crate::lang::{Lang, Localized};
use crate::model::{Artwork, Availability, Person, limits};
use crate::repair;
use crate::verdict::Finding;

/// Collects what rules find.
#[derive(Default)]
pub struct Findings {
    /// What stops the command.
    pub errors: Vec<Finding>,
    /// What does not.
    pub warnings: Vec<Finding>,
}

impl Findings {
    /// Notes a broken rule.
    pub fn error(&mut self, pointer: impl Into<String>, code: &str, message: impl Into<String>) {
        self.errors.push(Finding::new(pointer, code, message));
    }

    /// Notes a rule that is nearly broken.
    pub fn warning(&mut self, pointer: impl Into<String>, code: &str, message: impl Into<String>) {
        self.warnings.push(Finding::new(pointer, code, message));
    }

    /// The errors, then the warnings.
    #[must_use]
    pub fn split(self) -> (Vec<Finding>, Vec<Finding>) {
        (self.errors, self.warnings)
    }

    /// A title: in at least one language, none empty or too long.
    pub fn title(&mut self, fields: &impl Fields, stage: Stage) {
        let title = fields.title();
        if title.is_empty() && stage == Stage::Publish {
            self.error(
                "/title",
                "title_missing",
                "a title is needed in at least one language",
            );
        }
        for (lang, text) in &title.0 {
            let at = format!("/title/{lang}");
            if text.trim().is_empty() {
                self.error(
                    &at,
                    "title_empty",
                    "the title is empty: write one or remove the language",
                );
            } else if text.chars().count() > limits::TITLE {
                let message = format!("the title is longer than {} characters", limits::TITLE);
                self.error(&at, "title_too_long", message);
            }
        }
        self.languages_of("/title", title);
        if let Some(lang) = fields.default_lang() {
            self.language("/default_lang", lang);
            if !title.is_empty() && title.get(lang).is_none() {
                let message = format!("the default language {lang} has no title");
                self.error("/default_lang", "default_lang_without_title", message);
            }
        }
    }

    /// A description: not too long in any language; one without a title is never shown.
    pub fn text(&mut self, name: &str, text: &Localized, title: &Localized) {
        self.languages_of(name, text);
        for (lang, value) in &text.0 {
            if value.len() > limits::DESCRIPTION {
                let message = format!("the text is longer than {} bytes", limits::DESCRIPTION);
                self.error(format!("{name}/{lang}"), "text_too_long", message);
            }
            if title.get(lang).is_none() {
                let message = format!("there is no title in {lang}: the text is not shown");
                self.warning(format!("{name}/{lang}"), "text_without_title", message);
            }
        }
    }

    fn languages_of(&mut self, name: &str, text: &Localized) {
        self.at_most(name, text.0.len(), limits::LANGUAGES, "languages");
        for lang in text.0.keys() {
            self.language(&format!("{name}/{lang}"), lang);
        }
    }

    /// A language: a BCP 47 tag in canonical case.
    pub fn language(&mut self, pointer: &str, lang: &Lang) {
        match repair::language::canonical(lang.as_str()) {
            Some(tag) if tag == lang.as_str() => {}
            Some(tag) => {
                self.error(
                    pointer,
                    "language_not_canonical",
                    format!("write {tag} for {lang}"),
                );
            }
            None => {
                let message = format!(
                    "{:?} is not a language: use a BCP 47 tag such as ar or en-GB",
                    lang.as_str()
                );
                self.error(pointer, "language_invalid", message);
            }
        }
    }

    /// An address: http or https, with a host, not too long.
    pub fn url(&mut self, pointer: impl Into<String>, address: &str) {
        let pointer = pointer.into();
        if address.len() > limits::URL {
            self.error(
                pointer,
                "url_too_long",
                format!("the address is longer than {} bytes", limits::URL),
            );
            return;
        }
        let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
        let web = lower.starts_with("http://") || lower.starts_with("https://");
        if !web || url::Url::parse(address).map_or(true, |url| url.host().is_none()) {
            let message = format!("not an http or https address: {}", shortened(address));
            self.error(pointer, "url_invalid", message);
        }
    }

    /// An optional address.
    pub fn optional_url(&mut self, pointer: impl Into<String>, address: Option<&String>) {
        if let Some(address) = address {
            self.url(pointer, address);
        }
    }

    /// A list that must not grow without bound.
    pub fn at_most(&mut self, pointer: &str, length: usize, limit: usize, what: &str) {
        if length > limit {
            let message = format!("{length} {what} are more than the {limit} that are allowed");
            self.error(pointer, "too_many", message);
        }
    }

    /// Categories: few, known ones.
    pub fn categories(&mut self, categories: &[String]) {
        self.at_most("/categories", categories.len(), limits::LIST, "categories");
        for (n, slug) in categories.iter().enumerate() {
            let at = format!("/categories/{n}");
            if slug.trim().is_empty() {
                self.error(at, "category_empty", "the category is empty: remove it");
            } else if repair::category::name(slug, "en").is_none()
                && !repair::category::map(slug).known
            {
                self.warning(
                    at,
                    "category_unknown",
                    format!("{slug} is not a known category"),
                );
            }
        }
    }

    /// Tags: few, none empty.
    pub fn tags(&mut self, tags: &[String]) {
        self.at_most("/tags", tags.len(), limits::LIST, "tags");
        for (n, tag) in tags.iter().enumerate() {
            if tag.trim().is_empty() {
                self.error(
                    format!("/tags/{n}"),
                    "tag_empty",
                    "the tag is empty: remove it",
                );
            }
        }
    }

    /// People: each with a name.
    pub fn persons(&mut self, persons: &[Person]) {
        self.at_most("/persons", persons.len(), limits::LIST, "persons");
        for (n, person) in persons.iter().enumerate() {
            if person.name.trim().is_empty() {
                let at = format!("/persons/{n}/name");
                self.error(at, "person_without_name", "a person needs a name");
            }
            self.optional_url(format!("/persons/{n}/url"), person.url.as_ref());
            self.optional_url(format!("/persons/{n}/image_url"), person.image_url.as_ref());
        }
    }

    /// Pictures: addresses, sizes and focal points that can be.
    pub fn artwork(&mut self, artwork: &[Artwork]) {
        self.at_most("/artwork", artwork.len(), limits::LIST, "pictures");
        for (n, picture) in artwork.iter().enumerate() {
            self.url(format!("/artwork/{n}/url"), &picture.url);
            for (name, size) in [("width", picture.width), ("height", picture.height)] {
                if size.is_some_and(|size| size <= 0) {
                    let at = format!("/artwork/{n}/{name}");
                    self.error(at, "size_invalid", "a size in pixels is greater than 0");
                }
            }
            if let Some(point) = picture.focal_point
                && !((0.0..=1.0).contains(&point.x) && (0.0..=1.0).contains(&point.y))
            {
                let at = format!("/artwork/{n}/focal_point");
                self.error(
                    at,
                    "focal_point_invalid",
                    "x and y of a focal point lie between 0 and 1",
                );
            }
        }
    }

    /// Availability: an interval, codes of countries, an age.
    pub fn availability(&mut self, availability: &Availability) {
        if let (Some(from), Some(until)) = (availability.from, availability.until)
            && from >= until
        {
            let message = "the time to end is not after the time to start";
            self.error("/availability/until", "availability_empty", message);
        }
        for (n, code) in availability.countries.iter().enumerate() {
            if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
                let message = "use the two capital letters of ISO 3166-1, for example EG";
                self.error(
                    format!("/availability/countries/{n}"),
                    "country_invalid",
                    message,
                );
            }
        }
        if availability
            .min_age
            .is_some_and(|age| !(0..=21).contains(&age))
        {
            let message = "an age lies between 0 and 21 years";
            self.error("/availability/min_age", "age_invalid", message);
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(120).collect()
}

//! The rules that fields of every kind of item share, each with a stable code and a JSON pointer.
//!
//! Errors stop a command; warnings travel with its acceptance.

use crate::item::{Checked, Fields};
use crate::lang::{Lang, Localized};
use crate::model::{Artwork, Availability, Link, Person, limits};
use crate::repair;
use crate::verdict::Finding;
use std::fmt::Display;

/// Tags of BCP 47 that name no one language: not known, several, none that is spoken.
const SPECIAL: [&str; 3] = ["und", "mul", "zxx"];

/// Makes an editor's texts safe to show, as a feed's are made, and says where something was taken out.
pub fn tidy(subtitle: &mut Localized, description: &mut Localized) -> Vec<Finding> {
    let mut cleaned = Vec::new();
    for (lang, html) in &mut description.0 {
        let safe = repair::html::sanitise(html).value;
        if safe != *html {
            let message = "the text was made safe to show: compare what is kept";
            cleaned.push(Finding::new(
                format!("/description/{lang}"),
                "html_sanitised",
                message,
            ));
            *html = safe;
        }
    }
    description.0.retain(|_, text| !text.trim().is_empty());
    subtitle.0.retain(|_, text| !text.trim().is_empty());
    cleaned
}

/// Collects what rules find. Pointers are written out only where something is found.
#[derive(Default)]
pub struct Findings(Checked);

impl Findings {
    /// Notes a broken rule.
    pub fn error(&mut self, pointer: impl Display, code: &str, message: impl Into<String>) {
        let finding = Finding::new(pointer.to_string(), code, message);
        self.0.errors.push(finding);
    }

    /// Notes a rule that a draft may break, and what readers see may not.
    pub fn unfit(&mut self, pointer: impl Display, code: &str, message: impl Into<String>) {
        let finding = Finding::new(pointer.to_string(), code, message);
        self.0.unfit.push(finding);
    }

    /// Notes a rule that is nearly broken.
    pub fn warning(&mut self, pointer: impl Display, code: &str, message: impl Into<String>) {
        let finding = Finding::new(pointer.to_string(), code, message);
        self.0.warnings.push(finding);
    }

    /// What was found.
    #[must_use]
    pub fn checked(self) -> Checked {
        self.0
    }

    /// A title: in at least one language, none empty or too long.
    pub fn title(&mut self, fields: &impl Fields) {
        let title = fields.title();
        if title.is_empty() {
            let message = "a title is needed in at least one language";
            self.unfit("/title", "title_missing", message);
        }
        for (lang, text) in &title.0 {
            let at = format_args!("/title/{lang}");
            if text.trim().is_empty() {
                let message = "the title is empty: write one or remove the language";
                self.error(at, "title_empty", message);
            } else if is_longer(text, limits::TITLE) {
                let message = format!("the title is longer than {} characters", limits::TITLE);
                self.error(at, "title_too_long", message);
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

    /// A subtitle or description: not too long in any language; one without a title is never shown.
    pub fn text(&mut self, name: &str, text: &Localized, title: &Localized) {
        self.languages_of(name, text);
        for (lang, value) in &text.0 {
            if name == "/subtitle" && is_longer(value, limits::SUBTITLE) {
                let message = format!("the text is longer than {} characters", limits::SUBTITLE);
                self.error(format_args!("{name}/{lang}"), "text_too_long", message);
            } else if value.len() > limits::DESCRIPTION {
                let message = format!("the text is longer than {} bytes", limits::DESCRIPTION);
                self.error(format_args!("{name}/{lang}"), "text_too_long", message);
            }
            if title.get(lang).is_none() {
                let message = format!("there is no title in {lang}: the text is not shown");
                self.warning(format_args!("{name}/{lang}"), "text_without_title", message);
            }
        }
    }

    fn languages_of(&mut self, name: &str, text: &Localized) {
        self.at_most(name, text.0.len(), limits::LANGUAGES, "languages");
        for lang in text.0.keys() {
            self.language(format_args!("{name}/{lang}"), lang);
        }
    }

    /// The languages spoken in an item.
    pub fn languages(&mut self, languages: &[Lang]) {
        self.at_most("/languages", languages.len(), limits::LIST, "languages");
        for (n, lang) in languages.iter().enumerate() {
            self.language(format_args!("/languages/{n}"), lang);
        }
    }

    /// A language: a BCP 47 tag in canonical case.
    pub fn language(&mut self, pointer: impl Display, lang: &Lang) {
        let tag = lang.as_str();
        if SPECIAL.contains(&tag) {
            return;
        }
        match repair::language::canonical(tag) {
            Some(canonical) if canonical == tag => {}
            Some(canonical) => {
                let message = format!("write {canonical} for {lang}");
                self.error(pointer, "language_not_canonical", message);
            }
            None => {
                let message =
                    format!("{tag:?} is not a language: use a BCP 47 tag such as ar or en-GB");
                self.error(pointer, "language_invalid", message);
            }
        }
    }

    /// An address: http or https, with a host, not too long.
    pub fn url(&mut self, pointer: impl Display, address: &str) {
        if address.len() > limits::URL {
            let message = format!("the address is longer than {} bytes", limits::URL);
            self.error(pointer, "url_too_long", message);
        } else if !is_plain_address(address) && !is_web_address(address) {
            let message = format!("not an http or https address: {}", shortened(address));
            self.error(pointer, "url_invalid", message);
        }
    }

    /// An optional address.
    pub fn optional_url(&mut self, pointer: impl Display, address: Option<&String>) {
        if let Some(address) = address {
            self.url(pointer, address);
        }
    }

    /// Pages: each with an address.
    pub fn links(&mut self, links: &[Link]) {
        self.at_most("/links", links.len(), limits::LIST, "links");
        for (n, link) in links.iter().enumerate() {
            self.url(format_args!("/links/{n}/url"), &link.url);
        }
    }

    /// A list that must not grow without bound.
    pub fn at_most(&mut self, pointer: &str, length: usize, limit: usize, what: &str) {
        if length > limit {
            let message = format!("{length} {what} are more than the {limit} that are allowed");
            self.error(pointer, "too_many", message);
        }
    }

    /// Single lines that are no titles: not too long.
    pub fn lines(&mut self, lines: &[(&str, Option<&String>)]) {
        for (pointer, line) in lines {
            if line.is_some_and(|line| line.len() > limits::LINE) {
                let message = format!("the text is longer than {} bytes", limits::LINE);
                self.error(pointer, "text_too_long", message);
            }
        }
    }

    /// Categories: few, known ones.
    pub fn categories(&mut self, categories: &[String]) {
        self.at_most("/categories", categories.len(), limits::LIST, "categories");
        for (n, slug) in categories.iter().enumerate() {
            let at = format_args!("/categories/{n}");
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
                    format_args!("/tags/{n}"),
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
                let at = format_args!("/persons/{n}/name");
                self.error(at, "person_without_name", "a person needs a name");
            }
            self.optional_url(format_args!("/persons/{n}/url"), person.url.as_ref());
            self.optional_url(
                format_args!("/persons/{n}/image_url"),
                person.image_url.as_ref(),
            );
        }
    }

    /// Pictures: addresses, sizes and focal points that can be.
    pub fn artwork(&mut self, artwork: &[Artwork]) {
        self.at_most("/artwork", artwork.len(), limits::LIST, "pictures");
        for (n, picture) in artwork.iter().enumerate() {
            self.url(format_args!("/artwork/{n}/url"), &picture.url);
            for (name, size) in [("width", picture.width), ("height", picture.height)] {
                if size.is_some_and(|size| size <= 0) {
                    let at = format_args!("/artwork/{n}/{name}");
                    self.error(at, "size_invalid", "a size in pixels is greater than 0");
                }
            }
            if let Some(point) = picture.focal_point
                && !((0.0..=1.0).contains(&point.x) && (0.0..=1.0).contains(&point.y))
            {
                let at = format_args!("/artwork/{n}/focal_point");
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
        for (name, list) in [
            ("/availability/countries", &availability.countries),
            ("/availability/platforms", &availability.platforms),
        ] {
            self.at_most(name, list.len(), limits::LIST * 2, "entries");
        }
        for (n, code) in availability.countries.iter().enumerate() {
            if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
                let message = "use the two capital letters of ISO 3166-1, for example EG";
                self.error(
                    format_args!("/availability/countries/{n}"),
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

fn is_longer(text: &str, characters: usize) -> bool {
    text.len() > characters && text.chars().count() > characters
}

/// Whether an address is one that needs no parser: a host of plain labels, then what may follow it.
fn is_plain_address(address: &str) -> bool {
    let Some(rest) = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
    else {
        return false;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.split('.').all(label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
        && !host.contains("xn--")
        && path.bytes().all(|b| b.is_ascii_graphic())
}

fn is_web_address(address: &str) -> bool {
    url::Url::parse(address)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
}

fn shortened(text: &str) -> String {
    text.chars().take(120).collect()
}

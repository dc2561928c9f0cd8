//! Reading values out of raw elements, with a note of every repair.
//!
//! What several formats share is read here, so that a rule is written once: the namespaces of podcasts and
//! media stand in RSS and in Atom alike.

mod money;
mod pages;
mod people;
mod pictures;
mod words;

pub(crate) use pages::{copyright, external_id, link_title};
pub(crate) use pictures::{Found, is_picture, is_picture_at};

use super::{Element, FeedContext};
use crate::command::FieldRepair;
use crate::lang::{Lang, Localized};
use crate::repair::{self, Repair, Repaired};
use crate::time::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One entry being read.
pub(crate) struct Reading<'a> {
    /// The element.
    pub element: &'a Element,
    /// What it must know of its feed.
    pub feed: &'a FeedContext,
    /// What relative addresses are relative to; empty where nobody knows.
    base: Cow<'a, str>,
    /// The element where it has anything of Media RSS, else one with nothing in it.
    media: &'a Element,
    repairs: Vec<FieldRepair>,
}

/// What is looked into where there is nothing to be found.
static NOTHING: Element = Element {
    name: String::new(),
    attributes: BTreeMap::new(),
    text: String::new(),
    children: Vec::new(),
};

impl<'a> Reading<'a> {
    pub fn new(element: &'a Element, feed: &'a FeedContext) -> Self {
        Self {
            element,
            feed,
            base: joined(&Cow::Borrowed(feed.url.as_str()), element),
            media: match element
                .children
                .iter()
                .any(|child| child.name.starts_with("media:"))
            {
                true => element,
                false => &NOTHING,
            },
            repairs: Vec::new(),
        }
    }

    /// What was repaired.
    pub fn into_repairs(self) -> Vec<FieldRepair> {
        self.repairs
    }

    /// Notes a repair of a field.
    pub fn note(&mut self, pointer: &str, repair: Repair) {
        let code = repair.code();
        let same = |noted: &FieldRepair| noted.pointer == pointer && noted.code == code;
        if !self.repairs.iter().any(same) {
            self.repairs.push(FieldRepair {
                pointer: pointer.to_owned(),
                code: code.to_owned(),
            });
        }
    }

    /// The value, its repairs noted.
    pub fn keep<T>(&mut self, pointer: &str, repaired: Repaired<T>) -> T {
        for repair in &repaired.repairs {
            self.note(pointer, *repair);
        }
        repaired.value
    }

    /// A value that may be unreadable: that is noted too.
    pub fn keep_or_note<T>(
        &mut self,
        pointer: &str,
        unreadable: Repair,
        repaired: Option<Repaired<T>>,
    ) -> Option<T> {
        match repaired {
            Some(repaired) => Some(self.keep(pointer, repaired)),
            None => {
                self.note(pointer, unreadable);
                None
            }
        }
    }

    /// One line of plain text.
    pub fn line(&mut self, pointer: &str, names: &[&str]) -> Option<String> {
        self.line_of(pointer, self.element.text_of(names)?)
    }

    /// One line of plain text.
    pub fn line_of(&mut self, pointer: &str, raw: &str) -> Option<String> {
        let text = self.keep(pointer, repair::html::text(raw));
        (!text.is_empty()).then_some(text)
    }

    /// Sanitised HTML.
    pub fn html(&mut self, pointer: &str, names: &[&str]) -> Option<String> {
        let html = self.element.text_of(names)?;
        self.html_of(pointer, html, self.element)
    }

    /// Sanitised HTML whose links are relative to what the element says.
    pub fn html_of(&mut self, pointer: &str, html: &str, at: &Element) -> Option<String> {
        let base = self.base_at(at);
        let html = repair::html::sanitise_at(html, (!base.is_empty()).then_some(base.as_ref()));
        self.some_html(pointer, html)
    }

    /// Plain text as HTML.
    pub fn html_of_text(&mut self, pointer: &str, text: &str) -> Option<String> {
        self.some_html(pointer, repair::html::of_text(text))
    }

    /// A text of Atom, which says itself whether it is HTML; the first that has any. What says nothing is taken for
    /// HTML, as most that is not plain is.
    pub fn construct(&mut self, pointer: &str, names: &[&str]) -> Option<String> {
        for name in names {
            let texts = self
                .element
                .all(name)
                .filter(|text| !text.text.trim().is_empty());
            for text in texts {
                // What is no text stands here in letters; Atom 0.3 says so in a word of its own.
                if text.attribute("mode") == Some("base64") {
                    continue;
                }
                return match text.attribute("type") {
                    Some("text" | "text/plain") => self.html_of_text(pointer, &text.text),
                    // Pictures, sound and documents stand here in letters.
                    Some(kind) if kind.contains('/') && !is_markup(kind) => continue,
                    _ => self.html_of(pointer, &text.text, text),
                };
            }
        }
        None
    }

    /// HTML that was made safe, unless nothing is left of it.
    pub fn some_html(&mut self, pointer: &str, html: Repaired<String>) -> Option<String> {
        let html = self.keep(pointer, html);
        (!html.is_empty()).then_some(html)
    }

    /// The language of the texts: as the feed says, else as it is found.
    pub fn language(&mut self, said: Option<&str>, sample: &[Option<&str>]) -> Lang {
        if let Some(said) = said
            && let Some(repaired) = repair::language::repair(said)
        {
            return Lang(self.keep("/default_lang", repaired));
        }
        match repair::language::detect(&words::sample(sample)) {
            Some(tag) => {
                self.note("/default_lang", Repair::LanguageDetected);
                Lang::from(tag)
            }
            None => {
                self.note("/default_lang", Repair::LanguageUnknown);
                Lang::undetermined()
            }
        }
    }

    /// A text in the entry's one language.
    pub fn localized(lang: &Lang, text: Option<String>) -> Localized {
        text.map(|text| Localized::one(lang.clone(), text))
            .unwrap_or_default()
    }

    /// An address, absolute and mended.
    pub fn url(&mut self, pointer: &str, raw: &str) -> Option<String> {
        self.url_at(pointer, raw, self.element)
    }

    /// The address in an attribute of an element.
    pub fn url_in(&mut self, pointer: &str, element: &Element, attribute: &str) -> Option<String> {
        self.url_at(pointer, element.attribute(attribute)?, element)
    }

    /// An address that stands in an element, which may say what it is relative to.
    pub fn url_at(&mut self, pointer: &str, raw: &str, at: &Element) -> Option<String> {
        let base = self.base_at(at);
        let repaired = repair::url::repair(raw, (!base.is_empty()).then_some(base.as_ref()));
        self.keep_or_note(pointer, Repair::UrlUnreadable, repaired)
    }

    /// What addresses in the entry, or in an element of it, are relative to.
    fn base_at(&self, at: &Element) -> Cow<'a, str> {
        match std::ptr::eq(at, self.element) {
            true => self.base.clone(),
            false => joined(&self.base, at),
        }
    }

    /// A point in time; an unreadable one is none, never now. The first that can be read counts.
    pub fn time(&mut self, pointer: &str, names: &[&str]) -> Option<Timestamp> {
        for name in names {
            if let Some(raw) = self.element.text_of(&[name])
                && let Some(time) = self.time_of(pointer, raw)
            {
                return Some(time);
            }
        }
        None
    }

    /// A point in time; an unreadable one is none.
    pub fn time_of(&mut self, pointer: &str, raw: &str) -> Option<Timestamp> {
        self.keep_or_note(pointer, Repair::DateUnreadable, repair::date::parse(raw))
            .map(Timestamp)
    }

    /// A length in seconds.
    pub fn duration_of(&mut self, pointer: &str, raw: &str) -> Option<i64> {
        let repaired = repair::duration::parse(raw);
        self.keep_or_note(pointer, Repair::DurationUnreadable, repaired)
    }

    /// A number of a season or an episode.
    pub fn number(&mut self, pointer: &str, names: &[&str]) -> Option<i32> {
        let raw = self.element.text_of(names)?;
        let repaired = repair::number::parse(raw);
        let number = self.keep_or_note(pointer, Repair::NumberUnreadable, repaired)?;
        i32::try_from(number).ok()
    }

    /// Whether it is not for children.
    pub fn explicit(&self) -> Option<bool> {
        let said = ["itunes:explicit", "googleplay:explicit", "media:adult"];
        let said = self.element.text_of(&said);
        said.and_then(repair::explicit::parse)
            .or_else(|| self.rating())
    }

    /// The simple scheme of Media RSS: `adult` or `nonadult`.
    fn rating(&self) -> Option<bool> {
        let rating = self.media("media:rating").next()?;
        let simple = |scheme: &str| scheme.eq_ignore_ascii_case("urn:simple");
        if !rating.attribute("scheme").is_none_or(simple) {
            return None;
        }
        match rating.text.trim() {
            "adult" => Some(true),
            "nonadult" => Some(false),
            _ => None,
        }
    }

    /// Whether directories are asked to leave it out.
    pub fn block(&self) -> bool {
        // With an id it is meant for one directory alone.
        let everywhere = |block: &Element| block.attribute("id").is_none() && is_yes(&block.text);
        self.yes("itunes:block")
            || self.yes("googleplay:block")
            || self.element.all("podcast:block").any(everywhere)
    }

    /// A yes of the iTunes tags.
    pub fn yes(&self, name: &str) -> bool {
        self.element.text_of(&[name]).is_some_and(is_yes)
    }

    /// The elements of this name of Media RSS: right here, in a group or in a file's description.
    pub fn media(&self, name: &'static str) -> impl Iterator<Item = &'a Element> + use<'a> {
        let element = self.media;
        let groups = || element.all("media:group");
        let contents = element
            .all("media:content")
            .chain(groups().flat_map(|group| group.all("media:content")));
        element
            .all(name)
            .chain(groups().flat_map(move |group| group.all(name)))
            .chain(contents.flat_map(move |content| content.all(name)))
    }

    /// The text of the first element of this name of Media RSS that has any.
    pub fn media_text(&self, name: &'static str) -> Option<&'a str> {
        let texts = self.media(name).map(|element| element.text.trim());
        texts.into_iter().find(|text| !text.is_empty())
    }
}

/// Whether a media type is that of text with markup.
fn is_markup(kind: &str) -> bool {
    kind.starts_with("text/") || kind == "application/xhtml+xml"
}

fn is_yes(text: &str) -> bool {
    let text = text.trim();
    text.eq_ignore_ascii_case("yes") || text.eq_ignore_ascii_case("true")
}

/// The base of an element: the outer one, or what it declares instead.
fn joined<'a>(outer: &Cow<'a, str>, element: &Element) -> Cow<'a, str> {
    let Some(own) = element.attribute("xml:base") else {
        return outer.clone();
    };
    let repaired = repair::url::repair(own, (!outer.is_empty()).then_some(outer.as_ref()));
    repaired.map_or_else(|| outer.clone(), |base| Cow::Owned(base.value))
}

/// An attribute as it stands, unless it is longer than any line may be.
pub(crate) fn owned(element: &Element, attribute: &str) -> Option<String> {
    short(element.attribute(attribute)?).map(str::to_owned)
}

/// A text that is no longer than a line may be.
pub(crate) fn short(text: &str) -> Option<&str> {
    (text.len() <= repair::html::LONGEST_TEXT).then_some(text)
}

/// Names as one line, as many as it holds.
pub(crate) fn one_line(names: Vec<String>) -> Option<String> {
    let joined = names.into_iter().reduce(|mut line, name| {
        if line.len() + name.len() + 2 <= repair::html::LONGEST_TEXT {
            line.push_str(", ");
            line.push_str(&name);
        }
        line
    });
    joined.filter(|line| !line.is_empty())
}

/// An attribute that is a number.
pub(crate) fn parsed<T: std::str::FromStr>(element: &Element, attribute: &str) -> Option<T> {
    element.attribute(attribute)?.parse().ok()
}

/// The text of a member that is a number.
pub(crate) fn parsed_text<T: std::str::FromStr>(element: &Element, name: &str) -> Option<T> {
    element.text_of(&[name])?.parse().ok()
}

/// A language that an attribute names.
pub(crate) fn lang_in(element: &Element, attribute: &str) -> Option<Lang> {
    let tag = element.attribute(attribute)?;
    repair::language::canonical(tag).map(Lang)
}

//! Reading values out of raw elements, with a note of every repair.

use super::{Element, FeedContext};
use crate::command::FieldRepair;
use crate::lang::{Lang, Localized};
use crate::model::{
    Artwork, ExternalId, Licence, Link, Person, Place, SocialLink, Value, ValueRecipient, limits,
};
use crate::repair::{self, Repaired};
use crate::time::Timestamp;

/// One entry being read.
pub(crate) struct Reading<'a> {
    /// The element.
    pub element: &'a Element,
    /// What it must know of its feed.
    pub feed: &'a FeedContext,
    repairs: Vec<FieldRepair>,
}

impl<'a> Reading<'a> {
    pub fn new(element: &'a Element, feed: &'a FeedContext) -> Self {
        Self {
            element,
            feed,
            repairs: Vec::new(),
        }
    }

    /// What was repaired.
    pub fn into_repairs(self) -> Vec<FieldRepair> {
        self.repairs
    }

    /// Notes a repair of a field.
    pub fn note(&mut self, pointer: &str, code: &str) {
        let repair = FieldRepair {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
        };
        if !self.repairs.contains(&repair) {
            self.repairs.push(repair);
        }
    }

    /// The value, its repairs noted.
    pub fn keep<T>(&mut self, pointer: &str, repaired: Repaired<T>) -> T {
        for repair in &repaired.repairs {
            self.note(pointer, repair.code());
        }
        repaired.value
    }

    /// A value that may be unreadable: that is noted too.
    pub fn keep_or_note<T>(
        &mut self,
        pointer: &str,
        unreadable: &str,
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
        let raw = self.element.text_of(names)?;
        let text = self.keep(pointer, repair::html::text(raw));
        (!text.is_empty()).then_some(text)
    }

    /// Sanitised HTML.
    pub fn html(&mut self, pointer: &str, names: &[&str]) -> Option<String> {
        let raw = self.element.text_of(names)?;
        let html = self.keep(pointer, repair::html::sanitise(raw));
        (!html.is_empty()).then_some(html)
    }

    /// The language of the texts: as the feed says, else as it is found.
    pub fn language(&mut self, said: Option<&str>, sample: &[Option<&str>]) -> Lang {
        if let Some(said) = said
            && let Some(repaired) = repair::language::repair(said)
        {
            return Lang(self.keep("/default_lang", repaired));
        }
        let sample = sample
            .iter()
            .flatten()
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        match repair::language::detect(&sample) {
            Some(tag) => {
                self.note("/default_lang", "language_detected");
                Lang::from(tag)
            }
            None => {
                self.note("/default_lang", "language_unknown");
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
        let base = (!self.feed.url.is_empty()).then_some(self.feed.url.as_str());
        self.keep_or_note(pointer, "url_unreadable", repair::url::repair(raw, base))
    }

    /// A point in time; an unreadable one is none, never now.
    pub fn time(&mut self, pointer: &str, names: &[&str]) -> Option<Timestamp> {
        let raw = self.element.text_of(names)?;
        self.keep_or_note(pointer, "date_unreadable", repair::date::parse(raw))
            .map(Timestamp)
    }

    /// A number of a season or an episode.
    pub fn number(&mut self, pointer: &str, names: &[&str]) -> Option<i32> {
        let raw = self.element.text_of(names)?;
        let number = self.keep_or_note(pointer, "number_unreadable", repair::number::parse(raw))?;
        i32::try_from(number).ok()
    }

    /// Whether it is not for children.
    pub fn explicit(&self) -> Option<bool> {
        self.element
            .text_of(&["itunes:explicit", "media:adult"])
            .and_then(repair::explicit::parse)
    }

    /// A yes of the iTunes tags.
    pub fn yes(&self, name: &str) -> bool {
        self.element.text_of(&[name]).is_some_and(|text| {
            ["yes", "true"]
                .iter()
                .any(|yes| text.eq_ignore_ascii_case(yes))
        })
    }

    /// Known categories, and the words of unknown ones.
    pub fn categories(&mut self) -> (Vec<String>, Vec<String>) {
        let mut names = Vec::new();
        for outer in self.element.all("itunes:category") {
            let Some(parent) = outer.attribute("text") else {
                continue;
            };
            let inner: Vec<_> = outer
                .all("itunes:category")
                .filter_map(|c| c.attribute("text"))
                .collect();
            if inner.is_empty() {
                names.push(parent.to_owned());
            }
            names.extend(inner.into_iter().map(|child| format!("{parent} > {child}")));
        }
        let plain = ["category", "media:category", "dc:subject"];
        names.extend(plain.iter().flat_map(|name| {
            self.element
                .all(name)
                .map(|c| c.text.trim().to_owned())
                .filter(|t| !t.is_empty())
        }));
        let (mut known, mut words) = (Vec::new(), Vec::new());
        for name in names.into_iter().take(limits::LIST) {
            let mapped = repair::category::map(&name);
            if mapped.known {
                push_new(&mut known, mapped.slug);
            } else {
                let word = self.keep("/tags", repair::html::text(&name));
                if !word.is_empty() {
                    push_new(&mut words, word);
                }
            }
        }
        (known, words)
    }

    /// Key words, each once.
    pub fn keywords(&mut self, mut words: Vec<String>) -> Vec<String> {
        let listed = self.element.text_of(&["itunes:keywords", "media:keywords"]);
        for word in listed.unwrap_or_default().split([',', '،', ';']) {
            let word = self.keep("/tags", repair::html::text(word));
            if !word.is_empty() && words.len() < limits::LIST {
                push_new(&mut words, word);
            }
        }
        words
    }

    /// The people who are named.
    pub fn persons(&mut self) -> Vec<Person> {
        let mut persons = Vec::new();
        for element in self.element.all("podcast:person").take(limits::LIST) {
            let name = self.keep("/persons", repair::html::text(&element.text));
            if name.is_empty() {
                self.note("/persons", "person_without_name");
                continue;
            }
            persons.push(Person {
                name,
                role: element.attribute("role").map(str::to_lowercase),
                group: element.attribute("group").map(str::to_lowercase),
                url: element
                    .attribute("href")
                    .and_then(|raw| self.url("/persons", raw)),
                image_url: element
                    .attribute("img")
                    .and_then(|raw| self.url("/persons", raw)),
            });
        }
        persons
    }

    /// The pictures, the main one first, each once.
    pub fn artwork(&mut self) -> Vec<Artwork> {
        let mut found: Vec<(String, Option<String>)> = Vec::new();
        let element = self.element;
        found.extend(attributes(element, "itunes:image", "href"));
        for image in element.all("image") {
            found.extend(image.text_of(&["url"]).map(|url| (url.to_owned(), None)));
        }
        found.extend(element.all("podcast:image").filter_map(|image| {
            let purpose = image.attribute("purpose").map(str::to_owned);
            image
                .attribute("href")
                .map(|href| (href.to_owned(), purpose))
        }));
        found.extend(attributes(element, "media:thumbnail", "url"));
        let mut artwork: Vec<Artwork> = Vec::new();
        for (raw, purpose) in found.into_iter().take(limits::LIST) {
            let Some(url) = self.url("/artwork", &raw) else {
                continue;
            };
            if artwork.iter().all(|picture| picture.url != url) {
                artwork.push(Artwork {
                    url,
                    purpose,
                    ..Artwork::default()
                });
            }
        }
        artwork
    }

    /// The pages that belong to it.
    pub fn links(&mut self) -> Vec<Link> {
        let mut links = Vec::new();
        for (name, rel) in [("link", "alternate"), ("comments", "comments")] {
            if let Some(raw) = self.element.text_of(&[name])
                && let Some(url) = self.url("/links", raw)
            {
                links.push(Link {
                    rel: rel.to_owned(),
                    url,
                    title: None,
                });
            }
        }
        links
    }

    /// The terms of use.
    pub fn licence(&mut self) -> Option<Licence> {
        let element = self.element.child("podcast:license")?;
        let name = self.keep("/licence", repair::html::text(&element.text));
        let url = element
            .attribute("url")
            .and_then(|raw| self.url("/licence/url", raw));
        (!name.is_empty() || url.is_some()).then_some(Licence { name, url })
    }

    /// Ways for listeners to pay.
    pub fn value(&self) -> Vec<Value> {
        let recipient = |r: &Element| ValueRecipient {
            name: r.attribute("name").map(str::to_owned),
            kind: r.attribute("type").unwrap_or_default().to_owned(),
            address: r.attribute("address").unwrap_or_default().to_owned(),
            split: r
                .attribute("split")
                .and_then(|split| split.parse().ok())
                .unwrap_or(0),
            fee: r.attribute("fee") == Some("true"),
            custom_key: r.attribute("customKey").map(str::to_owned),
            custom_value: r.attribute("customValue").map(str::to_owned),
        };
        self.element
            .all("podcast:value")
            .take(limits::LIST)
            .map(|value| Value {
                kind: value.attribute("type").unwrap_or_default().to_owned(),
                method: value.attribute("method").unwrap_or_default().to_owned(),
                suggested: value.attribute("suggested").map(str::to_owned),
                recipients: value
                    .all("podcast:valueRecipient")
                    .take(limits::LIST)
                    .map(recipient)
                    .collect(),
            })
            .collect()
    }

    /// The places it is about.
    pub fn places(&mut self) -> Vec<Place> {
        let mut places = Vec::new();
        for element in self.element.all("podcast:location").take(limits::LIST) {
            places.push(Place {
                name: self.keep("/places", repair::html::text(&element.text)),
                rel: element.attribute("rel").map(str::to_owned),
                geo: element.attribute("geo").map(str::to_owned),
                osm: element.attribute("osm").map(str::to_owned),
                country: element.attribute("country").map(str::to_uppercase),
            });
        }
        places
    }

    /// Where it is talked about.
    pub fn social(&self) -> Vec<SocialLink> {
        self.element
            .all("podcast:socialInteract")
            .take(limits::LIST)
            .map(|element| SocialLink {
                protocol: element.attribute("protocol").unwrap_or_default().to_owned(),
                uri: element.attribute("uri").map(str::to_owned),
                account_id: element.attribute("accountId").map(str::to_owned),
                account_url: element.attribute("accountUrl").map(str::to_owned),
                priority: element.attribute("priority").and_then(|p| p.parse().ok()),
            })
            .collect()
    }

    /// The guid as an external id, beside the field.
    pub fn external_ids(guid: Option<&String>) -> Vec<ExternalId> {
        guid.map(|guid| ExternalId {
            scheme: "guid".to_owned(),
            value: guid.clone(),
        })
        .into_iter()
        .collect()
    }
}

fn attributes(
    element: &Element,
    name: &'static str,
    attribute: &'static str,
) -> Vec<(String, Option<String>)> {
    element
        .all(name)
        .filter_map(|child| child.attribute(attribute))
        .map(|value| (value.to_owned(), None))
        .collect()
}

fn push_new(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

//! Pages that belong to an item, the terms it is under, and the ids that others gave it.

use super::{Reading, is_markup, owned};
use crate::ingest::Element;
use crate::model::{ExternalId, Licence, Link, limits};

/// Links that are about the feed, its paging or its editing, and of no use to a reader.
const INNER: [&str; 19] = [
    "collection",
    "current",
    "edit",
    "edit-media",
    "first",
    "hub",
    "icon",
    "last",
    "license",
    "next",
    "next-archive",
    "prev",
    "prev-archive",
    "preview",
    "previous",
    "search",
    "self",
    "service",
    "up",
];

impl<'a> Reading<'a> {
    /// The links in Atom's form, of RSS too: what each is for, and its element.
    pub fn atom_links(&self) -> impl Iterator<Item = (&'a str, &'a Element)> + use<'a> {
        let element = self.element;
        let links = element.all("link").chain(element.all("atom:link"));
        links
            .filter(|link| link.attribute("href").is_some())
            .take(limits::LIST)
            .map(|link| (rel(link), link))
    }

    /// The pages that belong to it.
    pub fn links(&mut self) -> Vec<Link> {
        let mut links = Vec::new();
        for (name, rel) in [("link", "alternate"), ("comments", "comments")] {
            let raw = self.element.text_of(&[name]);
            self.push_link(&mut links, rel, raw, None);
        }
        if links.iter().all(|link| link.rel != "alternate") {
            self.push_link(&mut links, "alternate", self.permalink(), None);
        }
        for (rel, link) in self.atom_links() {
            // A full address names a link of somebody's own.
            if rel != "enclosure" && !INNER.contains(&rel) && !rel.contains(':') {
                let (raw, title) = (link.attribute("href"), link.attribute("title"));
                self.push_link_at(&mut links, rel, raw, title, link);
            }
        }
        if links.iter().all(|link| link.rel != "alternate") {
            self.page_outside(&mut links);
        }
        for (name, attribute, rel) in [
            ("podcast:funding", "url", "payment"),
            ("podcast:contentLink", "href", "live"),
            ("source", "url", "via"),
            ("thr:in-reply-to", "href", "in-reply-to"),
        ] {
            for element in self.element.all(name).take(limits::LIST) {
                let title = Some(element.text.trim());
                let raw = element.attribute(attribute);
                self.push_link_at(&mut links, rel, raw, title, element);
            }
        }
        self.taken_from(&mut links);
        let player = self.media("media:player").next();
        let player = player.and_then(|player| player.attribute("url"));
        self.push_link(&mut links, "player", player, None);
        links.truncate(limits::LIST);
        links
    }

    /// The page that an entry of Atom has for its content.
    fn page_outside(&mut self, links: &mut Vec<Link>) {
        let is_page = |kind: &str| !kind.contains('/') || is_markup(kind);
        let contents = self.element.all("content");
        let pages = contents.filter(|content| content.attribute("type").is_none_or(is_page));
        for content in pages.take(1) {
            self.push_link_at(links, "alternate", content.attribute("src"), None, content);
        }
    }

    /// The feed that an entry of Atom was taken from.
    fn taken_from(&mut self, links: &mut Vec<Link>) {
        let Some(source) = self.element.child("source") else {
            return;
        };
        let page = source.all("link").find(|link| rel(link) == "alternate");
        if let Some(page) = page {
            let (raw, title) = (page.attribute("href"), source.text_of(&["title"]));
            self.push_link_at(links, "via", raw, title, page);
        }
    }

    /// Adds a page unless it is there already.
    pub fn push_link(
        &mut self,
        links: &mut Vec<Link>,
        rel: &str,
        raw: Option<&str>,
        title: Option<&str>,
    ) {
        self.push_link_at(links, rel, raw, title, self.element);
    }

    /// Adds a page, whose address stands in an element, unless it is there already.
    fn push_link_at(
        &mut self,
        links: &mut Vec<Link>,
        rel: &str,
        raw: Option<&str>,
        title: Option<&str>,
        at: &Element,
    ) {
        let Some(url) = raw.and_then(|raw| self.url_at("/links", raw, at)) else {
            return;
        };
        if links.iter().any(|link| link.rel == rel && link.url == url) {
            return;
        }
        links.push(Link {
            rel: rel.to_owned(),
            url,
            title: title.and_then(|title| self.line_of("/links", title)),
        });
    }

    /// A guid that is an address leads to the page, unless it says that it does not.
    fn permalink(&self) -> Option<&'a str> {
        let guid = self.element.child("guid")?;
        let no = guid.attribute("isPermaLink");
        let may = !no.is_some_and(|no| no.eq_ignore_ascii_case("false"));
        let guid = guid.text.trim();
        let is_web = guid.starts_with("http://") || guid.starts_with("https://");
        (may && is_web).then_some(guid)
    }

    /// The terms of use: the first place that names any.
    pub fn licence(&mut self) -> Option<Licence> {
        let element = self.element;
        if let Some(licence) = element.child("podcast:license") {
            return self.licence_of(licence.attribute("url"), &licence.text);
        }
        if let Some(licence) = self.media("media:license").next() {
            return self.licence_of(licence.attribute("href"), &licence.text);
        }
        if let Some(address) = element.text_of(&["creativeCommons:license", "dcterms:license"]) {
            return self.licence_of(Some(address), "");
        }
        if let Some(licence) = element.child("cc:license") {
            let address = licence.attribute("rdf:resource").unwrap_or(&licence.text);
            return self.licence_of(Some(address), "");
        }
        let (_, link) = self.atom_links().find(|(rel, _)| *rel == "license")?;
        let name = link.attribute("title").unwrap_or_default();
        self.licence_of(link.attribute("href"), name)
    }

    fn licence_of(&mut self, address: Option<&str>, name: &str) -> Option<Licence> {
        let url = address.and_then(|raw| self.url("/licence/url", raw));
        let name = self.line_of("/licence", name);
        let name = name.or_else(|| creative_commons(url.as_deref()?));
        (name.is_some() || url.is_some()).then(|| Licence {
            name: name.unwrap_or_default(),
            url,
        })
    }

    /// The ids that others gave it: its guid, and those of platforms (Podcasting 2.0 `podcast:id`).
    pub fn external_ids(&self, guid: Option<&String>) -> Vec<ExternalId> {
        let guid = guid.map(|guid| external_id("guid", guid));
        let platforms = self.element.all("podcast:id").filter_map(|id| {
            let platform = id.attribute("platform")?.to_lowercase();
            Some(external_id(&platform, id.attribute("id")?))
        });
        guid.into_iter()
            .chain(platforms)
            .take(limits::LIST)
            .collect()
    }
}

/// An id that somebody gave.
pub(crate) fn external_id(scheme: &str, value: &str) -> ExternalId {
    ExternalId {
        scheme: scheme.to_owned(),
        value: value.to_owned(),
    }
}

/// What a link is for, without the address under which the names are registered.
fn rel(link: &Element) -> &str {
    let rel = link.attribute("rel").unwrap_or("alternate");
    let registered = ["http://www.iana.org/assignments/relation/"];
    registered
        .iter()
        .find_map(|prefix| rel.strip_prefix(prefix))
        .unwrap_or(rel)
}

/// The SPDX id of a licence by its page at Creative Commons.
fn creative_commons(url: &str) -> Option<String> {
    let (_, path) = url.split_once("creativecommons.org/")?;
    let mut parts = path.split('/');
    match (parts.next()?, parts.next()?, parts.next()) {
        ("licenses", kind, Some(version)) if !version.is_empty() => {
            Some(format!("CC-{}-{version}", kind.to_uppercase()))
        }
        ("publicdomain", "zero", _) => Some("CC0-1.0".to_owned()),
        _ => None,
    }
}

/// The copyright line of an item, wherever it stands.
pub(crate) fn copyright(reading: &mut Reading<'_>) -> Option<String> {
    let names = ["copyright", "rights", "dc:rights", "media:copyright"];
    reading.line("/copyright", &names)
}

/// The title of a link, for those who are called by it.
pub(crate) fn link_title(link: &Element) -> Option<String> {
    owned(link, "title")
}

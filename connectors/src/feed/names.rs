//! Names with the usual prefix and the usual capitals, whatever the document calls them.
//!
//! A prefix means the namespace that it is bound to; where that is not known, or the document
//! binds it to nothing, a usual prefix means what it usually does.

mod cache;
mod table;

use mediamesh_domain::repair::Repair;

use self::cache::Cache;
use self::table::{ATOM_TEXTS, CAPITALS, NAMESPACES, PLAIN, TEXTS};
use super::noted::Noted;

/// The prefix of elements whose namespace is not known and that have no prefix of their own.
const OTHER: &str = "other";

/// Namespaces whose addresses are written in many ways.
const VARIED: &[&str] = &["itunes", "podcast", "media"];

/// The language of a document: its own elements have no prefix.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    #[default]
    Rss,
    Atom,
}

/// The namespaces in force at a place in the document.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    scope: Scope<'t>,
    elements: Cache<'t, Name>,
    attributes: Cache<'t, String>,
}

/// What names mean here.
#[derive(Debug, Default)]
struct Scope<'t> {
    dialect: Dialect,
    bindings: Vec<Binding<'t>>,
    noted: Noted,
    steps: u64,
}

#[derive(Debug)]
struct Binding<'t> {
    prefix: &'t str,
    /// The usual prefix; none where the namespace is not known.
    usual: Option<&'static str>,
}

/// An element's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As it is usual.
    pub(super) usual: String,
    /// Whether the element holds text, markup included.
    pub(super) is_text: bool,
}

impl<'t> Names<'t> {
    /// From here on the document's own elements are those of this language.
    pub(super) fn speak(&mut self, dialect: Dialect) {
        self.scope.dialect = dialect;
        self.forget();
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.scope.dialect
    }

    pub(super) fn noted(&self) -> Noted {
        self.scope.noted
    }

    /// How many declarations are in force; what [`Names::leave`] goes back to.
    pub(super) fn in_force(&self) -> usize {
        self.scope.bindings.len()
    }

    /// Steps taken, as a measure of work.
    pub(super) fn steps(&self) -> u64 {
        self.scope.steps
    }

    /// Takes in `xmlns:prefix="address"`, or with an empty prefix `xmlns="address"`.
    ///
    /// A default namespace on the outermost two elements says nothing: feeds declare Atom's or
    /// iTunes' there and mean RSS.
    pub(super) fn declare(&mut self, prefix: &'t str, address: &str, depth: usize) {
        let usual = match prefix.is_empty() && depth <= 2 {
            true => Some(""),
            false => usual_prefix(address),
        };
        if usual.is_some_and(|usual| is_variant(usual, address)) {
            self.scope.noted.note(Repair::NamespaceSpelling);
        }
        self.scope.bindings.push(Binding { prefix, usual });
        self.forget();
    }

    /// Forgets what was declared since [`Names::in_force`] was `count`.
    pub(super) fn leave(&mut self, count: usize) {
        if count < self.scope.bindings.len() {
            self.scope.bindings.truncate(count);
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.elements.forget();
        self.attributes.forget();
    }

    /// The name of an element.
    pub(super) fn element(&mut self, raw: &'t str) -> &Name {
        let scope = &mut self.scope;
        self.elements.get(raw, || scope.element(raw))
    }

    /// The name of an attribute; one without a prefix is in no namespace.
    pub(super) fn attribute(&mut self, raw: &'t str) -> &str {
        let scope = &mut self.scope;
        self.attributes.get(raw, || scope.attribute(raw))
    }
}

impl<'t> Scope<'t> {
    fn element(&mut self, raw: &'t str) -> Name {
        let (prefix, local) = raw.split_once(':').unwrap_or(("", raw));
        let usual = join(self.prefix(prefix).unwrap_or(OTHER), spell(local));
        let texts = match self.dialect == Dialect::Atom && !usual.contains(':') {
            true => ATOM_TEXTS,
            false => TEXTS,
        };
        let is_text = texts.binary_search(&usual.as_str()).is_ok();
        Name { usual, is_text }
    }

    fn attribute(&mut self, raw: &'t str) -> String {
        match raw.split_once(':') {
            None => spell(raw),
            Some((prefix, local)) => join(self.prefix(prefix).unwrap_or(prefix), spell(local)),
        }
    }

    /// The usual prefix for a prefix here; none for elements of an unknown default namespace.
    fn prefix(&mut self, prefix: &'t str) -> Option<&'t str> {
        let same = |binding: &&Binding<'t>| binding.prefix == prefix;
        self.steps += self.bindings.len() as u64;
        match self.bindings.iter().rev().find(same) {
            Some(Binding {
                usual: Some("atom"),
                ..
            }) if self.dialect == Dialect::Atom => Some(""),
            Some(Binding {
                usual: Some(usual), ..
            }) => Some(usual),
            Some(_) if prefix.is_empty() => None,
            None if prefix.is_empty() => Some(""),
            bound => {
                let bound = bound.is_some();
                let meant = |(usual, _): &&(&'static str, _)| usual.eq_ignore_ascii_case(prefix);
                let usual = NAMESPACES.iter().find(meant);
                if usual.is_some_and(|(usual, _)| !bound && *usual != "xml") {
                    self.noted.note(Repair::NamespaceMissing);
                }
                Some(usual.map_or(prefix, |(usual, _)| usual))
            }
        }
    }
}

/// Whether the address of a namespace is not as its owner writes it.
fn is_variant(usual: &str, address: &str) -> bool {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    let known = NAMESPACES.iter().find(|(known, _)| *known == usual);
    let first = known.and_then(|(_, addresses)| addresses.first());
    VARIED.contains(&usual) && first.is_some_and(|first| bare.trim_end_matches('/') != *first)
        || (usual == "media" && !bare.ends_with('/'))
}

/// The usual prefix of the namespace at an address.
fn usual_prefix(address: &str) -> Option<&'static str> {
    let lower = address.trim().to_ascii_lowercase();
    let bare = lower
        .split_once("://")
        .map_or(lower.as_str(), |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    let bare = bare.trim_end_matches(['/', '#']);
    let known = |(_, addresses): &&(_, &[&str])| addresses.contains(&bare);
    NAMESPACES.iter().find(known).map(|(usual, _)| *usual)
}

fn join(prefix: &str, local: String) -> String {
    match prefix {
        "" => local,
        prefix => format!("{prefix}:{local}"),
    }
}

/// The usual capitals of a name without prefix.
fn spell(local: &str) -> String {
    let lower = local.to_ascii_lowercase();
    if let Ok(at) = CAPITALS.binary_search_by_key(&lower.as_str(), |(lower, _)| lower) {
        return CAPITALS[at].1.to_owned();
    }
    let shouted = !local.bytes().any(|byte| byte.is_ascii_lowercase());
    match shouted || PLAIN.binary_search(&lower.as_str()).is_ok() {
        true => lower,
        false => local.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(names: &mut Names<'static>, raw: &'static str) -> String {
        names.element(raw).usual.clone()
    }

    #[test]
    fn every_spelling_of_a_namespace_gives_the_usual_prefix() {
        for (address, usual) in [
            ("http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"),
            ("HTTP://WWW.ITUNES.COM/DTDS/PODCAST-1.0.DTD", "itunes"),
            ("http://www.itunes.com/DTDs/PodCast-1.0.dtd", "itunes"),
            ("https://podcastindex.org/namespace/1.0", "podcast"),
            (
                "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
                "podcast",
            ),
            ("http://search.yahoo.com/mrss/", "media"),
            (" http://search.yahoo.com/mrss ", "media"),
            ("http://purl.org/rss/1.0/modules/content/", "content"),
            ("http://www.w3.org/2005/Atom", "atom"),
            ("http://purl.org/dc/elements/1.1/", "dc"),
            ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
        ] {
            assert_eq!(usual_prefix(address), Some(usual), "{address}");
        }
        assert_eq!(usual_prefix("urn:mine"), None);
    }

    #[test]
    fn a_prefix_means_what_it_is_bound_to_and_else_what_is_usual() {
        let mut names = Names::default();
        assert_eq!(name(&mut names, "ITunes:episodetype"), "itunes:episodeType");
        assert_eq!(name(&mut names, "mine:Thing"), "mine:Thing");
        names.declare("apple", "http://www.itunes.com/dtds/podcast-1.0.dtd", 1);
        names.declare("media", "urn:unknown", 1);
        names.declare("dc", "http://search.yahoo.com/mrss/", 1);
        assert_eq!(name(&mut names, "apple:EXPLICIT"), "itunes:explicit");
        assert_eq!(name(&mut names, "media:group"), "media:group");
        assert_eq!(name(&mut names, "dc:content"), "media:content");
        assert_eq!(names.attribute("apple:Href"), "itunes:href");
        assert_eq!(names.attribute("ISPERMALINK"), "isPermaLink");
        assert_eq!(names.attribute("xml:lang"), "xml:lang");
    }

    #[test]
    fn declarations_end_with_their_element() {
        let mut names = Names::default();
        names.declare("x", "http://purl.org/dc/elements/1.1/", 1);
        let outer = names.in_force();
        names.declare("x", "http://search.yahoo.com/mrss/", 3);
        assert_eq!(name(&mut names, "x:title"), "media:title");
        names.leave(outer);
        assert_eq!(name(&mut names, "x:title"), "dc:title");
    }

    #[test]
    fn a_default_namespace_counts_inside_items_only() {
        let mut names = Names::default();
        names.declare("", "http://www.w3.org/2005/Atom", 1);
        assert_eq!(name(&mut names, "item"), "item");
        names.declare("", "http://www.w3.org/2005/Atom", 4);
        assert_eq!(name(&mut names, "link"), "atom:link");
        names.declare("", "urn:unknown", 5);
        assert_eq!(name(&mut names, "title"), "other:title");
        names.declare("", "http://backend.userland.com/rss2", 6);
        assert_eq!(name(&mut names, "pubdate"), "pubDate");
    }

    #[test]
    fn capitals_are_the_usual_ones() {
        let mut names = Names::default();
        for (raw, usual) in [
            ("PUBDATE", "pubDate"),
            ("Title", "title"),
            ("GUID", "guid"),
            ("lastbuilddate", "lastBuildDate"),
            ("OWNTAG", "owntag"),
            ("ownTag", "ownTag"),
        ] {
            assert_eq!(name(&mut names, raw), usual);
        }
        assert!(names.element("content:Encoded").is_text);
        assert!(!names.element("media:content").is_text);
    }

    #[test]
    fn in_an_atom_document_its_own_elements_have_no_prefix() {
        let mut names = Names::default();
        names.speak(Dialect::Atom);
        names.declare("a", "http://www.w3.org/2005/Atom", 1);
        names.declare("old", "http://purl.org/atom/ns#", 1);
        for raw in ["a:title", "old:title", "title"] {
            assert_eq!(name(&mut names, raw), "title");
        }
        assert!(names.element("a:content").is_text);
        assert!(!names.element("a:author").is_text);
        assert!(!names.element("link").is_text);
    }

    #[test]
    fn other_spellings_and_missing_declarations_are_noted() {
        let noted = |prefix: &'static str, address: &str, raw: &'static str| {
            let mut names = Names::default();
            if !address.is_empty() {
                names.declare(prefix, address, 1);
            }
            names.element(raw);
            names.noted().codes()
        };
        let itunes = "http://www.itunes.com/dtds/podcast-1.0.dtd";
        assert!(noted("i", itunes, "i:author").is_empty());
        assert!(noted("", "", "title").is_empty());
        for (prefix, address) in [
            ("itunes", "http://www.itunes.com/DTDs/PodCast-1.0.dtd"),
            ("media", "http://search.yahoo.com/mrss"),
            ("podcast", "https://podcastindex.org/namespace/1.0.md"),
        ] {
            assert_eq!(noted(prefix, address, "title"), ["namespace_spelling"]);
        }
        assert_eq!(noted("", "", "itunes:author"), ["namespace_missing"]);
        assert!(noted("", "", "mine:author").is_empty());
    }
}

//! What a feed says of itself to those who fetch it: where it goes on, how often to come, who tells
//! of news, and whether it may be taken at all. Tolerant: what is absent or unreadable says nothing.

use mediamesh_domain::ingest::{Element, in_words};
use url::Url;

/// The most minutes that a `ttl` may ask for: a year. More is a misprint.
const MAX_TTL_MINUTES: u64 = 366 * 24 * 60;

/// What a feed says to those who fetch it. Addresses are absolute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Hints {
    /// The address that it says it moves to (`itunes:new-feed-url`).
    pub(super) announced_url: Option<String>,
    /// Where older entries are (`rel="next"`, `rel="prev-archive"`, `next_url`).
    pub(super) next_page: Option<String>,
    /// Who tells of news.
    pub(super) hub: Option<String>,
    /// What the hub calls the feed (`rel="self"`).
    pub(super) self_url: Option<String>,
    /// Seconds for which it need not be asked again (`ttl`, `sy:updatePeriod`).
    pub(super) ttl_s: Option<u64>,
    /// Whether its owner wants it imported nowhere else (`podcast:locked`).
    pub(super) locked: bool,
    pub(super) podcast_guid: Option<String>,
}

impl Hints {
    /// Those of a document of which only the address of its next page is known, as it is written.
    pub(super) fn of_page(next: Option<&str>, base: &str) -> Self {
        Self {
            next_page: next.and_then(|next| join(base, next)),
            ..Self::default()
        }
    }

    /// Reads the feed's own elements; relative addresses are relative to `base`, or to what the feed says instead.
    pub(super) fn of(channel: &Element, base: &str) -> Self {
        let channel = &*in_words(channel);
        let own = inner_base(channel, base);
        let base = own.as_deref().unwrap_or(base);
        let link = |relations: &[&str]| {
            let link = linked(channel, relations)?;
            let own = inner_base(link, base);
            join(own.as_deref().unwrap_or(base), said(link, "href")?)
        };
        let text = |name: &str| channel.text_of(&[name]).map(str::to_owned);
        let json_hub = || {
            let hubs = channel
                .all("hubs")
                .flat_map(|hubs| [hubs].into_iter().chain(&hubs.children));
            hubs.filter_map(|hub| said(hub, "url")).next()
        };
        Self {
            announced_url: text("itunes:new-feed-url"),
            next_page: link(&["next", "prev-archive"]).or_else(|| join(base, &text("next_url")?)),
            hub: link(&["hub"]).or_else(|| join(base, json_hub()?)),
            self_url: link(&["self"]).or_else(|| join(base, &text("feed_url")?)),
            ttl_s: ttl_s(channel),
            locked: text("podcast:locked").is_some_and(|said| is_yes(&said)),
            podcast_guid: text("podcast:guid").map(|guid| guid.to_lowercase()),
        }
    }
}

fn is_yes(said: &str) -> bool {
    let said = said.trim();
    said.eq_ignore_ascii_case("yes") || said.eq_ignore_ascii_case("true")
}

/// What addresses in an element are relative to, where it says so itself.
fn inner_base(element: &Element, outer: &str) -> Option<String> {
    join(outer, element.attribute("xml:base")?)
}

/// The first link of one of these relations that leads anywhere.
fn linked<'e>(channel: &'e Element, relations: &[&str]) -> Option<&'e Element> {
    let links = channel
        .children
        .iter()
        .filter(|child| matches!(child.name.as_str(), "link" | "atom:link"));
    let of = |wanted: &&str| {
        let is = |link: &&Element| {
            let said = said(link, "rel").unwrap_or_default();
            said.split_ascii_whitespace()
                .any(|rel| rel.eq_ignore_ascii_case(wanted))
        };
        let found = links.clone().find(is);
        found.filter(|link| said(link, "href").is_some())
    };
    relations.iter().find_map(of)
}

/// What an element says: by an attribute, or by an element inside, as JSON does.
fn said<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    element.attribute(name).or_else(|| element.text_of(&[name]))
}

/// An absolute web address of an address relative to a base.
pub(super) fn join(base: &str, to: &str) -> Option<String> {
    let url = match Url::parse(base) {
        Ok(base) => base.join(to.trim()).ok()?,
        Err(_) => Url::parse(to.trim()).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

fn ttl_s(channel: &Element) -> Option<u64> {
    let minutes = channel
        .text_of(&["ttl"])
        .and_then(|text| text.parse::<u64>().ok());
    let ttl = minutes.map(|minutes| minutes.min(MAX_TTL_MINUTES) * 60);
    ttl.max(update_period_s(channel))
        .filter(|seconds| *seconds > 0)
}

/// RSS 1.0's syndication module: so many times in a period.
fn update_period_s(channel: &Element) -> Option<u64> {
    let period = channel.text_of(&["sy:updatePeriod"])?;
    let seconds: u64 = match period.to_ascii_lowercase().as_str() {
        "hourly" => 3600,
        "daily" => 24 * 3600,
        "weekly" => 7 * 24 * 3600,
        "monthly" => 30 * 24 * 3600,
        "yearly" => 365 * 24 * 3600,
        _ => return None,
    };
    let times = channel.text_of(&["sy:updateFrequency"]);
    let times = times.and_then(|text| text.parse().ok()).unwrap_or(1);
    Some(seconds / std::cmp::Ord::max(times, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(name: &str, attributes: &[(&str, &str)], text: &str) -> Element {
        let pairs = attributes.iter();
        Element {
            name: name.to_owned(),
            attributes: pairs
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            text: text.to_owned(),
            children: Vec::new(),
        }
    }

    fn hints(children: Vec<Element>) -> Hints {
        let channel = Element {
            children,
            ..Element::default()
        };
        Hints::of(&channel, "https://example.org/a/feed.xml")
    }

    #[test]
    fn links_of_rss_atom_and_json_are_understood() {
        let rss = hints(vec![
            element("link", &[], "https://example.org/"),
            element("atom:link", &[("rel", "self"), ("href", "feed.xml")], ""),
            element("atom:link", &[("rel", "NEXT"), ("href", "?page=2")], ""),
            element(
                "atom:link",
                &[("rel", "hub"), ("href", "https://hub.example/")],
                "",
            ),
        ]);
        assert_eq!(
            rss.next_page.as_deref(),
            Some("https://example.org/a/feed.xml?page=2")
        );
        assert_eq!(
            rss.self_url.as_deref(),
            Some("https://example.org/a/feed.xml")
        );
        assert_eq!(rss.hub.as_deref(), Some("https://hub.example/"));
        let atom = hints(vec![element(
            "link",
            &[("rel", "prev-archive"), ("href", "/1")],
            "",
        )]);
        assert_eq!(atom.next_page.as_deref(), Some("https://example.org/1"));
        let mut hubs = element("hubs", &[], "");
        hubs.children
            .push(element("url", &[], "https://hub.example/"));
        let json = hints(vec![element("next_url", &[], "/2"), hubs]);
        assert_eq!(json.next_page.as_deref(), Some("https://example.org/2"));
        assert_eq!(json.hub.as_deref(), Some("https://hub.example/"));
        let odd = hints(vec![element(
            "link",
            &[("rel", "next"), ("href", "ftp://x/")],
            "",
        )]);
        assert_eq!(odd, Hints::default());
    }

    #[test]
    fn addresses_are_relative_to_what_the_feed_says() {
        let mut channel = Element {
            children: vec![
                element("link", &[("rel", "next"), ("href", "?page=2")], ""),
                element(
                    "link",
                    &[("rel", "self"), ("href", "a.atom"), ("xml:base", "/c/")],
                    "",
                ),
            ],
            ..Element::default()
        };
        let base = "https://example.org/b/";
        channel
            .attributes
            .insert("xml:base".to_owned(), base.to_owned());
        let hints = Hints::of(&channel, "https://feeds.example/feed");
        assert_eq!(
            hints.next_page.as_deref(),
            Some("https://example.org/b/?page=2")
        );
        assert_eq!(
            hints.self_url.as_deref(),
            Some("https://example.org/c/a.atom")
        );
    }

    #[test]
    fn a_json_feed_says_by_its_extensions_where_it_moves_and_whether_it_is_locked() {
        let mut itunes = element("_itunes", &[], "");
        let new = element("new_feed_url", &[], "https://new.example/");
        itunes.children.push(new);
        let mut podcast = element("_podcast", &[], "");
        podcast.children.push(element("locked", &[], "true"));
        podcast.children.push(element("guid", &[], "ABC"));
        let hints = hints(vec![itunes, podcast]);
        assert_eq!(hints.announced_url.as_deref(), Some("https://new.example/"));
        assert!(hints.locked);
        assert_eq!(hints.podcast_guid.as_deref(), Some("abc"));
    }

    #[test]
    fn how_long_a_feed_asks_to_be_left_alone() {
        let ttl = |text: &str| hints(vec![element("ttl", &[], text)]).ttl_s;
        assert_eq!((ttl("60"), ttl("0"), ttl("soon")), (Some(3600), None, None));
        assert_eq!(ttl("99999999999"), Some(366 * 24 * 3600));
        let period = |period: &str, times: &str| {
            hints(vec![
                element("sy:updatePeriod", &[], period),
                element("sy:updateFrequency", &[], times),
                element("ttl", &[], "10"),
            ])
            .ttl_s
        };
        assert_eq!(period("Daily", "2"), Some(12 * 3600));
        assert_eq!(period("hourly", "0"), Some(3600));
        assert_eq!(period("hourly", "60"), Some(600), "the longer one counts");
        assert_eq!(period("sometimes", "1"), Some(600));
    }

    #[test]
    fn a_lock_is_a_yes_in_words() {
        let locked = |text: &str| hints(vec![element("podcast:locked", &[], text)]).locked;
        assert!(locked(" Yes ") && locked("true"));
        assert!(!locked("no") && !locked(""));
        assert!(!hints(Vec::new()).locked);
    }
}

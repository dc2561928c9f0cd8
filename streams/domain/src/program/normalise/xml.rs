//! What feeds of RSS and Atom have in common: the namespaces of podcasts and media.

use crate::ingest::{Element, Reading, copyright, link_title, owned, short};
use crate::model::{Funding, Medium, ProgramFields, RemoteItem, ShowType, limits};

/// What each format has in its own words.
pub(super) struct Own<'a> {
    pub title: Option<String>,
    pub description: Option<String>,
    /// The language as the feed says.
    pub lang: Option<&'a str>,
    pub author: Option<String>,
}

/// The fields of a feed.
pub(super) fn channel<'a>(reading: &mut Reading<'a>, own: Own<'a>) -> ProgramFields {
    let channel = reading.element;
    let subtitle = reading.line("/subtitle", &["itunes:subtitle"]);
    let said = own.lang.or(reading.feed.language.as_deref());
    let lang = reading.language(said, &[own.title.as_deref(), own.description.as_deref()]);
    let (categories, words) = reading.categories();
    let guid = channel.text_of(&["podcast:guid"]);
    let guid = guid.and_then(short).map(str::to_owned);
    let rhythm = channel.child("podcast:updateFrequency");
    ProgramFields {
        title: Reading::localized(&lang, own.title),
        subtitle: Reading::localized(&lang, subtitle),
        description: Reading::localized(&lang, own.description),
        medium: medium(channel),
        show_type: show_type(channel),
        languages: vec![lang.clone()],
        categories,
        tags: reading.keywords(words),
        author: own.author,
        persons: reading.persons(),
        artwork: reading.artwork(&lang),
        explicit: reading.explicit(),
        complete: reading.yes("itunes:complete")
            || rhythm.is_some_and(|rhythm| rhythm.attribute("complete") == Some("true")),
        locked: reading.yes("podcast:locked"),
        block: reading.block(),
        feed_url: feed_url(reading),
        external_ids: reading.external_ids(guid.as_ref()),
        guid,
        links: reading.links(),
        licence: reading.licence(),
        copyright: copyright(reading),
        funding: funding(reading),
        value: reading.value(),
        places: reading.places(),
        social: reading.social(),
        remote_items: remote_items(channel),
        update_rule: rhythm.and_then(|rhythm| owned(rhythm, "rrule")),
        default_lang: Some(lang),
        ..ProgramFields::default()
    }
}

fn medium(channel: &Element) -> Medium {
    let said = channel
        .text_of(&["podcast:medium"])
        .unwrap_or_default()
        .to_lowercase();
    // A list of things (`podcastL`, `musicL`) is a channel of them.
    match said.as_str() {
        "music" => Medium::Music,
        "video" => Medium::Video,
        "film" => Medium::Film,
        "audiobook" => Medium::Audiobook,
        "newsletter" => Medium::Newsletter,
        "blog" => Medium::Blog,
        "course" => Medium::Course,
        "mixed" | "publisher" => Medium::Channel,
        list if list.ends_with('l') && list.len() > 4 => Medium::Channel,
        _ => Medium::Podcast,
    }
}

fn show_type(channel: &Element) -> ShowType {
    match channel.text_of(&["itunes:type"]) {
        Some(kind) if kind.eq_ignore_ascii_case("serial") => ShowType::Serial,
        _ => ShowType::Episodic,
    }
}

fn feed_url(reading: &mut Reading<'_>) -> Option<String> {
    let moved = reading.element.text_of(&["itunes:new-feed-url"]);
    let url = moved.unwrap_or(&reading.feed.url);
    if !url.is_empty() {
        return reading.url("/feed_url", url);
    }
    // What was pushed came from no address.
    let (_, own) = reading.atom_links().find(|(rel, _)| *rel == "self")?;
    reading.url_in("/feed_url", own, "href")
}

/// Ways to give money: Podcasting 2.0, else Atom's links for it.
fn funding(reading: &mut Reading<'_>) -> Vec<Funding> {
    let mut all = Vec::new();
    for element in reading.element.all("podcast:funding").take(limits::LIST) {
        if let Some(url) = reading.url_in("/funding", element, "url") {
            let text = reading.line_of("/funding", &element.text);
            all.push(Funding { url, text });
        }
    }
    if !all.is_empty() {
        return all;
    }
    let links: Vec<_> = reading.atom_links().collect();
    for (_, link) in links.into_iter().filter(|(rel, _)| *rel == "payment") {
        if let Some(url) = reading.url_in("/funding", link, "href") {
            let text = link_title(link);
            all.push(Funding { url, text });
        }
    }
    all
}

fn remote_items(channel: &Element) -> Vec<RemoteItem> {
    let within = |name: &'static str, rel: &'static str| {
        channel
            .all(name)
            .flat_map(|outer| outer.all("podcast:remoteItem"))
            .map(move |item| remote_item(item, rel))
    };
    within("podcast:podroll", "podroll")
        .chain(within("podcast:publisher", "publisher"))
        .chain(
            channel
                .all("podcast:remoteItem")
                .map(|item| remote_item(item, "")),
        )
        .take(limits::LIST)
        .collect()
}

fn remote_item(item: &Element, rel: &str) -> RemoteItem {
    RemoteItem {
        rel: rel.to_owned(),
        feed_guid: owned(item, "feedGuid").unwrap_or_default(),
        feed_url: owned(item, "feedUrl"),
        item_guid: owned(item, "itemGuid"),
        medium: owned(item, "medium"),
        title: owned(item, "title"),
    }
}

//! What a feed says of itself, as a program's fields.

use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Reading};
use crate::model::{Funding, Medium, ProgramFields, RemoteItem, ShowType, limits};

/// A program's fields from an RSS channel, and what was repaired.
#[must_use]
pub fn rss(channel: &Element, feed: &FeedContext) -> (ProgramFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(channel, feed);
    let title = reading.line("/title", &["title", "itunes:title"]);
    let subtitle = reading.line("/subtitle", &["itunes:subtitle"]);
    let description = reading.html(
        "/description",
        &["description", "itunes:summary", "content:encoded"],
    );
    let said = channel
        .text_of(&["language", "dc:language"])
        .or(feed.language.as_deref());
    let lang = reading.language(said, &[title.as_deref(), description.as_deref()]);
    let (categories, words) = reading.categories();
    let guid = channel.text_of(&["podcast:guid"]).map(str::to_owned);
    let fields = ProgramFields {
        title: Reading::localized(&lang, title),
        subtitle: Reading::localized(&lang, subtitle),
        description: Reading::localized(&lang, description),
        medium: medium(channel),
        show_type: show_type(channel),
        languages: vec![lang.clone()],
        default_lang: Some(lang),
        categories,
        tags: reading.keywords(words),
        author: reading.line(
            "/author",
            &["itunes:author", "dc:creator", "managingEditor"],
        ),
        persons: reading.persons(),
        artwork: reading.artwork(),
        explicit: reading.explicit(),
        complete: reading.yes("itunes:complete"),
        locked: reading.yes("podcast:locked"),
        block: reading.yes("itunes:block"),
        feed_url: feed_url(&mut reading),
        external_ids: Reading::external_ids(guid.as_ref()),
        guid,
        links: reading.links(),
        licence: reading.licence(),
        copyright: reading.line("/copyright", &["copyright", "dc:rights"]),
        funding: funding(&mut reading),
        value: reading.value(),
        places: reading.places(),
        social: reading.social(),
        remote_items: remote_items(channel),
        update_rule: channel
            .child("podcast:updateFrequency")
            .and_then(|element| element.attribute("rrule"))
            .map(str::to_owned),
        ..ProgramFields::default()
    };
    (fields, reading.into_repairs())
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
        list if list.ends_with('l') && list.len() > 5 => Medium::Channel,
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
    if url.is_empty() {
        None
    } else {
        reading.url("/feed_url", url)
    }
}

fn funding(reading: &mut Reading<'_>) -> Vec<Funding> {
    let mut all = Vec::new();
    for element in reading.element.all("podcast:funding").take(limits::LIST) {
        let Some(raw) = element.attribute("url") else {
            continue;
        };
        let Some(url) = reading.url("/funding", raw) else {
            continue;
        };
        let text = element.text.trim();
        all.push(Funding {
            url,
            text: (!text.is_empty()).then(|| text.to_owned()),
        });
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
        feed_guid: item.attribute("feedGuid").unwrap_or_default().to_owned(),
        feed_url: item.attribute("feedUrl").map(str::to_owned),
        item_guid: item.attribute("itemGuid").map(str::to_owned),
        medium: item.attribute("medium").map(str::to_owned),
        title: item.attribute("title").map(str::to_owned),
    }
}

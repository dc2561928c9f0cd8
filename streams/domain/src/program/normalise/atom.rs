//! Feeds of Atom 0.3 and 1.0, YouTube's among them.

use super::xml::{self, Own};
use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Reading, external_id};
use crate::model::{ExternalId, Medium, ProgramFields};

/// A program's fields from an Atom feed, and what was repaired.
#[must_use]
pub fn atom(feed: &Element, context: &FeedContext) -> (ProgramFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(feed, context);
    let description = reading.construct("/description", &["subtitle", "tagline", "info"]);
    let author = reading.line("/author", &["itunes:author", "dc:creator"]);
    let own = Own {
        title: reading.line("/title", &["title", "itunes:title"]),
        description: description.or_else(|| reading.html("/description", &["itunes:summary"])),
        lang: lang(feed),
        author: author.or_else(|| reading.authors(feed)),
    };
    let mut fields = xml::channel(&mut reading, own);
    if let Some(id) = feed.text_of(&["id"]) {
        fields.external_ids.push(external_id("atom", id));
    }
    youtube(feed, &mut fields);
    (fields, reading.into_repairs())
}

/// The language of the title; what is said nearest to it counts.
fn lang(feed: &Element) -> Option<&str> {
    let of = |name: &str| feed.child(name)?.attribute("xml:lang");
    feed.text_of(&["dc:language"])
        .or_else(|| of("title"))
        .or(feed.attribute("xml:lang"))
        .or_else(|| of("subtitle"))
}

/// A feed of YouTube: of a playlist where it names one, else of a channel.
fn youtube(feed: &Element, fields: &mut ProgramFields) {
    let named = |name: &'static str, parameter: &'static str| {
        let id = feed.text_of(&[name])?;
        let sound = id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        sound.then_some((id, parameter))
    };
    let playlist = named("yt:playlistId", "playlist_id");
    let Some((id, parameter)) = playlist.or_else(|| named("yt:channelId", "channel_id")) else {
        return;
    };
    // The feed leaves out the letters that every channel's id begins with.
    let id = match parameter == "channel_id" && id.len() == 22 {
        true => format!("UC{id}"),
        false => id.to_owned(),
    };
    fields.medium = Medium::Video;
    let address = "https://www.youtube.com/feeds/videos.xml";
    fields.feed_url = Some(format!("{address}?{parameter}={id}"));
    fields.external_ids.push(ExternalId {
        scheme: "youtube".to_owned(),
        value: id,
    });
}

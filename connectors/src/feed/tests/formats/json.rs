//! What JSON Feed has a place for, field by field, and the extensions that podcasts use.

use mediamesh_domain::model::{EpisodeKind, ShowType};

use super::*;

/// The fields of a feed with these members, and of its one item.
fn feed_with(of_feed: &str, of_item: &str) -> (ProgramFields, EpisodeFields) {
    let text = format!(
        r#"{{"version": "https://jsonfeed.org/version/1.1", "title": "Quay", "language": "en", {of_feed}
            "items": [{{"id": "1", "title": "One", {of_item} "x": null}}]}}"#
    );
    let mut read = fields(text.as_bytes());
    (read.program, read.episodes.remove(0))
}

fn item(members: &str) -> EpisodeFields {
    feed_with("", members).1
}

#[test]
fn attached_pictures_captions_and_chapters_go_where_they_belong() {
    let episode = item(
        r#""image": "https://a.example/1.jpg", "attachments": [
            {"url": "https://a.example/2.png", "mime_type": "image/png", "title": "A pier"},
            {"url": "https://a.example/1.vtt", "mime_type": "text/vtt"},
            {"url": "https://a.example/1.json", "mime_type": "application/json+chapters"},
            {"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg"}],"#,
    );
    assert_eq!(episode.enclosures.len(), 1);
    assert_eq!(episode.enclosures[0].url, "https://a.example/1.mp3");
    let pictures: Vec<_> = episode.artwork.iter().map(|p| p.url.as_str()).collect();
    assert_eq!(
        pictures,
        ["https://a.example/1.jpg", "https://a.example/2.png"]
    );
    assert_eq!(said(&episode.artwork[1].alt), [("en", "A pier")]);
    let captions = &episode.transcripts[0];
    assert_eq!(captions.url, "https://a.example/1.vtt");
    assert_eq!(captions.rel.as_deref(), Some("captions"));
    assert_eq!(
        episode.chapters_url.as_deref(),
        Some("https://a.example/1.json")
    );
}

#[test]
fn what_one_of_several_attachments_with_a_title_says_holds_for_the_first() {
    let episode = item(
        r#""attachments": [
            {"url": "https://a.example/1.m4a", "mime_type": "audio/mp4", "title": "One", "size_in_bytes": 8000000.0},
            {"url": "https://a.example/2.mp3", "mime_type": "audio/mpeg", "title": "Two", "duration_in_seconds": 9},
            {"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg", "title": "One", "duration_in_seconds": 61.5}],"#,
    );
    assert_eq!(episode.enclosures[0].length, Some(8_000_000));
    assert_eq!(episode.enclosures.len(), 3);
    assert_eq!(episode.duration_s, episode.enclosures[2].duration_s);
    assert!(episode.duration_s.is_some());
}

#[test]
fn the_extension_for_itunes_says_what_its_elements_say() {
    let (program, episode) = feed_with(
        r#""icon": "https://a.example/icon.png", "_itunes": {"about": "https://a.example/",
            "image": "https://a.example/cover.png", "explicit": true, "type": "serial", "complete": true, "block": true,
            "author": "Ada", "subtitle": "In short", "summary": "At length", "keywords": ["sea", "night"],
            "categories": [{"category": "Arts", "subcategory": "Books"}, {"category": "Science"}],
            "owner": {"email": "a@b.example"}},"#,
        r#""_itunes": {"season": 2, "episode": 12, "episode_type": "bonus", "duration": "1:01", "block": true,
            "image": "https://a.example/1.png", "subtitle": "One line", "author": "Bee"},"#,
    );
    let pictures: Vec<_> = program.artwork.iter().map(|p| p.url.as_str()).collect();
    assert_eq!(
        pictures,
        ["https://a.example/cover.png", "https://a.example/icon.png"]
    );
    assert_eq!(program.explicit, Some(true));
    assert_eq!(program.show_type, ShowType::Serial);
    assert!(program.complete && program.block);
    assert_eq!(program.author.as_deref(), Some("Ada"));
    assert_eq!(said(&program.subtitle), [("en", "In short")]);
    assert_eq!(said(&program.description), [("en", "<p>At length</p>")]);
    assert_eq!(program.tags, ["sea", "night"]);
    assert_eq!(program.categories, ["arts/books", "science"]);
    assert_eq!((episode.season, episode.number), (Some(2), Some(12)));
    assert_eq!(episode.kind, EpisodeKind::Bonus);
    assert_eq!(episode.duration_s, Some(61));
    assert!(episode.block);
    assert_eq!(episode.explicit, Some(true), "as the feed says");
    assert_eq!(episode.artwork[0].url, "https://a.example/1.png");
    assert_eq!(said(&episode.subtitle), [("en", "One line")]);
    assert_eq!(episode.author.as_deref(), Some("Bee"));
}

#[test]
fn a_feed_that_has_one_category_and_moves_says_so() {
    let (program, _) = feed_with(
        r#""_itunes": {"category": "Arts", "subcategory": "Books", "new_feed_url": "https://new.example/"},"#,
        "",
    );
    assert_eq!(program.categories, ["arts/books"]);
    assert_eq!(program.feed_url.as_deref(), Some("https://new.example/"));
}

#[test]
fn the_extension_for_podcasts_says_of_the_program_what_its_elements_say() {
    let (program, _) = feed_with(
        r#""_podcast": {"guid": "917393e3-1b1e-5cef-ace4-edaa54e1f810", "medium": "audiobook", "locked": {"value": true},
            "funding": [{"url": "https://pay.example/", "label": "Tea"}],
            "people": [{"name": "Ada", "role": "Host", "image": "https://a.example/ada.png", "url": "https://ada.example/"}],
            "locations": [{"name": "Quay", "geo": "geo:1,2", "country": "gb"}],
            "license": {"identifier": "CC-BY-4.0", "url": "https://licence.example/"},
            "values": [{"type": "lightning", "method": "keysend", "recipients": [
                {"name": "Ada", "type": "node", "address": "02d5", "split": 90, "custom_key": "7", "fee": true}]}],
            "podroll": [{"feed_guid": "a"}, {"feed_guid": "b"}], "publisher": {"feed_guid": "c"},
            "update_frequency": {"label": "Weekly", "rrule": "FREQ=WEEKLY", "complete": true},
            "social_interactions": [{"protocol": "activitypub", "uri": "https://s.example/1", "account_id": "@a"}],
            "images": [{"url": "https://a.example/wide.png", "purpose": "banner", "aspect_ratio": "16/9", "width": 1600}],
            "blocks": [{"value": true, "id": "one"}]},"#,
        "",
    );
    assert_eq!(program.medium, Medium::Audiobook);
    assert_eq!(
        program.guid.as_deref(),
        Some("917393e3-1b1e-5cef-ace4-edaa54e1f810")
    );
    assert!(program.locked && program.complete && !program.block);
    assert_eq!(program.funding[0].text.as_deref(), Some("Tea"));
    let ada = &program.persons[0];
    assert_eq!(
        (ada.name.as_str(), ada.role.as_deref(), ada.url.as_deref()),
        ("Ada", Some("host"), Some("https://ada.example/"))
    );
    assert_eq!(ada.image_url.as_deref(), Some("https://a.example/ada.png"));
    assert_eq!(program.places[0].country.as_deref(), Some("GB"));
    assert_eq!(program.licence.as_ref().unwrap().name, "CC-BY-4.0");
    let paid = &program.value[0].recipients[0];
    assert_eq!(
        (paid.split, paid.fee, paid.custom_key.as_deref()),
        (90, true, Some("7"))
    );
    let remote: Vec<_> = program
        .remote_items
        .iter()
        .map(|item| (item.rel.as_str(), item.feed_guid.as_str()))
        .collect();
    assert_eq!(
        remote,
        [("podroll", "a"), ("podroll", "b"), ("publisher", "c")]
    );
    assert_eq!(program.update_rule.as_deref(), Some("FREQ=WEEKLY"));
    assert_eq!(program.social[0].account_id.as_deref(), Some("@a"));
    let picture = &program.artwork[0];
    assert_eq!(
        (picture.width, picture.aspect_ratio.as_deref()),
        (Some(1600), Some("16/9"))
    );
}

#[test]
fn the_extension_for_podcasts_says_of_an_item_what_its_elements_say() {
    let episode = item(
        r#""attachments": [{"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg"}],
            "_podcast": {"season": {"number": 2, "name": "The Coast"}, "episode": {"number": 3, "display": "3b"},
            "transcripts": [{"url": "https://a.example/1.vtt", "type": "text/vtt", "language": "en", "rel": "captions"}],
            "chapters": {"url": "https://a.example/1.json", "type": "application/json+chapters"},
            "soundbites": [{"start_time": 73.0, "duration": 60, "title": "Horns"}],
            "person": ["Bee"], "license": "CC0-1.0",
            "content_links": [{"url": "https://live.example/", "label": "Watch"}],
            "alternate_enclosures": [{"type": "audio/opus", "bitrate": 32000, "language": "en", "codecs": "opus",
                "sources": [{"uri": "https://b.example/1.opus"}, {"uri": "https://c.example/1.opus"}],
                "integrity": {"type": "sri", "value": "sha384-x"}}]},"#,
    );
    assert_eq!(
        (episode.season, episode.season_name.as_deref()),
        (Some(2), Some("The Coast"))
    );
    assert_eq!(
        (episode.number, episode.number_label.as_deref()),
        (Some(3), Some("3b"))
    );
    assert_eq!(episode.transcripts[0].rel.as_deref(), Some("captions"));
    assert_eq!(
        episode.chapters_url.as_deref(),
        Some("https://a.example/1.json")
    );
    let bite = &episode.soundbites[0];
    assert_eq!((bite.start_s, bite.title.as_deref()), (73.0, Some("Horns")));
    assert_eq!(episode.persons[0].name, "Bee");
    assert_eq!(episode.licence.as_ref().unwrap().name, "CC0-1.0");
    assert_eq!(links(&episode.links), [("live", "https://live.example/")]);
    let [first, other] = &episode.enclosures[..] else {
        panic!("the attachment, then the alternate");
    };
    assert_eq!(first.url, "https://a.example/1.mp3");
    assert_eq!(other.url, "https://b.example/1.opus");
    assert_eq!(
        (other.bitrate, other.codecs.as_deref()),
        (Some(32_000), Some("opus"))
    );
    assert_eq!(other.sources, ["https://c.example/1.opus"]);
    assert_eq!(other.integrity.as_ref().unwrap().kind, "sri");
}

#[test]
fn links_in_what_an_item_says_lead_where_they_lead_there() {
    let episode = item(r#""content_html": "<a href='notes'>Notes</a>","#);
    let link = "<a href=\"https://feeds.example/a/notes\" rel=\"nofollow noopener\">Notes</a>";
    assert_eq!(said(&episode.description), [("en", link)]);
}

//! What Atom has a place for, field by field.

use super::*;

/// The fields of a feed with this in it, and of its one entry.
fn feed_with(attributes: &str, of_feed: &str, of_entry: &str) -> (ProgramFields, EpisodeFields) {
    let text = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:dcterms='http://purl.org/dc/terms/' \
         xmlns:georss='http://www.georss.org/georss' xmlns:media='http://search.yahoo.com/mrss/' \
         xmlns:podcast='https://podcastindex.org/namespace/1.0' xmlns:thr='http://purl.org/syndication/thread/1.0' \
         {attributes}>{of_feed}<entry>{of_entry}</entry></feed>"
    );
    let mut read = fields(text.as_bytes());
    (read.program, read.episodes.remove(0))
}

fn entry(inner: &str) -> EpisodeFields {
    feed_with("", "", inner).1
}

fn people(persons: &[mediamesh_domain::model::Person]) -> Vec<(&str, Option<&str>)> {
    let all = persons.iter();
    all.map(|person| (person.name.as_str(), person.url.as_deref()))
        .collect()
}

#[test]
fn an_author_with_a_page_is_somebody_who_took_part() {
    let bee = "<author><name>Bee</name><uri>https://bee.example/</uri><email>b@e.example</email></author>";
    let cee = "<author><name>Cee</name></author>";
    let (program, episode) = feed_with("", bee, &format!("{bee}{cee}"));
    let expected = [("Bee", Some("https://bee.example/"))];
    assert_eq!(people(&program.persons), expected);
    assert_eq!(people(&episode.persons), expected);
    assert_eq!(episode.author.as_deref(), Some("Bee, Cee"));
    let known = "<podcast:person role='host'>Bee</podcast:person>";
    let (_, episode) = feed_with("", "", &format!("{bee}{known}"));
    assert_eq!(episode.persons.len(), 1, "somebody is named once");
    assert_eq!(episode.persons[0].role.as_deref(), Some("host"));
}

#[test]
fn the_channel_of_a_video_is_nobody_who_took_part() {
    let video = entry(
        "<yt:videoId xmlns:yt='http://www.youtube.com/xml/schemas/2015'>a</yt:videoId>\
         <author><name>Quay</name><uri>https://www.youtube.com/channel/UCa</uri></author>",
    );
    assert!(video.persons.is_empty());
}

#[test]
fn a_summary_beside_a_content_is_the_subtitle() {
    let both = entry("<summary>In <b>short</b></summary><content type='html'>At length.</content>");
    assert_eq!(said(&both.subtitle), [("und", "In short")]);
    assert_eq!(said(&both.description), [("und", "<p>At length.</p>")]);
    let alone = entry("<summary>In short</summary>");
    assert_eq!(said(&alone.description), [("und", "<p>In short</p>")]);
    assert!(alone.subtitle.is_empty());
    let letters = "<content mode='base64' type='text/html'>PGI+eDwvYj4=</content>";
    let encoded = entry(&format!("{letters}<summary>In short</summary>"));
    assert_eq!(said(&encoded.description), [("und", "<p>In short</p>")]);
}

#[test]
fn a_content_that_stands_elsewhere_is_a_file_a_picture_or_the_page() {
    let sound = entry("<content src='https://a.example/1.mp3' type='audio/mpeg'/>");
    assert_eq!(sound.enclosures[0].url, "https://a.example/1.mp3");
    let picture = entry("<content src='https://a.example/1.png' type='image/png'/>");
    assert_eq!(picture.artwork[0].url, "https://a.example/1.png");
    assert!(picture.enclosures.is_empty());
    let page = "<content src='https://a.example/1' type='text/html'/>";
    let outside = entry(&format!("{page}<summary>In short</summary>"));
    assert_eq!(
        links(&outside.links),
        [("alternate", "https://a.example/1")]
    );
    assert_eq!(said(&outside.description), [("und", "<p>In short</p>")]);
    let named = entry(&format!("{page}<link href='https://b.example/'/>"));
    assert_eq!(links(&named.links), [("alternate", "https://b.example/")]);
}

#[test]
fn an_enclosed_picture_is_artwork_and_nothing_to_play() {
    let link = "<link rel='enclosure' type='image/jpeg' href='https://a.example/";
    let episode = entry(&format!("{link}1.jpg'/>{link}2.mp3'/>"));
    assert_eq!(episode.artwork[0].url, "https://a.example/1.jpg");
    assert_eq!(episode.artwork.len(), 1);
    let file = &episode.enclosures[0];
    assert_eq!(file.url, "https://a.example/2.mp3", "its type is wrong");
    assert_eq!(file.mime_type.as_deref(), Some("audio/mpeg"));
}

#[test]
fn what_an_entry_answers_and_where_it_was_taken_from_are_links() {
    let episode = entry(
        "<thr:in-reply-to ref='tag:a.example,2026:1' href='https://a.example/1'/>\
         <source><title>The Quay</title><link rel='self' href='https://b.example/feed'/>\
         <link href='https://b.example/'/></source>",
    );
    assert_eq!(
        links(&episode.links),
        [
            ("in-reply-to", "https://a.example/1"),
            ("via", "https://b.example/")
        ]
    );
    assert_eq!(episode.links[1].title.as_deref(), Some("The Quay"));
}

#[test]
fn a_category_is_known_by_its_term_where_its_label_is_not() {
    let episode = entry(
        "<category term='Arts' label='فنون'/><category term='x1' label='The sea'/>\
         <category term='x2' label='Science'/>",
    );
    assert_eq!(episode.categories, ["arts", "science"]);
    assert_eq!(episode.tags, ["The sea"]);
}

#[test]
fn the_language_said_nearest_to_the_title_counts() {
    let of = |attributes: &str, of_feed: &str, of_entry: &str| {
        let (program, episode) = feed_with(attributes, of_feed, of_entry);
        let tag = |lang: Option<mediamesh_domain::lang::Lang>| lang.map(|lang| lang.0);
        (tag(program.default_lang), tag(episode.default_lang))
    };
    let some = |tag: &str| Some(tag.to_owned());
    let title = "<title xml:lang='ar'>بحر</title>";
    assert_eq!(of("xml:lang='en'", title, title), (some("ar"), some("ar")));
    assert_eq!(
        of("xml:lang='en'", "", "<title>Sea</title>"),
        (some("en"), some("en"))
    );
    assert_eq!(
        of(
            "",
            "<subtitle xml:lang='fr'>Mer</subtitle>",
            "<summary xml:lang='fr'>Mer</summary>"
        ),
        (some("fr"), some("fr"))
    );
}

#[test]
fn every_element_may_say_what_its_addresses_are_relative_to() {
    let (program, episode) = feed_with(
        "xml:base='/quay/'",
        "<logo xml:base='pictures/'>logo.png</logo><link href='home'/>",
        "<link xml:base='https://files.example/a/' rel='enclosure' type='audio/mpeg' href='1.mp3'/>\
         <link xml:base='notes/' href='1.html'/>\
         <content type='html' xml:base='notes/'>See &lt;a href='2.html'&gt;more&lt;/a&gt;, \
         &lt;a href='#below'&gt;below&lt;/a&gt;.</content>",
    );
    assert_eq!(
        program.artwork[0].url,
        "https://feeds.example/quay/pictures/logo.png"
    );
    assert_eq!(
        links(&program.links),
        [("alternate", "https://feeds.example/quay/home")]
    );
    assert_eq!(episode.enclosures[0].url, "https://files.example/a/1.mp3");
    assert_eq!(
        links(&episode.links),
        [("alternate", "https://feeds.example/quay/notes/1.html")]
    );
    let more = "https://feeds.example/quay/notes/2.html";
    let link = format!("See <a href=\"{more}\" rel=\"nofollow noopener\">more</a>, below.");
    assert_eq!(said(&episode.description), [("und", link.as_str())]);
}

#[test]
fn a_period_a_place_and_scenes_arrive() {
    let episode = entry(
        "<media:group><media:content url='https://a.example/1.mp4' type='video/mp4'/>\
         <dcterms:valid>start=2026-03-01T09:00Z; end=2026-04-01T09:00+01:00; scheme=W3C-DTF</dcterms:valid>\
         </media:group><georss:featureName>Alexandria</georss:featureName>\
         <georss:point>31.2 29.9</georss:point>\
         <media:scenes><media:scene><sceneTitle>Two</sceneTitle><sceneStartTime>01:00</sceneStartTime>\
         <sceneEndTime>01:30</sceneEndTime></media:scene><media:scene><sceneTitle>One</sceneTitle>\
         <sceneStartTime>00:05</sceneStartTime></media:scene></media:scenes>",
    );
    let shown = |at: Option<mediamesh_domain::time::Timestamp>| at.unwrap().to_string();
    assert_eq!(shown(episode.availability.from), "2026-03-01T09:00:00Z");
    assert_eq!(shown(episode.availability.until), "2026-04-01T08:00:00Z");
    assert_eq!(episode.places[0].name, "Alexandria");
    assert_eq!(episode.places[0].geo.as_deref(), Some("geo:31.2,29.9"));
    let chapters: Vec<_> = episode
        .chapters
        .iter()
        .map(|chapter| (chapter.start_s, chapter.end_s, chapter.title.as_deref()))
        .collect();
    assert_eq!(
        chapters,
        [(5.0, None, Some("One")), (60.0, Some(90.0), Some("Two"))]
    );
    let nowhere = entry("<georss:point>131.2 29.9</georss:point>");
    assert!(nowhere.places.is_empty());
}

#[test]
fn a_broadcast_in_atom_has_the_words_of_rss() {
    let text = "<feed xmlns='http://www.w3.org/2005/Atom' \
        xmlns:podcast='https://podcastindex.org/namespace/1.0'><podcast:liveItem status='live' \
        start='2026-03-01T20:00:00Z'><title>On air</title><guid>live-1</guid><description>Now</description>\
        <pubDate>Sun, 01 Mar 2026 20:00:00 GMT</pubDate></podcast:liveItem></feed>";
    let read = fields(text.as_bytes());
    let live = &read.episodes[0];
    assert_eq!(live.guid.as_deref(), Some("live-1"));
    assert_eq!(said(&live.description), [("und", "<p>Now</p>")]);
    assert_eq!(live.published_at, live.live.as_ref().unwrap().start);
}

#[test]
fn a_feed_that_came_from_no_address_says_its_own() {
    let text = "<feed><link rel='self' href='https://a.example/feed'/></feed>";
    let channel = read(text).unwrap().channel;
    let (program, _) = program::normalise::atom(&channel, &FeedContext::default());
    assert_eq!(program.feed_url.as_deref(), Some("https://a.example/feed"));
}

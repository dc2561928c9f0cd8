//! Every format from its bytes to fields: what has a place in the model arrives there.

mod atom;
mod json;
mod mended;
mod podcasting;

use mediamesh_domain::model::{EpisodeFields, Medium, ProgramFields};
use mediamesh_domain::{episode, program};

use super::*;

const ATOM: &[u8] = include_bytes!("../../../fixtures/atom.xml");
const YOUTUBE: &[u8] = include_bytes!("../../../fixtures/youtube.xml");
const JSON: &[u8] = include_bytes!("../../../fixtures/feed.json");
const PODCAST: &[u8] = include_bytes!("../../../fixtures/podcast.xml");

/// The fields of the feed and of its entries, and the codes of their repairs.
struct Fields {
    program: ProgramFields,
    episodes: Vec<EpisodeFields>,
    repairs: Vec<String>,
    document: Vec<&'static str>,
}

fn fields(bytes: &[u8]) -> Fields {
    let limits = Limits::default();
    let document = Document::decode(bytes, None, &limits).unwrap();
    let feed = parse(&document, &limits).unwrap();
    let context = FeedContext {
        url: "https://feeds.example/a/feed".to_owned(),
        ..feed.context
    };
    let (of_feed, of_entry): (fn(&_, &_) -> _, fn(&_, &_) -> _) = match feed.format {
        RawFormat::Atom => (program::normalise::atom, episode::normalise::atom),
        RawFormat::JsonFeed => (program::normalise::json_feed, episode::normalise::json_feed),
        _ => (program::normalise::rss, episode::normalise::rss),
    };
    let (program, mut repairs) = of_feed(&feed.channel, &context);
    let mut episodes = Vec::new();
    for item in feed.items {
        let (fields, more) = of_entry(&item.unwrap(), &context);
        episodes.push(fields);
        repairs.extend(more);
    }
    Fields {
        program,
        episodes,
        repairs: repairs.into_iter().map(|repair| repair.code).collect(),
        document: feed.repairs,
    }
}

fn said(texts: &mediamesh_domain::lang::Localized) -> Vec<(&str, &str)> {
    let all = texts.0.iter();
    all.map(|(lang, text)| (lang.as_str(), text.as_str()))
        .collect()
}

fn links(links: &[mediamesh_domain::model::Link]) -> Vec<(&str, &str)> {
    let all = links.iter();
    all.map(|link| (link.rel.as_str(), link.url.as_str()))
        .collect()
}

#[test]
fn an_atom_feed_arrives_in_full() {
    let read = fields(ATOM);
    let program = &read.program;
    assert_eq!(said(&program.title), [("en", "Harbour & Lights")]);
    assert_eq!(
        said(&program.description),
        [("en", "<p>Stories &lt;from&gt; the quay</p>")]
    );
    assert_eq!(program.author.as_deref(), Some("Ada Marsh"));
    assert_eq!(program.copyright.as_deref(), Some("© Quay Radio"));
    assert_eq!(program.categories, ["arts"]);
    assert_eq!(
        links(&program.links),
        [
            ("alternate", "https://quay.example/shows/harbour/"),
            ("payment", "https://pay.example/quay")
        ]
    );
    assert_eq!(program.funding[0].text.as_deref(), Some("Buy us tea"));
    let licence = program.licence.as_ref().unwrap();
    assert_eq!(licence.name, "CC-BY-4.0");
    let pictures: Vec<_> = program
        .artwork
        .iter()
        .map(|p| (p.url.as_str(), p.purpose.as_deref()))
        .collect();
    assert_eq!(
        pictures,
        [
            ("https://quay.example/shows/logo.png", None),
            ("https://quay.example/favicon.ico", Some("icon"))
        ]
    );
    assert_eq!(
        program.external_ids[0].value,
        "tag:quay.example,2026:harbour"
    );

    let first = &read.episodes[0];
    assert_eq!(said(&first.title), [("en", "Night crossing <3")]);
    assert_eq!(
        said(&first.description),
        [(
            "en",
            "<div><p>With <b>lights</b> &amp; &lt;horns&gt;.</p></div>"
        )]
    );
    assert_eq!(
        first.published_at.unwrap().to_string(),
        "2026-02-28T08:00:00Z"
    );
    assert_eq!(first.guid.as_deref(), Some("tag:quay.example,2026:1"));
    let file = &first.enclosures[0];
    assert_eq!(file.url, "https://quay.example/shows/2026/1.mp3");
    assert_eq!(
        (file.length, file.title.as_deref()),
        (Some(31_459_265), Some("MP3"))
    );
    assert_eq!(
        links(&first.links),
        [
            ("alternate", "https://quay.example/shows/2026/1.html"),
            ("replies", "https://quay.example/shows/2026/1/comments")
        ]
    );
    assert_eq!(first.tags, ["The sea"]);
    assert_eq!(
        first.persons[0].url.as_deref(),
        Some("https://bee.example/")
    );
    assert_eq!(
        first.chapters_url.as_deref(),
        Some("https://quay.example/shows/2026/1.json")
    );

    let second = &read.episodes[1];
    assert_eq!(said(&second.title), [("ar", "حكاية المنارة")]);
    assert_eq!(second.author.as_deref(), Some("ليلى, سامي"));
    assert_eq!(
        said(&second.description),
        [("ar", "<p>a &lt; b &amp;amp; c</p>\n<p>second</p>")]
    );
    assert!(read.document.is_empty(), "{:?}", read.document);
}

#[test]
fn a_youtube_channel_is_known_by_its_ids() {
    let read = fields(YOUTUBE);
    let program = &read.program;
    assert_eq!(program.medium, Medium::Video);
    assert_eq!(
        program.feed_url.as_deref(),
        Some("https://www.youtube.com/feeds/videos.xml?channel_id=UCaaaaaaaaaaaaaaaaaaaaaa")
    );
    let id = program.external_ids.last().unwrap();
    assert_eq!(
        (id.scheme.as_str(), id.value.as_str()),
        ("youtube", "UCaaaaaaaaaaaaaaaaaaaaaa")
    );
    let video = &read.episodes[0];
    assert_eq!(video.guid.as_deref(), Some("yt:video:Quay_0-Light"));
    let ids: Vec<_> = video
        .external_ids
        .iter()
        .map(|id| (id.scheme.as_str(), id.value.as_str()))
        .collect();
    assert_eq!(
        ids,
        [
            ("guid", "yt:video:Quay_0-Light"),
            ("youtube", "Quay_0-Light")
        ]
    );
    assert_eq!(
        said(&video.title),
        [("ar", "الحلقة ٣: سفن الليل | Night ships")]
    );
    assert_eq!(
        said(&video.description),
        [(
            "ar",
            "<p>سفن تصل ليلاً إلى الميناء &lt;3</p>\n<p>00:00 المقدمة<br>\n01:10 السفينة الأولى</p>"
        )]
    );
    assert_eq!((video.views, video.likes), (Some(4567), Some(321)));
    let files: Vec<_> = video
        .enclosures
        .iter()
        .map(|file| file.url.as_str())
        .collect();
    assert_eq!(files, ["https://www.youtube.com/watch?v=Quay_0-Light"]);
    let picture = &video.artwork[0];
    assert_eq!((picture.width, picture.height), (Some(480), Some(360)));
    assert_eq!(
        video.published_at.unwrap().to_string(),
        "2026-02-28T10:00:00Z"
    );
}

#[test]
fn a_json_feed_arrives_in_full_and_its_extensions_do_no_harm() {
    let read = fields(JSON);
    let program = &read.program;
    assert_eq!(said(&program.title), [("ar", "دفتر البحر")]);
    assert_eq!(
        said(&program.description),
        [("ar", "<p>Notes &amp; tales &lt;from&gt; the sea</p>")]
    );
    assert_eq!(program.author.as_deref(), Some("ليلى, Sami"));
    assert_eq!(
        program.persons[0].image_url.as_deref(),
        Some("https://feeds.example/a/layla.png")
    );
    assert!(program.complete);
    assert_eq!(
        links(&program.links),
        [("alternate", "https://sea.example/")]
    );
    let first = &read.episodes[0];
    assert_eq!(said(&first.title), [("ar", "الموجة الأولى 🌊")]);
    assert_eq!(said(&first.subtitle), [("ar", "سطر واحد")]);
    assert_eq!(first.guid.as_deref(), Some("7"));
    assert_eq!(
        (&first.categories[..], &first.tags[..]),
        (&["arts".to_owned()][..], &["sea".to_owned()][..])
    );
    assert_eq!((first.duration_s, first.enclosures.len()), (Some(1230), 2));
    assert_eq!(first.enclosures[0].length, Some(8_000_000));
    assert_eq!(first.artwork[1].purpose.as_deref(), Some("banner"));
    assert_eq!(
        links(&first.links),
        [
            ("alternate", "https://sea.example/7"),
            ("related", "https://elsewhere.example/7")
        ]
    );
    assert_eq!(
        first.published_at.unwrap().to_string(),
        "2026-02-28T07:00:00Z"
    );
    let second = &read.episodes[1];
    assert_eq!(
        said(&second.description),
        [(
            "en",
            "<p>Plain &lt;text&gt;</p>\n<p>with two paragraphs</p>"
        )]
    );
    assert_eq!(second.author.as_deref(), Some("Guest"));
}

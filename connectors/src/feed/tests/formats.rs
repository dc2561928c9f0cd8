//! Every format from its bytes to fields: what has a place in the model arrives there.

use mediamesh_domain::lang::Lang;
use mediamesh_domain::model::{EpisodeFields, EpisodeKind, LiveStatus, Medium, ProgramFields};
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

#[test]
fn podcasting_in_other_spellings_of_its_namespaces_arrives_in_full() {
    let read = fields(PODCAST);
    let program = &read.program;
    assert_eq!(read.document, ["namespace_spelling"]);
    assert_eq!(
        (program.medium, program.locked, program.block),
        (Medium::Audiobook, true, false)
    );
    assert_eq!(program.licence.as_ref().unwrap().name, "CC-BY-SA-4.0");
    assert_eq!(program.funding.len(), 1, "the link for it is the same");
    let host = &program.persons[0];
    assert_eq!(
        (host.role.as_deref(), host.group.as_deref()),
        (Some("host"), Some("cast"))
    );
    assert_eq!(program.places[0].country.as_deref(), Some("GB"));
    assert_eq!(program.update_rule.as_deref(), Some("FREQ=WEEKLY"));
    let remote: Vec<_> = program
        .remote_items
        .iter()
        .map(|item| item.rel.as_str())
        .collect();
    assert_eq!(remote, ["podroll", "publisher"]);
    let pictures: Vec<_> = program
        .artwork
        .iter()
        .map(|p| (p.width, p.purpose.as_deref()))
        .collect();
    assert_eq!(
        pictures,
        [
            (Some(1600), Some("banner")),
            (Some(1500), None),
            (Some(300), None)
        ]
    );
    assert_eq!(program.artwork[0].aspect_ratio.as_deref(), Some("16/9"));
    assert_eq!(
        program.artwork[0].alt.get(&Lang::from("en-GB")),
        Some("A pier")
    );
    let value = &program.value[0];
    assert_eq!(
        (value.recipients[0].split, value.recipients[1].fee),
        (90, true)
    );

    let live = &read.episodes[0];
    let broadcast = live.live.as_ref().unwrap();
    assert_eq!(broadcast.status, LiveStatus::Live);
    assert_eq!(broadcast.end.unwrap().to_string(), "2026-03-01T21:00:00Z");
    assert_eq!(live.enclosures[0].rel.as_deref(), Some("default"));
    assert_eq!(links(&live.links), [("live", "https://live.example/watch")]);

    let first = &read.episodes[1];
    assert_eq!(
        (first.kind, first.live.is_none()),
        (EpisodeKind::Bonus, true)
    );
    assert_eq!(
        first.published_at.unwrap().to_string(),
        "2026-03-01T00:00:00Z"
    );
    assert_eq!(
        (first.season, first.season_name.as_deref()),
        (Some(2), Some("The Coast"))
    );
    assert_eq!(
        (first.number, first.number_label.as_deref()),
        (None, Some("Ch. 3"))
    );
    assert_eq!(
        first.persons.len(),
        1,
        "the item's stand instead of the channel's"
    );
    assert_eq!(
        links(&first.links),
        [("alternate", "https://port.example/1")]
    );
    let starts: Vec<_> = first
        .chapters
        .iter()
        .map(|chapter| chapter.start_s)
        .collect();
    assert_eq!(starts, [0.0, 10.0]);
    assert_eq!(first.transcripts[0].lang, Some(Lang::from("en-GB")));
    assert_eq!(first.soundbites[0].title.as_deref(), Some("Foghorn"));
    assert_eq!(first.social[0].account_id.as_deref(), Some("@port"));
    assert_eq!(first.availability.countries, ["GB", "IE"]);
    assert_eq!((first.explicit, first.duration_s), (Some(true), Some(4530)));
    assert_eq!(first.tags, ["sea", "ports"]);
    assert_eq!(first.artwork[0].url, "https://port.example/1.jpg");
    let files: Vec<_> = first
        .enclosures
        .iter()
        .map(|file| (file.url.as_str(), file.bitrate))
        .collect();
    assert_eq!(
        files,
        [
            ("https://port.example/1.mp3", None),
            ("https://port.example/1.mp4", Some(800_000)),
            ("https://port.example/1.opus", Some(64_000)),
        ]
    );
    let opus = &first.enclosures[2];
    assert_eq!(opus.sources, ["https://mirror.example/1.opus"]);
    assert_eq!(opus.integrity.as_ref().unwrap().kind, "sri");
    for code in [
        "date_hour_24",
        "number_unreadable",
        "person_without_name",
        "url_unreadable",
    ] {
        assert!(
            read.repairs.iter().any(|found| found == code),
            "{code} in {:?}",
            read.repairs
        );
    }
}

#[test]
fn what_is_wrong_in_a_mixed_feed_is_mended_and_named() {
    let read = fields(include_bytes!("../../../fixtures/mixed.xml"));
    let document = [
        "prolog_wrong",
        "entity_undefined",
        "ampersand_bare",
        "markup_unescaped",
    ];
    assert_eq!(read.document, document);
    assert_eq!(said(&read.program.title), [("ar", "مجلة الصوت & Sound")]);
    assert_eq!(
        said(&read.program.description),
        [("ar", "<p>حلقات <b>أسبوعية</b> \u{a0} weekly</p>")]
    );
    let [first, second, third] = &read.episodes[..] else {
        panic!("three entries");
    };
    assert_eq!(said(&first.title), [("ar", "الحلقة ١٢: café & بحر")]);
    assert_eq!(
        (first.duration_s, first.number, first.guid.as_deref()),
        (Some(3900), Some(12), None)
    );
    assert_eq!(
        first.enclosures[0].url,
        "http://media.example.com/12%20a.mp3?a=1&b=2"
    );
    assert_eq!(first.explicit, Some(false), "as the feed says");
    let days: Vec<_> = read
        .episodes
        .iter()
        .map(|it| it.published_at.unwrap().to_string())
        .collect();
    assert_eq!(
        days,
        [
            "2026-02-28T10:00:00Z",
            "2026-02-28T10:00:00Z",
            "2026-03-04T02:05:00Z"
        ]
    );
    assert_eq!(
        (second.guid.as_deref(), third.guid.as_deref()),
        (Some("same"), Some("same"))
    );
    for code in [
        "guid_missing",
        "digits_localised",
        "date_localised_month",
        "date_missing_zone",
        "date_week",
        "date_two_digit_year",
        "duration_spelling",
        "mime_alias",
        "url_encoded",
        "html_tidied",
    ] {
        assert!(
            read.repairs.iter().any(|found| found == code),
            "{code} in {:?}",
            read.repairs
        );
    }
}

#[test]
fn an_entry_alone_is_an_entry_without_a_feed() {
    let text = "<entry xmlns='http://www.w3.org/2005/Atom'><id>a</id><title>One</title></entry>";
    let read = read(text).unwrap();
    assert!(read.channel.children.is_empty());
    assert_eq!(sketch(&read.items[0]), "entry{id=a title=One}");
}

#[test]
fn atom_0_3_and_prefixes_of_its_own_give_the_same_names() {
    for text in [
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>T</title><entry><id>1</id>\
         <issued>2004-01-02T00:00:00Z</issued></entry></feed>",
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>T</a:title><a:entry><a:id>1</a:id>\
         <a:issued>2004-01-02T00:00:00Z</a:issued></a:entry></a:feed>",
        "<FEED><TITLE>T</TITLE><ENTRY><ID>1</ID><ISSUED>2004-01-02T00:00:00Z</ISSUED></ENTRY></FEED>",
    ] {
        let read = read(text).unwrap();
        assert_eq!(read.context.title.as_deref(), Some("T"));
        assert_eq!(
            sketch(&read.items[0]),
            "entry{id=1 issued=2004-01-02T00:00:00Z}"
        );
        let (fields, _) = episode::normalise::atom(&read.items[0], &read.context);
        assert!(fields.published_at.is_some());
    }
}

#[test]
fn older_kinds_of_rss_give_their_items() {
    for (text, guid) in [
        (
            "<rss version='0.91'><channel><item><title>T</title></item></channel></rss>",
            None,
        ),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
             xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/><item><title>T</title></item></rdf:RDF>",
            None,
        ),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
             xmlns='http://purl.org/rss/1.0/'><channel/><item rdf:about='https://a.example/1'>\
             <title>T</title></item></rdf:RDF>",
            Some("https://a.example/1"),
        ),
        (
            "<Channel xmlns='http://purl.org/net/rss1.1#'><title>C</title><items><item><title>T</title>\
             </item></items></Channel>",
            None,
        ),
    ] {
        let read = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.items.len(), 1, "{text}");
        let (fields, repairs) = episode::normalise::rss(&read.items[0], &read.context);
        assert_eq!(said(&fields.title), [("und", "T")]);
        assert_eq!(fields.guid.as_deref(), guid, "{text}");
        let missing = repairs.iter().any(|repair| repair.code == "guid_missing");
        assert_eq!(missing, guid.is_none());
    }
}

#[test]
fn what_a_document_needed_is_counted() {
    let inner = "<channel><title>T</title></channel>";
    for (text, expected) in [
        (format!("<rss>{inner}</rss>"), &[][..]),
        (inner.to_owned(), &["root_missing"]),
        (format!("Notice: x\n<rss>{inner}</rss>"), &["document_junk"]),
        (
            format!("<br />\n<b>Warning</b><?xml version='1.0'?><rss>{inner}</rss>"),
            &["document_junk"],
        ),
        (
            format!("<rss>{}</rss>", inner.replace('T', "A&eacute;")),
            &["entity_undefined"],
        ),
        (
            format!("<rss>{}</rss>", inner.replace('T', "A & B")),
            &["ampersand_bare"],
        ),
        (
            format!("<rss>{}</rss>", inner.replace('T', "A<br/>B")),
            &["markup_unescaped"],
        ),
        (
            format!("<rss>{}</rss>", inner.replace("title", "itunes:author")),
            &["namespace_missing"],
        ),
        (
            "{\"title\":\"T\",\"feed_url\":\"x\",\"items\":[{\"id\":1,},],}".to_owned(),
            &["json_loose", "version_missing"],
        ),
    ] {
        let limits = Limits::default();
        let document = Document::decode(text.as_bytes(), None, &limits).unwrap();
        let feed = parse(&document, &limits).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(feed.repairs, expected, "{text}");
    }
}

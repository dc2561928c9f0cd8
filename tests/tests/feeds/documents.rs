//! Documents in every format, the same show and two episodes in each.

use flate2::Compression;
use flate2::write::GzEncoder;
use mediamesh_domain::model::SourceFormat;
use std::io::Write as _;

/// A document in a format, and what readers get of it.
pub struct Format {
    pub name: &'static str,
    pub content_type: &'static str,
    pub body: &'static str,
    pub read_as: SourceFormat,
    pub mapping: Option<&'static str>,
    pub program: &'static str,
    /// Their titles at the desk, in order.
    pub episodes: &'static [&'static str],
    /// Whether they have something to play, which readers ask for.
    pub plays: bool,
}

const FOUND_OUT: Format = Format {
    name: "",
    // Wrong on purpose: what a document is tells how it is read.
    content_type: "text/plain",
    body: "",
    read_as: SourceFormat::Auto,
    mapping: None,
    program: "",
    episodes: &[],
    plays: false,
};

pub const FORMATS: &[Format] = &[
    Format {
        name: "rss-0-91",
        body: r#"<rss version="0.91"><channel><title>Quay 91</title><link>https://q91.example/</link>
            <description>Boats</description><language>en</language>
            <item><title>One of 91</title><link>https://q91.example/1</link></item>
            <item><title>Two of 91</title><link>https://q91.example/2</link></item></channel></rss>"#,
        program: "Quay 91",
        episodes: &["One of 91", "Two of 91"],
        ..FOUND_OUT
    },
    Format {
        name: "rss-1-0",
        body: r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
            xmlns:dc="http://purl.org/dc/elements/1.1/">
            <channel rdf:about="https://q1.example/"><title>Quay RDF</title><link>https://q1.example/</link>
            <description>Boats</description><dc:language>en</dc:language></channel>
            <item rdf:about="https://q1.example/1"><title>One of RDF</title><link>https://q1.example/1</link></item></rdf:RDF>"#,
        program: "Quay RDF",
        episodes: &["One of RDF"],
        ..FOUND_OUT
    },
    Format {
        name: "rss-2-0",
        body: r#"<rss version="2.0" xmlns:itunes="HTTP://www.itunes.com/DTDs/PodCast-1.0.dtd"><channel>
            <title>Quay Two</title><link>https://q2.example/</link><description>Boats</description><language>en</language>
            <item><title>One of Two</title><guid>q2-1</guid><pubDate>Mon, 06 Nov 2023 10:00:00 +0000</pubDate>
            <itunes:duration>12:30</itunes:duration>
            <enclosure url="https://q2.example/1.mp3" type="audio/mpeg" length="0"/></item></channel></rss>"#,
        program: "Quay Two",
        episodes: &["One of Two"],
        plays: true,
        ..FOUND_OUT
    },
    Format {
        name: "atom",
        body: r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><title>رصيف</title><id>urn:q</id>
            <updated>2024-01-01T00:00:00Z</updated>
            <entry><title>الأولى</title><id>urn:q:1</id><updated>2024-01-01T00:00:00Z</updated>
            <link rel="enclosure" href="https://qa.example/1.mp3" type="audio/mpeg"/></entry></feed>"#,
        program: "رصيف",
        episodes: &["الأولى"],
        plays: true,
        ..FOUND_OUT
    },
    Format {
        name: "json-feed",
        body: r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Quay JSON", "language": "en",
            "items": [{"id": "1", "title": "One of JSON", "content_text": "Boats"}]}"#,
        program: "Quay JSON",
        episodes: &["One of JSON"],
        ..FOUND_OUT
    },
    Format {
        name: "youtube-channel",
        body: r#"<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
            xmlns="http://www.w3.org/2005/Atom"><yt:channelId>q</yt:channelId><id>yt:channel:q</id>
            <title>Quay Channel</title><link rel="alternate" href="https://www.youtube.com/channel/UCq"/>
            <entry><id>yt:video:v1</id><yt:videoId>v1</yt:videoId><yt:channelId>UCq</yt:channelId>
            <title>One of the channel</title><published>2024-01-01T00:00:00+00:00</published>
            <media:group><media:title>One of the channel</media:title><media:description>Boats in the harbour at night</media:description>
            </media:group></entry></feed>"#,
        program: "Quay Channel",
        episodes: &["One of the channel"],
        plays: true,
        ..FOUND_OUT
    },
    Format {
        name: "youtube-playlist",
        body: r#"<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
            xmlns="http://www.w3.org/2005/Atom"><id>yt:playlist:PLq</id><yt:playlistId>PLq</yt:playlistId>
            <title>Quay Playlist</title><link rel="alternate" href="https://www.youtube.com/playlist?list=PLq"/>
            <entry><id>yt:video:p1</id><yt:videoId>p1</yt:videoId><yt:channelId>UCq</yt:channelId>
            <title>One of the playlist</title><published>2024-01-01T00:00:00+00:00</published>
            <media:group><media:title>One of the playlist</media:title></media:group></entry></feed>"#,
        program: "Quay Playlist",
        episodes: &["One of the playlist"],
        plays: true,
        ..FOUND_OUT
    },
    Format {
        name: "mapped-json",
        content_type: "application/json",
        body: r#"{"show": {"called": "Quay Mapped", "tongue": "en"}, "pieces": [{"key": 7, "called": "One mapped"}]}"#,
        read_as: SourceFormat::Json,
        mapping: Some(
            r#"{"entries": "/pieces", "program": {"title": "/show/called", "language": "/show/tongue"},
                "fields": {"guid": "/key", "title": "/called"}}"#,
        ),
        program: "Quay Mapped",
        episodes: &["One mapped"],
        ..FOUND_OUT
    },
];

/// A table has rows alone: its source names the program that they go to.
pub const TABLE: &str = "title;guid\r\n\"One; of the table\";t1\r\nTwo of the table;t2\r\n";

pub const CHANNELS: &str = r#"{"items": [{"id": "UCq", "snippet": {"title": "Quay TV", "description": "Water",
    "defaultLanguage": "en"}, "contentDetails": {"relatedPlaylists": {"uploads": "UUq"}}}]}"#;
pub const PLAYLIST_ITEMS: &str = r#"{"items": [
    {"contentDetails": {"videoId": "f1"}, "status": {"privacyStatus": "public"}},
    {"contentDetails": {"videoId": "f2"}, "status": {"privacyStatus": "public"}}]}"#;
pub const VIDEOS: &str = r#"{"items": [
    {"id": "f1", "snippet": {"title": "Ferry one", "publishedAt": "2026-01-02T03:04:05Z", "description": "A"},
     "contentDetails": {"duration": "PT2M"}, "statistics": {"viewCount": "5"}},
    {"id": "f2", "snippet": {"title": "Ferry two", "publishedAt": "2026-01-03T03:04:05Z", "description": "B"},
     "contentDetails": {"duration": "PT1H"}, "statistics": {"viewCount": "6"}}]}"#;

/// A feed whose entries bear their guid as title, with more elements in its channel.
pub fn rss(program: &str, guids: &[&str], more: &str) -> String {
    let items: String = guids
        .iter()
        .map(|guid| {
            format!(
                "<item><guid>{program}-{guid}</guid><title>{guid}</title>\
                 <enclosure url=\"https://media.example/{program}/{guid}.mp3\" type=\"audio/mpeg\" length=\"1\"/></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>{program}</title><link>https://quay.example/</link>\
         <description>Boats.</description><language>en</language>{more}{items}</channel></rss>"
    )
}

/// A megabyte of spaces as a kilobyte of gzip.
pub fn gzip_bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[b' '; 1_000_000]).unwrap();
    encoder.finish().unwrap()
}

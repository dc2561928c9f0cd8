//! Documents as publishers write them, one of each format.

mod apis;
mod plain;

use mediamesh_domain::ingest::mapping::Mapping;
use std::fmt::Write as _;

/// A document, and how it is read.
pub struct Sample {
    /// The name of its format.
    pub name: &'static str,
    /// The document.
    pub text: String,
    /// How it is read.
    pub read: Read,
}

/// How a document is read.
pub enum Read {
    /// As a feed, by us and by feed-rs.
    Feed,
    /// By a mapping; feed-rs reads no such thing.
    Mapped(Mapping),
    /// Put together of answers of the YouTube Data API, by the mapping that finds its videos.
    YouTube(Mapping),
    /// As a list of feeds, which feed-rs does not read either.
    List,
}

/// A document of each format, with so many entries.
pub fn all(entries: usize) -> Vec<Sample> {
    let feed = |name, text| Sample {
        name,
        text,
        read: Read::Feed,
    };
    vec![
        feed("RSS, iTunes and Podcasting 2.0", rss(entries, ENGLISH)),
        feed("the same in Arabic", rss(entries, ARABIC)),
        feed("RSS 0.91", plain::rss_091(entries)),
        feed("RSS 1.0", plain::rss_1(entries)),
        feed("Media RSS", plain::media_rss(entries)),
        feed("Atom", atom(entries)),
        feed("YouTube Atom", youtube(entries)),
        feed("JSON Feed", json(entries)),
        Sample {
            name: "YouTube Data API",
            text: apis::youtube(entries),
            read: Read::YouTube(mapping(apis::VIDEOS)),
        },
        Sample {
            name: "a JSON API by its mapping",
            text: apis::shows(entries),
            read: Read::Mapped(mapping(apis::SHOWS)),
        },
        Sample {
            name: "CSV",
            text: apis::table(entries),
            read: Read::Mapped(Mapping::by_name()),
        },
        Sample {
            name: "OPML",
            text: apis::list(entries),
            read: Read::List,
        },
    ]
}

fn mapping(declared: &str) -> Mapping {
    Mapping::parse(declared).unwrap_or_default()
}

/// A title and a paragraph.
type Words = (&'static str, &'static str);

const ENGLISH: Words = (
    "Night crossing: the keeper of lights",
    "In this crossing we speak with people who work at night &amp; sleep by day, and with those who wait for them.",
);
const ARABIC: Words = (
    "عبور الليل: حارس المنارة",
    "في هذه الحلقة نتحدث مع من يعملون ليلاً وينامون نهاراً، ومع الذين ينتظرونهم على الرصيف.",
);

const NAMESPACES: &str = "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" \
    xmlns:podcast=\"https://podcastindex.org/namespace/1.0\" \
    xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:atom=\"http://www.w3.org/2005/Atom\"";

fn notes(n: usize, line: &str) -> String {
    let paragraph = format!("<p>{line}</p>\n").repeat(6);
    format!("{paragraph}<ul><li><a href=\"https://quay.example/{n}\">{line}</a></li></ul>")
}

fn day(n: usize) -> usize {
    1 + n % 28
}

fn rss(entries: usize, (title, line): Words) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" {NAMESPACES}>\n<channel>\n\
         <title>Harbour Lights</title>\n<link>https://quay.example/</link>\n<language>en</language>\n\
         <description>Stories from the quay.</description>\n<itunes:author>Quay Radio</itunes:author>\n\
         <itunes:category text=\"Arts\"/>\n<itunes:image href=\"https://pictures.example/harbour.jpg\"/>\n"
    );
    for n in 0..entries {
        let _ = write!(
            out,
            "<item>\n  <title>{title} {n}</title>\n  <guid isPermaLink=\"false\">crossing-{n}</guid>\n  \
             <link>https://quay.example/{n}</link>\n  <pubDate>{:02} Feb 2026 10:00:00 GMT</pubDate>\n  \
             <description>{line}</description>\n  <content:encoded><![CDATA[{}]]></content:encoded>\n  \
             <enclosure url=\"https://media.example.com/{n}.mp3?utm_source=rss\" length=\"31459265\" \
             type=\"audio/mpeg\"/>\n  <itunes:duration>42:17</itunes:duration>\n  \
             <itunes:episode>{n}</itunes:episode>\n  <itunes:season>1</itunes:season>\n  \
             <itunes:episodeType>full</itunes:episodeType>\n  <itunes:explicit>false</itunes:explicit>\n  \
             <itunes:image href=\"https://pictures.example/{n}.jpg\"/>\n  \
             <podcast:person role=\"host\" href=\"https://ada.example/\">Ada Marsh</podcast:person>\n  \
             <podcast:transcript url=\"https://quay.example/{n}.vtt\" type=\"text/vtt\"/>\n  \
             <podcast:chapters url=\"https://quay.example/{n}.json\" type=\"application/json+chapters\"/>\n\
             </item>\n",
            day(n),
            notes(n, line),
        );
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn atom(entries: usize) -> String {
    let (title, line) = ENGLISH;
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
                   xml:lang=\"en\">\n<title>Harbour Lights</title>\n<id>tag:quay.example,2026:feed</id>\n\
                   <updated>2026-03-01T10:00:00Z</updated>\n<author><name>Ada Marsh</name></author>\n"
        .to_owned();
    for n in 0..entries {
        let escaped = notes(n, line).replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            out,
            "<entry>\n  <title>{title} {n}</title>\n  <id>tag:quay.example,2026:{n}</id>\n  \
             <link href=\"https://quay.example/{n}\"/>\n  \
             <link rel=\"enclosure\" type=\"audio/mpeg\" length=\"31459265\" \
             href=\"https://media.example.com/{n}.mp3\"/>\n  <category term=\"Arts\"/>\n  \
             <published>2026-02-{:02}T10:00:00Z</published>\n  <updated>2026-03-01T10:00:00Z</updated>\n  \
             <summary>{line}</summary>\n  <content type=\"html\">{escaped}</content>\n</entry>\n",
            day(n),
        );
    }
    out.push_str("</feed>\n");
    out
}

fn youtube(entries: usize) -> String {
    let (title, line) = ARABIC;
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                   <feed xmlns:yt=\"http://www.youtube.com/xml/schemas/2015\" \
                   xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns=\"http://www.w3.org/2005/Atom\">\n \
                   <id>yt:channel:quay</id>\n <yt:channelId>quay</yt:channelId>\n <title>Harbour</title>\n"
        .to_owned();
    for n in 0..entries {
        let _ = write!(
            out,
            " <entry>\n  <id>yt:video:v{n}</id>\n  <yt:videoId>v{n}</yt:videoId>\n  \
             <yt:channelId>UCquay</yt:channelId>\n  <title>{title} {n}</title>\n  \
             <link rel=\"alternate\" href=\"https://www.youtube.com/watch?v=v{n}\"/>\n  \
             <author>\n   <name>Harbour</name>\n   <uri>https://www.youtube.com/channel/UCquay</uri>\n  \
             </author>\n  <published>2026-02-{:02}T10:00:00+00:00</published>\n  \
             <updated>2026-03-01T10:00:00+00:00</updated>\n  <media:group>\n   \
             <media:title>{title} {n}</media:title>\n   \
             <media:content url=\"https://www.youtube.com/v/v{n}?version=3\" \
             type=\"application/x-shockwave-flash\" width=\"640\" height=\"390\"/>\n   \
             <media:thumbnail url=\"https://i1.ytimg.com/vi/v{n}/hqdefault.jpg\" width=\"480\" \
             height=\"360\"/>\n   <media:description>{line}\n\n{line}</media:description>\n   \
             <media:community>\n    <media:starRating count=\"321\" average=\"5.00\" min=\"1\" max=\"5\"/>\n    \
             <media:statistics views=\"4567\"/>\n   </media:community>\n  </media:group>\n </entry>\n",
            day(n),
        );
    }
    out.push_str("</feed>\n");
    out
}

fn json(entries: usize) -> String {
    let (title, line) = ENGLISH;
    let mut out = "{\n  \"version\": \"https://jsonfeed.org/version/1.1\",\n  \"title\": \"Harbour Lights\",\n  \
                   \"home_page_url\": \"https://quay.example/\",\n  \"language\": \"en\",\n  \"items\": ["
        .to_owned();
    for n in 0..entries {
        let notes = notes(n, line).replace('"', "\\\"").replace('\n', "\\n");
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}\n    {{\"id\": \"crossing-{n}\", \"url\": \"https://quay.example/{n}\", \
             \"title\": \"{title} {n}\", \"content_html\": \"{notes}\", \
             \"date_published\": \"2026-02-{:02}T10:00:00Z\", \"tags\": [\"Arts\", \"sea\"], \
             \"attachments\": [{{\"url\": \"https://media.example.com/{n}.mp3\", \
             \"mime_type\": \"audio/mpeg\", \"size_in_bytes\": 31459265, \"duration_in_seconds\": 2537}}]}}",
            day(n),
        );
    }
    out.push_str("\n  ]\n}\n");
    out
}

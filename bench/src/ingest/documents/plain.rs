//! RSS without the podcasts' words: 0.91, 1.0, and with pictures and films.

use super::{ENGLISH, day, notes};
use std::fmt::Write as _;

pub(super) fn rss_091(entries: usize) -> String {
    let (title, line) = ENGLISH;
    let mut out = "<?xml version=\"1.0\"?>\n<rss version=\"0.91\">\n<channel>\n<title>Harbour Lights</title>\n\
                   <link>https://quay.example/</link>\n<description>Stories from the quay.</description>\n\
                   <language>en</language>\n"
        .to_owned();
    for n in 0..entries {
        let _ = write!(
            out,
            "<item>\n  <title>{title} {n}</title>\n  <link>https://quay.example/{n}</link>\n  \
             <description>{line}</description>\n</item>\n",
        );
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

pub(super) fn rss_1(entries: usize) -> String {
    let (title, line) = ENGLISH;
    let mut out = "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
                   xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
                   <channel rdf:about=\"https://quay.example/\">\n<title>Harbour Lights</title>\n\
                   <link>https://quay.example/</link>\n<description>Stories from the quay.</description>\n</channel>\n"
        .to_owned();
    for n in 0..entries {
        let _ = write!(
            out,
            "<item rdf:about=\"https://quay.example/{n}\">\n  <title>{title} {n}</title>\n  \
             <link>https://quay.example/{n}</link>\n  <dc:date>2026-02-{:02}T10:00:00Z</dc:date>\n  \
             <dc:creator>Ada Marsh</dc:creator>\n  <dc:subject>Arts</dc:subject>\n  \
             <description>{line}</description>\n</item>\n",
            day(n),
        );
    }
    out.push_str("</rdf:RDF>\n");
    out
}

pub(super) fn media_rss(entries: usize) -> String {
    let (title, line) = ENGLISH;
    let mut out = "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\">\n\
                   <channel>\n<title>Harbour Films</title>\n<link>https://quay.example/</link>\n\
                   <description>Films from the quay.</description>\n<language>en</language>\n"
        .to_owned();
    for n in 0..entries {
        let escaped = notes(n, line).replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            out,
            "<item>\n  <title>{title} {n}</title>\n  <guid isPermaLink=\"false\">film-{n}</guid>\n  \
             <pubDate>{:02} Feb 2026 10:00:00 GMT</pubDate>\n  <description>{escaped}</description>\n  \
             <media:group>\n    <media:content url=\"https://media.example.com/{n}-hd.mp4\" type=\"video/mp4\" \
             height=\"1080\" bitrate=\"4000\" duration=\"2537\" isDefault=\"true\"/>\n    \
             <media:content url=\"https://media.example.com/{n}.mp4\" type=\"video/mp4\" height=\"480\"/>\n  \
             </media:group>\n  <media:thumbnail url=\"https://pictures.example/{n}.jpg\" width=\"480\"/>\n  \
             <media:credit role=\"director\">Ada Marsh</media:credit>\n  <media:keywords>sea, night</media:keywords>\n\
             </item>\n",
            day(n),
        );
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

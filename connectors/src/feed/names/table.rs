//! The names that feeds use, as data.

/// Namespaces: the usual prefix, and the addresses that documents write, without scheme, `www.`
/// and closing `/` or `#`, in lower case.
pub(super) const NAMESPACES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "backend.userland.com/rss",
            "backend.userland.com/rss2",
            "blogs.law.harvard.edu/tech/rss",
            "cyber.law.harvard.edu/rss/rss.html",
            "rssboard.org/rss-specification",
            "channel.netscape.com/rdf/simple/0.9",
            "my.netscape.com/rdf/simple/0.9",
            "my.netscape.com/publish/formats/rss-0.91.dtd",
            "purl.org/rss/1.0",
            "purl.org/net/rss1.1",
        ],
    ),
    ("acast", &["schema.acast.com/1.0", "schemas.acast.com/1.0"]),
    ("admin", &["webns.net/mvcb"]),
    ("app", &["w3.org/2007/app"]),
    ("at", &["purl.org/atompub/tombstones/1.0"]),
    ("atom", &["w3.org/2005/atom", "purl.org/atom/ns"]),
    ("cc", &["web.resource.org/cc", "creativecommons.org/ns"]),
    ("content", &["purl.org/rss/1.0/modules/content"]),
    (
        "creativeCommons",
        &[
            "backend.userland.com/creativecommonsrssmodule",
            "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html",
        ],
    ),
    (
        "dc",
        &["purl.org/dc/elements/1.1", "purl.org/dc/elements/1.0"],
    ),
    ("dcterms", &["purl.org/dc/terms"]),
    (
        "feedburner",
        &[
            "rssnamespace.org/feedburner/ext/1.0",
            "rssnamespace.org/feedburner/ext/2.0",
        ],
    ),
    ("fh", &["purl.org/syndication/history/1.0"]),
    ("fireside", &["fireside.fm/modules/rss/fireside"]),
    ("geo", &["w3.org/2003/01/geo/wgs84_pos"]),
    ("georss", &["georss.org/georss"]),
    (
        "googleplay",
        &[
            "google.com/schemas/play-podcasts/1.0",
            "google.com/schemas/play-podcasts/1.0/play-podcasts.xsd",
        ],
    ),
    (
        "itunes",
        &[
            "itunes.com/dtds/podcast-1.0.dtd",
            "itunes.com/dtds/podcast-1.0",
            "itunes.apple.com/dtds/podcast-1.0.dtd",
            "example.com/dtds/podcast-1.0.dtd",
            "apple.com/itunes/dtds/podcast-1.0.dtd",
        ],
    ),
    (
        "media",
        &[
            "search.yahoo.com/mrss",
            "search.yahoo.com/rss",
            "search.yahoo.com/searchmonkey/media",
            "api.search.yahoo.com/mrss",
            "tools.search.yahoo.com/mrss",
            "video.search.yahoo.com/mrss",
        ],
    ),
    (
        "podcast",
        &[
            "podcastindex.org/namespace/1.0",
            "podcastindex.org/namespace/1.0.md",
            "github.com/podcastindex-org/podcast-namespace",
            "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
            "github.com/podcastindex-org/podcast-namespace/blob/master/docs/1.0.md",
        ],
    ),
    ("psc", &["podlove.org/simple-chapters"]),
    (
        "rawvoice",
        &[
            "rawvoice.com/rawvoicerssmodule",
            "blubrry.com/developer/rawvoice-rss",
        ],
    ),
    ("rdf", &["w3.org/1999/02/22-rdf-syntax-ns"]),
    ("slash", &["purl.org/rss/1.0/modules/slash"]),
    ("spotify", &["spotify.com/ns/rss"]),
    ("sy", &["purl.org/rss/1.0/modules/syndication"]),
    (
        "openSearch",
        &[
            "a9.com/-/spec/opensearch/1.1",
            "a9.com/-/spec/opensearchrss/1.0",
        ],
    ),
    ("thr", &["purl.org/syndication/thread/1.0"]),
    ("wfw", &["wellformedweb.org/commentapi"]),
    ("xhtml", &["w3.org/1999/xhtml"]),
    ("xlink", &["w3.org/1999/xlink"]),
    ("xml", &["w3.org/xml/1998/namespace"]),
    (
        "yt",
        &[
            "youtube.com/xml/schemas/2015",
            "gdata.youtube.com/schemas/2007",
        ],
    ),
];

/// Names with capitals, of elements and attributes: in lower case, as they are usual. Sorted.
pub(super) const CAPITALS: &[(&str, &str)] = &[
    ("accountid", "accountId"),
    ("accounturl", "accountUrl"),
    ("alternateenclosure", "alternateEnclosure"),
    ("channelid", "channelId"),
    ("commentrss", "commentRss"),
    ("contentlink", "contentLink"),
    ("contenttype", "contentType"),
    ("creativecommons", "creativeCommons"),
    ("customkey", "customKey"),
    ("customvalue", "customValue"),
    ("endtime", "endTime"),
    ("episodetype", "episodeType"),
    ("errorreportsto", "errorReportsTo"),
    ("expressioncount", "expressionCount"),
    ("expressiontype", "expressionType"),
    ("feedguid", "feedGuid"),
    ("feedurl", "feedUrl"),
    ("filesize", "fileSize"),
    ("foldedstars", "foldedStars"),
    ("generatoragent", "generatorAgent"),
    ("isdefault", "isDefault"),
    ("ispermalink", "isPermaLink"),
    ("itemguid", "itemGuid"),
    ("lastbuilddate", "lastBuildDate"),
    ("liveitem", "liveItem"),
    ("liveupdate", "liveUpdate"),
    ("managingeditor", "managingEditor"),
    ("medialink", "mediaLink"),
    ("peerlink", "peerLink"),
    ("playlistid", "playlistId"),
    ("pubdate", "pubDate"),
    ("registerprocedure", "registerProcedure"),
    ("remoteitem", "remoteItem"),
    ("remotepercentage", "remotePercentage"),
    ("remotestarttime", "remoteStartTime"),
    ("respectto", "respectTo"),
    ("skipdays", "skipDays"),
    ("skiphours", "skipHours"),
    ("socialinteract", "socialInteract"),
    ("starrating", "starRating"),
    ("starttime", "startTime"),
    ("textinput", "textInput"),
    ("updatebase", "updateBase"),
    ("updatefrequency", "updateFrequency"),
    ("updateperiod", "updatePeriod"),
    ("usespodping", "usesPodping"),
    ("valuerecipient", "valueRecipient"),
    ("valuetimesplit", "valueTimeSplit"),
    ("videoid", "videoId"),
    ("webmaster", "webMaster"),
];

/// Names without capitals that documents capitalise all the same. Sorted.
pub(super) const PLAIN: &[&str] = &[
    "author",
    "block",
    "category",
    "channel",
    "cloud",
    "comments",
    "copyright",
    "creator",
    "date",
    "description",
    "docs",
    "duration",
    "enclosure",
    "encoded",
    "episode",
    "explicit",
    "generator",
    "guid",
    "height",
    "href",
    "image",
    "item",
    "keywords",
    "language",
    "length",
    "link",
    "name",
    "owner",
    "rating",
    "rel",
    "rss",
    "season",
    "source",
    "subtitle",
    "summary",
    "title",
    "ttl",
    "type",
    "url",
    "width",
];

/// Elements that hold text for people: markup inside is text too, written out or not.
pub(super) const TEXTS: &[&str] = &[
    "atom:content",
    "atom:subtitle",
    "atom:summary",
    "atom:title",
    "author",
    "body",
    "comments",
    "content:encoded",
    "copyright",
    "dc:creator",
    "dc:description",
    "dc:subject",
    "dc:title",
    "description",
    "googleplay:description",
    "guid",
    "itunes:author",
    "itunes:keywords",
    "itunes:subtitle",
    "itunes:summary",
    "itunes:title",
    "link",
    "media:credit",
    "media:description",
    "media:keywords",
    "media:text",
    "media:title",
    "pubDate",
    "title",
    "xhtml:body",
];

/// Those of Atom's own elements that hold text for people.
pub(super) const ATOM_TEXTS: &[&str] = &[
    "content",
    "copyright",
    "description",
    "info",
    "rights",
    "subtitle",
    "summary",
    "tagline",
    "title",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_in_the_spelling_they_promise() {
        assert!(PLAIN.is_sorted() && TEXTS.is_sorted() && ATOM_TEXTS.is_sorted());
        assert!(CAPITALS.is_sorted_by(|a, b| a.0 < b.0), "{CAPITALS:?}");
        for (lower, usual) in CAPITALS {
            assert_eq!(*lower, usual.to_ascii_lowercase());
        }
        for address in NAMESPACES.iter().flat_map(|(_, addresses)| *addresses) {
            let bare = !address.contains("//") && !address.ends_with(['/', '#']);
            assert!(bare && !address.starts_with("www."), "{address}");
            assert_eq!(*address, address.to_ascii_lowercase());
        }
    }
}

//! Documents of older kinds, of a part only, and with what is wrong in them.

use super::*;

#[test]
fn what_is_wrong_in_a_mixed_feed_is_mended_and_named() {
    let read = fields(include_bytes!("../../../../fixtures/mixed.xml"));
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

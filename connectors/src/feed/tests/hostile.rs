//! Documents that are made to do harm: each is refused by a stable code, or read without any.

use proptest::prelude::*;

use super::*;

/// What becomes of a document: a code of [`ParseError`], or `""` where it is read.
const SMALL: &[(&str, &[u8], &str)] = &[
    (
        "billion laughs",
        b"<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>\
          <!ENTITY c '&b;&b;&b;&b;'>]><rss><channel><title>&c;</title></channel></rss>",
        "feed.doctype",
    ),
    (
        "external entity",
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><rss><channel>&x;</channel></rss>",
        "feed.doctype",
    ),
    (
        "external parameter entity",
        b"<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://example.org/x.dtd'> %p;]><rss/>",
        "feed.doctype",
    ),
    ("the DTD of RSS 0.91", b"<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' 'x.dtd'><rss/>", "feed.doctype"),
    ("a DTD in small letters", b"<!doctype rss><rss/>", "feed.doctype"),
    ("a DTD after the root began", b"<rss><!DOCTYPE x><channel/></rss>", "feed.doctype"),
    ("a DTD inside an item", b"<rss><channel><item><!DOCTYPE x></item></channel></rss>", "feed.doctype"),
    ("a DTD that never ends", b"<!DOCTYPE rss [<rss/>", "feed.doctype"),
    (
        "XInclude",
        b"<rss><channel><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///x'/>\
          </channel></rss>",
        "",
    ),
    ("an unclosed item", b"<rss><channel><item><title>x</title>", "feed.truncated"),
    ("an unclosed tag", b"<rss><channel><item", "feed.ill_formed"),
    ("an unclosed comment", b"<rss><channel><!-- x</channel></rss>", "feed.ill_formed"),
    ("an unclosed CDATA", b"<rss><channel><title><![CDATA[x</title></channel></rss>", "feed.ill_formed"),
    ("an unclosed attribute", b"<rss><channel><a b='x></a></channel></rss>", "feed.ill_formed"),
    ("an unclosed text", b"<rss><channel><item><title>x</item></channel></rss>", "feed.ill_formed"),
    ("crossed tags", b"<rss><channel><a><b></a></b></channel></rss>", "feed.ill_formed"),
    ("a stray end", b"<rss></channel></rss>", "feed.ill_formed"),
    ("a nameless tag", b"<rss><channel>< a></ a></channel></rss>", "feed.ill_formed"),
    ("unknown markup", b"<rss><!ELEMENT x></rss>", "feed.ill_formed"),
    ("only an end", b"</rss>", "feed.ill_formed"),
    ("one bracket", b"<", "feed.ill_formed"),
    ("nothing", b"", "feed.empty"),
    ("invalid UTF-8", b"<rss><channel><title>\xff\xc0\xaf\xed\xa0\x80</title></channel></rss>", ""),
    ("a zero byte", b"<rss><channel><title>a\0b</title></channel></rss>", ""),
    (
        "UTF-7, which nobody decodes",
        b"<?xml version='1.0' encoding='UTF-7'?><rss><channel>+ADwAIQ-DOCTYPE x+AD4-</channel></rss>",
        "",
    ),
    ("a prolog that lies about UTF-16", b"<?xml version='1.0' encoding='UTF-16'?><rss/>", ""),
    ("a prolog in the middle", b"<rss><?xml version='1.0'?><channel/></rss>", ""),
    ("an empty prefix", b"<rss><:a/><a:/><::/></rss>", ""),
    ("xmlns alone", b"<rss xmlns xmlns:='' xmlns:x><x:channel/></rss>", ""),
    ("UTF-16 cut in half", b"\xff\xfe<\0r\0s\0s\0>\0<", "feed.truncated"),
];

fn code(bytes: &[u8]) -> &'static str {
    read(bytes).map_or_else(|error| error.code(), |_| "")
}

#[test]
fn small_hostile_documents_end_as_expected() {
    for (what, bytes, expected) in SMALL {
        assert_eq!(code(bytes), *expected, "{what}");
    }
}

fn inside(inner: &str) -> String {
    format!("<rss><channel><item>{inner}</item></channel></rss>")
}

#[test]
fn large_hostile_documents_end_at_a_limit() {
    let attributes: String = (0..80_000).map(|n| format!(" a{n}='x'")).collect();
    let namespaces: String = (0..1_000).map(|n| format!(" xmlns:n{n}='u'")).collect();
    let nested_namespaces: String = (0..255)
        .map(|n| format!("<a xmlns:p{n}='u' xmlns:q{n}='u'>"))
        .collect();
    for (what, text, expected) in [
        ("deep nesting", inside(&"<a>".repeat(300_000)), "feed.limit"),
        (
            "deep markup in a text",
            inside(&format!("<title>{}", "<b>".repeat(300_000))),
            "feed.limit",
        ),
        (
            "80,000 attributes",
            inside(&format!("<a{attributes}/>")),
            "feed.limit",
        ),
        (
            "80,000 attributes on the root",
            format!("<rss{attributes}/>"),
            "feed.limit",
        ),
        (
            "1,000 namespaces",
            inside(&format!("<a{namespaces}/>")),
            "feed.limit",
        ),
        (
            "namespaces one inside the other",
            inside(&nested_namespaces),
            "feed.limit",
        ),
        (
            "a million elements in one item",
            inside(&"<a/>".repeat(1_000_000)),
            "feed.limit",
        ),
        (
            "a million elements in the channel",
            format!("<rss><channel>{}", "<a/>".repeat(1_000_000)),
            "feed.limit",
        ),
        (
            "a text of 5 MiB",
            inside(&format!("<title>{}</title>", "x".repeat(5 << 20))),
            "feed.limit",
        ),
        (
            "5 MiB of text in pieces",
            inside(&format!("<title>{}</title>", "xxxx<b/>".repeat(5 << 17))),
            "feed.limit",
        ),
        (
            "an attribute of 5 MiB",
            inside(&format!("<a b='{}'/>", "x".repeat(5 << 20))),
            "feed.limit",
        ),
        ("16 MiB", " ".repeat(16 << 20), "feed.too_large"),
        (
            "a million references",
            inside(&format!("<title>{}</title>", "&amp;".repeat(500_000))),
            "",
        ),
        (
            "a million lone ampersands",
            inside(&format!("<title>{}</title>", "&".repeat(1_000_000))),
            "",
        ),
    ] {
        assert_eq!(code(text.as_bytes()), expected, "{what}");
    }
}

#[test]
fn reading_ends_when_its_time_is_up() {
    let limits = Limits {
        max_time: std::time::Duration::ZERO,
        ..Limits::default()
    };
    let error = read_with(b"<rss/>", None, &limits).unwrap_err();
    assert_eq!(error.code(), "feed.took_too_long");
}

#[test]
fn an_error_names_the_line_and_repeats_little() {
    let error = read("<rss>\n<channel>\n\n</x>\n</channel></rss>").unwrap_err();
    assert_eq!(error.to_string(), "line 4: </x> where <channel> is open");
    let long = format!("<rss><channel></{}\u{1b}[31m>", "n".repeat(1000));
    let error = read(long).unwrap_err().to_string();
    assert!(error.len() < 120 && !error.contains('\u{1b}'), "{error}");
}

type BySize = fn(usize) -> String;

/// Documents whose cost might grow faster than they do, by their size.
const GROWING: &[(&str, BySize)] = &[
    ("items", |n| {
        format!(
            "<rss><channel>{}</channel></rss>",
            "<item><title>t</title></item>".repeat(n)
        )
    }),
    ("attributes", |n| {
        inside(&"<a b='1' c='2' d:e='3'/>".repeat(n))
    }),
    ("namespaces", |n| {
        inside(&"<a xmlns:x='urn:x' x:y='1'><x:b/></a>".repeat(n))
    }),
    ("open markup in a text", |n| {
        let title = format!("<title>{}</title>", "<b>x</c>".repeat(200));
        inside(&title.repeat(n / 1000))
    }),
    ("ampersands", |n| {
        inside(&format!("<title>{}</title>", "&x".repeat(n)))
    }),
    ("ampersands in an attribute", |n| {
        inside(&format!("<a b='{}'/>", "&".repeat(n)))
    }),
    ("comments", |n| inside(&"<!-- x -->".repeat(n))),
    ("long names", |n| {
        inside(&format!("<{0}:b></{0}:b>", "x".repeat(n)))
    }),
    ("Atom entries", |n| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/a/'>{}</feed>",
            "<entry xml:base='b'><link href='c'/></entry>".repeat(n)
        )
    }),
    ("JSON items", |n| json(&"{\"id\":1},".repeat(n))),
    ("JSON escapes", |n| {
        json(&format!("{{\"id\":\"{}\"}}", "\\u0627".repeat(n)))
    }),
    ("JSON beyond the depth that is kept", |n| {
        json(&format!(
            "{0}{1}{2}",
            "[".repeat(60),
            "[1,{}],".repeat(n),
            "]".repeat(60)
        ))
    }),
    ("JSON white space", |n| json(&" \n".repeat(n))),
];

fn json(items: &str) -> String {
    format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{items}]}}")
}

#[test]
fn ten_thousand_items_in_15_mib_are_read_one_by_one_in_every_format() {
    let text = "ع".repeat(700);
    let rss = format!("<item><title>{text}</title></item>").repeat(10_000);
    let atom = format!("<entry><title>{text}</title></entry>").repeat(10_000);
    let items = format!("{{\"title\":\"{text}\"}},").repeat(10_000);
    for document in [
        format!("<rss><channel>{rss}</channel></rss>"),
        format!("<feed>{atom}</feed>"),
        json(&items),
    ] {
        assert!(
            (13 << 20..15 << 20).contains(&document.len()),
            "{}",
            document.len()
        );
        let limits = Limits::default();
        let document = Document::decode(document.as_bytes(), None, &limits).unwrap();
        let mut feed = parse(&document, &limits).unwrap();
        assert_eq!(feed.item_count, 10_000);
        // Each is gone before the next comes: what stands in memory is the text and one item.
        let largest = feed
            .items
            .by_ref()
            .map(|item| item.unwrap().children.len())
            .max();
        assert_eq!(largest, Some(1));
        let bytes = document.text.len() as u64;
        assert!(
            feed.items.steps() < 4 * bytes,
            "{} steps",
            feed.items.steps()
        );
    }
}

#[test]
fn twice_the_document_is_twice_the_work() {
    let limits = Limits {
        max_record_elements: usize::MAX,
        ..Limits::default()
    };
    for (what, document) in GROWING {
        let steps = |n| {
            let text = document(n);
            let read = read_with(text.as_bytes(), None, &limits);
            read.unwrap_or_else(|error| panic!("{what}: {error}")).steps
        };
        let (once, twice) = (steps(20_000), steps(40_000));
        assert!(twice * 10 <= once * 22, "{what}: {once} then {twice} steps");
    }
}

/// Text that looks like a feed often enough to get far into the reader.
fn feedlike() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<rss>",
        "</rss>",
        "<channel>",
        "</channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<itunes:image href='x'/>",
        "<a xmlns='u' xmlns:b='http://purl.org/dc/elements/1.1/'>",
        "<b:c d=e f>",
        "</b:c>",
        "</a>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&amp;",
        "&#x627;",
        "&",
        ";",
        "'",
        "\"",
        "<",
        ">",
        "/",
        "=",
        " ",
        "\r\n",
        "ا",
        "\u{0}",
        "<?xml encoding='utf-16'?>",
        "<description>",
        "<br>",
        "</description>",
        "<:",
        "xmlns:",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _either = read(&bytes);
    }

    #[test]
    fn no_text_like_a_feed_makes_it_panic(text in feedlike()) {
        let _either = read(&text);
        let _either = read(format!("<rss><channel><item>{text}</item></channel></rss>"));
    }

    #[test]
    fn what_the_first_reading_takes_the_second_takes_too(text in feedlike()) {
        let text = format!("<rss><channel>{text}</channel></rss>");
        let limits = Limits::default();
        let document = Document::decode(text.as_bytes(), None, &limits).unwrap();
        if let Ok(feed) = parse(&document, &limits) {
            let count = feed.item_count;
            prop_assert_eq!(feed.items.filter(Result::is_ok).count(), count);
        }
    }

    #[test]
    fn a_text_survives_escaping(text in "\\PC{0,80}") {
        let escaped: String = text.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        let element = item(&format!("<title>{escaped}</title><x a='{escaped}'/>"));
        prop_assert_eq!(&element.children[0].text, text.trim());
        prop_assert_eq!(&element.children[1].attributes["a"], &text);
    }
}

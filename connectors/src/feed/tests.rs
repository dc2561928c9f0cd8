//! Feeds as they come: plain, odd and hostile.

mod bounds;
mod formats;
mod hostile;
mod mutations;
mod odd;
mod samples;
mod values;

use super::*;

/// What a test wants to know of a feed.
#[derive(Debug)]
struct Read {
    channel: Element,
    context: FeedContext,
    items: Vec<Element>,
    steps: u64,
}

fn read_with(
    bytes: &[u8],
    content_type: Option<&str>,
    limits: &Limits,
) -> Result<Read, ParseError> {
    let document = Document::decode(bytes, content_type, limits)?;
    let mut feed = parse(&document, limits)?;
    let items: Vec<Element> = feed.items.by_ref().collect::<Result<_, _>>()?;
    assert_eq!(items.len(), feed.item_count);
    assert!(feed.items.next().is_none());
    Ok(Read {
        steps: feed.items.steps(),
        channel: feed.channel,
        context: feed.context,
        items,
    })
}

fn read(text: impl AsRef<[u8]>) -> Result<Read, ParseError> {
    read_with(text.as_ref(), None, &Limits::default())
}

/// The one item of a feed that holds `inner`.
fn item(inner: &str) -> Element {
    let text = format!("<rss><channel><item>{inner}</item></channel></rss>");
    let mut read = read(&text).unwrap_or_else(|error| panic!("{inner}: {error}"));
    read.items.remove(0)
}

/// The elements inside as `name=text`, attributes in brackets, children in braces.
fn sketch(element: &Element) -> String {
    let mut out = element.name.clone();
    for (name, value) in &element.attributes {
        out.push_str(&format!("[{name}={value}]"));
    }
    if !element.text.is_empty() {
        out.push_str(&format!("={}", element.text));
    }
    if !element.children.is_empty() {
        let inside: Vec<String> = element.children.iter().map(sketch).collect();
        out.push_str(&format!("{{{}}}", inside.join(" ")));
    }
    out
}

#[test]
fn a_podcast_feed_is_read_with_all_its_namespaces() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel>
    <title>Night &amp; Day</title>
    <language>en-gb</language>
    <itunes:author>Ada</itunes:author>
    <itunes:explicit>false</itunes:explicit>
    <itunes:category text="Science"><itunes:category text="Nature"/></itunes:category>
    <atom:link rel="self" href="https://example.org/feed?a=1&amp;b=2"/>
    <item>
      <guid isPermaLink="false">n1</guid>
      <title><![CDATA[Owls & <i>us</i>]]></title>
      <enclosure url="https://example.org/1.mp3" length="12" type="audio/mpeg"/>
      <content:encoded><![CDATA[<p>All about owls.</p>]]></content:encoded>
      <podcast:person role="host" img="https://example.org/a.png">Ada</podcast:person>
      <media:group>
        <media:title>Owls</media:title>
        <media:content url="https://example.org/1.mp4" fileSize="9"/>
      </media:group>
      <dc:creator>Bee</dc:creator>
    </item>
    <podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>
  </channel>
</rss>"#;
    let read = read(text).unwrap();
    assert_eq!(
        sketch(&read.channel),
        "channel[version=2.0]{title=Night & Day language=en-gb itunes:author=Ada \
         itunes:explicit=false itunes:category[text=Science]{itunes:category[text=Nature]} \
         atom:link[href=https://example.org/feed?a=1&b=2][rel=self] \
         podcast:guid=917393e3-1b1e-5cef-ace4-edaa54e1f810}"
    );
    assert_eq!(
        sketch(&read.items[0]),
        "item{guid[isPermaLink=false]=n1 title=Owls & <i>us</i> \
         enclosure[length=12][type=audio/mpeg][url=https://example.org/1.mp3] \
         content:encoded=<p>All about owls.</p> \
         podcast:person[img=https://example.org/a.png][role=host]=Ada \
         media:group{media:title=Owls media:content[fileSize=9][url=https://example.org/1.mp4]} \
         dc:creator=Bee}"
    );
    assert_eq!(read.context.title.as_deref(), Some("Night & Day"));
    assert_eq!(read.context.language.as_deref(), Some("en-gb"));
    assert_eq!(read.context.author.as_deref(), Some("Ada"));
    assert_eq!(read.context.explicit.as_deref(), Some("false"));
}

#[test]
fn rss_1_0_keeps_its_items_beside_the_channel() {
    let text = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://example.org/"><title>Old</title><dc:language>ar</dc:language>
    <items><rdf:Seq><rdf:li rdf:resource="https://example.org/1"/></rdf:Seq></items></channel>
  <image rdf:about="https://example.org/i"><url>https://example.org/i</url></image>
  <item rdf:about="https://example.org/1"><title>One</title></item>
  <item rdf:about="https://example.org/2"><title>Two</title></item>
</rdf:RDF>"#;
    let read = read(text).unwrap();
    assert_eq!(
        sketch(&read.channel),
        "channel[rdf:about=https://example.org/]{title=Old dc:language=ar \
         image[rdf:about=https://example.org/i]{url=https://example.org/i}}"
    );
    assert_eq!(read.items.len(), 2);
    assert_eq!(
        sketch(&read.items[1]),
        "item[rdf:about=https://example.org/2]{title=Two}"
    );
    assert_eq!(read.context.language.as_deref(), Some("ar"));
}

#[test]
fn other_formats_are_named_in_the_refusal() {
    for (text, expected) in [
        ("{\"kind\": \"list\", \"items\": []}", "a JSON document"),
        (" [1, 2]", "a JSON document"),
        ("<?xml version='1.0'?><opml version='2.0'/>", "an OPML list"),
        ("<!doctype html><html></html>", "a web page"),
        ("<HTML><head>", "a web page"),
        ("<body>down for repairs</body>", "a web page"),
        ("<urlset/>", "a sitemap"),
        ("<svg/>", "<svg>"),
        ("404 not found", "neither XML nor JSON"),
        (" \n\0", "empty"),
        ("<!-- nothing -->", "empty"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.to_string().contains(expected), "{text}: {error}");
    }
}

#[test]
fn ten_thousand_items_are_read_one_by_one() {
    let mut text = String::from("<rss><channel><title>Many</title>");
    for n in 0..10_000 {
        text.push_str(&format!("<item><guid>{n}</guid><title>T{n}</title></item>"));
    }
    text.push_str("<link>https://example.org/</link></channel></rss>");
    let limits = Limits::default();
    let document = Document::decode(text.as_bytes(), None, &limits).unwrap();
    let feed = parse(&document, &limits).unwrap();
    assert_eq!(feed.item_count, 10_000);
    assert_eq!(feed.channel.children.len(), 2);
    let last = feed.items.last().unwrap().unwrap();
    assert_eq!(sketch(&last), "item{guid=9999 title=T9999}");
}

#[test]
fn the_page_of_repairs_is_that_of_the_list() {
    use mediamesh_domain::repair::Repair;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/repairs.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (head, _) = page.split_once("|---|---|\n").unwrap();
    let row = |repair: &Repair| format!("| `{}` | {} |\n", repair.code(), repair.sentence());
    let rows: String = Repair::ALL.iter().map(row).collect();
    let expected = format!("{head}|---|---|\n{rows}");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(path, &expected).unwrap();
    } else {
        assert!(
            page == expected,
            "docs/repairs.md is out of date: run once with UPDATE_GENERATED=1"
        );
    }
}

//! What real feeds do that they should not.

use super::*;

#[test]
fn inline_markup_is_text_where_text_is_meant() {
    for (inner, expected) in [
        (
            "<description><p>One <b>two</b></p> three</description>",
            "item{description=<p>One <b>two</b></p> three}",
        ),
        (
            "<description>A<br>B<br/>C</p>D</description><title>T</title>",
            "item{description=A<br>B<br/>C</p>D title=T}",
        ),
        (
            "<description><p>x &lt; y &amp; z<p>open</description>",
            "item{description=<p>x &lt; y &amp; z<p>open}",
        ),
        (
            "<description><i><description>in</description></i>out</description>",
            "item{description=<i><description>in</description></i>out}",
        ),
        ("<title>a <!-- hidden --> b</title>", "item{title=a  b}"),
        (
            "<content:encoded>a &lt;b> <![CDATA[<c>]]></content:encoded>",
            "item{content:encoded=a <b> <c>}",
        ),
    ] {
        assert_eq!(sketch(&item(inner)), expected, "{inner}");
    }
}

#[test]
fn a_thousand_lines_without_an_end_are_no_depth() {
    let lines = "line<br><IMG src='x'>".repeat(1000);
    let element = item(&format!("<description>{lines}</description>"));
    assert_eq!(element.children[0].text, lines);
}

#[test]
fn loose_references_and_attributes_are_taken_as_they_stand() {
    for (inner, expected) in [
        (
            "<title>AT&T & B&nbsp;C &#1576; &x</title>",
            "item{title=AT&T & B&nbsp;C ب &x}",
        ),
        (
            "<enclosure url=\"https://example.org/?a=1&b=2\" LENGTH=5 type='a\"b' off/>",
            "item{enclosure[length=5][off=][type=a\"b][url=https://example.org/?a=1&b=2]}",
        ),
        ("<enclosure url='1' URL='2'/>", "item{enclosure[url=1]}"),
        ("<a b='x > y'/>", "item{a[b=x > y]}"),
    ] {
        assert_eq!(sketch(&item(inner)), expected, "{inner}");
    }
}

#[test]
fn names_are_the_usual_ones_without_declarations_and_in_capitals() {
    let text = "<RSS><CHANNEL><TITLE>Loud</TITLE><ITEM><ITUNES:EPISODETYPE>full\
                </ITUNES:EPISODETYPE><PubDate>x</PubDate><podcast:PERSON Role='host'/></ITEM>\
                </CHANNEL></RSS>";
    let read = read(text).unwrap();
    assert_eq!(read.context.title.as_deref(), Some("Loud"));
    assert_eq!(
        sketch(&read.items[0]),
        "item{itunes:episodeType=full pubDate=x podcast:person[Role=host]}"
    );
}

#[test]
fn a_default_namespace_on_the_outside_hides_nothing() {
    for namespace in [
        "http://www.w3.org/2005/Atom",
        "http://backend.userland.com/rss2",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "urn:unknown",
    ] {
        let text = format!(
            "<rss xmlns='{namespace}'><channel><title>T</title><item><title>I</title>\
             <link xmlns='http://www.w3.org/2005/Atom' href='x'/></item></channel></rss>"
        );
        let read = read(&text).unwrap();
        assert_eq!(sketch(&read.channel), "channel{title=T}", "{namespace}");
        assert_eq!(sketch(&read.items[0]), "item{title=I atom:link[href=x]}");
    }
}

#[test]
fn what_stands_around_the_feed_is_left_out() {
    let rss = "<rss><channel><item><title>T</title></item></channel></rss>";
    for text in [
        format!("\n\n  <?xml version='1.0'?>{rss}"),
        format!("{rss}\n<!-- cached --><script>x</script> trailing </b>"),
        format!("Warning: something on line 3\n<?xml version='1.0'?>\n{rss}"),
        format!("<?xml version='7.3' encoding='martian' standalone='maybe'?>{rss}"),
        format!("<?xml-stylesheet href='x'?><!-- hello -->{rss}"),
        rss.replace("<rss>", "").replace("</rss>", ""),
    ] {
        let read = read(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(sketch(&read.items[0]), "item{title=T}", "{text}");
    }
}

#[test]
fn white_space_and_line_ends_are_layout() {
    let element = item("\r\n  <title>\r\n   One\r\n   two \t</title>\r\n <a> </a>");
    assert_eq!(sketch(&element), "item{title=One\n   two a}");
}

#[test]
fn arabic_in_an_old_encoding_is_read() {
    let mut bytes = b"<?xml version='1.0' encoding='windows-1256'?><rss><channel><title>".to_vec();
    bytes.extend_from_slice(&encoding_rs::WINDOWS_1256.encode("مجلة الصوت").0);
    bytes.extend_from_slice(b"</title></channel></rss>");
    let read = read(&bytes).unwrap();
    assert_eq!(read.context.title.as_deref(), Some("مجلة الصوت"));
}

#[test]
fn what_is_nested_deeper_than_a_record_holds_becomes_text() {
    let depth = 100;
    let inner = format!("{}x{}", "<a>".repeat(depth), "</a>".repeat(depth));
    let element = item(&inner);
    let mut level = &element;
    let mut levels = 1;
    while let Some(child) = level.children.first() {
        level = child;
        levels += 1;
    }
    assert_eq!(levels, limits::KEPT_DEPTH);
    assert!(levels < mediamesh_schemas::MAX_ELEMENT_DEPTH);
    assert!(level.text.starts_with("<a><a>"), "{}", level.text);
    assert_eq!(level.text.matches("<a>").count(), depth + 1 - levels);
}

#[test]
fn entries_carry_only_the_beginning_of_a_long_title() {
    let title = "ع".repeat(5000);
    let read = read(format!(
        "<rss><channel><title>{title}</title></channel></rss>"
    ))
    .unwrap();
    let carried = read.context.title.unwrap();
    assert!(title.starts_with(&carried) && (2000..=2048).contains(&carried.len()));
    assert_eq!(read.channel.children[0].text, title);
}

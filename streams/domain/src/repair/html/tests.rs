use super::{LONGEST_HTML, LONGEST_TEXT, Repair, plain, sanitise, sanitise_at, text};
use proptest::prelude::*;

fn clean(html: &str) -> String {
    sanitise(html).value
}

fn codes(repairs: &[Repair]) -> Vec<&'static str> {
    repairs.iter().map(|repair| repair.code()).collect()
}

/// Nothing but the writer's own tags, and a fixed point; whatever links are relative to.
#[track_caller]
fn assert_safe(html: &str) {
    assert_safe_once(html, clean(html));
    let based = sanitise_at(html, Some("https://a.example/b/"));
    assert_safe_once(html, based.value);
}

#[track_caller]
fn assert_safe_once(html: &str, once: String) {
    let shown: String = html.chars().take(200).collect();
    assert!(once.len() <= LONGEST_HTML, "{shown}");
    let again = sanitise(&once);
    assert_eq!(again.value, once, "{shown}");
    assert!(again.is_clean(), "{shown}: {:?}", again.repairs);
    for piece in once.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("a tag ends");
        let name = tag.trim_start_matches('/');
        let link = name.strip_prefix("a href=\"").and_then(|rest| {
            let href = rest.strip_suffix("\" rel=\"nofollow noopener\"")?;
            let scheme = href.split(':').next()?.to_ascii_lowercase();
            (!href.contains('"') && ["http", "https", "mailto"].contains(&scheme.as_str()))
                .then_some(())
        });
        let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(link.is_some() || bare, "{shown} gave <{tag}>");
        for word in ["script", "style", "svg", "math", "iframe", "img"] {
            assert_ne!(name, word, "{shown}");
        }
    }
}

#[test]
fn show_notes_keep_their_structure() {
    let notes = "<h2>Guests</h2><p>With <em>Ada</em> &amp; <strong>Grace</strong>.</p>\n<ul><li>one</li><li>two</li></ul>\
                 <blockquote>said</blockquote><pre><code>let x = 1;</code></pre>";
    let sanitised = sanitise(notes);
    assert_eq!(sanitised.value, notes);
    assert!(sanitised.is_clean());
}

#[test]
fn a_link_that_is_relative_leads_where_it_does_there() {
    let base = "https://a.example/b/feed";
    for (href, expected) in [
        ("c", Some("https://a.example/b/c")),
        ("/c?d=1&amp;e=2", Some("https://a.example/c?d=1&amp;e=2")),
        ("?page=2", Some("https://a.example/b/feed?page=2")),
        ("https://c.example/", Some("https://c.example/")),
        ("#below", None),
        ("", None),
        ("javascript:x", None),
        ("JaVa\nScript:x", None),
        ("data:text/html,x", None),
    ] {
        let html = format!("<p><a href=\"{href}\">x</a></p>");
        let rel = "rel=\"nofollow noopener\"";
        let link = expected.map(|to| format!("<p><a href=\"{to}\" {rel}>x</a></p>"));
        let expected = link.unwrap_or_else(|| "<p>x</p>".to_owned());
        assert_eq!(sanitise_at(&html, Some(base)).value, expected, "{href}");
        let broken = format!("<p><b><a href=\"{href}\">x</b></a>");
        let mended = sanitise_at(&broken, Some(base)).value;
        let relative = href == "c" && !mended.contains("https://a.example/b/c");
        assert!(!relative, "{mended}");
    }
    let long = format!("https://a.example/{}/", "b".repeat(600));
    let html = "<p><a href=\"c\">x</a></p>";
    assert_eq!(sanitise_at(html, Some(&long)).value, "<p>x</p>");
    assert_eq!(sanitise_at(html, Some("no address")).value, "<p>x</p>");
}

#[test]
fn links_are_written_anew_and_lose_everything_else() {
    assert_eq!(
        clean(
            "<p><a class=x href='https://a.example/?b=1&c=2' onclick=\"x()\" target=_blank>a</a></p>"
        ),
        "<p><a href=\"https://a.example/?b=1&amp;c=2\" rel=\"nofollow noopener\">a</a></p>"
    );
    assert_eq!(
        clean("<p><A HREF=mailto:me@a.example>me</A></p>"),
        "<p><a href=\"mailto:me@a.example\" rel=\"nofollow noopener\">me</a></p>"
    );
    assert_eq!(
        clean("<p><a href=\"//a.example/b c\">x</a></p>"),
        "<p><a href=\"https://a.example/b%20c\" rel=\"nofollow noopener\">x</a></p>"
    );
    for href in [
        "javascript:x",
        "JaVa\nScript:x",
        " data:text/html,x",
        "/x",
        "",
        "http://",
        "vbscript:x",
        "&#106;avascript:x",
        "jav&#x09;ascript:x",
    ] {
        assert_eq!(
            clean(&format!("<p><a href=\"{href}\">x</a></p>")),
            "<p>x</p>",
            "{href}"
        );
    }
}

#[test]
fn what_is_not_allowed_goes_and_is_noted() {
    let sanitised = sanitise("<p>a<img src=x onerror=alert(1)>b<script>alert(1)</script>c</p>");
    assert_eq!(sanitised.value, "<p>abc</p>");
    assert_eq!(codes(&sanitised.repairs), ["html_removed"]);
    let span = sanitise("<div><span style='color:red'>a</span></div><section>b</section>");
    assert_eq!(span.value, "<div>a</div><div>b</div>");
    assert!(span.is_clean());
    assert_eq!(
        clean("<p>a</p><p>&nbsp;</p><p><b></b></p><p>b</p>"),
        "<p>a</p><p>b</p>"
    );
    assert_eq!(clean("<p><img src=x></p><br>"), "");
}

#[test]
fn broken_markup_is_put_in_order() {
    let tidied = sanitise("<p>one<p>two <b>bold <i>both</b> it</i><ul><li>x<li>y</ul>");
    assert_eq!(codes(&tidied.repairs), ["html_tidied"]);
    assert!(
        tidied
            .value
            .starts_with("<p>one</p><p>two <b>bold <i>both</i></b><i> it</i></p>"),
        "{}",
        tidied.value
    );
    assert!(
        tidied.value.contains("<ul><li>x</li><li>y</li></ul>"),
        "{}",
        tidied.value
    );
}

#[test]
fn markup_escaped_once_too_often_is_unescaped_once() {
    let sanitised = sanitise("&lt;p&gt;Hello &amp;amp; &lt;b&gt;you&lt;/b&gt;&lt;/p&gt;");
    assert_eq!(sanitised.value, "<p>Hello &amp; <b>you</b></p>");
    assert_eq!(codes(&sanitised.repairs), ["html_double_encoded"]);
    assert_eq!(
        clean("&lt;script&gt;alert(1)&lt;/script&gt;hello"),
        "<p>hello</p>"
    );
    assert_eq!(
        clean("Use &lt;b&gt; for bold"),
        "<p>Use &lt;b&gt; for bold</p>"
    );
    assert_safe("&lt;i&gt;&lt;/i&gt;&amp;lt;p&amp;gt;x&amp;lt;/p&amp;gt;");
}

#[test]
fn text_without_markup_becomes_paragraphs() {
    assert_eq!(
        clean("one\ntwo\n\nthree"),
        "<p>one<br>\ntwo</p>\n<p>three</p>"
    );
    assert_eq!(
        clean("one\r\ntwo\r\n\r\nthree\r\n"),
        "<p>one<br>\ntwo</p>\n<p>three</p>"
    );
    assert_eq!(
        clean("Q&A: 1 < 2 && AT&T &copy; I <3 it"),
        "<p>Q&amp;A: 1 &lt; 2 &amp;&amp; AT&amp;T © I &lt;3 it</p>"
    );
    assert_eq!(clean("  "), "");
    assert!(sanitise("one\ntwo").is_clean());
}

#[test]
fn line_ends_count_where_links_are_the_only_markup() {
    assert_eq!(
        clean("one\n<b>two</b>\nthree"),
        "one<br>\n<b>two</b><br>\nthree"
    );
    assert_eq!(clean("<span>one\ntwo</span>"), "<p>one<br>\ntwo</p>");
}

#[test]
fn control_characters_and_direction_overrides_are_dropped() {
    assert_eq!(
        clean("<p>a\u{0}b\u{202E}c\u{85}\u{9}d</p>"),
        "<p>abc\td</p>"
    );
    assert_eq!(clean("<p>&#0;&#8238;a&#x1F;</p>"), "<p>\u{FFFD}a</p>");
    assert_eq!(clean("<p>it&#146;s</p>"), "<p>it’s</p>");
}

#[test]
fn no_known_attack_survives() {
    for html in [
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>",
        "<select><style></select><img src=x onerror=alert(1)></style>",
        "<textarea></title><img src=x onerror=alert(1)></textarea>",
        "<p>a<script >b</script\n>c</p>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<<script>alert(1)//<</script>",
        "<img \"\"\"><script>alert(1)</script>\">",
        "<a href=\"https://a.example/\" href=\"javascript:alert(1)\">x</a>",
        "<a href='https://x/\" onmouseover=\"alert(1)'>x</a>",
        "<a/href=javascript:alert(1)>x</a>",
        "<a href=`javascript:alert(1)`>x</a>",
        "<p onclick=alert(1) style=\"background:url(javascript:x)\">x</p>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
        "<?xml version=\"1.0\"?><p>x</p>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>x",
        "<object data=x><embed src=x></object>x",
        "<base href=//evil.example><meta http-equiv=refresh content=0><link rel=stylesheet href=x>x",
        "<p>x<plaintext></p><b>y",
        "&lt;img src=x onerror=alert(1)&gt;",
        "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
        "<pre>\n\n\nx</pre>",
        "<p>unclosed <a href=\"https://a.example/",
        "<p>unclosed <a href=https://a.example/>x",
        "<table><p>a<tr>b<td>c</table>d",
        "<b><p></b></p>x<i>",
        "<li>x</li></ul></p></div></body></html>y",
        "<a href=https://a.example><a href=https://b.example>x</a></a>",
        "</p></br><br/>x",
        "<\u{0}script>alert(1)</script>",
        "<custom-tag onx=1>x</custom-tag>",
        "\u{feff}<p>\u{feff}</p>x",
    ] {
        assert_safe(html);
    }
}

#[test]
fn work_stays_in_proportion_to_the_input() {
    let size = LONGEST_HTML;
    for unit in [
        "<",
        "<b",
        "<b ",
        "<b>",
        "<b a=\"",
        "<a href=https://x>",
        "<div>",
        "<font><p>",
        "</p>",
        "<p>",
        "<li>",
        "<table>",
        "<table><tr><td>",
        "<!--",
        "<![",
        "&",
        "&amp;",
        "&lt;",
        "&#x3",
        "<script>",
        "</script>",
        "<svg><style>",
        "\"'<a b='",
        "\n",
        "\r",
        "<x=",
        "<ul><li>",
        "<b><i><p></b>",
        "<b a=1><p>",
        "<select>",
    ] {
        let html = unit.repeat(2 * size / unit.len());
        assert_safe(&html);
        plain(&html);
        text(&html);
    }
}

#[test]
fn too_long_notes_are_cut_off_and_say_so() {
    let sanitised = sanitise(&"<p>é&amp;\n</p>".repeat(LONGEST_HTML / 8));
    assert!(sanitised.value.len() <= LONGEST_HTML);
    assert!(sanitised.value.len() > LONGEST_HTML / 4);
    assert!(sanitised.repairs.contains(&Repair::TextTruncated));
}

#[test]
fn plain_text_has_a_line_for_each_block() {
    assert_eq!(
        plain(
            "<h1>Title</h1>\n<p>One &amp; <b>two</b>  three<br>four</p><ul><li>x</li><li>y</li></ul><script>z()</script>"
        ),
        "Title\nOne & two three\nfour\nx\ny"
    );
    assert_eq!(plain("a &lt;b&gt; c"), "a <b> c");
    assert_eq!(plain("one\ntwo"), "one\ntwo");
    assert_eq!(plain("<table><tr><td>a</td><td>b</td></tr></table>"), "a b");
    assert_eq!(plain(""), "");
}

#[test]
fn a_title_without_flaws_is_left_alone() {
    for title in [
        "Episode 1: Ada",
        "الحلقة الأولى",
        "Été",
        "2 < 3 is clean too".trim_end_matches(" < 3 is clean too"),
    ] {
        let line = text(title);
        assert_eq!((line.value.as_str(), line.is_clean()), (title, true));
    }
}

#[test]
fn a_title_is_one_line_of_plain_text() {
    for (raw, expected) in [
        ("  a \n\t b\u{A0}c ", "a b c"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp;amp; Jerry", "Tom & Jerry"),
        ("AT&T", "AT&T"),
        ("it&#8217;s &hellip;", "it’s …"),
        ("<b>Bold</b> title<br/>here", "Bold title here"),
        ("&lt;b&gt;Bold&lt;/b&gt;", "Bold"),
        ("I <3 Rust", "I <3 Rust"),
        ("Vec<T> and Option<String>", "Vec<T> and Option<String>"),
        ("The <video> element", "The element"),
        ("x<script>alert(1)</script>y", "xy"),
        ("a\u{202E}b\u{2066}c\u{0}d\u{9F}e", "abcde"),
        ("e\u{301}", "é"),
        ("a <img src=x onerror=alert(1)", "a"),
        ("if a <b then c", "if a <b then c"),
        ("<scr<b>ipt>x", "ipt>x"),
        ("", ""),
    ] {
        assert_eq!(text(raw).value, expected, "{raw}");
    }
    assert_eq!(
        codes(&text("<b>a</b> &amp; \u{202E}b").repairs),
        [
            "text_controls_removed",
            "text_tags_removed",
            "text_entities_decoded",
        ]
    );
    assert_eq!(codes(&text("a  b").repairs), ["text_normalised"]);
}

#[test]
fn a_title_is_cut_at_a_character() {
    let line = text(&"é".repeat(LONGEST_TEXT));
    assert_eq!(line.value.len(), LONGEST_TEXT);
    assert!(line.repairs.contains(&Repair::TextTruncated));
    let bomb = text(&format!("{}lt;script>", "&amp;".repeat(500)));
    assert!(!bomb.value.contains('<'));
}

const HTML: &str = "(<p>|</p>|<b>|</b>|<i|<a href=\"https://x/&\">|<a href=x>|</a>|<br>|<br/>|<li>|<ul>|</ul>|</li>|<div>|</div>\
    |<table>|<td>|<tr>|</table>|<pre>|</pre>|<script>|</script>|<svg>|</svg>|<style>|</style>|<!--|-->|<math>|<mtext>|<h1>|</h1>\
    |<|>|&|&lt;|&gt;|&amp;|&nbsp;|&#10;|&#|;|p|/|\"|'|=| |\n|\r|\t|é|ع|\u{202E}|\u{A0}|\u{2028}|\u{37E}|\u{338}|<x>|<x y>){0,24}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn sanitised_html_is_safe_and_a_fixed_point(html in HTML) {
        assert_safe(&html);
    }

    #[test]
    fn any_text_is_safe(html in "\\PC{0,60}") {
        assert_safe(&html);
        plain(&html);
    }

    #[test]
    fn a_line_is_a_fixed_point(raw in HTML) {
        let once = text(&raw).value;
        let again = text(&once);
        prop_assert!(again.is_clean(), "{:?} {:?}", once, again.repairs);
        prop_assert_eq!(again.value, once);
    }

    #[test]
    fn escaping_and_decoding_text_is_lossless(raw in "[ -~é\n]{0,40}") {
        let mut escaped = String::new();
        super::entities::escape(&mut escaped, &raw);
        prop_assert_eq!(super::entities::decode(&escaped), raw);
    }
}

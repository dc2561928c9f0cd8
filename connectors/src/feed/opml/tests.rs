//! Lists as programs write them, and what is no list.

use super::*;

fn read_text(text: &str) -> Result<List, ParseError> {
    let limits = Limits::default();
    let document = Document::decode(text.as_bytes(), None, &limits)?;
    read(&document, &limits)
}

#[test]
fn feeds_are_found_in_folders_and_told_with_their_lines() {
    let list = read_text(
        "<?xml version=\"1.0\"?>\n<opml version=\"2.0\">\n<head><title>Mine &amp; yours</title></head>\n\
         <body>\n<outline text=\"Sea\">\n<outline text=\"Harbours\">\n\
         <outline type=\"rss\" text=\"Night\" title=\"Night ferry\" xmlUrl=\" https://a.example/f?x=1&amp;y=2 \"/>\n\
         </outline>\n<outline text=\"Quay\" XMLURL=\"https://b.example/\"><outline text=\"note\"/></outline>\n\
         </outline>\n<outline xmlUrl=\"nonsense\"/>\n<outline text=\"a note\"/>\n</body></opml>",
    )
    .unwrap();
    assert_eq!(list.title.as_deref(), Some("Mine & yours"));
    let told: Vec<_> = list
        .outlines
        .iter()
        .map(|outline| {
            let folders = outline.folders.join("/");
            (
                outline.line,
                outline.title.as_str(),
                outline.url.as_str(),
                folders,
            )
        })
        .collect();
    let expected = [
        (
            7,
            "Night ferry",
            "https://a.example/f?x=1&y=2",
            "Sea/Harbours".to_owned(),
        ),
        (9, "Quay", "https://b.example/", "Sea".to_owned()),
        (11, "", "nonsense", String::new()),
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_is_no_list_is_refused() {
    for (text, code) in [
        ("", "feed.empty"),
        ("{\"version\":1}", "feed.ill_formed"),
        ("<rss version=\"2.0\"><channel/></rss>", "feed.ill_formed"),
        ("<!DOCTYPE opml [<!ENTITY a \"b\">]><opml/>", "feed.doctype"),
        ("<opml><body><outline text=\"a\">", "feed.truncated"),
        ("<opml><body></outline></body></opml>", "feed.ill_formed"),
    ] {
        assert_eq!(read_text(text).unwrap_err().code(), code, "{text}");
    }
    let none = read_text("<opml/>").unwrap();
    assert_eq!((none.title, none.outlines), (None, Vec::new()));
}

#[test]
fn a_list_has_its_limits() {
    let deep = format!(
        "<opml><body>{}{}</body></opml>",
        "<outline text='a'>".repeat(300),
        "</outline>".repeat(300)
    );
    assert_eq!(read_text(&deep).unwrap_err().code(), "feed.limit");
    let many = "<outline xmlUrl='https://a.example/'/>".repeat(MOST + 1);
    let many = read_text(&format!("<opml><body>{many}</body></opml>"));
    assert_eq!(many.unwrap_err().code(), "feed.limit");
}

//! Declarations that are followed, and those that are refused.

mod whole;

use super::words::leaf;
use super::*;
use proptest::prelude::*;

fn object(name: &str, children: Vec<Element>) -> Element {
    Element {
        name: name.to_owned(),
        children,
        ..Element::default()
    }
}

fn text(name: &str, text: &str) -> Element {
    leaf(name, text.to_owned())
}

fn pointer(text: &str) -> Pointer {
    Pointer::try_from(text.to_owned()).unwrap()
}

const MAPPING: &str = r#"{
    "entries": "/data/items", "next": "/links/next",
    "program": {"title": "/data/name", "language": "/data/lang"},
    "fields": {
        "guid": "/id", "title": "/texts/0/title", "description_text": "/about",
        "published_at": "/date", "duration_s": "/length", "tags": "/tags/name",
        "enclosure": {"at": "/file", "prefix": "https://media.example/"},
        "enclosure_type": "/kind", "subtitle": "/nowhere"
    }
}"#;

fn entry() -> Element {
    object(
        "item",
        vec![
            text("id", "42"),
            object("texts", vec![text("title", "Night ferry")]),
            object("texts", vec![text("title", "Nachtfähre")]),
            text("about", "A <quay>.\n\nTwo"),
            text("date", "2026-02-28T10:00:00Z"),
            text("length", "90"),
            object("tags", vec![text("name", "sea")]),
            object("tags", vec![text("name", "night")]),
            text("file", "a/1.mp3"),
            text("kind", "audio/mpeg"),
        ],
    )
}

#[test]
fn an_entry_becomes_an_episode_and_what_is_nowhere_is_told() {
    let mapping = Mapping::parse(MAPPING).unwrap();
    assert_eq!(check(MAPPING), []);
    let document = object(
        "document",
        vec![
            object("data", vec![text("name", "Quay"), text("lang", "en")]),
            object("links", vec![text("next", "?page=2")]),
        ],
    );
    let context = mapping.context(&document);
    assert_eq!(mapping.next_page(&document), Some("?page=2"));
    let (fields, repairs) = episode(&mapping, &entry(), &context);
    let en = crate::lang::Lang::from("en");
    assert_eq!(fields.title.get(&en), Some("Night ferry"));
    assert_eq!(fields.guid.as_deref(), Some("42"));
    assert_eq!(fields.duration_s, Some(90));
    assert_eq!(fields.tags, ["sea", "night"]);
    assert_eq!(fields.enclosures[0].url, "https://media.example/a/1.mp3");
    assert_eq!(
        fields.enclosures[0].mime_type.as_deref(),
        Some("audio/mpeg")
    );
    assert!(
        fields
            .description
            .get(&en)
            .unwrap()
            .contains("&lt;quay&gt;")
    );
    let missed = |repair: &&FieldRepair| repair.code == "mapping_missed";
    let missed: Vec<_> = repairs
        .iter()
        .filter(missed)
        .map(|r| r.pointer.as_str())
        .collect();
    assert_eq!(missed, ["/subtitle"]);
    let (fields, _) = program(&mapping, &document, &context, &SourceFields::default());
    assert_eq!(fields.title.get(&en), Some("Quay"));
}

#[test]
fn a_field_that_nothing_has_is_refused_with_those_that_there_are() {
    let found = check(r#"{"fields": {"titel": "/a", "title": "/b"}, "program": {"season": "/c"}}"#);
    let pointers: Vec<_> = found.iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/mapping/fields/titel", "/mapping/program/season"]
    );
    assert!(
        found[0].message.contains("title, subtitle, description"),
        "{found:?}"
    );
    for wrong in [
        r#"{"fields": {"title": "a"}}"#,
        r#"{"fields": {"title": "/a~2"}}"#,
        r#"{"fields": {"title": {"at": "/a", "prefix": "x", "code": "y"}}}"#,
        r#"{"fields": {}}"#,
        r#"{"entries": "/a", "fields": {"title": "/a"}, "script": "x"}"#,
        "[]",
        "",
    ] {
        assert_eq!(check(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn pointers_are_written_as_they_were_read() {
    for text in ["", "/a", "/a~1b/~0/0", "/"] {
        assert_eq!(String::from(pointer(text)), text);
    }
    let found = object(
        "o",
        vec![
            text("a/b", "x"),
            text("0", "zero"),
            text("l", "1"),
            text("l", "2"),
        ],
    );
    let texts = |at: &str| -> Vec<&str> {
        pointer(at)
            .find(&found)
            .into_iter()
            .map(|one| one.text.as_str())
            .collect()
    };
    assert_eq!(texts("/a~1b"), ["x"]);
    assert_eq!(texts("/0"), ["zero"]);
    assert_eq!(texts("/l"), ["1", "2"]);
    assert_eq!(texts("/l/1"), ["2"]);
    assert!(texts("/l/2").is_empty() && texts("/l/x").is_empty());
}

proptest! {
    #[test]
    fn no_text_and_no_place_is_too_much(mapping in ".{0,200}", at in "(/[a-z0-9~]{0,3}){0,6}") {
        let _ = check(&mapping);
        if let Ok(at) = Pointer::try_from(at) {
            let _ = at.find(&entry());
        }
    }
}

//! What holds for any bytes: the body of the fuzz targets, which the tests run on corpora of their own.

use std::collections::HashSet;

use mediamesh_domain::control::ControlState;
use mediamesh_domain::ingest::mapping::{self, Mapping};
use mediamesh_domain::ingest::{Element, FeedContext, RawFormat};
use mediamesh_domain::item::Stage;
use mediamesh_domain::model::{SourceFields, SourcePolicies};
use mediamesh_domain::{episode, program};

use super::limits::KEPT_DEPTH;
use super::{Document, Feed, Limits, json, opml, parse, parse_mapped};

/// The most steps a byte may cost: the document is read twice, and each byte is looked at a few times.
const STEPS_A_BYTE: u64 = 48;

/// Reads bytes as a feed and on to fields; panics where they break what must hold.
///
/// # Panics
/// Where a document costs more than its size allows, where what the first reading took the second refuses, where an
/// element is deeper than records hold, and where fields come out otherwise the second time.
pub fn any_bytes(bytes: &[u8], content_type: Option<&str>) {
    let limits = Limits::default();
    let Ok(document) = Document::decode(bytes, content_type, &limits) else {
        return;
    };
    let Ok(feed) = parse(&document, &limits) else {
        return;
    };
    let format = feed.format;
    let (channel, context, items) = whole(feed, document.text.len());
    of_feed(format, &channel, &context);
    for item in &items {
        of_entry(format, item, &context);
    }
}

/// Where the API of the corpus has what; also read where a document is something else.
pub const DECLARED: &str = r#"{"entries": "/list/0/of", "next": "/next",
    "program": {"title": "/meta/name", "language": "/meta/lang", "locked": "/meta/shut"},
    "fields": {"guid": "/key", "title": "/name", "description": "/text", "published_at": "/day", "tags": "/tags",
        "enclosure": {"at": "/file", "prefix": "https://media.example/"}, "chapters": "/marks",
        "persons": {"each": "/cast", "fields": {"name": "/who", "role": "/job"}}}}"#;

/// Reads bytes as a table or as a JSON of its own, by the fields' own names and by a declaration; panics where that
/// breaks what must hold.
///
/// # Panics
/// As [`any_bytes`].
pub fn any_mapped(bytes: &[u8]) {
    let limits = Limits::default();
    let Ok(document) = Document::decode(bytes, None, &limits) else {
        return;
    };
    let source = SourceFields {
        name: "a source".to_owned(),
        ..SourceFields::default()
    };
    let declared = Mapping::parse(DECLARED).unwrap_or_default();
    for mapping in [Mapping::by_name(), declared] {
        let Ok(feed) = parse_mapped(&document, &limits, &mapping) else {
            continue;
        };
        let (channel, context, items) = whole(feed, document.text.len());
        let (fields, _) = mapping::program(&mapping, &channel, &context, &source);
        assert!(!fields.title.is_empty(), "it is called as its source");
        let _: (Vec<_>, Vec<_>) = program::validate::validate(&fields, Stage::Publish);
        for item in &items {
            let (fields, repairs) = mapping::episode(&mapping, item, &context);
            let _: (Vec<_>, Vec<_>) = episode::validate::validate(&fields, Stage::Publish);
            let again = mapping::episode(&mapping, item, &context);
            assert_eq!(again, (fields, repairs));
        }
    }
}

/// Reads bytes as a list of feeds and on to what each would become; panics where that breaks what must hold.
///
/// # Panics
/// Where a list costs more than its size allows, where a line is not one of the document's, where two outlines would
/// be one source, and where a new source breaks a rule.
pub fn any_list(bytes: &[u8]) {
    let limits = Limits::default();
    let Ok(document) = Document::decode(bytes, None, &limits) else {
        return;
    };
    let Ok(list) = opml::read(&document, &limits) else {
        return;
    };
    cheap(list.steps, document.text.len());
    let lines = document.text.lines().count().max(1) + 1;
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for planned in crate::opml::plan(&list, &ControlState::default()) {
        assert!((1..=lines).contains(&planned.line), "line {}", planned.line);
        if planned.fate != crate::opml::Fate::New {
            continue;
        }
        let fields = planned.source(SourcePolicies::default());
        assert!(mediamesh_domain::control::check_source(&fields).is_empty());
        assert!(ids.insert(planned.source_id), "{}", planned.url);
        assert!(names.insert(fields.name.trim().to_lowercase()));
    }
}

/// A feed in whole, after what must hold of every one.
fn whole(mut feed: Feed<'_>, bytes: usize) -> (Element, FeedContext, Vec<Element>) {
    let context = FeedContext {
        url: "https://feeds.example/feed".to_owned(),
        ..feed.context
    };
    let items: Vec<Element> = feed.items.by_ref().map_while(Result::ok).collect();
    assert_eq!(
        items.len(),
        feed.item_count,
        "the second reading finds as much"
    );
    cheap(feed.items.steps(), bytes);
    assert!(items.iter().all(|item| depth(item) <= KEPT_DEPTH));
    assert!(depth(&feed.channel) <= KEPT_DEPTH);
    (feed.channel, context, items)
}

/// Whether a document of so many bytes may cost so many steps.
fn cheap(steps: u64, bytes: usize) {
    let allowed = STEPS_A_BYTE * (bytes as u64 + 256);
    assert!(steps <= allowed, "{steps} steps for {bytes} bytes");
}

/// Reads text as JSON; panics where that breaks what must hold.
///
/// # Panics
/// Where another reader of JSON takes the text and this one does not, or understands it otherwise.
pub fn any_json(text: &str) {
    let limits = Limits::default();
    let read = json::elements("v", text, &limits);
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    // Numbers come out of the other reader in another spelling.
    let plain = !text.bytes().any(|byte| byte.is_ascii_digit());
    match read {
        Ok(elements) if plain && !text.contains("\\u") => {
            let other = json::of_value("v", &value);
            let names = |all: &[Element]| all.iter().map(count).sum::<usize>();
            // A member that stands twice counts once there.
            assert!(names(&other) <= names(&elements));
        }
        Ok(_) => {}
        Err(error) => assert_eq!(error.code(), "feed.limit", "{text}"),
    }
}

fn of_feed(format: RawFormat, feed: &Element, context: &FeedContext) {
    let read = match format {
        RawFormat::Atom => program::normalise::atom,
        RawFormat::JsonFeed => program::normalise::json_feed,
        _ => program::normalise::rss,
    };
    let (fields, _) = read(feed, context);
    let _: (Vec<_>, Vec<_>) = program::validate::validate(&fields, Stage::Publish);
    assert_eq!(read(feed, context).0, fields);
}

fn of_entry(format: RawFormat, entry: &Element, context: &FeedContext) {
    let read = match format {
        RawFormat::Atom => episode::normalise::atom,
        RawFormat::JsonFeed => episode::normalise::json_feed,
        _ => episode::normalise::rss,
    };
    let (fields, _) = read(entry, context);
    let _: (Vec<_>, Vec<_>) = episode::validate::validate(&fields, Stage::Publish);
    for html in fields.description.0.values() {
        let again = mediamesh_domain::repair::html::sanitise(html);
        assert_eq!(again.value, *html, "what is safe stays as it is");
    }
}

fn depth(element: &Element) -> usize {
    1 + element.children.iter().map(depth).max().unwrap_or(0)
}

fn count(element: &Element) -> usize {
    1 + element.children.iter().map(count).sum::<usize>()
}

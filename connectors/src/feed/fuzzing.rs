//! What holds for any bytes: the body of the fuzz targets, which the tests run on corpora of their own.

use mediamesh_domain::ingest::{Element, FeedContext, RawFormat};
use mediamesh_domain::item::Stage;
use mediamesh_domain::{episode, program};

use super::limits::KEPT_DEPTH;
use super::{Document, Limits, json, parse};

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
    let Ok(mut feed) = parse(&document, &limits) else {
        return;
    };
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
    let allowed = STEPS_A_BYTE * (document.text.len() as u64 + 256);
    let steps = feed.items.steps();
    assert!(
        steps <= allowed,
        "{steps} steps for {} bytes",
        document.text.len()
    );
    assert!(depth(&feed.channel) <= KEPT_DEPTH);
    of_feed(feed.format, &feed.channel, &context);
    for item in &items {
        assert!(depth(item) <= KEPT_DEPTH);
        of_entry(feed.format, item, &context);
    }
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

//! From raw elements to fields: what is repaired, and that no element is too much.

use super::*;
use crate::command::CommandBody;
use crate::id::{RunId, SourceId};
use crate::lang::Lang;
use crate::model::{EpisodeFields, ProgramFields, SourceFields};
use crate::position::Seq;
use crate::time::Timestamp;
use crate::{episode, program};
use proptest::prelude::*;
use uuid::Uuid;

fn text(name: &str, text: &str) -> Element {
    Element {
        name: name.to_owned(),
        text: text.to_owned(),
        ..Element::default()
    }
}

fn with(name: &str, attributes: &[(&str, &str)]) -> Element {
    let pairs = attributes.iter();
    Element {
        name: name.to_owned(),
        attributes: pairs
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        ..Element::default()
    }
}

fn item(children: Vec<Element>) -> Element {
    Element {
        name: "item".to_owned(),
        children,
        ..Element::default()
    }
}

fn feed() -> FeedContext {
    FeedContext {
        url: "https://feeds.example/quay.xml".to_owned(),
        language: Some("EN-us".to_owned()),
        ..FeedContext::default()
    }
}

fn raw(body: Option<RawBody>) -> RawEntry {
    RawEntry {
        source_id: SourceId(Uuid::from_u128(1)),
        source_seq: Seq(1),
        run_id: RunId(Uuid::from_u128(2)),
        fetched_at: Timestamp(3),
        index: 4,
        format: RawFormat::Rss,
        feed: feed(),
        raw_hash: vec![5],
        correlation_id: None,
        body,
        claim: None,
    }
}

#[test]
fn an_entry_is_read_and_every_repair_is_noted() {
    let entry = item(vec![
        text("title", " Night &amp; day <b>crossing</b> "),
        text("description", "<p>Hello<script>x()</script></p>"),
        text("pubDate", "Sat, 28 Feb 2026 10:00:00 GMT"),
        text("itunes:duration", "1:02:03"),
        text("itunes:episode", "Episode 7"),
        text("guid", "crossing-7"),
        with(
            "enclosure",
            &[
                ("url", "/crossing 7.mp3"),
                ("type", "audio/mp3"),
                ("length", "1"),
            ],
        ),
        with("itunes:category", &[("text", "Arts")]),
        text("itunes:keywords", "sea, night,sea"),
        text("link", "https://quay.example/7"),
    ]);
    let (fields, repairs) = episode::normalise::rss(&entry, &feed());
    let en = Lang::from("en-US");
    assert_eq!(fields.title.get(&en), Some("Night & day crossing"));
    assert_eq!(fields.description.get(&en), Some("<p>Hello</p>"));
    assert_eq!(
        fields.published_at,
        Some(Timestamp::parse("2026-02-28T10:00:00Z").unwrap())
    );
    assert_eq!((fields.duration_s, fields.number), (Some(3_723), Some(7)));
    assert_eq!(
        fields.enclosures[0].url,
        "https://feeds.example/crossing%207.mp3"
    );
    assert_eq!(fields.enclosures[0].length, None, "a size of 1 is none");
    assert_eq!(
        (fields.categories, fields.tags),
        (
            vec!["arts".to_owned()],
            vec!["sea".to_owned(), "night".to_owned()]
        )
    );
    let pointers: Vec<_> = repairs
        .iter()
        .map(|repair| repair.pointer.as_str())
        .collect();
    for pointer in [
        "/title",
        "/description",
        "/number",
        "/enclosures",
        "/default_lang",
    ] {
        assert!(pointers.contains(&pointer), "{pointer} in {pointers:?}");
    }
}

#[test]
fn what_cannot_be_read_is_left_out_and_noted_never_guessed() {
    let entry = item(vec![
        text("title", "Night"),
        text("pubDate", "01/02/2024"),
        text("itunes:duration", "long"),
        text("itunes:episode", "many"),
        with("enclosure", &[("url", "ht tp://")]),
    ]);
    let (fields, repairs) = episode::normalise::rss(&entry, &feed());
    assert_eq!(
        (fields.published_at, fields.duration_s, fields.number),
        (None, None, None)
    );
    for code in [
        "date_unreadable",
        "duration_unreadable",
        "number_unreadable",
    ] {
        assert!(repairs.iter().any(|repair| repair.code == code), "{code}");
    }
}

#[test]
fn a_language_that_nobody_names_is_found_in_the_text() {
    let silent = FeedContext {
        language: None,
        ..feed()
    };
    let entry = item(vec![
        text("title", "حكايات من الميناء في ليالي الشتاء الطويلة"),
        text(
            "description",
            "نتحدث في هذه الحلقة عن البحر والسفن والمسافرين.",
        ),
    ]);
    let (fields, repairs) = episode::normalise::rss(&entry, &silent);
    assert_eq!(fields.default_lang, Some(Lang::from("ar")));
    assert!(
        repairs
            .iter()
            .any(|repair| repair.code == "language_detected")
    );
    let (fields, _) = episode::normalise::rss(&item(vec![text("title", "7")]), &silent);
    assert_eq!(fields.default_lang, Some(Lang::undetermined()));
    let (errors, _) = episode::validate::validate(&fields, crate::item::Stage::Draft);
    assert_eq!(errors, [], "not to know the language breaks no rule");
}

#[test]
fn an_entry_becomes_a_command_of_its_source() {
    let source = SourceFields::default();
    let entry = raw(Some(RawBody::Entry(item(vec![text("title", "Night")]))));
    let command = normalise(&entry, &source).unwrap();
    assert_eq!(command.command_id, command_id(&entry, command.program_id));
    assert_eq!(command.program_id, entry.source_id.own_program());
    assert_eq!((command.at, command.reply_to), (entry.fetched_at, None));
    assert!(matches!(command.body, CommandBody::ImportEpisode(_)));
    let bound = SourceFields {
        program_id: Some(crate::id::ProgramId(Uuid::from_u128(9))),
        ..source.clone()
    };
    let channel = raw(Some(RawBody::Feed(item(vec![text("title", "Quay")]))));
    let command = normalise(&channel, &bound).unwrap();
    assert_eq!(Some(command.program_id), bound.program_id);
    assert!(matches!(command.body, CommandBody::ImportProgram(_)));
    assert_eq!(
        normalise(&raw(None), &source).unwrap_err().code,
        "body_missing"
    );
    let mapped = RawEntry {
        format: RawFormat::Json,
        ..entry
    };
    assert_eq!(
        normalise(&mapped, &source).unwrap_err().code,
        "mapping_missing"
    );
    let source = SourceFields {
        mapping: Some(r#"{"fields": {"title": "/title"}}"#.to_owned()),
        ..source
    };
    assert!(normalise(&mapped, &source).is_ok());
}

#[test]
fn what_overflows_in_chapters_and_soundbites_is_left_out() {
    let mut chapters = item(vec![
        with("psc:chapter", &[("start", "1e308:1e308:1e308")]),
        with("psc:chapter", &[("start", "00:01:02.5"), ("title", "Quay")]),
        with("psc:chapter", &[("start", "-4")]),
    ]);
    chapters.name = "psc:chapters".to_owned();
    let bites = [("inf", "1"), ("1", "inf"), ("nan", "1"), ("73.0", "60.0")];
    let bites = bites.map(|(start, length)| {
        with(
            "podcast:soundbite",
            &[("startTime", start), ("duration", length)],
        )
    });
    let entry = item([vec![text("title", "Night"), chapters], bites.to_vec()].concat());
    let (fields, _) = episode::normalise::rss(&entry, &feed());
    let starts: Vec<_> = fields
        .chapters
        .iter()
        .map(|chapter| chapter.start_s)
        .collect();
    assert_eq!(starts, [62.5]);
    assert_eq!(fields.soundbites.len(), 1);
}

/// Names that mean something, so that random elements are looked into.
const NAMES: [&str; 52] = [
    "title",
    "itunes:title",
    "description",
    "content:encoded",
    "itunes:summary",
    "language",
    "dc:language",
    "pubDate",
    "dc:date",
    "itunes:duration",
    "itunes:episode",
    "podcast:season",
    "guid",
    "enclosure",
    "media:content",
    "media:group",
    "podcast:alternateEnclosure",
    "podcast:source",
    "itunes:category",
    "category",
    "itunes:keywords",
    "podcast:person",
    "itunes:image",
    "image",
    "url",
    "link",
    "comments",
    "podcast:license",
    "podcast:value",
    "podcast:valueRecipient",
    "podcast:location",
    "psc:chapters",
    "psc:chapter",
    "podcast:soundbite",
    "content",
    "summary",
    "id",
    "published",
    "updated",
    "author",
    "name",
    "contributor",
    "yt:videoId",
    "media:community",
    "media:statistics",
    "media:restriction",
    "podcast:images",
    "attachments",
    "content_text",
    "tags",
    "authors",
    "podcast:episode",
];
const ATTRIBUTES: [&str; 16] = [
    "url",
    "href",
    "text",
    "type",
    "length",
    "start",
    "startTime",
    "duration",
    "uri",
    "bitrate",
    "rel",
    "xml:base",
    "srcset",
    "views",
    "term",
    "label",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        "[0-9:.,-]{0,12}",
        "https?://[a-z.]{0,12}/[ -~]{0,12}",
        "(&(amp|lt|gt|quot|#[0-9]{1,6}|#x[0-9a-f]{1,4});?|<[/a-z]{1,6}>?|[a-zء-ي ]){0,12}",
        "[0-9]{1,2} (Jan|Feb|مارس) [0-9]{2,4} [0-9]{2}:[0-9]{2}",
    ]
}

fn element() -> impl Strategy<Value = Element> {
    let attributes = proptest::collection::btree_map(
        proptest::sample::select(ATTRIBUTES.as_slice()).prop_map(str::to_owned),
        value(),
        0..4,
    );
    let leaf = (
        proptest::sample::select(NAMES.as_slice()),
        attributes,
        value(),
    )
        .prop_map(|(name, attributes, text)| Element {
            name: name.to_owned(),
            attributes,
            text,
            children: Vec::new(),
        });
    leaf.prop_recursive(3, 24, 8, |inner| {
        (
            proptest::sample::select(NAMES.as_slice()),
            proptest::collection::vec(inner, 0..8),
        )
            .prop_map(|(name, children)| Element {
                name: name.to_owned(),
                children,
                ..Element::default()
            })
    })
}

/// The element that says what these fields say.
fn said_again(fields: &EpisodeFields) -> (Element, FeedContext) {
    let first = |texts: &crate::lang::Localized| texts.0.values().next().cloned();
    let named = [
        ("title", first(&fields.title)),
        ("description", first(&fields.description)),
        ("itunes:subtitle", first(&fields.subtitle)),
        ("pubDate", fields.published_at.map(|at| at.to_string())),
        (
            "itunes:duration",
            fields.duration_s.map(|seconds| seconds.to_string()),
        ),
        (
            "itunes:episode",
            fields.number.map(|number| number.to_string()),
        ),
    ];
    let children = named
        .into_iter()
        .filter_map(|(name, said)| Some(text(name, &said?)));
    let language = fields.default_lang.as_ref().map(|lang| lang.0.clone());
    (item(children.collect()), FeedContext { language, ..feed() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_element_is_too_much(children in proptest::collection::vec(element(), 0..12)) {
        let _: (ProgramFields, _) = program::normalise::rss(&item(children.clone()), &feed());
        let item = item(children);
        let _: (ProgramFields, _) = program::normalise::atom(&item, &feed());
        let _: (ProgramFields, _) = program::normalise::json_feed(&item, &feed());
        let read = [episode::normalise::rss, episode::normalise::atom, episode::normalise::json_feed];
        for read in read {
            let (fields, _) = read(&item, &FeedContext::default());
            let _ = episode::validate::validate(&fields, crate::item::Stage::Publish);
        }
    }

    #[test]
    fn what_was_normalised_is_normal(children in proptest::collection::vec(element(), 0..12)) {
        let (fields, _) = episode::normalise::rss(&item(children), &feed());
        let (again, feed) = said_again(&fields);
        let (again, _) = episode::normalise::rss(&again, &feed);
        prop_assert_eq!(again.title, fields.title);
        prop_assert_eq!(again.description, fields.description);
        prop_assert_eq!(again.subtitle, fields.subtitle);
        prop_assert_eq!(again.published_at, fields.published_at);
        prop_assert_eq!(again.duration_s, fields.duration_s);
        prop_assert_eq!(again.number, fields.number);
    }
}

//! Everything that the model has a place for can be named.

use super::super::targets::{EPISODE, PROGRAM};
use super::super::*;
use super::object;
use crate::lang::Lang;
use crate::model::LiveStatus;
use serde::Serialize;
use serde_json::{Value, json};

/// A JSON value as raw elements say it.
fn of_json(name: &str, value: &Value) -> Vec<Element> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().flat_map(|item| of_json(name, item)).collect(),
        Value::Object(members) => {
            let children = members
                .iter()
                .flat_map(|(name, value)| of_json(name, value));
            vec![object(name, children.collect())]
        }
        Value::String(text) => vec![super::text(name, text)],
        other => vec![super::text(name, &other.to_string())],
    }
}

fn element(value: &Value) -> Element {
    of_json("item", value).remove(0)
}

/// The fields that are as if nobody had said anything.
fn unsaid<F: Serialize + Default>(fields: &F) -> Vec<String> {
    let (said, unsaid) = (
        serde_json::to_value(fields).unwrap(),
        serde_json::to_value(F::default()).unwrap(),
    );
    let members = unsaid.as_object().unwrap().iter();
    let same = members.filter(|(name, value)| said[name.as_str()] == **value);
    same.map(|(name, _)| name.clone()).collect()
}

fn show() -> Value {
    json!({
        "people": [{"called": "Amal", "does": "Host", "team": "Cast", "page": "https://a.example/", "face": "https://a.example/a.jpg"}, {"called": "Badr"}],
        "pictures": [{"src": "https://m.example/1.jpg", "use": "Banner", "says": "A quay", "w": 3000, "h": 1500, "mime": "image/jpeg"}],
        "files": [
            {"src": "https://m.example/1.m4a", "mirrors": ["https://n.example/1.m4a"], "mime": "audio/mp4", "size": 1234, "rate": 128000, "tongue": "ar",
             "label": "Loud", "use": "default", "codecs": "mp4a.40.2", "sri": "sha256-x", "check": "sri", "long": 60, "tall": 720},
            {"src": "https://m.example/1.mp3"},
        ],
        "marks": [{"at": 90.5, "name": "Two", "page": "https://a.example/2", "shot": "https://a.example/2.jpg"}, {"at": 0, "name": "One"}],
        "words": [{"src": "https://m.example/1.vtt", "mime": "text/vtt", "tongue": "ar", "use": "captions"}],
        "bites": [{"at": 3, "long": 20, "name": "Best"}],
        "pay": [{"net": "lightning", "how": "keysend", "sum": "0.00001", "to": [
            {"who": "Amal", "kind": "node", "where": "02ab", "share": 90, "cut": "true", "k": "7", "v": "x"}, {"where": "03cd", "share": 10}]}],
        "spots": [{"name": "Alexandria", "geo": "geo:31.2,29.9", "osm": "R1", "land": "eg", "rel": "subject"}],
        "talk": [{"net": "activitypub", "post": "https://s.example/1", "who": "@a", "page": "https://s.example/@a", "rank": 1}],
        "ids": [{"by": "Spotify", "id": "s1"}],
        "pages": [{"to": "https://a.example/shop", "why": "payment", "name": "Shop"}],
        "terms": "CC-BY-4.0", "terms_page": "https://l.example/",
    })
}

fn mapped(places: Value) -> Value {
    let mut all = json!({
        "persons": {"each": "/people", "fields": {"name": "/called", "role": "/does", "group": "/team", "url": "/page", "image_url": "/face"}},
        "artwork": {"each": "/pictures", "fields": {"url": "/src", "purpose": "/use", "alt": "/says", "width": "/w", "height": "/h", "type": "/mime"}},
        "value": {"each": "/pay", "fields": {"kind": "/net", "method": "/how", "suggested": "/sum", "recipients": {"each": "/to",
            "fields": {"name": "/who", "kind": "/kind", "address": "/where", "split": "/share", "fee": "/cut", "custom_key": "/k", "custom_value": "/v"}}}},
        "places": {"each": "/spots", "fields": {"name": "/name", "geo": "/geo", "osm": "/osm", "country": "/land", "rel": "/rel"}},
        "social": {"each": "/talk", "fields": {"protocol": "/net", "uri": "/post", "account_id": "/who", "account_url": "/page", "priority": "/rank"}},
        "external_ids": {"each": "/ids", "fields": {"scheme": "/by", "value": "/id"}},
        "links": {"each": "/pages", "fields": {"url": "/to", "rel": "/why", "title": "/name"}},
        "licence": "/terms", "licence_url": "/terms_page",
    });
    for (name, place) in places.as_object().unwrap() {
        all[name] = place.clone();
    }
    all
}

#[test]
fn an_entry_says_everything_that_an_episode_has_a_place_for() {
    let places = mapped(json!({
        "guid": "/key", "title": "/t", "subtitle": "/s", "description": "/d", "language": "/l", "published_at": "/day",
        "kind": "/kind", "duration_s": "/long", "season": "/season", "season_name": "/season_name", "number": "/n", "number_label": "/label",
        "categories": "/about", "tags": "/tags", "author": "/by", "explicit": "/adult", "block": "/hide",
        "enclosures": {"each": "/files", "fields": {"url": "/src", "sources": "/mirrors", "type": "/mime", "length": "/size", "bitrate": "/rate",
            "lang": "/tongue", "title": "/label", "rel": "/use", "codecs": "/codecs", "integrity": "/sri", "integrity_kind": "/check",
            "duration_s": "/long", "height": "/tall"}},
        "chapters": {"each": "/marks", "fields": {"start_s": "/at", "title": "/name", "url": "/page", "image_url": "/shot"}},
        "chapters_url": "/marks_page",
        "transcripts": {"each": "/words", "fields": {"url": "/src", "type": "/mime", "lang": "/tongue", "rel": "/use"}},
        "soundbites": {"each": "/bites", "fields": {"start_s": "/at", "duration_s": "/long", "title": "/name"}},
        "live_status": "/air", "live_start": "/from", "live_end": "/to", "views": "/seen", "likes": "/liked",
        "countries": "/lands", "available_from": "/shown", "available_until": "/gone", "platforms": "/apps", "min_age": "/age",
    }));
    let text = json!({ "fields": places }).to_string();
    assert_eq!(check(&text), []);
    let mut says = show();
    let more = json!({
        "key": "1", "t": "Ferry", "s": "By night", "d": "<p>Long.</p>", "l": "en", "day": "2026-06-01", "kind": "trailer", "long": 60, "season": 2,
        "season_name": "Summer", "n": 3, "label": "3b", "about": ["News"], "tags": ["sea"], "by": "Amal", "adult": "true", "hide": "yes",
        "marks_page": "https://m.example/c.json", "air": "live", "from": "2026-06-01T10:00:00Z", "to": "2026-06-01T11:00:00Z", "seen": 10,
        "liked": 4, "lands": ["eg", "SA"], "shown": "2026-06-01", "gone": "2027-06-01", "apps": ["web"], "age": 12,
    });
    for (name, value) in more.as_object().unwrap() {
        says[name] = value.clone();
    }
    let mapping = Mapping::parse(&text).unwrap();
    let (fields, repairs) = episode(&mapping, &element(&says), &FeedContext::default());
    assert_eq!(unsaid(&fields), Vec::<String>::new(), "{repairs:?}");
    assert!(
        repairs.iter().all(|repair| repair.code != "mapping_missed"),
        "{repairs:?}"
    );
    let host = &fields.persons[0];
    assert_eq!(
        (host.name.as_str(), host.role.as_deref()),
        ("Amal", Some("host"))
    );
    assert_eq!(fields.persons[1].name, "Badr");
    let file = &fields.enclosures[0];
    assert_eq!(
        (file.length, file.bitrate, file.height),
        (Some(1234), Some(128_000), Some(720))
    );
    assert_eq!(file.sources, ["https://n.example/1.m4a"]);
    assert_eq!(file.integrity.as_ref().unwrap().value, "sha256-x");
    assert_eq!(fields.enclosures[1].url, "https://m.example/1.mp3");
    assert_eq!(fields.chapters[1].start_s, 90.5);
    assert_eq!(fields.chapters[1].title.as_deref(), Some("Two"));
    assert_eq!(fields.artwork[0].purpose.as_deref(), Some("banner"));
    assert_eq!(fields.value[0].recipients[1].split, 10);
    assert_eq!(fields.live.as_ref().unwrap().status, LiveStatus::Live);
    assert_eq!(fields.availability.countries, ["EG", "SA"]);
    assert_eq!(fields.availability.min_age, Some(12));
    assert_eq!(fields.licence.as_ref().unwrap().name, "CC-BY-4.0");
    let platform = fields.external_ids.iter().find(|id| id.scheme == "spotify");
    assert_eq!(platform.unwrap().value, "s1");
}

#[test]
fn a_document_says_everything_that_a_program_has_a_place_for() {
    let places = mapped(json!({
        "guid": "/key", "title": "/t", "subtitle": "/s", "description": "/d", "language": "/l", "medium": "/is", "show_type": "/order",
        "author": "/by", "categories": "/about", "tags": "/tags", "explicit": "/adult", "complete": "/over", "locked": "/shut", "block": "/hide",
        "copyright": "/rights", "funding": {"each": "/give", "fields": {"url": "/to", "text": "/name"}},
        "remote_items": {"each": "/kin", "fields": {"feed_guid": "/key", "feed_url": "/url", "title": "/name"}},
        "update_rule": "/rhythm", "available_from": "/shown",
    }));
    let text = json!({ "fields": {"title": "/t"}, "program": places }).to_string();
    assert_eq!(check(&text), []);
    let mut says = show();
    let more = json!({
        "key": "1", "t": "Harbour", "s": "By night", "d": "<p>Long.</p>", "l": "en", "is": "music", "order": "serial", "by": "Amal",
        "about": ["News"], "tags": ["sea"], "adult": "true", "over": "yes", "shut": "yes", "hide": "yes", "rights": "Ours",
        "give": [{"to": "https://g.example/", "name": "Help"}], "kin": [{"key": "k", "url": "https://k.example/feed", "name": "Kin"}],
        "rhythm": "FREQ=WEEKLY", "shown": "2026-06-01",
    });
    for (name, value) in more.as_object().unwrap() {
        says[name] = value.clone();
    }
    let mapping = Mapping::parse(&text).unwrap();
    let source = SourceFields::default();
    let document = element(&says);
    let (fields, repairs) = program(&mapping, &document, &FeedContext::default(), &source);
    // Which language stands in for another an editor says; a document of an API is no feed.
    assert_eq!(unsaid(&fields), ["fallback", "feed_url"], "{repairs:?}");
    assert!(mapping.locked(&document));
    assert_eq!(fields.funding[0].text.as_deref(), Some("Help"));
}

#[test]
fn things_whose_members_are_called_as_ours_need_a_pointer_alone() {
    let text = r#"{"fields": {"title": "/t", "persons": "/people", "chapters": "/chapters", "enclosures": "/files"}}"#;
    let mapping = Mapping::parse(text).unwrap();
    let says = json!({
        "t": "Ferry", "people": ["Amal", {"name": "Badr", "role": "guest"}],
        "chapters": [{"start_s": 5, "title": "One"}], "files": ["https://m.example/1.mp3", {"url": "https://m.example/1.m4a"}],
    });
    let (fields, _) = episode(&mapping, &element(&says), &FeedContext::default());
    let names: Vec<&str> = fields.persons.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Amal", "Badr"]);
    assert_eq!(fields.persons[1].role.as_deref(), Some("guest"));
    assert_eq!(fields.chapters[0].start_s, 5.0);
    assert_eq!(fields.enclosures.len(), 2);
}

#[test]
fn a_list_is_checked_member_by_member() {
    let of = |places: Value| {
        let found = check(&json!({ "fields": places }).to_string());
        let found = found.into_iter().map(|one| (one.pointer, one.code));
        found.collect::<Vec<_>>()
    };
    let places = json!({"persons": {"each": "/p", "fields": {"nom": "/n"}}});
    let at = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(
        of(places),
        at(
            "/mapping/fields/persons/fields/nom",
            "mapping_unknown_field"
        )
    );
    let places = json!({"persons": {"each": "/p", "fields": {}}});
    assert_eq!(
        of(places),
        at("/mapping/fields/persons/fields", "mapping_empty")
    );
    let places = json!({"title": {"each": "/p", "fields": {"name": "/n"}}});
    assert_eq!(
        of(places),
        at("/mapping/fields/title", "mapping_not_a_list")
    );
}

#[test]
fn no_two_fields_have_one_name() {
    for targets in [EPISODE, PROGRAM] {
        let mut names: Vec<&str> = targets.iter().map(|target| target.name).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}

#[test]
fn a_program_that_nothing_names_is_called_as_its_own_source() {
    let mapping = Mapping::by_name();
    let mut source = SourceFields {
        name: "Harbour table".to_owned(),
        ..SourceFields::default()
    };
    let read = |source: &SourceFields| {
        let document = Element::default();
        program(&mapping, &document, &FeedContext::default(), source)
    };
    let (fields, repairs) = read(&source);
    let title = fields.title.0.values().next().map(String::as_str);
    assert_eq!(title, Some("Harbour table"));
    assert!(
        repairs
            .iter()
            .any(|repair| repair.code == "title_of_source")
    );
    source.program_id = Some(crate::id::ProgramId(uuid::Uuid::from_u128(1)));
    let (fields, _) = read(&source);
    assert_eq!(
        fields.title,
        crate::lang::Localized::default(),
        "it is somebody else's"
    );
    let named = Mapping::parse(r#"{"fields": {"title": "/t"}, "program": {"title": "/name"}}"#);
    let document = element(&json!({"name": "Harbour"}));
    let source = SourceFields {
        name: "a source".to_owned(),
        ..SourceFields::default()
    };
    let (fields, _) = program(&named.unwrap(), &document, &FeedContext::default(), &source);
    assert_eq!(
        fields.title.get(&Lang::undetermined()).or(fields
            .title
            .0
            .values()
            .next()
            .map(String::as_str)),
        Some("Harbour")
    );
}

//! The bytes that readers get, in full: whoever changes them changes the public API.

use crate::catalog::Lane;
use crate::id::ItemRef;
use crate::item::slug_of;
use crate::lang::{Lang, Localized};
use crate::model::*;
use crate::project::project;
use crate::testing::*;
use crate::view::Table;
use serde_json::{Value, json};

fn rich_program() -> crate::command::Command {
    let patch = r#"{
        "title": {"ar": "أضواء المرفأ"},
        "artwork": [{"url": "https://pictures.example/harbour.jpg", "alt": {"en": "A quay at night", "ar": "رصيف في الليل"}, "width": 3000}],
        "persons": [{"name": "Mona Said", "role": "host"}],
        "categories": ["society-culture/documentary"]
    }"#;
    update_program(2, patch, true)
}

fn rich_episode() -> EpisodeFields {
    EpisodeFields {
        title: Localized(
            [
                (Lang::from("en"), "Night crossing 1".to_owned()),
                (Lang::from("ar"), "عبور الليل".to_owned()),
            ]
            .into(),
        ),
        description: Localized(
            [
                (Lang::from("en"), "<p>A &amp; B.</p><p>Two</p>".to_owned()),
                (Lang::from("ar"), "<p>العبور الأول.</p>".to_owned()),
            ]
            .into(),
        ),
        tags: vec!["sea".to_owned()],
        explicit: Some(false),
        ..episode_fields(1)
    }
}

fn served(lang: &str) -> Value {
    let world = given([
        create_program(1),
        rich_program(),
        create_episode(3, rich_episode(), true),
    ]);
    let live = world
        .document(ItemRef::episode(EPISODE), Lane::Live)
        .unwrap();
    let rows = project(live).rows;
    let row = rows
        .iter()
        .find(|row| row.key.table == Table::Documents && row.key.clustering_key == lang.as_bytes())
        .unwrap();
    serde_json::from_slice(&row.value.as_ref().unwrap().1).unwrap()
}

fn expected(lang: &str) -> Value {
    let english = lang == "en";
    let pick = |en: &'static str, ar: &'static str| if english { en } else { ar };
    json!({
        "kind": "episode",
        "id": EPISODE,
        "program": {
            "id": PROGRAM,
            "slug": slug_of("Harbour Lights", PROGRAM.0),
            "title": pick("Harbour Lights", "أضواء المرفأ"),
            "author": "Quay Radio",
            "artwork": {
                "url": "https://pictures.example/harbour.jpg",
                "alt": pick("A quay at night", "رصيف في الليل"),
                "width": 3000
            }
        },
        "slug": slug_of("Night crossing 1", EPISODE.0),
        "status": "published",
        "lang": lang,
        "dir": pick("ltr", "rtl"),
        "languages": ["ar", "en"],
        "title": pick("Night crossing 1", "عبور الليل"),
        "description": {
            "html": pick("<p>A &amp; B.</p><p>Two</p>", "<p>العبور الأول.</p>"),
            "text": pick("A & B.\nTwo", "العبور الأول.")
        },
        "episode_type": "full",
        "published_at": "2026-02-28T10:00:00Z",
        "updated_at": "2026-03-01T10:00:03Z",
        "duration_s": 1800,
        "number": 1,
        "spoken_languages": ["en"],
        "categories": [{"slug": "society-culture/documentary", "name": "Documentary"}],
        "tags": ["sea"],
        "author": "Quay Radio",
        "persons": [{"name": "Mona Said", "role": "host", "group": null, "url": null, "image_url": null}],
        "artwork": [],
        "enclosures": [{"url": "https://media.example.com/crossing-1.mp3", "mime_type": "audio/mpeg"}],
        "chapters": [],
        "transcripts": [],
        "soundbites": [],
        "explicit": false,
        "guid": "crossing-1",
        "external_ids": [],
        "links": [],
        "value": [],
        "places": [],
        "social": [],
        "availability": {"from": null, "until": null, "countries": [], "platforms": [], "min_age": null}
    })
}

#[test]
fn an_english_episode_is_served_so() {
    assert_eq!(served(""), expected("en"));
}

#[test]
fn an_arabic_episode_is_served_so_and_runs_from_right_to_left() {
    assert_eq!(served("ar"), expected("ar"));
}

//! The rules for programs, one by one.

use super::validate::{check, validate};
use crate::id::{ItemRef, ProgramId};
use crate::item::Stage;
use crate::lang::{Lang, Localized};
use crate::model::*;
use crate::testing::program_fields;
use crate::time::Timestamp;
use uuid::Uuid;

type Change = fn(&mut ProgramFields);

fn artwork(picture: Artwork) -> Vec<Artwork> {
    vec![Artwork {
        url: "https://pictures.example/1.jpg".to_owned(),
        ..picture
    }]
}

/// What breaks a rule for every item, the pointer and the code.
const ERRORS: [(Change, &str, &str); 27] = [
    (
        |f| f.title = Localized::one(Lang::from("en"), " "),
        "/title/en",
        "title_empty",
    ),
    (
        |f| f.title = Localized::one(Lang::from("en"), "é".repeat(513)),
        "/title/en",
        "title_too_long",
    ),
    (
        |f| f.subtitle = Localized::one(Lang::from("en"), "x".repeat(4_097)),
        "/subtitle/en",
        "text_too_long",
    ),
    (
        |f| f.description = Localized::one(Lang::from("en"), "x".repeat(limits::DESCRIPTION + 1)),
        "/description/en",
        "text_too_long",
    ),
    (
        |f| f.default_lang = Some(Lang::from("ar")),
        "/default_lang",
        "default_lang_without_title",
    ),
    (
        |f| f.languages = vec![Lang::from("EN-gb")],
        "/languages/0",
        "language_not_canonical",
    ),
    (
        |f| f.languages = vec![Lang::from("en"), Lang::from("klingonish")],
        "/languages/1",
        "language_invalid",
    ),
    (
        |f| f.languages = vec![Lang::from("")],
        "/languages/0",
        "language_invalid",
    ),
    (
        |f| f.categories = vec![" ".to_owned()],
        "/categories/0",
        "category_empty",
    ),
    (
        |f| f.categories = vec!["arts".to_owned(); 201],
        "/categories",
        "too_many",
    ),
    (
        |f| f.tags = vec!["sea".to_owned(), String::new()],
        "/tags/1",
        "tag_empty",
    ),
    (
        |f| f.tags = vec!["sea".to_owned(); 201],
        "/tags",
        "too_many",
    ),
    (
        |f| f.persons = vec![Person::default()],
        "/persons/0/name",
        "person_without_name",
    ),
    (
        |f| {
            f.persons = vec![Person {
                name: "A".to_owned(),
                url: Some("a.example".to_owned()),
                ..Person::default()
            }]
        },
        "/persons/0/url",
        "url_invalid",
    ),
    (
        |f| {
            f.persons = vec![Person {
                name: "A".to_owned(),
                image_url: Some("data:x".to_owned()),
                ..Person::default()
            }]
        },
        "/persons/0/image_url",
        "url_invalid",
    ),
    (
        |f| f.artwork = vec![Artwork::default()],
        "/artwork/0/url",
        "url_invalid",
    ),
    (
        |f| {
            f.artwork = artwork(Artwork {
                width: Some(0),
                ..Artwork::default()
            })
        },
        "/artwork/0/width",
        "size_invalid",
    ),
    (
        |f| {
            f.artwork = artwork(Artwork {
                height: Some(-1),
                ..Artwork::default()
            })
        },
        "/artwork/0/height",
        "size_invalid",
    ),
    (
        |f| {
            f.artwork = artwork(Artwork {
                focal_point: Some(FocalPoint { x: 1.5, y: 0.5 }),
                ..Artwork::default()
            })
        },
        "/artwork/0/focal_point",
        "focal_point_invalid",
    ),
    (
        |f| {
            f.artwork = artwork(Artwork {
                focal_point: Some(FocalPoint {
                    x: f64::NAN,
                    y: 0.5,
                }),
                ..Artwork::default()
            })
        },
        "/artwork/0/focal_point",
        "focal_point_invalid",
    ),
    (
        |f| {
            f.availability.from = Some(Timestamp(9));
            f.availability.until = Some(Timestamp(9));
        },
        "/availability/until",
        "availability_empty",
    ),
    (
        |f| f.availability.countries = vec!["EG".to_owned(), "eg".to_owned()],
        "/availability/countries/1",
        "country_invalid",
    ),
    (
        |f| f.availability.min_age = Some(99),
        "/availability/min_age",
        "age_invalid",
    ),
    (
        |f| f.feed_url = Some("feed://x.example".to_owned()),
        "/feed_url",
        "url_invalid",
    ),
    (
        |f| {
            f.links = vec![Link {
                url: "javascript:alert(1)".to_owned(),
                ..Link::default()
            }]
        },
        "/links/0/url",
        "url_invalid",
    ),
    (
        |f| {
            f.funding = vec![Funding {
                url: format!("https://a.example/{}", "x".repeat(4_096)),
                text: None,
            }]
        },
        "/funding/0/url",
        "url_too_long",
    ),
    (
        |f| f.remote_items = vec![RemoteItem::default(); 201],
        "/remote_items",
        "too_many",
    ),
];

#[test]
fn every_rule_has_its_code_and_its_pointer() {
    for (change, pointer, code) in ERRORS {
        let mut fields = program_fields();
        change(&mut fields);
        let errors = check(&fields).errors;
        let found: Vec<_> = errors
            .iter()
            .map(|e| (e.pointer.as_str(), e.code.as_str()))
            .collect();
        assert_eq!(found, [(pointer, code)]);
        assert!(!errors[0].message.is_empty());
    }
}

#[test]
fn a_program_in_order_breaks_no_rule() {
    let checked = check(&program_fields());
    assert_eq!(checked, crate::item::Checked::default());
}

#[test]
fn a_title_is_needed_to_publish_and_not_to_save() {
    let fields = ProgramFields::default();
    assert_eq!(validate(&fields, Stage::Draft).0, []);
    let (errors, warnings) = validate(&fields, Stage::Publish);
    assert_eq!(errors[0].code, "title_missing");
    assert_eq!(warnings[0].code, "description_missing");
}

#[test]
fn an_unknown_category_and_a_text_without_a_title_are_worth_a_look() {
    let mut fields = program_fields();
    fields.categories = vec!["under-water-basketry".to_owned(), "arts".to_owned()];
    fields.subtitle = Localized::one(Lang::from("ar"), "حكايات");
    let codes: Vec<_> = check(&fields)
        .warnings
        .into_iter()
        .map(|w| (w.pointer, w.code))
        .collect();
    assert_eq!(
        codes,
        [
            ("/subtitle/ar".to_owned(), "text_without_title".to_owned()),
            ("/categories/0".to_owned(), "category_unknown".to_owned()),
        ]
    );
}

#[test]
fn addresses_are_told_from_other_text() {
    let mut fields = program_fields();
    let good = [
        "https://a.example",
        "http://a.example:8080/x?y=z#w",
        "HTTPS://A.EXAMPLE/",
        "https://مثال.إختبار/حلقة",
        "https://xn--mgbh0fb.xn--kgbechtv/",
        "http://127.0.0.1/a.mp3",
        "http://[::1]/a.mp3",
        "https://user:pw@a.example/a.mp3",
    ];
    for url in good {
        fields.feed_url = Some(url.to_owned());
        assert_eq!(check(&fields).errors, [], "{url}");
    }
    let bad = [
        "",
        " ",
        "a.example",
        "//a.example",
        "https://",
        "https:///",
        "http://?x",
        "ftp://a.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://a b.example/",
        "http://999.1.1.1/",
        "https://[::1/",
    ];
    for url in bad {
        fields.feed_url = Some(url.to_owned());
        let codes: Vec<_> = check(&fields).errors.into_iter().map(|e| e.code).collect();
        assert_eq!(codes, ["url_invalid"], "{url:?}");
    }
}

#[test]
fn a_program_is_an_item_of_its_own_kind() {
    let id = ProgramId(Uuid::from_u128(1));
    assert_eq!(
        crate::item::Entity::item(&super::Program(id)),
        ItemRef::program(id)
    );
}

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

/// What breaks a rule for every item, the pointer and the code.
#[rustfmt::skip]
const ERRORS: [(Change, &str, &str); 29] = [
    (|f| f.title = english(" "), "/title/en", "title_empty"),
    (|f| f.title = english(&"é".repeat(513)), "/title/en", "title_too_long"),
    (|f| f.subtitle = english(&"x".repeat(4_097)), "/subtitle/en", "text_too_long"),
    (|f| f.description = english(&"x".repeat(limits::DESCRIPTION + 1)), "/description/en", "text_too_long"),
    (|f| f.default_lang = Some(Lang::from("ar")), "/default_lang", "default_lang_without_title"),
    (|f| f.languages = vec![Lang::from("EN-gb")], "/languages/0", "language_not_canonical"),
    (|f| f.languages.push(Lang::from("klingonish")), "/languages/1", "language_invalid"),
    (|f| f.languages = vec![Lang::from("")], "/languages/0", "language_invalid"),
    (|f| f.categories = vec![" ".to_owned()], "/categories/0", "category_empty"),
    (|f| f.categories = vec!["arts".to_owned(); 201], "/categories", "too_many"),
    (|f| f.tags = vec!["sea".to_owned(), String::new()], "/tags/1", "tag_empty"),
    (|f| f.tags = vec!["sea".to_owned(); 201], "/tags", "too_many"),
    (|f| f.persons = vec![Person::default()], "/persons/0/name", "person_without_name"),
    (|f| f.persons = person(|p| p.url = Some("a.example".to_owned())), "/persons/0/url", "url_invalid"),
    (|f| f.persons = person(|p| p.image_url = Some("data:x".to_owned())), "/persons/0/image_url", "url_invalid"),
    (|f| f.artwork = vec![Artwork::default()], "/artwork/0/url", "url_invalid"),
    (|f| f.artwork = artwork(|a| a.width = Some(0)), "/artwork/0/width", "size_invalid"),
    (|f| f.artwork = artwork(|a| a.height = Some(-1)), "/artwork/0/height", "size_invalid"),
    (|f| f.artwork = artwork(|a| a.focal_point = point(1.5)), "/artwork/0/focal_point", "focal_point_invalid"),
    (|f| f.artwork = artwork(|a| a.focal_point = point(f64::NAN)), "/artwork/0/focal_point", "focal_point_invalid"),
    (|f| f.availability = between(9, 9), "/availability/until", "availability_empty"),
    (|f| f.availability.countries = vec!["EG".to_owned(), "eg".to_owned()], "/availability/countries/1", "country_invalid"),
    (|f| f.availability.min_age = Some(99), "/availability/min_age", "age_invalid"),
    (|f| f.feed_url = Some("feed://x.example".to_owned()), "/feed_url", "url_invalid"),
    (|f| f.links = link("javascript:alert(1)"), "/links/0/url", "url_invalid"),
    (|f| f.links = link(&format!("https://a.example/{}", "x".repeat(4_096))), "/links/0/url", "url_too_long"),
    (|f| f.copyright = Some("x".repeat(4_097)), "/copyright", "text_too_long"),
    (|f| f.availability.platforms = vec!["tv".to_owned(); 401], "/availability/platforms", "too_many"),
    (|f| f.remote_items = vec![RemoteItem::default(); 201], "/remote_items", "too_many"),
];

fn english(text: &str) -> Localized {
    Localized::one(Lang::from("en"), text)
}

fn person(change: fn(&mut Person)) -> Vec<Person> {
    let mut person = Person {
        name: "Mona Said".to_owned(),
        ..Person::default()
    };
    change(&mut person);
    vec![person]
}

fn artwork(change: fn(&mut Artwork)) -> Vec<Artwork> {
    let mut picture = Artwork {
        url: "https://pictures.example/1.jpg".to_owned(),
        ..Artwork::default()
    };
    change(&mut picture);
    vec![picture]
}

fn point(x: f64) -> Option<FocalPoint> {
    Some(FocalPoint { x, y: 0.5 })
}

fn between(from: i64, until: i64) -> Availability {
    Availability {
        from: Some(Timestamp(from)),
        until: Some(Timestamp(until)),
        ..Availability::default()
    }
}

fn link(url: &str) -> Vec<Link> {
    vec![Link {
        url: url.to_owned(),
        ..Link::default()
    }]
}

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

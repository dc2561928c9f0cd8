//! That extensions do no harm where they are not what they should be.

use super::*;

fn object(name: &str, children: Vec<Element>) -> Element {
    Element {
        children,
        ..leaf(name, "")
    }
}

#[test]
fn an_item_without_extensions_is_the_same_and_is_not_copied() {
    let item = object("item", vec![leaf("title", "One"), leaf("_sea", "high")]);
    assert!(matches!(in_words(&item), Cow::Borrowed(_)));
}

#[test]
fn members_that_nobody_knows_say_nothing() {
    let unknown = object(
        "_podcast",
        vec![leaf("theme", "sea"), object("day", vec![])],
    );
    let item = object("item", vec![unknown]);
    assert!(matches!(in_words(&item), Cow::Borrowed(_)));
}

#[test]
fn both_names_of_a_member_are_the_same() {
    let said = |name: &str| {
        let transcript = object(name, vec![leaf("url", "https://a.example/1.vtt")]);
        let item = object("item", vec![object("_podcast", vec![transcript])]);
        let words = in_words(&item).into_owned();
        words.child("podcast:transcript").cloned()
    };
    assert!(said("transcripts").is_some());
    assert_eq!(said("transcripts"), said("transcript"));
}

#[test]
fn a_bare_text_is_what_the_element_is_mostly_asked_for() {
    let bare = [leaf("license", "CC0-1.0"), leaf("images", "a.png")];
    let item = object("item", vec![object("_podcast", bare.to_vec())]);
    let words = in_words(&item);
    assert_eq!(words.text_of(&["podcast:license"]), Some("CC0-1.0"));
    let picture = words.child("podcast:image").unwrap();
    assert_eq!(picture.attribute("href"), Some("a.png"));
}

#[test]
fn objects_where_texts_should_be_are_passed_over() {
    let odd = object("_itunes", vec![object("season", vec![leaf("a", "1")])]);
    let item = object("item", vec![odd]);
    assert!(in_words(&item).child("itunes:season").is_none());
}

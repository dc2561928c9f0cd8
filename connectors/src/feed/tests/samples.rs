//! The two feeds that the project ships.

use std::collections::BTreeMap;

use super::*;

const ENGLISH: &[u8] = include_bytes!("../../../../samples/english.xml");
const ARABIC: &[u8] = include_bytes!("../../../../samples/arabic.xml");

fn child<'e>(item: &'e Element, name: &str) -> Option<&'e Element> {
    item.children.iter().find(|child| child.name == name)
}

#[test]
fn each_has_forty_episodes_one_of_them_twice_and_an_item_without_a_title() {
    for (bytes, language) in [(ENGLISH, "en-GB"), (ARABIC, "ar")] {
        let read = read(bytes).unwrap();
        assert_eq!(read.context.language.as_deref(), Some(language));
        let mut guids: BTreeMap<&str, usize> = BTreeMap::new();
        for item in &read.items {
            *guids.entry(&child(item, "guid").unwrap().text).or_default() += 1;
        }
        assert_eq!((read.items.len(), guids.len()), (42, 41));
        assert_eq!(guids.values().filter(|times| **times == 2).count(), 1);
        let untitled = |item: &&Element| child(item, "title").is_none();
        assert_eq!(read.items.iter().filter(untitled).count(), 1);
        for item in &read.items {
            let enclosure = child(item, "enclosure").unwrap();
            assert!(enclosure.attributes["url"].contains(".example."));
            assert!(child(item, "itunes:duration").is_some());
        }
    }
}

#[test]
fn markup_and_tashkeel_come_through_as_written() {
    let read = read(ARABIC).unwrap();
    let titles: Vec<_> = read
        .items
        .iter()
        .filter_map(|item| child(item, "title"))
        .collect();
    assert_eq!(titles.last().unwrap().text, "أَسرار مكتبة الإسكندرية");
    let last = read.items.last().unwrap();
    assert!(
        child(last, "description")
            .unwrap()
            .text
            .starts_with("<p>كانت")
    );
}

#[test]
fn every_date_and_duration_is_one_that_can_be_repaired() {
    for bytes in [ENGLISH, ARABIC] {
        let read = read(bytes).unwrap();
        for item in &read.items {
            let (fields, repairs) = mediamesh_domain::episode::normalise::rss(item, &read.context);
            let day = fields.published_at.map(|at| at.to_string());
            assert!(day.is_some_and(|day| day.starts_with("2025-")), "{item:?}");
            assert!(
                fields.duration_s.is_some_and(|s| (1200..7200).contains(&s)),
                "{item:?}"
            );
            let unreadable = repairs
                .iter()
                .find(|repair| repair.code.contains("unreadable"));
            assert_eq!(unreadable, None, "{item:?}");
        }
    }
}

#[test]
fn arabic_titles_are_found_by_other_spellings_and_in_latin_letters() {
    use mediamesh_domain::text::{Tokens, analyse};
    let shared = |a: &Tokens, b: &Tokens| a.iter().any(|x| b.iter().any(|y| x.text == y.text));
    let read = read(ARABIC).unwrap();
    let titles = || read.items.iter().filter_map(|item| child(item, "title"));
    let finds = |query: &str, latin: bool| {
        let query = analyse(query);
        let mut titles = titles().map(|title| analyse(&title.text));
        titles.any(|title| match latin {
            true => shared(&title.translit, &query.translit),
            false => query
                .folded
                .iter()
                .all(|q| title.folded.iter().any(|t| t.text == q.text)),
        })
    };
    for query in [
        "القاهره مدينه",
        "اسرار",
        "ام كلثوم",
        "الاندلس",
        "رحله",
        "نجوم باسماء",
        "الاسطرلاب",
    ] {
        assert!(finds(query, false), "{query}");
    }
    for query in [
        "alqahira", "Baghdad", "Fatima", "Kulthum", "Ahmed", "Battuta", "Dimashq",
    ] {
        assert!(finds(query, true), "{query}");
    }
}

//! Documents that differ in everything, made from a seed.

use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::Seq;
use mediamesh_domain::text::{DocumentKind, SearchDocument, TextField};
use mediamesh_ports::search_index::SearchWrite;
use rand::RngExt;
use rand::rngs::StdRng;
use uuid::Uuid;

pub const WORDS: [&str; 40] = [
    "the",
    "history",
    "of",
    "cairo",
    "podcast",
    "podcasts",
    "podcasting",
    "Mohammed",
    "Mohamed",
    "Muhammad",
    "café",
    "naïve",
    "night",
    "nights",
    "old",
    "town",
    "news",
    "AI",
    "C++",
    "12",
    "١٢",
    "and",
    "a",
    "تاريخ",
    "القاهرة",
    "القاهره",
    "أحمد",
    "احمد",
    "محمد",
    "والبودكاست",
    "بودكاست",
    "قديمة",
    "مدينة",
    "المدينة",
    "أخبار",
    "في",
    "من",
    "ليلى",
    "layla",
    "l'oreille",
];
pub const LANGS: [&str; 4] = ["en", "ar", "ar-EG", "fr"];
pub const CATEGORIES: [&str; 4] = ["news", "history", "arts-and-culture", "sports"];
pub const TAGS: [&str; 5] = ["Cairo", "cairo", "old town", "بودكاست", "x"];
pub const STATES: [&str; 3] = ["published", "draft", ""];

pub fn one_of<'a>(random: &mut StdRng, words: &[&'a str]) -> &'a str {
    words[random.random_range(0..words.len())]
}

fn words(random: &mut StdRng, most: usize) -> String {
    let count = random.random_range(1..=most);
    let words = (0..count).map(|_| {
        let word = one_of(random, &WORDS).to_owned();
        if random.random_bool(0.1) {
            with_error(random, &word)
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A word with a letter dropped, doubled or swapped with its neighbour.
pub fn with_error(random: &mut StdRng, word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = random.random_range(0..letters.len());
    match random.random_range(0..3) {
        0 if letters.len() > 2 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        _ if at > 0 => letters.swap(at - 1, at),
        _ => {}
    }
    letters.into_iter().collect()
}

fn document(random: &mut StdRng, id: Uuid, lang: &str) -> SearchDocument {
    let program = Uuid::from_u128(random.random_range(1..6));
    let kind = if random.random_bool(0.3) {
        DocumentKind::Program
    } else {
        DocumentKind::Episode
    };
    let some = |random: &mut StdRng, all: &[&str]| -> Vec<String> {
        let some = all.iter().filter(|_| random.random_bool(0.3));
        some.map(|value| (*value).to_owned()).collect()
    };
    let mut document =
        SearchDocument::new(id, kind, program, lang).with_text(TextField::Title, words(random, 5));
    for _ in 0..random.random_range(0..3) {
        document = document.with_text(TextField::People, words(random, 2));
    }
    if random.random_bool(0.7) {
        document = document.with_text(TextField::Description, words(random, 30));
    }
    document.tags = some(random, &TAGS);
    for tag in document.tags.clone() {
        document = document.with_text(TextField::Tags, tag);
    }
    document.categories = some(random, &CATEGORIES);
    document.state = one_of(random, &STATES).to_owned();
    document.published_at_us = random.random_bool(0.8).then(|| random.random_range(-5..20));
    document.duration_s = random
        .random_bool(0.6)
        .then(|| random.random_range(0..5) * 600);
    document.explicit = random.random_bool(0.5).then(|| random.random_bool(0.5));
    document.popularity = random.random_range(0..1000);
    document
}

/// A write of some item: in some languages, at times in none.
pub fn write(random: &mut StdRng, items: u64, seq: i64) -> SearchWrite {
    let id = Uuid::from_u64_pair(
        random.random_range(0..items) * 7919,
        random.random_range(0..2),
    );
    let langs: Vec<&str> = LANGS
        .into_iter()
        .filter(|_| random.random_bool(0.5))
        .collect();
    let documents = langs.into_iter().map(|lang| document(random, id, lang));
    let documents = documents.collect();
    SearchWrite {
        lane: if random.random_bool(0.7) {
            Lane::Live
        } else {
            Lane::Draft
        },
        id,
        seq: Seq(seq),
        documents,
    }
}

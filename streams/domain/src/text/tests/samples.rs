//! Documents and vocabulary the other tests share.

use proptest::prelude::*;
use uuid::Uuid;

use super::super::{DocumentKind, Query, Ranked, SearchDocument, TextField, rank};

/// An episode with a number for an id.
pub(super) fn episode(id: u128) -> SearchDocument {
    SearchDocument::new(
        Uuid::from_u128(id),
        DocumentKind::Episode,
        Uuid::from_u128(1000),
        "en",
    )
}

/// An episode with a title.
pub(super) fn titled(id: u128, title: &str) -> SearchDocument {
    episode(id).with_text(TextField::Title, title)
}

/// The numbers of the documents found, in order.
pub(super) fn found(query: &str, documents: &[SearchDocument]) -> Vec<u128> {
    ids(&rank(&Query::parse(query), documents.to_vec(), None))
}

pub(super) fn ids(ranked: &[Ranked]) -> Vec<u128> {
    ranked.iter().map(|hit| hit.document.id.as_u128()).collect()
}

/// Words that meet each other in every layer.
const WORDS: &[&str] = &[
    "محمد",
    "مُحَمَّد",
    "Mohammed",
    "Muhammad",
    "أحمد",
    "احمد",
    "Ahmed",
    "القاهرة",
    "القاهره",
    "Qahira",
    "بودكاست",
    "podcast",
    "podcasts",
    "Podcasting",
    "pocdast",
    "the",
    "of",
    "history",
    "في",
    "على",
    "علي",
    "Ali",
    "الحلقة",
    "١٢",
    "12",
    "كتاب",
    "والكتاب",
    "الكتب",
    "café",
    "cafe",
    "Qur'an",
    "قرآن",
    "po",
    "technology",
    "tecnology",
    "طه",
    "播客",
];

pub(super) fn word() -> impl Strategy<Value = String> {
    proptest::sample::select(WORDS).prop_map(str::to_owned)
}

pub(super) fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 0..6).prop_map(|words| words.join(" "))
}

pub(super) fn query() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => word(),
        1 => (word(), word()).prop_map(|(a, b)| format!("\"{a} {b}\"")),
        1 => word().prop_map(|w| format!("\"{w}\"")),
    ];
    let parts = proptest::collection::vec(part, 0..4).prop_map(|parts| parts.join(" "));
    (parts, prop_oneof![Just(""), Just(" ")]).prop_map(|(parts, end)| parts + end)
}

prop_compose! {
    pub(super) fn document()(
        id in 0_u128..50,
        title in text(),
        people in proptest::collection::vec(text(), 0..3),
        description in text(),
        published in proptest::option::of(0_i64..4),
        popularity in -1_i64..5,
    ) -> SearchDocument {
        let mut document = titled(id, &title).with_text(TextField::Description, description);
        for person in people {
            document = document.with_text(TextField::People, person);
        }
        document.published_at_us = published.map(|days| days * 86_400_000_000);
        document.popularity = popularity;
        document
    }
}

//! Documents as engines index and store them.

use super::super::{IndexField, IndexedFields, Layer, SearchDocument, TextField};
use super::samples::{episode, titled};

#[test]
fn every_field_of_the_index_has_its_own_name_and_place() {
    let fields = IndexField::all();
    let mut names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    for (place, field) in fields.iter().enumerate() {
        assert_eq!(field.index(), place);
        assert!(field.name().starts_with(field.field.name()));
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 16);
    assert_eq!(
        IndexField::new(TextField::Title, Layer::Folded).name(),
        "title_folded"
    );
}

#[test]
fn the_indexed_text_is_the_tokens_of_each_layer() {
    let indexed = titled(1, "The Café of القاهرة").indexed();
    let layer = |layer| indexed.get(IndexField::new(TextField::Title, layer));
    assert_eq!(layer(Layer::Exact), "the café of القاهرة");
    assert_eq!(layer(Layer::Folded), "the cafe of القاهره");
    assert_eq!(layer(Layer::Stem), "cafe قاهر");
    assert_eq!(layer(Layer::Translit), "l:kf a:khr a:alkhr");
    assert_eq!(indexed.iter().count(), 4);
}

#[test]
fn values_of_a_field_are_kept_apart() {
    let document = episode(1)
        .with_text(TextField::People, "Ahmed Ali")
        .with_text(TextField::People, "?!")
        .with_text(TextField::People, "Samir");
    let people = IndexField::new(TextField::People, Layer::Exact);
    assert_eq!(
        document.indexed().get(people),
        format!("ahmed ali {} samir", IndexedFields::VALUE_BREAK)
    );
    assert_eq!(document.texts(TextField::People).count(), 3);
}

#[test]
fn a_document_is_stored_without_its_tokens_and_read_back_whole() {
    let mut document = titled(7, "حكايات").with_text(TextField::Tags, "tea");
    document.published_at_us = Some(1_700_000_000_000_000);
    document.explicit = Some(false);
    let json = serde_json::to_string(&document).expect("json");
    assert!(!json.contains("folded"));
    assert_eq!(
        serde_json::from_str::<SearchDocument>(&json).expect("document"),
        document
    );
    assert_eq!(document.key(), "00000000-0000-0000-0000-000000000007/en");
}

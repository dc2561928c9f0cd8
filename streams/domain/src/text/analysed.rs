//! The tokens of the item that was written last: its two lanes mostly say the same and come one after the
//! other, and the analysis is the dearest part of a write.

use super::document::{FieldText, IndexedFields, SearchDocument};
use uuid::Uuid;

/// Analyses documents, each text of an item once as long as they come one after the other.
#[derive(Debug, Default)]
pub struct Analysed {
    item: Uuid,
    texts: Vec<(Vec<FieldText>, IndexedFields)>,
}

impl Analysed {
    /// The tokens of a document.
    pub fn of(&mut self, document: &SearchDocument) -> &IndexedFields {
        if self.item != document.id {
            self.item = document.id;
            self.texts.clear();
        }
        let known = self
            .texts
            .iter()
            .position(|(text, _)| *text == document.text);
        let at = known.unwrap_or_else(|| {
            self.texts.push((document.text.clone(), document.indexed()));
            self.texts.len() - 1
        });
        &self.texts[at].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{DocumentKind, TextField};

    fn document(id: u128, title: &str) -> SearchDocument {
        let id = Uuid::from_u128(id);
        SearchDocument::new(id, DocumentKind::Program, id, "en").with_text(TextField::Title, title)
    }

    #[test]
    fn each_document_gets_its_own_tokens_whatever_came_before() {
        let mut analysed = Analysed::default();
        for (id, title) in [
            (1, "one"),
            (1, "one"),
            (1, "two"),
            (1, "one"),
            (2, "two"),
            (1, "x"),
        ] {
            let document = document(id, title);
            assert_eq!(*analysed.of(&document), document.indexed(), "{id} {title}");
        }
    }
}

//! What is put into a search index: the originals, the columns to filter and sort by, and the tokens.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fields::{IndexField, TextField};

/// What a search hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A program.
    Program,
    /// An episode of a program.
    Episode,
}

impl DocumentKind {
    /// The name used in an index column and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Episode => "episode",
        }
    }
}

/// One original text of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldText {
    /// What the text is.
    pub field: TextField,
    /// The text as it is shown, plain (no markup).
    pub text: String,
}

/// One item in one language, as a search index stores it.
///
/// Its serde form is what an engine stores and gives back; the tokens are not part of it, they are
/// derived by [`SearchDocument::indexed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchDocument {
    /// Id of the program or episode.
    pub id: Uuid,
    /// Whether it is a program or an episode.
    pub kind: DocumentKind,
    /// The program; equal to `id` for a program.
    pub program_id: Uuid,
    /// Language of the texts, BCP 47.
    pub lang: String,
    /// State of the item, such as `published` or `draft`; a filter column.
    pub state: String,
    /// The originals; a field may come several times (one value per person or tag).
    pub text: Vec<FieldText>,
    /// Category keys; a filter and facet column.
    pub categories: Vec<String>,
    /// Tags as written; a filter and facet column.
    pub tags: Vec<String>,
    /// When it was published, microseconds since 1970 UTC.
    pub published_at_us: Option<i64>,
    /// Length in seconds.
    pub duration_s: Option<i64>,
    /// Whether it is marked explicit; `None` when nobody said.
    pub explicit: Option<bool>,
    /// How much it is used, any non-negative count; 0 when unknown.
    pub popularity: i64,
    /// The sequence number of the event behind this document: the version a sink guards with.
    pub seq: i64,
}

impl SearchDocument {
    /// A document with no text and empty columns.
    #[must_use]
    pub fn new(id: Uuid, kind: DocumentKind, program_id: Uuid, lang: impl Into<String>) -> Self {
        Self {
            id,
            kind,
            program_id,
            lang: lang.into(),
            state: String::new(),
            text: Vec::new(),
            categories: Vec::new(),
            tags: Vec::new(),
            published_at_us: None,
            duration_s: None,
            explicit: None,
            popularity: 0,
            seq: 0,
        }
    }

    /// The document with one more text.
    #[must_use]
    pub fn with_text(mut self, field: TextField, text: impl Into<String>) -> Self {
        self.text.push(FieldText {
            field,
            text: text.into(),
        });
        self
    }

    /// The key of the document in an index, `<id>/<lang>`: an item has one document per language.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.id, self.lang)
    }

    /// The texts of a field, in order.
    pub fn texts(&self, field: TextField) -> impl Iterator<Item = &str> {
        self.text
            .iter()
            .filter(move |value| value.field == field)
            .map(|value| value.text.as_str())
    }
}

/// The tokens of a document, ready to be indexed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexedFields {
    pub(super) texts: [String; 16],
}

impl IndexedFields {
    /// A token that stands between two values of a field, so that no phrase runs across them; the
    /// analyser never makes it.
    pub const VALUE_BREAK: &'static str = "|";

    /// The tokens of a field with single spaces between them; empty when there are none.
    #[must_use]
    pub fn get(&self, field: IndexField) -> &str {
        &self.texts[field.index()]
    }

    /// Each field that has tokens, with its text.
    pub fn iter(&self) -> impl Iterator<Item = (IndexField, &str)> {
        IndexField::all()
            .into_iter()
            .map(|field| (field, self.get(field)))
            .filter(|(_, text)| !text.is_empty())
    }
}

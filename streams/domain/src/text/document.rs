//! What is put into a search index: the originals, the columns to filter and sort by, and the tokens.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::analyse::analyse;
use super::fields::{IndexField, Layer, TextField};
use super::token::{Analysis, Script};

/// What a search hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

    /// Runs the analyser over all texts.
    #[must_use]
    pub fn indexed(&self) -> IndexedFields {
        let mut fields = IndexedFields::default();
        for value in &self.text {
            fields.add(value.field, &analyse(&value.text));
        }
        fields
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
    texts: [String; 16],
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

    fn add(&mut self, field: TextField, analysis: &Analysis) {
        let plain = [
            (Layer::Exact, &analysis.exact),
            (Layer::Folded, &analysis.folded),
            (Layer::Stem, &analysis.stem),
        ];
        for (layer, tokens) in plain {
            if !tokens.is_empty() {
                self.value(field, layer).push_str(tokens.as_str());
            }
        }
        let mut keys = analysis.translit.iter().peekable();
        if keys.peek().is_some() {
            let out = self.value(field, Layer::Translit);
            for (i, token) in keys.enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                push_key(token.script, token.text, out);
            }
        }
    }

    /// The text of a field, ready for one more value.
    fn value(&mut self, field: TextField, layer: Layer) -> &mut String {
        let text = &mut self.texts[IndexField::new(field, layer).index()];
        if !text.is_empty() {
            text.push(' ');
            text.push_str(Self::VALUE_BREAK);
            text.push(' ');
        }
        text
    }

    /// Each field that has tokens, with its text.
    pub fn iter(&self) -> impl Iterator<Item = (IndexField, &str)> {
        IndexField::all()
            .into_iter()
            .map(|field| (field, self.get(field)))
            .filter(|(_, text)| !text.is_empty())
    }
}

/// Appends a transliteration key as it is indexed: with the script of its word before it, so that a
/// query can ask for the words of the other script alone.
pub(super) fn push_key(script: Script, key: &str, out: &mut String) {
    out.push_str(match script {
        Script::Arabic => "a:",
        _ => "l:",
    });
    out.push_str(key);
}

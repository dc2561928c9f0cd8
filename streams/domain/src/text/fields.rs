//! The fields of the index: four kinds of text, each in four layers.

use serde::{Deserialize, Serialize};

/// What a text is to a reader, from the most to the least telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    /// The title.
    Title,
    /// Names of persons; one value per person.
    People,
    /// Tags and categories; one value each.
    Tags,
    /// The description as plain text.
    Description,
}

impl TextField {
    /// All kinds of text, the most telling first.
    pub const ALL: [Self; 4] = [Self::Title, Self::People, Self::Tags, Self::Description];

    /// The name used in the index, in JSON and in explanations.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::People => "people",
            Self::Tags => "tags",
            Self::Description => "description",
        }
    }
}

/// How much of the writing a layer keeps, from the most to the least faithful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// As written, but for case and compatibility forms.
    Exact,
    /// Diacritics, Arabic letter forms and digits folded.
    Folded,
    /// Stems.
    Stem,
    /// Keys shared by a word and its spelling in the other script.
    Translit,
}

impl Layer {
    /// All layers, the most faithful first.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Folded, Self::Stem, Self::Translit];

    /// Whether phrases are asked for in this layer, so that an engine has to keep the places of its tokens.
    #[must_use]
    pub const fn has_phrases(self) -> bool {
        matches!(self, Self::Exact | Self::Folded)
    }
}

/// One field of the index: a kind of text in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IndexField {
    /// The kind of text.
    pub field: TextField,
    /// The layer.
    pub layer: Layer,
}

impl IndexField {
    /// The index field of a kind of text in a layer.
    #[must_use]
    pub const fn new(field: TextField, layer: Layer) -> Self {
        Self { field, layer }
    }

    /// All 16 fields, kind by kind; their place here is [`Self::index`].
    #[must_use]
    pub fn all() -> [Self; 16] {
        std::array::from_fn(|i| Self::new(TextField::ALL[i / 4], Layer::ALL[i % 4]))
    }

    /// The place of the field in [`Self::all`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.field as usize * 4 + self.layer as usize
    }

    /// The name of the field in an engine's schema, such as `title_folded`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; 16] = [
            "title_exact",
            "title_folded",
            "title_stem",
            "title_translit",
            "people_exact",
            "people_folded",
            "people_stem",
            "people_translit",
            "tags_exact",
            "tags_folded",
            "tags_stem",
            "tags_translit",
            "description_exact",
            "description_folded",
            "description_stem",
            "description_translit",
        ];
        NAMES[self.index()]
    }
}

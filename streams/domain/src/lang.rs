//! Languages and texts that exist in several of them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A BCP 47 language tag in canonical case, for example `ar`, `ar-EG`, `en`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Lang(pub String);

impl Lang {
    /// The tag that stands for "not known" (BCP 47: undetermined).
    #[must_use]
    pub fn undetermined() -> Self {
        Self("und".to_owned())
    }

    /// The tag's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary language without region or script: `ar` of `ar-EG`.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Lang {
    fn from(tag: &str) -> Self {
        Self(tag.to_owned())
    }
}

/// One text in each of its languages: `{"ar": …, "en": …}`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
pub struct Localized(pub BTreeMap<Lang, String>);

impl Localized {
    /// A text in one language.
    #[must_use]
    pub fn one(lang: Lang, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(lang, text.into())]))
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text in exactly this language.
    #[must_use]
    pub fn get(&self, lang: &Lang) -> Option<&str> {
        self.0.get(lang).map(String::as_str)
    }

    /// The text in this language, else in one with the same primary language, else the first there is.
    #[must_use]
    pub fn best(&self, lang: &Lang) -> Option<(&Lang, &str)> {
        self.0
            .get_key_value(lang)
            .or_else(|| self.0.iter().find(|(l, _)| l.primary() == lang.primary()))
            .or_else(|| self.0.iter().next())
            .map(|(l, t)| (l, t.as_str()))
    }
}

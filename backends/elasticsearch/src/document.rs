//! A search document as Elasticsearch takes it.

use crate::mapping::{
    CATEGORY, DOCUMENT, DURATION, EXPLICIT, ID, KIND, LANE, LANG, PROGRAM, PUBLISHED, STATE, TAG,
};
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::text::{IndexedFields, SearchDocument};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A document with its lane and its tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Indexed<'a> {
    pub(crate) lane: Lane,
    pub(crate) document: &'a SearchDocument,
    pub(crate) tokens: &'a IndexedFields,
}

impl Serialize for Indexed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = self.document;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(LANE, self.lane.as_str())?;
        map.serialize_entry(KIND, document.kind.name())?;
        map.serialize_entry(ID, &document.id)?;
        map.serialize_entry(PROGRAM, &document.program_id)?;
        map.serialize_entry(LANG, &document.lang)?;
        map.serialize_entry(STATE, &document.state)?;
        map.serialize_entry(CATEGORY, &document.categories)?;
        map.serialize_entry(TAG, &document.tags)?;
        // An absent column and one that is null are the same.
        map.serialize_entry(EXPLICIT, &document.explicit)?;
        map.serialize_entry(PUBLISHED, &document.published_at_us)?;
        map.serialize_entry(DURATION, &document.duration_s)?;
        for (field, tokens) in self.tokens.iter() {
            map.serialize_entry(field.name(), tokens)?;
        }
        map.serialize_entry(DOCUMENT, document)?;
        map.end()
    }
}

//! How an item is named in an address: by its id, or by a slug that ends in it.

use mediamesh_domain::id::{ItemKind, ItemRef};
use mediamesh_domain::item::id_of;
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

/// An item as the address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its id.
    pub id: Uuid,
    /// The slug, where it was named so; its text may be out of date.
    pub slug: Option<String>,
}

impl Address {
    /// Reads a segment of a path; none where no item can have this name.
    #[must_use]
    pub fn parse(segment: &str) -> Option<Self> {
        if let Some(id) = plain_id(segment) {
            return Some(Self { id, slug: None });
        }
        let id = id_of(segment)?;
        let slug = Some(segment.to_owned());
        Some(Self { id, slug })
    }

    /// The item of a kind that it names.
    #[must_use]
    pub fn of(&self, kind: ItemKind) -> ItemRef {
        ItemRef { kind, id: self.id }
    }

    /// Whether it is a slug with another text than this one.
    #[must_use]
    pub fn is_out_of_date(&self, slug: &str) -> bool {
        self.slug.as_deref().is_some_and(|named| named != slug)
    }
}

/// An id in its one spelling: 36 characters with hyphens.
#[must_use]
pub fn plain_id(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::parse_str(text).ok())?
}

/// A slug as it stands in an address: letters beyond ASCII in percent-encoding.
#[must_use]
pub fn encoded(slug: &str) -> String {
    byte_serialize(slug.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::item::slug_of;

    #[test]
    fn an_item_is_named_by_its_id_or_by_a_slug() {
        let id = Uuid::from_u128(7);
        let by_id = Address::parse(&id.to_string()).unwrap();
        assert_eq!((by_id.id, by_id.slug), (id, None));
        let slug = slug_of("قهوة الصباح", id);
        let by_slug = Address::parse(&slug).unwrap();
        assert_eq!(by_slug.id, id);
        assert!(!by_slug.is_out_of_date(&slug));
        assert!(by_slug.is_out_of_date(&slug_of("شاي المساء", id)));
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = Uuid::from_u128(7);
        for text in [
            id.simple().to_string(),
            id.urn().to_string(),
            format!("{{{id}}}"),
        ] {
            assert_eq!(Address::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn a_slug_in_an_address_is_ascii() {
        assert_eq!(encoded("قهوة-01"), "%D9%82%D9%87%D9%88%D8%A9-01");
    }
}

//! The names that a struct's fields and an enum's variants have here, and those that only a newer build knows.

use super::skip::Skip;
use super::{Guard, NEWER};
use serde::de::value::{StrDeserializer, U32Deserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, Visitor,
};
use std::fmt;

/// The fields of a record, without those that the struct does not know; or the entries of a map.
pub(super) struct Fields<A> {
    pub(super) inner: A,
    pub(super) depth: usize,
    pub(super) names: &'static [&'static str],
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        if self.names.is_empty() {
            return self.inner.next_key_seed(seed);
        }
        while let Some(known) = self.inner.next_key_seed(Known(self.names))? {
            match known {
                Name::Known(name) => {
                    let name: StrDeserializer<'_, A::Error> = name.into_deserializer();
                    return seed.deserialize(name).map(Some);
                }
                Name::Newer(_) => self.inner.next_value_seed(Skip::at(self.depth))?,
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, inner: S) -> Result<S::Value, A::Error> {
        let depth = self.depth;
        self.inner.next_value_seed(Guard { inner, depth })
    }
}

/// The variants of an enum.
pub(super) struct Variants<A> {
    pub(super) inner: A,
    pub(super) depth: usize,
    pub(super) names: &'static [&'static str],
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Variants<A> {
    type Error = A::Error;
    type Variant = Guard<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (name, inner) = self.inner.variant_seed(Known(self.names))?;
        let variant = match name {
            Name::Known(name) => {
                let place = self.names.iter().position(|n| *n == name).unwrap_or(0);
                let place: U32Deserializer<A::Error> = (place as u32).into_deserializer();
                seed.deserialize(place)?
            }
            Name::Newer(what) => {
                return Err(A::Error::custom(format_args!(
                    "{NEWER}this build does not know {what}"
                )));
            }
        };
        let depth = self.depth;
        Ok((variant, Guard { inner, depth }))
    }
}

/// Reads the name of a field or variant, or a variant's place, and says whether it is known.
struct Known(&'static [&'static str]);

enum Name {
    Known(&'static str),
    Newer(String),
}

impl<'de> DeserializeSeed<'de> for Known {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, names: D) -> Result<Name, D::Error> {
        names.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Known {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a place")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        let known = self.0.iter().find(|known| **known == name);
        Ok(known.map_or_else(
            || Name::Newer(format!("`{name}`")),
            |known| Name::Known(known),
        ))
    }

    fn visit_u64<E: Error>(self, place: u64) -> Result<Name, E> {
        let known = usize::try_from(place).ok().and_then(|at| self.0.get(at));
        Ok(known.map_or_else(
            || Name::Newer(format!("kind {place} of {}", self.0.len())),
            |known| Name::Known(known),
        ))
    }
}

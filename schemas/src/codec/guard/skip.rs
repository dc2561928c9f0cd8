//! Reads over a value of any shape. serde's own way of ignoring cannot pass over an Avro enum.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::fmt;

/// How deep a value that is read over may be nested.
const MAX_SKIPPED: usize = 128;

/// Reads over one value.
#[derive(Clone, Copy)]
pub(super) struct Skip {
    depth: usize,
}

impl Skip {
    pub(super) fn at(depth: usize) -> Self {
        Self { depth }
    }
}

impl<'de> DeserializeSeed<'de> for Skip {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        if self.depth > MAX_SKIPPED {
            return Err(D::Error::custom(format_args!(
                "values nested deeper than {MAX_SKIPPED}"
            )));
        }
        value.deserialize_any(Self {
            depth: self.depth + 1,
        })
    }
}

/// A name is an identifier, which the library gives to nobody who asks for just anything.
struct SkipName;

impl<'de> DeserializeSeed<'de> for SkipName {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<(), D::Error> {
        name.deserialize_identifier(Skip { depth: 0 })
    }
}

macro_rules! skip {
    ($($method:ident($kind:ty);)*) => {
        $(fn $method<E: Error>(self, _: $kind) -> Result<(), E> {
            Ok(())
        })*
    };
}

impl<'de> Visitor<'de> for Skip {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    skip! {
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_f64(f64);
        visit_str(&str);
        visit_bytes(&[u8]);
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        self.deserialize(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key_seed(SkipName)?.is_some() {
            entries.next_value_seed(self)?;
        }
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<(), A::Error> {
        value.variant_seed(SkipName)?.1.unit_variant()
    }
}

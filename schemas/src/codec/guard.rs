//! A deserialiser around Avro's that reads what other builds wrote, and what is nested.
//!
//! The library's own way fails in three places that must not be rejections: a field that the struct does not
//! know (some structs deny it, for the sake of editors' JSON; and a field that holds an enum cannot be left out
//! at all), an enum symbol or union branch that this build does not know, and elements nested so deep that
//! reading them would overflow the stack. This wrapper knows each struct's fields and each enum's variants from
//! serde, so it needs no schema.

mod names;
mod skip;

use crate::contract::MAX_DEPTH;
use names::{Fields, Variants};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use std::fmt;

/// Begins the text of errors about something that only a newer build knows. The library's errors carry
/// nothing else through, and its own texts do not begin so.
pub(super) const NEWER: &str = "\u{1}newer: ";

/// A value that is read through the wrapper.
pub(super) struct Guarded<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Guarded<T> {
    fn deserialize<D: Deserializer<'de>>(inner: D) -> Result<Self, D::Error> {
        T::deserialize(Guard { inner, depth: 0 }).map(Self)
    }
}

/// A part of serde's machinery with how deep in the record it stands.
struct Guard<I> {
    inner: I,
    depth: usize,
}

macro_rules! forward {
    ($($method:ident($($name:ident: $kind:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            let depth = self.depth;
            self.inner.$method($($name,)* Watch { inner: visitor, depth, names: &[] })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Guard<D> {
    type Error = D::Error;

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        names: &'static [&'static str],
        inner: V,
    ) -> Result<V::Value, D::Error> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(D::Error::custom(format_args!(
                "records nested deeper than {MAX_DEPTH}"
            )));
        }
        let watch = Watch {
            inner,
            depth,
            names,
        };
        self.inner.deserialize_struct(name, names, watch)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        names: &'static [&'static str],
        inner: V,
    ) -> Result<V::Value, D::Error> {
        let watch = Watch {
            inner,
            depth: self.depth,
            names,
        };
        self.inner.deserialize_enum(name, names, watch)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// A visitor with the fields or variants that it knows; none where it takes any.
struct Watch<V> {
    inner: V,
    depth: usize,
    names: &'static [&'static str],
}

macro_rules! pass {
    ($($method:ident($kind:ty);)*) => {
        $(fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.inner.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watch<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    pass! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let depth = self.depth;
        self.inner.visit_some(Guard { inner, depth })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let depth = self.depth;
        self.inner.visit_newtype_struct(Guard { inner, depth })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let depth = self.depth;
        self.inner.visit_seq(Guard { inner, depth })
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let fields = Fields {
            inner,
            depth: self.depth,
            names: self.names,
        };
        self.inner.visit_map(fields)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let variants = Variants {
            inner,
            depth: self.depth,
            names: self.names,
        };
        self.inner.visit_enum(variants)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Guard<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let depth = self.depth;
        self.inner.deserialize(Guard { inner, depth })
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Guard<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        inner: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let depth = self.depth;
        self.inner.next_element_seed(Guard { inner, depth })
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Guard<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, inner: S) -> Result<S::Value, A::Error> {
        let depth = self.depth;
        self.inner.newtype_variant_seed(Guard { inner, depth })
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, inner: V) -> Result<V::Value, A::Error> {
        let watch = Watch {
            inner,
            depth: self.depth,
            names: &[],
        };
        self.inner.tuple_variant(len, watch)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        inner: V,
    ) -> Result<V::Value, A::Error> {
        let watch = Watch {
            inner,
            depth: self.depth,
            names,
        };
        self.inner.struct_variant(names, watch)
    }
}

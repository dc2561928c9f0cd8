//! One writer's schema with the reader that is built for it once.

use super::error::DecodeError;
use super::guard::{Guarded, NEWER};
use crate::compat;
use apache_avro::error::Details;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::{AvroResult, Error, Schema};
use serde::de::DeserializeOwned;

/// Reads records that were written with one schema.
pub struct Datum {
    id: u32,
    reader: GenericDatumReader<'static>,
    /// Whether records are read through [`Guarded`]: where the schema is not the newest of this build, or is
    /// recursive. It costs some time a field, so records of the newest version are read without.
    guarded: bool,
}

impl Datum {
    pub(super) fn new(id: u32, schema: &'static Schema, newest: bool) -> AvroResult<Self> {
        Ok(Self {
            id,
            reader: GenericDatumReader::builder(schema)
                .human_readable(false)
                .build()?,
            guarded: !newest || compat::is_recursive(schema),
        })
    }

    /// Reads a record straight into a struct: fields that the struct does not know are left out, fields that
    /// the writer did not know are serde's defaults.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`], or [`DecodeError::NewerRecordKind`] for an enum symbol or union branch
    /// that the struct does not know.
    pub fn read<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, DecodeError> {
        let mut rest = bytes;
        let read = if self.guarded {
            self.reader
                .read_deser::<Guarded<T>>(&mut rest)
                .map(|guarded| guarded.0)
        } else {
            self.reader.read_deser::<T>(&mut rest)
        };
        match read {
            Ok(record) if rest.is_empty() => Ok(record),
            Ok(_) => Err(self.malformed(format!("{} bytes too many", rest.len()))),
            Err(error) => Err(self.because(error)),
        }
    }

    fn because(&self, error: Error) -> DecodeError {
        match error.into_details() {
            Details::DeserializeValue(text) => match text.strip_prefix(NEWER) {
                Some(reason) => DecodeError::NewerRecordKind {
                    id: self.id,
                    reason: reason.to_owned(),
                },
                None => self.malformed(text),
            },
            // Its text would hold the whole schema.
            Details::DeserializeSchemaAware {
                value_type, value, ..
            } => self.malformed(format!("{value_type}: {value}")),
            other => self.malformed(other.to_string()),
        }
    }

    fn malformed(&self, reason: String) -> DecodeError {
        DecodeError::Malformed {
            id: self.id,
            reason: super::brief(reason),
        }
    }
}

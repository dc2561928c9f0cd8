//! What a schema id stands for, and so how its records are read.

use super::{Datum, DecodeError, brief};
use crate::compat;
use crate::contract::Contract;
use crate::shipped::{self, PARSED};
use crate::topics::Topic;
use apache_avro::Schema;

/// What is known of one schema id.
pub(super) enum Reader {
    /// It is a topic's; older shipped versions say which.
    Of {
        topic: Topic,
        older: Option<i32>,
        datum: Datum,
    },
    /// It is a topic's, but so new that its records have no place in this build's structs.
    TooNew { topic: Topic, reason: String },
    /// It is no topic's.
    Stranger { name: String },
}

impl Reader {
    /// What is known of a schema that this build does not ship.
    pub(super) fn of_foreign(id: u32, text: &str) -> Self {
        let schema = match Schema::parse_str(text) {
            Ok(schema) => schema,
            Err(error) => {
                return Self::Stranger {
                    name: format!("not an Avro schema ({})", brief(error.to_string())),
                };
            }
        };
        let name = schema
            .name()
            .map_or_else(|| "without a name".to_owned(), |name| name.fullname(None));
        let Some((shipped, _)) = PARSED
            .iter()
            .rev()
            .find(|(_, known)| known.name() == schema.name())
        else {
            return Self::Stranger { name };
        };
        let topic = shipped.topic;
        if let Err(clash) = compat::check(shipped.text, text) {
            return Self::TooNew {
                topic,
                reason: clash.to_string(),
            };
        }
        // A reader borrows its schema for ever. There are as many as the registry has versions that this
        // build does not ship: a few, each met once.
        match Datum::new(id, Box::leak(Box::new(schema)), false) {
            Ok(datum) => Self::Of {
                topic,
                older: None,
                datum,
            },
            Err(error) => Self::TooNew {
                topic,
                reason: brief(error.to_string()),
            },
        }
    }

    /// The shipped version that it reads; only asked of what is shipped.
    pub(super) fn version(&self) -> Option<(Topic, i32)> {
        let Self::Of { topic, older, .. } = self else {
            return None;
        };
        let newest = || shipped::newest(*topic).map(|shipped| shipped.version);
        older.or_else(newest).map(|version| (*topic, version))
    }

    /// Reads a record without its header.
    pub(super) fn read<T: Contract>(&self, id: u32, bytes: &[u8]) -> Result<T, DecodeError> {
        let wrong = |found: String| DecodeError::WrongSubject {
            id,
            topic: T::TOPIC,
            found,
        };
        match self {
            Self::Of { topic, .. } | Self::TooNew { topic, .. } if *topic != T::TOPIC => {
                Err(wrong(format!("a record of {topic}")))
            }
            Self::Of { older, datum, .. } => older
                .and_then(|version| T::upcast(version, datum, bytes))
                .unwrap_or_else(|| datum.read(bytes)),
            Self::TooNew { reason, .. } => Err(DecodeError::NewerRecordKind {
                id,
                reason: reason.clone(),
            }),
            Self::Stranger { name } => Err(wrong(name.clone())),
        }
    }
}

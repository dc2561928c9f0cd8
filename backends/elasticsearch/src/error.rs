//! What may go wrong with a call, and who must act.

use elasticsearch::http::StatusCode;
use mediamesh_ports::denied::whole;
use mediamesh_ports::search_index;
use serde::Deserialize;

/// How Elasticsearch says that there is no such index or alias.
const MISSING_INDEX: &str = "index_not_found_exception";

/// Why a call did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No answer came, or not in time.
    #[error("{0}")]
    Unreachable(String),
    /// The servers will not, as asked.
    #[error("{reason} ({kind}, status {status})")]
    Answer {
        /// The status of the answer.
        status: u16,
        /// The type of the first cause, as Elasticsearch names it.
        kind: String,
        /// What is wrong, in its words.
        reason: String,
    },
    /// An answer that says something else than was asked.
    #[error("an answer that cannot be read: {0}")]
    Unreadable(String),
    /// Something is no JSON, or JSON of another form.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The index is not as it must be.
    #[error("{0}")]
    Index(String),
}

/// An error as Elasticsearch tells it.
#[derive(Debug, Deserialize)]
struct Told {
    error: Cause,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Cause {
    Named(Named),
    Plain(String),
}

/// The part of an error that says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Named {
    /// Its type, such as `index_not_found_exception`.
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    /// What is wrong, in words.
    #[serde(default)]
    pub(crate) reason: String,
    /// What is behind it.
    #[serde(default)]
    pub(crate) caused_by: Option<Box<Named>>,
    #[serde(default)]
    root_cause: Vec<Named>,
}

impl Named {
    /// The innermost cause: what is outside of it only says where it was met.
    pub(crate) fn innermost(&self) -> &Self {
        let cause = self.caused_by.as_deref().or(self.root_cause.first());
        cause.map_or(self, Self::innermost)
    }
}

impl Error {
    /// The error of an answer with a status that says so.
    pub(crate) fn of_answer(status: StatusCode, body: &[u8]) -> Self {
        let status = status.as_u16();
        let (kind, reason) = match serde_json::from_slice::<Told>(body) {
            Ok(Told {
                error: Cause::Named(named),
            }) => {
                let cause = named.innermost();
                (cause.kind.clone(), cause.reason.clone())
            }
            Ok(Told {
                error: Cause::Plain(reason),
            }) => (String::new(), reason),
            Err(_) => (String::new(), "no reason is given".to_owned()),
        };
        Self::Answer {
            status,
            kind,
            reason,
        }
    }

    /// The error of one document of several, in an answer that went through.
    pub(crate) fn of_document(status: u16, error: Option<&Named>) -> Self {
        let cause = error.map(Named::innermost);
        Self::Answer {
            status,
            kind: cause.map(|cause| cause.kind.clone()).unwrap_or_default(),
            reason: cause.map(|cause| cause.reason.clone()).unwrap_or_default(),
        }
    }

    /// The error of a document whose shard did not answer, in an answer that went through.
    pub(crate) fn of_shard(error: &Named) -> Self {
        let missing = error.innermost().kind == MISSING_INDEX;
        Self::of_document(if missing { 404 } else { 503 }, Some(error))
    }

    /// The error of a call without an answer. Addresses are in it, what we sign in with is not.
    pub(crate) fn of_client(error: &elasticsearch::Error) -> Self {
        Self::Unreachable(whole(error))
    }

    /// Whether the same call may go through a moment later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Answer { status, .. } => passes(*status),
            Self::Unreadable(_) | Self::Json(_) | Self::Index(_) => false,
        }
    }

    /// Whether there is no such index.
    pub(crate) fn is_missing_index(&self) -> bool {
        self.has_kind(MISSING_INDEX)
    }

    /// Whether an error's type is this one.
    pub(crate) fn has_kind(&self, name: &str) -> bool {
        matches!(self, Self::Answer { kind, .. } if kind == name)
    }

    /// What a reader is told.
    pub(crate) fn of_reading(self) -> search_index::Error {
        if self.is_transient() {
            search_index::Error::Transient(self.to_string())
        } else {
            search_index::Error::Permanent(self.to_string())
        }
    }

    /// What a writer is told. Where the servers refuse a whole call (a password, a block, a missing index), no
    /// document is at fault: the writer must pause until an operator has mended it, and not park its keys.
    pub(crate) fn of_writing(self) -> search_index::Error {
        search_index::Error::Transient(self.to_string())
    }
}

/// Whether an answer's status says that it is a matter of time.
fn passes(status: u16) -> bool {
    matches!(status, 408 | 429 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Error {
        let status = StatusCode::from_u16(status).expect("a status");
        Error::of_answer(status, body.as_bytes())
    }

    #[test]
    fn the_innermost_cause_is_told() {
        let error = answer(
            400,
            r#"{"error":{"root_cause":[{"type":"query_shard_exception","reason":"no"}],"type":"outer",
                "reason":"all shards failed","caused_by":{"type":"inner","reason":"why"}},"status":400}"#,
        );
        assert_eq!(error.to_string(), "why (inner, status 400)");
        assert!(matches!(
            error.of_reading(),
            search_index::Error::Permanent(_)
        ));
    }

    #[test]
    fn only_what_passes_is_transient_to_a_reader_and_everything_to_a_writer() {
        for (status, transient) in [
            (429, true),
            (503, true),
            (502, true),
            (504, true),
            (401, false),
            (500, false),
        ] {
            let read = answer(status, "<html>").of_reading();
            assert_eq!(
                matches!(read, search_index::Error::Transient(_)),
                transient,
                "{status}"
            );
            let written = answer(status, "<html>").of_writing();
            assert!(
                matches!(written, search_index::Error::Transient(_)),
                "{status}"
            );
        }
    }

    #[test]
    fn a_missing_index_is_told_apart_from_another_404() {
        let missing = r#"{"error":{"type":"index_not_found_exception","reason":"no such index [a]"},"status":404}"#;
        assert!(answer(404, missing).is_missing_index());
        assert!(!answer(404, "not here").is_missing_index());
        let plain = answer(404, r#"{"error":"alias [a] missing","status":404}"#);
        assert_eq!(plain.to_string(), "alias [a] missing (, status 404)");
    }
}

//! A push's body: a JSON array or one JSON object a line, each an entry with its format and its feed.
//!
//! Only the envelope is read here. What an entry means is for those who normalise it.

use crate::connect::{Pushed, PushedBody};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use mediamesh_domain::ingest::{FeedContext, RawFormat};
use mediamesh_domain::verdict::Finding;
use mediamesh_edge::problem::{Problem, kind};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How many entries a push may have.
const MOST: usize = 1_000;
/// The largest entry, in bytes.
const LARGEST_ENTRY: usize = 1024 * 1024;

/// One entry of a push.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PushLine {
    /// In which format it is written: `json_feed` (where it is left out), `json`, `rss`, `atom` or `youtube_api`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    format: Option<RawFormat>,
    /// One episode. In `json_feed` and `json`: the object itself. In `rss` and `atom`: the element as
    /// `{"name", "attributes", "text", "children"}`, with the usual prefixes (`itunes:duration`).
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    entry: Option<Value>,
    /// What the source says of its program, in place of an episode.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    program: Option<Value>,
    /// What the entry must know of its feed: `url` (the base of relative addresses), `title`, `language`, `author`,
    /// `explicit`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    feed: Option<FeedContext>,
}

/// The entries of a push.
#[derive(Debug)]
pub(super) struct Batch {
    /// Those whose envelope is well.
    pub entries: Vec<Pushed>,
    /// What is wrong with the others.
    pub wrong: BTreeMap<i32, Finding>,
    /// How many there are.
    pub places: i32,
}

impl Batch {
    /// Reads a body.
    ///
    /// # Errors
    /// 415 for another media type, 400 for what is no JSON, 413 for too many entries, 422 for none.
    pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let media_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = media_type
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        let mut batch = Self {
            entries: Vec::new(),
            wrong: BTreeMap::new(),
            places: 0,
        };
        match media_type.trim().to_ascii_lowercase().as_str() {
            "application/json" => {
                let lines: Vec<&RawValue> =
                    serde_json::from_slice(body).map_err(|error| malformed(&error))?;
                for line in lines {
                    batch.take(line.get())?;
                }
            }
            "application/x-ndjson" | "application/jsonl" => {
                let text = std::str::from_utf8(body).map_err(|_| not_utf8())?;
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    batch.take(line)?;
                }
            }
            _ => return Err(unsupported()),
        }
        if batch.places == 0 {
            return Err(Problem::invalid(
                "",
                "no_entries",
                "send at least one entry",
            ));
        }
        Ok(batch)
    }

    fn take(&mut self, line: &str) -> Result<(), Problem> {
        let index = self.places;
        if self.entries.len() + self.wrong.len() >= MOST {
            let detail = format!("send at most {MOST} entries in one request");
            return Err(Problem::new(kind::CONTENT_TOO_LARGE, detail).code("too_many_entries"));
        }
        self.places += 1;
        match self.entry(index, line) {
            Ok(entry) => self.entries.push(entry),
            Err(finding) => {
                self.wrong.insert(index, finding);
            }
        }
        Ok(())
    }

    fn entry(&self, index: i32, line: &str) -> Result<Pushed, Finding> {
        if line.len() > LARGEST_ENTRY {
            let message = format!("an entry has at most {LARGEST_ENTRY} bytes");
            return Err(Finding::new(
                format!("/{index}"),
                "entry_too_large",
                message,
            ));
        }
        let line: PushLine = serde_json::from_str(line)
            .map_err(|error| Finding::new(format!("/{index}"), "wrong_shape", error.to_string()))?;
        let has_program = |entry: &Pushed| matches!(entry.body, PushedBody::Program(_));
        let body = match (line.entry, line.program) {
            (Some(entry), None) => PushedBody::Entry(entry),
            (None, Some(_)) if self.entries.iter().any(has_program) => {
                let message = "a push says once what its source says of the program";
                return Err(Finding::new(
                    format!("/{index}/program"),
                    "program_repeated",
                    message,
                ));
            }
            (None, Some(program)) => PushedBody::Program(program),
            _ => {
                let message = "give either an entry or a program";
                return Err(Finding::new(format!("/{index}"), "wrong_shape", message));
            }
        };
        Ok(Pushed {
            index,
            format: line.format.unwrap_or(RawFormat::JsonFeed),
            feed: line.feed.unwrap_or_default(),
            body,
        })
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!("the body is no JSON array of entries: {error}; mend it there");
    Problem::new(kind::MALFORMED_JSON, detail).code("malformed_json")
}

fn not_utf8() -> Problem {
    Problem::new(kind::MALFORMED_JSON, "the body is not UTF-8").code("malformed_json")
}

fn unsupported() -> Problem {
    let detail = "set Content-Type to application/json (an array) or application/x-ndjson (an object a line)";
    Problem::new(kind::UNSUPPORTED_MEDIA_TYPE, detail).code("unsupported_media_type")
}

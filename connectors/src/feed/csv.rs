//! Comma-separated values: a header that names the columns, then an entry a line.
//!
//! A column becomes a child by its name, as a member of a JSON object does, so that a mapping reads
//! both. The delimiter (comma, semicolon, tab or bar) is found out from the header.

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use csv::{ReaderBuilder, StringRecord};
use mediamesh_domain::ingest::mapping::Mapping;
use mediamesh_domain::ingest::{Element, FeedContext, RawFormat};

use super::error::ParseError;
use super::limits::Limits;
use super::noted::Noted;
use super::{Feed, Items};

/// What columns are parted by.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads the document once; one whose header names nothing that the mapping reads is none.
pub(super) fn read<'t>(
    text: &'t str,
    limits: &Limits,
    noted: Noted,
    mapping: &Mapping,
) -> Result<Feed<'t>, ParseError> {
    let mut rows = CsvItems::new(text, limits)?;
    if !rows.header.iter().any(|column| mapping.reads(column)) {
        return Err(ParseError::NotAFeed {
            found: "text that is no JSON, and no table with a column that the mapping names"
                .to_owned(),
        });
    }
    let mut item_count = 0;
    while rows.read()?.is_some() {
        item_count += 1;
    }
    let again = Limits {
        max_time: Duration::MAX,
        ..*limits
    };
    let mut items = CsvItems::new(text, &again)?;
    items.steps_before = rows.steps();
    Ok(Feed {
        format: RawFormat::Json,
        channel: Element {
            name: "document".to_owned(),
            ..Element::default()
        },
        context: FeedContext::default(),
        item_count,
        items: Items::csv(items),
        repairs: noted.codes(),
    })
}

/// The rows of a table.
pub(super) struct CsvItems<'t> {
    reader: csv::Reader<&'t [u8]>,
    header: Vec<String>,
    record: StringRecord,
    limits: Limits,
    began: Instant,
    rows: u64,
    steps_before: u64,
}

impl<'t> CsvItems<'t> {
    fn new(text: &'t str, limits: &Limits) -> Result<Self, ParseError> {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\0');
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut header = StringRecord::new();
        let found = reader
            .read_record(&mut header)
            .map_err(|error| broken(&error))?;
        if !found {
            return Err(ParseError::Empty);
        }
        if header.len() > limits.max_record_elements {
            return Err(ParseError::Limit {
                line: 1,
                what: "columns",
                limit: limits.max_record_elements,
            });
        }
        Ok(Self {
            reader,
            header: header.iter().map(|name| name.trim().to_owned()).collect(),
            record: StringRecord::new(),
            limits: *limits,
            began: Instant::now(),
            rows: 0,
            steps_before: 0,
        })
    }

    /// The work done: bytes and rows.
    pub(super) fn steps(&self) -> u64 {
        self.steps_before + self.reader.position().byte() + self.rows
    }

    /// The next row as an element; empty cells are nothing, and so are cells without a column.
    pub(super) fn read(&mut self) -> Result<Option<Element>, ParseError> {
        let found = self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| broken(&error))?;
        if !found {
            return Ok(None);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(256) && self.began.elapsed() > self.limits.max_time {
            return Err(ParseError::TookTooLong {
                limit: self.limits.max_time,
            });
        }
        let mut children = Vec::new();
        for (name, cell) in self.header.iter().zip(&self.record) {
            if cell.len() > self.limits.max_text_bytes {
                let line = self.record.position().map_or(0, csv::Position::line);
                return Err(ParseError::Limit {
                    line: usize::try_from(line).unwrap_or(usize::MAX),
                    what: "bytes in one text",
                    limit: self.limits.max_text_bytes,
                });
            }
            let cell = cell.trim();
            if !cell.is_empty() && !name.is_empty() {
                children.push(Element {
                    name: name.clone(),
                    text: cell.to_owned(),
                    ..Element::default()
                });
            }
        }
        Ok(Some(Element {
            name: "item".to_owned(),
            children,
            ..Element::default()
        }))
    }
}

impl std::fmt::Debug for CsvItems<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvItems")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

/// The delimiter that stands most often in the first line, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            byte => {
                for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
                    *count += usize::from(byte == delimiter);
                }
            }
        }
    }
    let best = (0..DELIMITERS.len()).rev().max_by_key(|at| counts[*at]);
    DELIMITERS[best.unwrap_or(0)]
}

/// Rows of any length are taken, and the text is sound: what is left is a fault of the reader.
fn broken(error: &csv::Error) -> ParseError {
    let line = error.position().map_or(0, csv::Position::line);
    ParseError::IllFormed {
        line: usize::try_from(line).unwrap_or(usize::MAX),
        what: "a row that cannot be read".to_owned(),
    }
}

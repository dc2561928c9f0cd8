//! A feed's entries, one at a time.

use mediamesh_domain::ingest::Element;

use super::csv::CsvItems;
use super::error::ParseError;
use super::json::JsonItems;
use super::xml::XmlItems;

/// A feed's items in the document's order.
///
/// The document was read before, so no error is to be expected; one would be the last thing.
#[derive(Debug)]
pub struct Items<'t> {
    reader: Reader<'t>,
    ended: bool,
}

#[derive(Debug)]
enum Reader<'t> {
    Xml(Box<XmlItems<'t>>),
    Json(JsonItems<'t>),
    Csv(Box<CsvItems<'t>>),
}

impl<'t> Items<'t> {
    pub(super) fn xml(items: XmlItems<'t>) -> Self {
        Self {
            reader: Reader::Xml(Box::new(items)),
            ended: false,
        }
    }

    pub(super) fn json(items: JsonItems<'t>) -> Self {
        Self {
            reader: Reader::Json(items),
            ended: false,
        }
    }

    pub(super) fn csv(items: CsvItems<'t>) -> Self {
        Self {
            reader: Reader::Csv(Box::new(items)),
            ended: false,
        }
    }

    /// The work done on the document so far, in steps that each take about as long.
    #[must_use]
    pub fn steps(&self) -> u64 {
        match &self.reader {
            Reader::Xml(items) => items.steps(),
            Reader::Json(items) => items.steps(),
            Reader::Csv(items) => items.steps(),
        }
    }
}

impl Iterator for Items<'_> {
    type Item = Result<Element, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = match &mut self.reader {
            Reader::Xml(items) => items.read(),
            Reader::Json(items) => items.read(),
            Reader::Csv(items) => items.read(),
        };
        self.ended = !matches!(item, Ok(Some(_)));
        item.transpose()
    }
}

//! What becomes of a record's elements while the cursor walks through them.

use std::collections::BTreeMap;

use mediamesh_domain::ingest::Element;

use super::text;

/// Takes what the cursor finds in one record.
pub(super) trait Sink {
    /// Whether names, attributes and texts are wanted at all.
    const BUILDS: bool;

    fn open(&mut self, name: String, attributes: BTreeMap<String, String>);
    /// Text without references.
    fn text(&mut self, raw: &str);
    /// A reference's name.
    fn reference(&mut self, name: &str);
    fn close(&mut self);
}

/// Takes nothing: the walk alone checks what there is.
pub(super) struct Nothing;

impl Sink for Nothing {
    const BUILDS: bool = false;

    fn open(&mut self, _: String, _: BTreeMap<String, String>) {}
    fn text(&mut self, _: &str) {}
    fn reference(&mut self, _: &str) {}
    fn close(&mut self) {}
}

/// Makes an [`Element`] of it.
#[derive(Default)]
pub(super) struct Builder {
    open: Vec<Element>,
    done: Element,
}

impl Builder {
    pub(super) fn finish(self) -> Element {
        self.done
    }
}

impl Sink for Builder {
    const BUILDS: bool = true;

    fn open(&mut self, name: String, attributes: BTreeMap<String, String>) {
        self.open.push(Element {
            name,
            attributes,
            ..Element::default()
        });
    }

    fn text(&mut self, raw: &str) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        // What stands between tags is mostly indentation.
        if !element.text.is_empty() || raw.bytes().any(|byte| !byte.is_ascii_whitespace()) {
            text::push_lines(&mut element.text, raw);
        }
    }

    fn reference(&mut self, name: &str) {
        if let Some(element) = self.open.last_mut() {
            text::push_reference(&mut element.text, name);
        }
    }

    fn close(&mut self) {
        let Some(mut element) = self.open.pop() else {
            return;
        };
        trim(&mut element.text);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.done = element,
        }
    }
}

/// White space at the ends is the document's layout, not what it says.
fn trim(text: &mut String) {
    text.truncate(text.trim_end().len());
    let indent = text.len() - text.trim_start().len();
    text.drain(..indent);
}

//! Categories, key words and samples of text.

use super::Reading;
use crate::ingest::Element;
use crate::model::limits;
use crate::repair;

/// So much of the texts shows their language.
const SAMPLE: usize = 1024;

/// The beginning of the texts, in one.
pub(super) fn sample(texts: &[Option<&str>]) -> String {
    let mut sample = String::new();
    for text in texts.iter().flatten() {
        if !sample.is_empty() {
            sample.push(' ');
        }
        let left = SAMPLE.saturating_sub(sample.len());
        sample.push_str(&text[..text.floor_char_boundary(left)]);
    }
    sample
}

impl Reading<'_> {
    /// Known categories, and the words of unknown ones.
    pub fn categories(&mut self) -> (Vec<String>, Vec<String>) {
        let mut names = Vec::new();
        let element = self.element;
        for outer in element.all("itunes:category") {
            let Some(parent) = outer.attribute("text") else {
                continue;
            };
            let inner: Vec<_> = outer
                .all("itunes:category")
                .filter_map(|c| c.attribute("text"))
                .collect();
            if inner.is_empty() {
                names.push(parent.to_owned());
            }
            names.extend(inner.into_iter().map(|child| format!("{parent} > {child}")));
        }
        let google = element.all("googleplay:category");
        names.extend(google.filter_map(|c| Some(c.attribute("text")?.to_owned())));
        for name in ["category", "atom:category", "dc:subject"] {
            names.extend(element.all(name).filter_map(category));
        }
        names.extend(self.media("media:category").filter_map(category));
        self.sorted(names)
    }

    /// Which names are known categories, and which only words.
    pub fn sorted(&mut self, names: Vec<String>) -> (Vec<String>, Vec<String>) {
        let (mut known, mut words) = (Vec::new(), Vec::new());
        for name in names.into_iter().take(limits::LIST) {
            let mapped = repair::category::map(&name);
            if mapped.known {
                push_new(&mut known, mapped.slug);
            } else if let Some(word) = self.line_of("/tags", &name) {
                push_new(&mut words, word);
            }
        }
        (known, words)
    }

    /// Key words, each once.
    pub fn keywords(&mut self, mut words: Vec<String>) -> Vec<String> {
        let listed = self.element.text_of(&["itunes:keywords"]);
        let listed = listed.or_else(|| self.media_text("media:keywords"));
        for word in listed.unwrap_or_default().split([',', '،', ';']) {
            if words.len() >= limits::LIST {
                break;
            }
            if let Some(word) = self.line_of("/tags", word) {
                push_new(&mut words, word);
            }
        }
        words
    }
}

/// A category's name: for people where there is one, unless only the other one is known here.
fn category(element: &Element) -> Option<String> {
    // The kind of the entry, not of what it is about.
    if (element.attribute("scheme")).is_some_and(|scheme| scheme.ends_with("#kind")) {
        return None;
    }
    let text = element.text.trim();
    let text = (!text.is_empty()).then_some(text);
    let (label, term) = (element.attribute("label"), element.attribute("term"));
    let known = |name: &&str| repair::category::map(name).known;
    let name = match label.filter(|label| !known(label)) {
        Some(label) => term.filter(known).or(Some(label)),
        None => label.or(term),
    };
    name.or(text).map(str::to_owned)
}

fn push_new(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

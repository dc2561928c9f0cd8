//! What a list of feeds would become: which outlines are new sources, which are there already, and
//! which can be none. Decides nothing: who asks makes the sources by commands.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use mediamesh_domain::control::{ControlState, check_source};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::model::{SourceFields, SourcePolicies};
use mediamesh_domain::repair::url::canonical_feed;
use serde::{Deserialize, Serialize};

use crate::feed::opml::{List, Outline};

/// Seconds between the first polls of a source.
const INTERVAL_S: i64 = 3_600;

/// What becomes of an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A new source.
    New,
    /// Its address has a source already, which stays as it is.
    There,
    /// An earlier outline of the list has the same address.
    Repeated,
    /// It can be no source.
    Refused,
}

/// An outline, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The line of the outline, from 1.
    pub line: usize,
    /// What the source is called, or the outline where it can be none.
    pub name: String,
    /// The address in its canonical form, or as it is written where it has none.
    pub url: String,
    /// What becomes of it.
    pub fate: Fate,
    /// The source that is new or there.
    pub source_id: Option<SourceId>,
    /// Why it is refused, or of which line it is a repetition, in words.
    pub reason: Option<String>,
}

impl Planned {
    /// The source to make of it, where it is a new one.
    #[must_use]
    pub fn source(&self, policies: SourcePolicies) -> SourceFields {
        SourceFields {
            name: self.name.clone(),
            url: self.url.clone(),
            policies,
            interval_s: INTERVAL_S,
            ..SourceFields::default()
        }
    }
}

/// What would become of each outline of a list, in its order.
#[must_use]
pub fn plan(list: &List, control: &ControlState) -> Vec<Planned> {
    let mut known = Known::of(control);
    list.outlines
        .iter()
        .map(|outline| known.plan(outline))
        .collect()
}

/// The addresses and names that are taken.
struct Known {
    there: HashMap<String, SourceId>,
    listed: HashMap<String, usize>,
    names: HashSet<String>,
}

impl Known {
    fn of(control: &ControlState) -> Self {
        let mut known = Self {
            there: HashMap::new(),
            listed: HashMap::new(),
            names: HashSet::new(),
        };
        for (id, entry) in &control.sources {
            let url = &entry.fields.url;
            let address = canonical_feed(url).unwrap_or_else(|| url.clone());
            known.there.insert(address, *id);
            known.names.insert(folded(&entry.fields.name));
        }
        known
    }

    fn plan(&mut self, outline: &Outline) -> Planned {
        let mut planned = Planned {
            line: outline.line,
            name: outline.title.clone(),
            url: outline.url.clone(),
            fate: Fate::Refused,
            source_id: None,
            reason: None,
        };
        let Some(url) = canonical_feed(&outline.url) else {
            let reason =
                "xmlUrl is not the address of a feed: use http or https, without a password";
            planned.reason = Some(reason.to_owned());
            return planned;
        };
        planned.url.clone_from(&url);
        if let Some(line) = self.listed.get(&url) {
            planned.fate = Fate::Repeated;
            planned.reason = Some(format!("line {line} has the same address"));
            return planned;
        }
        self.listed.insert(url.clone(), outline.line);
        let id = SourceId::of_address(&url);
        if let Some(there) = self.there.get(&url) {
            planned.fate = Fate::There;
            planned.source_id = Some(*there);
            return planned;
        }
        planned.name = self.name(outline, &url);
        let broken = check_source(&planned.source(SourcePolicies::default()));
        if let Some(finding) = broken.first() {
            planned.reason = Some(format!("{}: {}", finding.pointer, finding.message));
            return planned;
        }
        self.names.insert(folded(&planned.name));
        planned.fate = Fate::New;
        planned.source_id = Some(id);
        planned
    }

    /// A name that no source has: the outline's, else with its folder or its address behind it.
    fn name(&self, outline: &Outline, url: &str) -> String {
        let title = outline.title.trim();
        if title.is_empty() {
            return url.to_owned();
        }
        let folder = outline
            .folders
            .last()
            .map(|folder| format!("{title} ({folder})"));
        let addressed = format!("{title} ({url})");
        let mut names = [Some(title.to_owned()), folder].into_iter().flatten();
        let free = names.find(|name| !self.names.contains(&folded(name)));
        free.unwrap_or(addressed)
    }
}

/// A name as it is compared.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

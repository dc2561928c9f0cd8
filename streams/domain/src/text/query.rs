//! A reader's query: words, quoted phrases, and a last word that may be unfinished.

use super::fold::{fold_into, script};
use super::stem::Stems;
use super::stop_words::is_stop_word;
use super::token::Script;
use super::translit::Keys;
use super::words::{Word, each_word};

/// Characters of a query that are read.
const MAX_CHARS: usize = 256;
/// Words of a query that are read.
const MAX_TERMS: usize = 32;
/// Characters an unfinished word needs before it is completed.
const SHORTEST_PREFIX: usize = 2;
/// Words of a query that may have several keys each: with more, engines meet their limit of clauses.
const MAX_TERMS_WITH_KEYS: usize = 8;
/// Symbols a key needs before its beginning is searched for.
const SHORTEST_KEY_PREFIX: usize = 3;
/// Symbols a key needs before it is compared within Latin, where all words have vowels to tell them
/// apart.
const SHORTEST_SPELLING: usize = 3;

/// A query, read and analysed.
///
/// Words are all asked for (those that carry no topic only when there are no others); words in quotes
/// (`"…"`, `“…”`, `«…»`) must stand next to each other. The last word is a prefix unless something
/// follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) terms: Vec<Term>,
    pub(super) units: Vec<Unit>,
}

/// What must be found: a word, or words in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// The term with this index.
    Word(usize),
    /// The terms of this range, quoted.
    Phrase { from: usize, to: usize },
}

/// One word of the query in all layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// As typed.
    pub(super) typed: String,
    pub(super) exact: String,
    pub(super) folded: String,
    pub(super) stem: String,
    pub(super) keys: Vec<String>,
    pub(super) script: Script,
    pub(super) quoted: bool,
    pub(super) is_prefix: bool,
    pub(super) is_stop_word: bool,
}

impl Query {
    /// Reads a query; any text is one. At most 256 characters and 32 words of it are read.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = match text.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => &text[..end],
            None => text,
        };
        let mut query = Self::default();
        let stems = Stems::new();
        for (quoted, start, part) in parts(text) {
            let from = query.terms.len();
            each_word(part, |word| {
                if query.terms.len() < MAX_TERMS {
                    let last = start + word.end as usize == text.len();
                    query
                        .terms
                        .push(Term::new(&stems, part, word, quoted, last));
                }
            });
            let to = query.terms.len();
            if quoted && to - from > 1 {
                query.units.push(Unit::Phrase { from, to });
            } else {
                query.units.extend((from..to).map(Unit::Word));
            }
        }
        if query.terms.len() > MAX_TERMS_WITH_KEYS {
            query
                .terms
                .iter_mut()
                .for_each(|term| term.keys.truncate(1));
        }
        query
    }

    /// Whether there is nothing to search for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether every word is one that carries no topic, so that they have to be asked for after all.
    pub(super) fn only_stop_words(&self) -> bool {
        self.terms.iter().all(|term| term.is_stop_word)
    }

    /// Whether a forgiving tier asks for a term: quoted ones and those with a topic, or all when there is
    /// no such.
    pub(super) fn asks_for(&self, term: &Term) -> bool {
        term.quoted || !term.is_stop_word || self.only_stop_words()
    }
}

impl Term {
    fn new(stems: &Stems, part: &str, word: Word<'_>, quoted: bool, last: bool) -> Self {
        let mut folded = String::new();
        fold_into(word.text, &mut folded);
        let script = script(&folded);
        let is_stop_word = is_stop_word(word.text);
        let keys = if is_stop_word || quoted {
            Keys::default()
        } else {
            Keys::of(&folded, script)
        };
        Self {
            typed: part[word.start as usize..word.end as usize].to_owned(),
            exact: word.text.to_owned(),
            stem: stems.stem(&folded, script).into_owned(),
            keys: keys.iter().map(str::to_owned).collect(),
            script,
            quoted,
            is_prefix: last && !quoted && folded.chars().count() >= SHORTEST_PREFIX,
            is_stop_word,
            folded,
        }
    }

    /// The script whose keys this term is compared with first.
    pub(super) fn other_script(&self) -> Script {
        match self.script {
            Script::Arabic => Script::Latin,
            _ => Script::Arabic,
        }
    }

    /// The keys to look for in the other script, and whether longer ones that start so will do.
    pub(super) fn cross_keys(&self) -> impl Iterator<Item = (&str, bool)> {
        let beginning = |key: &str| self.is_prefix && key.len() >= SHORTEST_KEY_PREFIX;
        self.keys
            .iter()
            .map(move |key| (key.as_str(), beginning(key)))
    }

    /// The keys to look for in other Latin spellings.
    pub(super) fn spelling_keys(&self) -> impl Iterator<Item = &str> {
        let usable = |key: &&str| self.script == Script::Latin && key.len() >= SHORTEST_SPELLING;
        self.keys.iter().map(String::as_str).filter(usable)
    }

    /// Whether its stem counts: not for words in quotes, nor for those that have none in the index.
    pub(super) fn is_forgiving(&self) -> bool {
        !self.quoted && !self.is_stop_word
    }

    /// How many typing errors are forgiven: none in short words and numbers, two in long ones.
    pub(super) fn edits(&self) -> u8 {
        if self.script == Script::Other || self.quoted {
            return 0;
        }
        match self.folded.chars().count() {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        }
    }
}

/// The parts of a query between quotes: (quoted, first byte, text). A quote without its pair runs to the
/// end: the reader is still typing.
fn parts(text: &str) -> impl Iterator<Item = (bool, usize, &str)> {
    let mut start = 0;
    let mut quoted = false;
    let ends = text
        .match_indices(is_quote)
        .map(|(at, quote)| (at, at + quote.len()));
    ends.chain([(text.len(), text.len())])
        .map(move |(end, next)| {
            let part = (quoted, start, &text[start..end]);
            start = next;
            quoted = !quoted;
            part
        })
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{ff02}'
    )
}

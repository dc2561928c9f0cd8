//! Stems, by the script of the word: English for Latin letters, Arabic for Arabic ones.
//!
//! The script and not the language of the document decides, so that a query needs no language and mixed
//! titles work; for other Latin languages the stem is odd, but equally odd on both sides.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use super::arabic;
use super::token::Script;

/// Words and stems shorter than this (in characters) are not worth it: what is left of them matches
/// more by accident than by meaning.
const SHORTEST: usize = 3;

/// The article with the particles written onto it, the longest first.
const ARTICLES: [&str; 6] = ["وال", "بال", "كال", "فال", "ال", "لل"];

/// Endings of the plural; the stemmer takes them for part of longer words.
const PLURALS: [&str; 3] = ["ات", "ون", "ين"];

/// Both stemmers; cheap to make, used for a whole text.
pub(super) struct Stems {
    english: Stemmer,
    arabic: Stemmer,
}

impl Stems {
    pub(super) fn new() -> Self {
        Self {
            english: Stemmer::new(Algorithm::English),
            arabic: Stemmer::new(Algorithm::Arabic),
        }
    }

    /// The stem of a folded word; the word itself where there is none.
    ///
    /// Only words wholly of the stemmer's own letters are given to it.
    pub(super) fn stem<'a>(&self, folded: &'a str, script: Script) -> Cow<'a, str> {
        match script {
            Script::Latin if is_english(folded) => self.english.stem(folded),
            Script::Arabic if is_arabic(folded) => self.arabic(folded),
            _ => Cow::Borrowed(folded),
        }
    }

    /// The article goes first, and the plural. Behind an article the stemmer takes no suffixes of
    /// possession, and القاهره (ة is folded by now) would keep an end that قاهره loses; loan words it
    /// takes apart by their length, and بودكاستات would not meet بودكاست.
    fn arabic<'a>(&self, folded: &'a str) -> Cow<'a, str> {
        let long = |rest: &&str| is_arabic(rest);
        let bare = ARTICLES
            .iter()
            .find_map(|article| folded.strip_prefix(article).filter(long));
        let bare = bare.unwrap_or(folded);
        let single = PLURALS
            .iter()
            .find_map(|plural| bare.strip_suffix(plural).filter(long));
        let bare = single.unwrap_or(bare);
        let stem = self.arabic.stem(bare);
        if is_arabic(&stem) {
            stem
        } else {
            Cow::Borrowed(bare)
        }
    }
}

fn is_english(word: &str) -> bool {
    word.len() >= SHORTEST && word.bytes().all(|b| b.is_ascii_lowercase())
}

fn is_arabic(word: &str) -> bool {
    // every Arabic letter has two bytes
    word.len() >= 2 * SHORTEST && word.chars().all(arabic::is_letter)
}

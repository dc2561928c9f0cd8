//! The analyser: a text in, four layers of tokens out.

use super::fold::{fold_into, script};
use super::stem::Stems;
use super::stop_words::is_stop_word;
use super::token::{Analysis, Token, Tokens};
use super::translit::Keys;
use super::words::{Word, each_word};

/// The layers of tokens of a text.
///
/// Total: any text gives an analysis. The first 64 KiB and 4,096 words of a text are analysed, and 64
/// characters of a word are kept. Ranges are those of the original text, on character boundaries and in
/// order (words that one original character expands to share its range).
#[must_use]
pub fn analyse(text: &str) -> Analysis {
    let words = text.len().min(8192) / 5 + 1;
    let bytes = text.len().min(8192) + words;
    let mut analyser = Analyser {
        analysis: Analysis {
            exact: Tokens::with_capacity(words, bytes),
            folded: Tokens::with_capacity(words, bytes),
            stem: Tokens::with_capacity(words, bytes),
            translit: Tokens::with_capacity(words, bytes),
        },
        stems: Stems::new(),
        folded: String::new(),
    };
    each_word(text, |word| analyser.word(word));
    analyser.analysis
}

struct Analyser {
    analysis: Analysis,
    stems: Stems,
    /// The folded form of the current word, kept for its memory.
    folded: String,
}

impl Analyser {
    fn word(&mut self, word: Word<'_>) {
        self.folded.clear();
        fold_into(word.text, &mut self.folded);
        let script = script(&self.folded);
        let at = Token {
            text: word.text,
            start: word.start,
            end: word.end,
            position: word.position,
            script,
        };
        self.analysis.exact.push(at.text, at);
        self.analysis.folded.push(&self.folded, at);
        if is_stop_word(word.text) {
            return;
        }
        let stem = self.stems.stem(&self.folded, script);
        self.analysis.stem.push(&stem, at);
        for key in Keys::of(&self.folded, script).iter() {
            self.analysis.translit.push(key, at);
        }
    }
}

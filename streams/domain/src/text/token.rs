//! The analyser's result: layers of tokens that remember where in the original text they came from.

/// The script a word is written in, as far as search cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Letters `a` to `z` once diacritics are folded.
    Latin,
    /// Arabic letters, the Persian and loan letters included.
    Arabic,
    /// Digits, mixed words and every other script.
    Other,
}

/// One token of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What is indexed and searched; never empty, holds no white space.
    pub text: &'a str,
    /// First byte of the word in the original text.
    pub start: u32,
    /// One past the last byte of the word in the original text.
    pub end: u32,
    /// Number of the word in the text, from 0. Equal in all layers; a layer that drops words has gaps,
    /// and `translit` may have several tokens at one position.
    pub position: u32,
    /// The script of the word this token was made from.
    pub script: Script,
}

/// Where a token lies in its layer's text and in the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: (u32, u32),
    pub(super) original: (u32, u32),
    pub(super) position: u32,
    pub(super) script: Script,
}

/// The tokens of one layer, kept as one text with single spaces between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    text: String,
    spans: Vec<Span>,
}

impl Tokens {
    /// An empty layer with room for `words` tokens and `bytes` of text.
    pub(super) fn with_capacity(words: usize, bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            spans: Vec::with_capacity(words),
        }
    }

    /// Appends a token; one with no text is left out.
    pub(super) fn push(&mut self, text: &str, word: Token<'_>) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let from = self.text.len() as u32;
        self.text.push_str(text);
        self.spans.push(Span {
            text: (from, self.text.len() as u32),
            original: (word.start, word.end),
            position: word.position,
            script: word.script,
        });
    }

    /// All tokens with one space between them: the form that engines index.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many tokens there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The token with this index (not position), or `None` past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Token<'_>> {
        self.spans.get(index).map(|span| self.token(span))
    }

    /// The tokens in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Token<'_>> {
        self.spans.iter().map(|span| self.token(span))
    }

    fn token(&self, span: &Span) -> Token<'_> {
        Token {
            text: &self.text[span.text.0 as usize..span.text.1 as usize],
            start: span.original.0,
            end: span.original.1,
            position: span.position,
            script: span.script,
        }
    }
}

/// A text in the four layers that are indexed, from the most faithful to the most forgiving.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// NFKC, lower case, invisible characters removed; one token per word.
    pub exact: Tokens,
    /// `exact` with diacritics, Arabic letter forms and digits folded; one token per word that keeps a
    /// letter.
    pub folded: Tokens,
    /// Stems of `folded` by the script of the word, stop words dropped.
    pub stem: Tokens,
    /// Consonant keys that a word shares with its spelling in the other script, stop words dropped.
    pub translit: Tokens,
}

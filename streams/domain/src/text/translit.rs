//! Transliteration: a key that a word shares with its spelling in the other script.
//!
//! Arabic writes consonants and long vowels; Latin spellings of Arabic words agree on the consonants at
//! best. The key is therefore the consonants in classes, with a mark for a vowel at the start:
//!
//! | class | Arabic | Latin |
//! |---|---|---|
//! | `a` (first only) | ا ع | a e i o u 2 3 |
//! | `b` | ب | b p |
//! | `t` | ت ط ث | t th 6 |
//! | `j` | ج غ | j g gh dj |
//! | `h` | ح ه | h 7 |
//! | `x` | خ | kh 5 |
//! | `d` | د ض ذ ظ | d dh |
//! | `z` | ز ذ ظ | z |
//! | `r` `l` `m` `n` `f` | ر ل م ن ف | r, l, m, n, f v ph |
//! | `s` | س ص ث | s, c before e i y, 9 |
//! | `c` | ش تش | sh ch sch tch |
//! | `k` | ك ق | k q ck, c elsewhere (x is `ks`) |
//! | `w` `y` (first only) | و ي | w (ou before a vowel), y |
//!
//! All other vowels, and ع inside a word, are left out. Doubled consonants are one (Arabic does not
//! write them twice). A last ه, ة, ح, `h` or `7` is left out unless the key would be shorter than two; the
//! ending `llah`/لله is kept. The article (ال, `al`, `el`) is split off; where a word may as well begin
//! with these letters, both keys are made. ث, ذ, ظ and تش are heard in two ways and make two keys, and a
//! Latin plural `s` may be absent. A word has at most [`MAX_KEYS`] keys, the likeliest first.
//!
//! Precision and recall: recall is the aim, since this is the only bridge between the scripts, and so
//! letters that spellings confuse (p/b, g/j, v/f, q/k, ق/ك) share a class. What that costs: سلم, سلام and
//! `Salim` are one key, as are قلب and كلب, محمد and محمود. Hence keys of one symbol are not made, a key is compared
//! across scripts first and within Latin only when little else is found, never within Arabic (folding
//! and stems do better there), and such matches rank below those of letters and stems.

mod arabic;
mod latin;

use super::token::Script;

/// Keys made of one word at most.
pub(super) const MAX_KEYS: usize = 4;
/// Symbols of a key; more tell nothing new.
const MAX_SYMBOLS: usize = 16;
/// Keys shorter than this match too much.
const SHORTEST: usize = 2;

/// The keys of one word.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    keys: [Key; MAX_KEYS],
    len: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Key {
    symbols: [u8; MAX_SYMBOLS],
    len: usize,
}

impl Key {
    fn push(&mut self, symbols: &[u8]) {
        for symbol in symbols {
            if self.len < MAX_SYMBOLS {
                self.symbols[self.len] = *symbol;
                self.len += 1;
            }
        }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.symbols[..self.len]
    }
}

impl Keys {
    /// The keys of a folded word, the likeliest first; none for other scripts and very short words.
    pub(super) fn of(folded: &str, script: Script) -> Self {
        let mut keys = Self::default();
        match script {
            Script::Latin => latin::keys(folded, &mut keys),
            Script::Arabic => arabic::keys(folded, &mut keys),
            Script::Other => {}
        }
        keys
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.keys[..self.len]
            .iter()
            .filter_map(|key| std::str::from_utf8(key.as_bytes()).ok())
    }

    /// Takes over the finished readings that are long enough and new.
    fn add(&mut self, readings: &Readings) {
        for key in &readings.keys[..readings.len] {
            let known = self.keys[..self.len].contains(key);
            if key.len >= SHORTEST && !known && self.len < MAX_KEYS {
                self.keys[self.len] = *key;
                self.len += 1;
            }
        }
    }
}

/// The keys of one word while it is read: one, until a letter is heard in two ways.
struct Readings {
    keys: [Key; MAX_KEYS],
    len: usize,
}

impl Readings {
    fn new() -> Self {
        Self {
            keys: [Key::default(); MAX_KEYS],
            len: 1,
        }
    }

    fn push(&mut self, symbols: &[u8]) {
        for key in &mut self.keys[..self.len] {
            key.push(symbols);
        }
    }

    /// Goes on in two ways, or in the first only when there is no room for more keys.
    fn branch(&mut self, first: &[u8], second: &[u8]) {
        let len = self.len;
        if len * 2 > MAX_KEYS {
            self.push(first);
            return;
        }
        for i in 0..len {
            self.keys[len + i] = self.keys[i];
            self.keys[len + i].push(second);
            self.keys[i].push(first);
        }
        self.len = len * 2;
    }

    /// A last h: heard only where little else is.
    fn push_soft_h(&mut self) {
        for key in &mut self.keys[..self.len] {
            if key.len < SHORTEST {
                key.push(b"h");
            }
        }
    }
}

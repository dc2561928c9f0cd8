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
            Script::Latin => latin(folded, &mut keys),
            Script::Arabic => arabic(folded, &mut keys),
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

fn latin(word: &str, keys: &mut Keys) {
    let bytes = word.as_bytes();
    let letters = bytes.iter().filter(|b| b.is_ascii_lowercase()).count();
    let readable =
        |b: &u8| b.is_ascii_lowercase() || matches!(b, b'2' | b'3' | b'5' | b'6' | b'7' | b'9');
    if letters < 2 || !bytes.iter().all(readable) {
        return;
    }
    if matches!(word, "abdel" | "abdul" | "abdal" | "abdoul" | "abdol") {
        keys.add(&read_latin(b"abd"));
        return;
    }
    match bytes {
        [b'a' | b'e', b'l', rest @ ..] if rest.len() >= 4 => {
            let (bare, whole) = (read_latin(rest), read_latin(bytes));
            let vowel_next = is_vowel(rest[0]);
            keys.add(if vowel_next { &whole } else { &bare });
            keys.add(if vowel_next { &bare } else { &whole });
        }
        _ => keys.add(&read_latin(bytes)),
    }
    if let [singular @ .., b's'] = bytes
        && singular.len() >= 4
        && !singular.ends_with(b"s")
    {
        let singular = read_latin(singular);
        if bytes.len() > 5 || singular.keys[0].len > SHORTEST {
            keys.add(&singular);
        }
    }
}

fn read_latin(word: &[u8]) -> Readings {
    let mut readings = Readings::new();
    let mut at = 0;
    let mut before: &[u8] = b"";
    while at < word.len() {
        let rest = &word[at..];
        if at > 0 && rest == b"llah" {
            readings.push(b"lh");
            return readings;
        }
        if at > 0 && (rest == b"h" || rest == b"7") {
            readings.push_soft_h();
            return readings;
        }
        let (symbols, used) = latin_sound(rest, at == 0);
        if !symbols.is_empty() && symbols != before {
            readings.push(symbols);
        }
        before = symbols;
        at += used;
    }
    readings
}

/// The symbols of the sound a Latin text starts with, and how many letters it takes.
fn latin_sound(rest: &[u8], first: bool) -> (&'static [u8], usize) {
    match rest {
        [b'o', b'u', next, ..] if first && is_vowel(*next) => (b"w", 2),
        [b'w', ..] if first => (b"w", 1),
        [b'y', ..] if first => (b"y", 1),
        [b, ..] if is_vowel(*b) || matches!(b, b'2' | b'3') => (if first { b"a" } else { b"" }, 1),
        [b't', b'c', b'h', ..] | [b's', b'c', b'h', ..] | [b's', b's', b'h', ..] => (b"c", 3),
        [b's' | b'c', b'h', ..] => (b"c", 2),
        [b'k', b'h', ..] => (b"x", 2),
        [b'g', b'h', ..] | [b'd', b'j', ..] => (b"j", 2),
        [b't', b'h', ..] => (b"t", 2),
        [b'd', b'h', ..] => (b"d", 2),
        [b'p', b'h', ..] => (b"f", 2),
        [b'c', b'k', ..] => (b"k", 2),
        [b'c', b'e' | b'i' | b'y', ..] => (b"s", 1),
        [b, ..] => (latin_letter(*b), 1),
        [] => (b"", 1),
    }
}

fn latin_letter(letter: u8) -> &'static [u8] {
    match letter {
        b'b' | b'p' => b"b",
        b't' | b'6' => b"t",
        b'j' | b'g' => b"j",
        b'h' | b'7' => b"h",
        b'5' => b"x",
        b'd' => b"d",
        b'z' => b"z",
        b'r' => b"r",
        b'l' => b"l",
        b'm' => b"m",
        b'n' => b"n",
        b'f' | b'v' => b"f",
        b's' | b'9' => b"s",
        b'k' | b'q' | b'c' => b"k",
        b'x' => b"ks",
        _ => b"",
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn arabic(word: &str, keys: &mut Keys) {
    if let Some(bare) = word.strip_prefix("ال")
        && bare.chars().nth(2).is_some()
    {
        keys.add(&read_arabic(bare));
    }
    keys.add(&read_arabic(word));
}

fn read_arabic(word: &str) -> Readings {
    let mut readings = Readings::new();
    let mut chars = word.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if at > 0 && &word[at..] == "لله" {
            readings.push(b"lh");
            return readings;
        }
        let last = chars.peek().is_none();
        match c {
            'ا' | 'ع' if at == 0 => readings.push(b"a"),
            'و' if at == 0 => readings.push(b"w"),
            'ي' if at == 0 => readings.push(b"y"),
            'ه' | 'ح' if last && at > 0 => readings.push_soft_h(),
            'ت' if chars.next_if(|(_, next)| *next == 'ش').is_some() => {
                readings.branch(b"c", b"tc")
            }
            'ث' => readings.branch(b"t", b"s"),
            'ذ' | 'ظ' => readings.branch(b"d", b"z"),
            _ => readings.push(arabic_letter(c)),
        }
    }
    readings
}

fn arabic_letter(letter: char) -> &'static [u8] {
    match letter {
        'ب' => b"b",
        'ت' | 'ط' => b"t",
        'ج' | 'غ' => b"j",
        'ح' | 'ه' => b"h",
        'خ' => b"x",
        'د' | 'ض' => b"d",
        'ر' => b"r",
        'ز' => b"z",
        'س' | 'ص' => b"s",
        'ش' => b"c",
        'ف' => b"f",
        'ق' | 'ك' => b"k",
        'ل' => b"l",
        'م' => b"m",
        'ن' => b"n",
        _ => b"",
    }
}

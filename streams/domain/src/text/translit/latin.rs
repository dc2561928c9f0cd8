//! How Latin letters are heard.

use super::{Keys, Readings, SHORTEST};

/// Adds the keys of a folded word of Latin letters.
pub(super) fn keys(word: &str, keys: &mut Keys) {
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

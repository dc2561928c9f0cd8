//! The language of a text: by its letters where the script decides, by whatlang's trigrams where not.

use super::names;
use std::sync::LazyLock;
use whatlang::{Detector, Lang, Script};

/// So much of a text decides; the rest would only cost time.
const SAMPLE: usize = 640;

/// Fewer letters than this are a name, not a text.
const FEWEST_LETTERS: usize = 12;
const FEWEST_ARABIC: usize = 3;

/// Below this confidence, or with so few letters that it means little, whatlang is not believed.
const CONFIDENCE: f64 = 0.75;
const FEW_LETTERS: usize = 40;
const CONFIDENCE_FEW: f64 = 0.9;

/// The languages that are told apart by trigrams. Fewer candidates are both quicker and surer.
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    Detector::with_allowlist(vec![
        Lang::Eng,
        Lang::Fra,
        Lang::Deu,
        Lang::Spa,
        Lang::Por,
        Lang::Ita,
        Lang::Nld,
        Lang::Swe,
        Lang::Nob,
        Lang::Dan,
        Lang::Fin,
        Lang::Pol,
        Lang::Ces,
        Lang::Slk,
        Lang::Hun,
        Lang::Ron,
        Lang::Hrv,
        Lang::Cat,
        Lang::Tur,
        Lang::Ind,
        Lang::Vie,
        Lang::Tgl,
        Lang::Est,
        Lang::Rus,
        Lang::Ukr,
        Lang::Bul,
        Lang::Srp,
        Lang::Ell,
        Lang::Heb,
        Lang::Yid,
        Lang::Hin,
        Lang::Mar,
        Lang::Nep,
        Lang::Ben,
        Lang::Tam,
        Lang::Tel,
        Lang::Mal,
        Lang::Kan,
        Lang::Guj,
        Lang::Pan,
        Lang::Tha,
        Lang::Kor,
        Lang::Jpn,
        Lang::Cmn,
        Lang::Kat,
        Lang::Hye,
        Lang::Amh,
        Lang::Khm,
        Lang::Mya,
        Lang::Sin,
    ])
});

/// The primary tag (BCP 47) of the language of a plain text, or nothing where that is not certain enough.
pub fn detect(text: &str) -> Option<&'static str> {
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    let letters = Letters::of(sample);
    // a text in Arabic often has Latin names and addresses in it; the reverse is a word or two
    if letters.arabic >= FEWEST_ARABIC && letters.arabic * 3 >= letters.latin {
        return Some(letters.arabic_language());
    }
    if letters.latin + letters.other < FEWEST_LETTERS {
        return None;
    }
    if letters.other == 0 && is_plainly_english(sample) {
        return Some("en");
    }
    let info = DETECTOR.detect(sample)?;
    let few = letters.latin + letters.other < FEW_LETTERS;
    let floor = match info.script() {
        // these scripts belong to one language, or to few that are told apart by letters
        Script::Latin | Script::Cyrillic | Script::Devanagari | Script::Arabic if few => {
            CONFIDENCE_FEW
        }
        _ => CONFIDENCE,
    };
    if info.confidence() < floor {
        return None;
    }
    names::two_letters(info.lang().code()).or_else(|| Some(info.lang().code()))
}

/// Whether the small words of English are so many, and those of its neighbours so few, that there is no need
/// to count trigrams, which takes a hundred times as long.
fn is_plainly_english(text: &str) -> bool {
    const ENGLISH: [&str; 10] = [
        "the", "and", "of", "with", "this", "that", "you", "are", "from", "about",
    ];
    const OTHERS: [&str; 16] = [
        "de", "la", "le", "les", "et", "und", "der", "que", "el", "en", "het", "och", "og", "il",
        "di", "yang",
    ];
    let (mut words, mut english, mut others) = (0, 0, 0);
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let is = |known: &&str| known.eq_ignore_ascii_case(word);
        words += usize::from(!word.is_empty());
        if word.len() <= 5 {
            english += usize::from(ENGLISH.iter().any(is));
            others += usize::from(OTHERS.iter().any(is));
        }
    }
    english >= 4 && english * 8 >= words && others * 3 <= english
}

/// How many letters of each kind a text has.
#[derive(Default)]
struct Letters {
    arabic: usize,
    latin: usize,
    other: usize,
    /// Letters that Arabic itself does not have, by the language they point to.
    persian: usize,
    urdu: usize,
    pashto: usize,
    kurdish: usize,
    /// Letters that only Arabic writes so.
    proper: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self::default();
        for c in text.chars() {
            if c.is_ascii() {
                letters.latin += usize::from(c.is_ascii_alphabetic());
            } else if is_arabic(c) {
                letters.arabic += 1;
                letters.weigh(c);
            } else if matches!(c, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}') {
                letters.latin += 1;
            } else if c.is_alphabetic() {
                letters.other += 1;
            }
        }
        letters
    }

    fn weigh(&mut self, c: char) {
        match c {
            'ة' | 'ى' | 'ي' | 'ك' | 'أ' | 'إ' => self.proper += 1,
            'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' => self.persian += 1,
            'ٹ' | 'ڈ' | 'ڑ' | 'ں' | 'ہ' | 'ھ' | 'ے' | 'ۓ' => self.urdu += 1,
            'ټ' | 'ډ' | 'ړ' | 'ږ' | 'ښ' | 'ڼ' | 'ې' | 'ۍ' | 'ځ' | 'څ' => self.pashto += 1,
            'ێ' | 'ۆ' | 'ڕ' | 'ڵ' | 'ە' => self.kurdish += 1,
            _ => {}
        }
    }

    /// The language of the Arabic letters: each has its mark in at least one letter of twenty-five, so that a loan word
    /// with a `پ` makes no text Persian.
    fn arabic_language(&self) -> &'static str {
        let share = |count: usize| count * 25 >= self.arabic && count > 0;
        if share(self.kurdish) && self.kurdish > self.pashto {
            return "ckb";
        }
        if share(self.pashto) {
            return "ps";
        }
        if share(self.urdu) && self.urdu * 2 > self.proper {
            return "ur";
        }
        if share(self.persian) && self.persian > self.proper {
            return "fa";
        }
        "ar"
    }
}

fn is_arabic(c: char) -> bool {
    matches!(c,
        '\u{0620}'..='\u{063F}' | '\u{0641}'..='\u{064A}' | '\u{066E}'..='\u{066F}'
        | '\u{0671}'..='\u{06D3}' | '\u{06D5}' | '\u{06EE}' | '\u{06EF}' | '\u{06FA}'..='\u{06FC}'
        | '\u{0750}'..='\u{077F}' | '\u{08A0}'..='\u{08C7}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

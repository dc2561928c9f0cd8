//! Folding: writing that readers treat as equal is made equal.
//!
//! Each rule has a name, so that a match can be explained by the rules it needed.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::arabic;
use super::token::Script;

/// A rule of folding, by the difference in writing that it forgives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Folding {
    /// آ أ إ written as ا.
    AlefForm,
    /// ؤ ئ ء written without hamza.
    HamzaForm,
    /// ى written as ي, or the other way round.
    YaForm,
    /// ة written as ه.
    TaMarbuta,
    /// Vowel signs left out.
    Tashkeel,
    /// The stretching stroke left out.
    Tatweel,
    /// Persian and loan letters written with the nearest Arabic ones.
    LoanLetter,
    /// Arabic-Indic or Persian digits written as 0 to 9.
    Digits,
    /// Accents and letters such as ø or ß written plainly.
    Diacritic,
    /// An apostrophe inside a word left out.
    Apostrophe,
}

impl Folding {
    /// All rules.
    pub const ALL: [Self; 10] = [
        Self::AlefForm,
        Self::HamzaForm,
        Self::YaForm,
        Self::TaMarbuta,
        Self::Tashkeel,
        Self::Tatweel,
        Self::LoanLetter,
        Self::Digits,
        Self::Diacritic,
        Self::Apostrophe,
    ];

    /// The rule in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AlefForm => "alef form",
            Self::HamzaForm => "hamza form",
            Self::YaForm => "ya form",
            Self::TaMarbuta => "ta marbuta",
            Self::Tashkeel => "tashkeel",
            Self::Tatweel => "tatweel",
            Self::LoanLetter => "loan letter",
            Self::Digits => "digits",
            Self::Diacritic => "diacritic",
            Self::Apostrophe => "apostrophe",
        }
    }
}

/// Appends the folded form of a word of the exact layer; never nothing, so that words and folded tokens
/// stay one to one.
pub(super) fn fold_into(word: &str, out: &mut String) {
    if word.is_ascii() {
        out.extend(word.chars().filter(|c| *c != '\''));
        return;
    }
    let from = out.len();
    fold_without(word, None, out);
    settle(word, from, out);
}

/// Folds by all rules but one.
fn fold_without(word: &str, left_out: Option<Folding>, out: &mut String) {
    for c in word.chars() {
        match c {
            '\'' if left_out != Some(Folding::Apostrophe) => {}
            '\0'..='\u{7f}' => out.push(c),
            '\u{600}'..='\u{8ff}' => match arabic::fold(c) {
                Some((to, rule)) if left_out != Some(rule) => out.extend(to),
                _ => out.push(c),
            },
            _ if left_out != Some(Folding::Diacritic) => fold_diacritic(c, out),
            _ => out.push(c),
        }
    }
}

/// Brings a fold into the form that folding it again does not change: in NFKC, with no mark at its
/// start, and never empty. Only rare scripts get past the first line.
fn settle(word: &str, from: usize, out: &mut String) {
    let common = |c: char| c.is_ascii() || arabic::is_letter(c);
    if out[from..].chars().all(common) && out.len() > from {
        return;
    }
    for _ in 0..3 {
        let folded = &out[from..];
        let lower = folded.nfkc().flat_map(char::to_lowercase);
        let again: String = lower.skip_while(|c| is_combining_mark(*c)).collect();
        out.truncate(from);
        fold_without(&again, None, out);
        if out[from..] == again {
            break;
        }
    }
    if out.len() == from {
        out.push_str(word);
    }
}

/// The rule that changes a character.
fn rule(c: char) -> Option<Folding> {
    match c {
        '\'' => Some(Folding::Apostrophe),
        '\u{600}'..='\u{8ff}' => arabic::fold(c).map(|(_, rule)| rule),
        _ => {
            let mut folded = String::new();
            fold_diacritic(c, &mut folded);
            let changes = !folded.chars().eq([c]);
            changes.then_some(Folding::Diacritic)
        }
    }
}

/// Appends a character without its accents.
fn fold_diacritic(c: char, out: &mut String) {
    if let Some(letters) = plain(c) {
        out.push_str(letters);
    } else if is_accented(c) {
        decompose_canonical(c, |part| {
            if !is_diacritic(part) {
                out.push(part);
            }
        });
    } else if !is_diacritic(c) {
        out.push(c);
    }
}

/// Accents and the like: marks that a plain spelling leaves out. The marks of other scripts are letters
/// to their readers and stay.
fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whether a character is of a block whose letters lose their accents. Cyrillic is none: its й is a
/// letter of its own.
fn is_accented(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}')
}

/// Letters that no decomposition makes plain.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ŋ' => "n",
        'ŧ' => "t",
        'ς' => "σ",
        'ё' => "е",
        _ => return None,
    })
}

/// The script of a folded word.
pub(super) fn script(folded: &str) -> Script {
    let (mut latin, mut arabic, mut other) = (false, false, false);
    for c in folded.chars() {
        match c {
            'a'..='z' => latin = true,
            '0'..='9' => {}
            _ if arabic::is_script(c) => arabic = true,
            _ => other = true,
        }
    }
    match (latin, arabic, other) {
        (true, false, false) => Script::Latin,
        (false, true, false) => Script::Arabic,
        _ => Script::Other,
    }
}

/// The rules without which two words of the exact layer, equal once folded, would differ.
///
/// When no single rule is decisive (each difference is forgiven twice) it is all the rules at work.
pub(super) fn needed(left: &str, right: &str) -> Vec<Folding> {
    let used = |folding: &Folding| {
        left.chars()
            .chain(right.chars())
            .any(|c| rule(c) == Some(*folding))
    };
    let used: Vec<Folding> = Folding::ALL.into_iter().filter(|f| used(f)).collect();
    let decisive = |folding: &Folding| {
        let (mut a, mut b) = (String::new(), String::new());
        fold_without(left, Some(*folding), &mut a);
        fold_without(right, Some(*folding), &mut b);
        a != b
    };
    let needed: Vec<Folding> = used.iter().copied().filter(decisive).collect();
    if needed.is_empty() && left != right {
        used
    } else {
        needed
    }
}

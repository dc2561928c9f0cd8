//! Languages: detected from text, read from tags and names, and the direction they are written in.

mod detect;
mod names;
mod tag;
#[cfg(test)]
mod tests;

pub use detect::detect;
pub use tag::{canonical, repair};

/// The direction a language is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// The direction of a BCP 47 tag: by its script where it names one, else by its language and region.
pub fn direction(tag: &str) -> Direction {
    let mut subtags = tag.split(['-', '_']);
    let language = subtags.next().unwrap_or("");
    let mut region = "";
    for subtag in subtags {
        match subtag.len() {
            1 => break,
            4 if subtag.bytes().all(|b| b.is_ascii_alphabetic()) => {
                return of(is_any(subtag, &RTL_SCRIPTS));
            }
            2 if region.is_empty() => region = subtag,
            _ => {}
        }
    }
    // Punjabi, Uzbek and Kurdish change their script at the border
    let by_region = is_any(language, &["pa", "uz", "ku", "az"])
        && match region.to_ascii_uppercase().as_str() {
            "PK" => is_any(language, &["pa"]),
            "AF" => is_any(language, &["uz"]),
            "IQ" | "IR" => is_any(language, &["ku", "az"]),
            _ => false,
        };
    of(by_region || is_any(language, &RTL_LANGUAGES))
}

fn of(right_to_left: bool) -> Direction {
    if right_to_left {
        Direction::Rtl
    } else {
        Direction::Ltr
    }
}

fn is_any(subtag: &str, known: &[&str]) -> bool {
    known.iter().any(|other| other.eq_ignore_ascii_case(subtag))
}

const RTL_SCRIPTS: [&str; 12] = [
    "Arab", "Aran", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Mand", "Samr", "Rohg", "Yezi", "Sogd",
];

const RTL_LANGUAGES: [&str; 38] = [
    "ar", "he", "iw", "fa", "ur", "ps", "sd", "ug", "yi", "ji", "dv", "ks", "ckb", "sdh", "lrc",
    "glk", "mzn", "pnb", "skr", "azb", "bal", "bqi", "haz", "prs", "pes", "arc", "syr", "nqo",
    "hac", "arb", "arz", "ary", "arq", "apc", "ajp", "acm", "afb", "aeb",
];

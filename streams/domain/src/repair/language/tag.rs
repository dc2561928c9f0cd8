//! Language tags in the canonical form of BCP 47.

use super::names;
use crate::repair::{Repair, Repaired, fold, note};

/// The canonical form of a language tag or name; see [`repair`].
pub fn canonical(text: &str) -> Option<String> {
    repair(text).map(|tag| tag.value)
}

/// Brings a language tag to canonical form: `AR-eg` to `ar-EG`, `en_US` to `en-US`, `eng` to `en`.
///
/// Names of the common languages in English, in Arabic and in the language itself become their tag.
/// `None` for what is neither well-formed nor such a name, and for codes that name no language (`und`).
pub fn repair(text: &str) -> Option<Repaired<String>> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.len() > 64 {
        return None;
    }
    // before the tag: "Hindi" and "Arabic" are well-formed tags of no language
    if trimmed.len() > 3
        && !trimmed.contains(['-', '_'])
        && let Some(tag) = names::by_name(&fold::key(trimmed))
    {
        return Some(Repaired::one(tag.to_owned(), Repair::LanguageName));
    }
    let mut repairs = Vec::new();
    // `ar_EG.UTF-8` is how operating systems write it
    let plain = trimmed.split(['.', '@']).next().unwrap_or(trimmed);
    let value = well_formed(plain, &mut repairs)?;
    if repairs.is_empty() && value != text {
        repairs.push(Repair::LanguageSpelling);
    }
    Some(Repaired { value, repairs })
}

/// Where in a tag the next subtag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Extended,
    Script,
    Region,
    Variant,
    Extension,
    Private,
}

fn well_formed(text: &str, repairs: &mut Vec<Repair>) -> Option<String> {
    let mut subtags = text.split(['-', '_']);
    let primary = subtags.next()?.to_ascii_lowercase();
    let mut out = language(&primary, repairs)?;
    let mut place = Place::Extended;
    let mut needs_more = false;
    for subtag in subtags {
        if subtag.is_empty()
            || subtag.len() > 8
            || !subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return None;
        }
        place = place_of(subtag, place)?;
        if needs_more && subtag.len() == 1 && place != Place::Private {
            return None;
        }
        needs_more = subtag.len() == 1 && place >= Place::Extension && !needs_more;
        out.push('-');
        let start = out.len();
        match place {
            Place::Region => out.push_str(&subtag.to_ascii_uppercase()),
            _ => out.push_str(&subtag.to_ascii_lowercase()),
        }
        if place == Place::Script {
            out[start..=start].make_ascii_uppercase();
        }
    }
    (!needs_more).then_some(out)
}

/// The primary subtag: two or three letters, in its shortest current form.
fn language(primary: &str, repairs: &mut Vec<Repair>) -> Option<String> {
    if !primary.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let current = match primary {
        "und" | "mul" | "zxx" | "mis" => return None,
        "iw" => Some("he"),
        "in" => Some("id"),
        "ji" => Some("yi"),
        "jw" => Some("jv"),
        "mo" => Some("ro"),
        _ if primary.len() == 3 => names::two_letters(primary),
        _ => None,
    };
    if let Some(current) = current {
        note(repairs, Repair::LanguageCode);
        return Some(current.to_owned());
    }
    matches!(primary.len(), 2 | 3).then(|| primary.to_owned())
}

/// What a subtag is, given what came before it.
fn place_of(subtag: &str, before: Place) -> Option<Place> {
    if before == Place::Private {
        return Some(Place::Private);
    }
    let letters = subtag.bytes().all(|b| b.is_ascii_alphabetic());
    let digits = subtag.bytes().all(|b| b.is_ascii_digit());
    let place = match subtag.len() {
        1 if subtag.eq_ignore_ascii_case("x") => Place::Private,
        1 => Place::Extension,
        _ if before == Place::Extension => Place::Extension,
        3 if letters && before == Place::Extended => Place::Extended,
        4 if letters => Place::Script,
        2 if letters => Place::Region,
        3 if digits => Place::Region,
        5..=8 => Place::Variant,
        4 if subtag.starts_with(|c: char| c.is_ascii_digit()) => Place::Variant,
        _ => return None,
    };
    let repeats = matches!(place, Place::Extended | Place::Variant | Place::Extension);
    let in_order = place > before || (repeats && place == before);
    in_order.then_some(place)
}

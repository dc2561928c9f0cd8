//! Public names: `text-<short form of the id>`.
//!
//! The short form is the whole id in 26 digits of base 32, so a slug is unique without anybody reserving it,
//! and one whose text is out of date still finds its item.

use uuid::Uuid;

/// Digits without `i`, `l`, `o` and `u` (Crockford's base 32).
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;
/// Characters of text before the id.
const TEXT: usize = 60;

/// The slug of an item with this title: letters and digits of any script in lower case, joined by `-`.
#[must_use]
pub fn of(title: &str, id: Uuid) -> String {
    let mut slug = String::with_capacity(TEXT + LENGTH + 1);
    let mut characters = 0;
    let mut gap = false;
    for character in title.chars().flat_map(char::to_lowercase) {
        if is_mark(character) {
            continue;
        }
        if character.is_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
                characters += 1;
            }
            gap = false;
            slug.push(character);
            characters += 1;
            if characters >= TEXT {
                break;
            }
        } else {
            gap = true;
        }
    }
    if !slug.is_empty() {
        slug.push('-');
    }
    let mut rest = id.as_u128();
    let mut digits = [0u8; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest & 31) as usize];
        rest >>= 5;
    }
    slug.extend(digits.iter().map(|digit| char::from(*digit)));
    slug
}

/// The id in a slug, whatever its text says.
#[must_use]
pub fn id_of(slug: &str) -> Option<Uuid> {
    let short = slug.rsplit('-').next()?;
    if short.len() != LENGTH {
        return None;
    }
    let mut id: u128 = 0;
    for byte in short.bytes() {
        let digit = DIGITS.iter().position(|d| *d == byte)?;
        id = id.checked_mul(32)?.checked_add(digit as u128)?;
    }
    Some(Uuid::from_u128(id))
}

/// Combining marks and Arabic tashkeel: part of the word, but not of its public name.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{0640}' | '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_gives_its_id_back_whatever_its_text_says() {
        for id in [
            Uuid::nil(),
            Uuid::max(),
            Uuid::from_u128(0x0192_f00d_cafe_7000_8000_0000_0000_0001),
        ] {
            assert_eq!(id_of(&of("The Daily — Überblick!", id)), Some(id));
            assert_eq!(id_of(&of("", id)), Some(id));
        }
    }

    #[test]
    fn a_slug_keeps_the_letters_of_every_script_and_drops_tashkeel() {
        let slug = of("بودكاست القَهْوَة", Uuid::nil());
        assert!(slug.starts_with("بودكاست-القهوة-"), "{slug}");
        assert!(of("Café: l'été", Uuid::nil()).starts_with("café-lété-"));
    }

    #[test]
    fn other_text_has_no_id() {
        for text in [
            "",
            "abc",
            "the-daily",
            "zzzzzzzzzzzzzzzzzzzzzzzzzz",
            "x-0000000000000000000000000u",
        ] {
            assert_eq!(id_of(text), None, "{text}");
        }
    }
}

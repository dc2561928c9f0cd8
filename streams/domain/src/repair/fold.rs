//! Folds text to the form in which names, numbers and dates are compared: lower case, ASCII digits, no
//! diacritics, one spelling of the Arabic letters. Only for reading; folded text is never shown.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// The comparison form of a text; borrowed when it already is in that form.
pub(super) fn key(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    // composed again at the end, or Korean and Indic names would be longer than anyone writes them
    let letters = text.nfkd().flat_map(char::to_lowercase).filter_map(letter);
    Cow::Owned(letters.nfc().collect())
}

/// Whether a text has digits of another script than ASCII.
pub(super) fn has_local_digits(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| !c.is_ascii() && digit(c).is_some())
}

/// The ASCII digit for a digit of the scripts that feeds use.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        _ => return None,
    };
    char::from_digit(c as u32 - zero, 10)
}

/// One character in comparison form, or nothing where it carries no meaning.
fn letter(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    if let Some(digit) = digit(c) {
        return Some(digit);
    }
    Some(match c {
        // combining marks of Latin and Arabic, tatweel
        '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}' => return None,
        _ if is_invisible(c) => return None,
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        'ٱ' => 'ا',
        '٫' => '.',
        '،' | '٬' => ',',
        '：' | '∶' => ':',
        '−' | '–' | '—' | '‐' | '‑' => '-',
        '＋' => '+',
        '’' | '‘' | '′' => '\'',
        '”' | '“' | '″' => '"',
        _ if c.is_whitespace() => ' ',
        _ => c,
    })
}

/// Characters that steer layout and have no width: direction marks, joiners, the byte order mark.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::{has_local_digits, key};

    #[test]
    fn ascii_in_lower_case_is_not_copied() {
        assert!(matches!(key("plain"), std::borrow::Cow::Borrowed("plain")));
    }

    #[test]
    fn spellings_of_one_arabic_word_fold_together() {
        assert_eq!(key("أَغُسْطُس"), key("اغسطس"));
        assert_eq!(key("جويلية"), key("جويليه"));
        assert_eq!(key("الثانى"), key("الثاني"));
    }

    #[test]
    fn digits_of_every_script_become_ascii() {
        assert_eq!(key("٢٠٢٤ ۱۲ ７"), "2024 12 7");
        assert!(has_local_digits("٢"));
        assert!(!has_local_digits("é2"));
    }

    #[test]
    fn latin_diacritics_and_marks_of_direction_are_dropped() {
        assert_eq!(key("\u{200F}Décembre März"), "decembre marz");
    }
}

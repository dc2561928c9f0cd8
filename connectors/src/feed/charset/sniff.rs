//! Guesses the encoding of bytes that nothing true is said of.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1251, WINDOWS_1252, WINDOWS_1256};

/// So much of a document is looked at.
const SAMPLE: usize = 256 * 1024;

/// The encoding that the bytes look like.
pub(super) fn sniff(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    match is_mostly_utf_8(sample) {
        true => UTF_8,
        false => one_byte_a_letter(sample),
    }
}

/// Whether most of what is not ASCII is UTF-8: a few broken bytes make no other encoding.
pub(super) fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().bytes();
        sound += valid.filter(|byte| (0xc0..=0xff).contains(byte)).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > broken
}

/// Western texts have letters outside of ASCII here and there; Arabic and Cyrillic ones have whole
/// words of them, and each its own frequent letters.
fn one_byte_a_letter(bytes: &[u8]) -> &'static Encoding {
    let (mut letters, mut words, mut inside) = (0_usize, 0_usize, false);
    let (mut alef_lam, mut behind_f0) = (0_usize, 0_usize);
    for byte in bytes {
        let is_letter = *byte >= 0xc0;
        words += usize::from(is_letter && !inside);
        letters += usize::from(is_letter);
        alef_lam += usize::from(matches!(byte, 0xc7 | 0xe1));
        behind_f0 += usize::from(*byte >= 0xf0);
        inside = is_letter;
    }
    if letters < 2 * words || letters == 0 {
        return WINDOWS_1252;
    }
    match (alef_lam * 10 >= letters, behind_f0 * 8 >= letters) {
        (true, false) => WINDOWS_1256,
        (_, true) => WINDOWS_1251,
        (false, false) => WINDOWS_1252,
    }
}

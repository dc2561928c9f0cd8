//! From bytes to text, whatever the encoding.
//!
//! A byte order mark is believed first: it contradicts the other signs only where they are wrong,
//! for no feed begins with the letters that it would be in another encoding. Then the charset that
//! HTTP names, then the XML prolog, then UTF-8, and last what the bytes look like. A sign that the
//! bytes disprove is passed over; that is noted.

mod sniff;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use mediamesh_domain::repair::Repair;

use super::noted::Noted;

/// How far into the document its prolog is looked for.
const PROLOG_BYTES: usize = 1024;

/// So many bytes outside of ASCII that are UTF-8 all through are no accident.
const NO_ACCIDENT: usize = 8;

/// The text, the name of the encoding it was in, and what was wrong with it.
pub(super) fn decode<'b>(
    bytes: &'b [u8],
    content_type: Option<&str>,
) -> (Cow<'b, str>, &'static str, Noted) {
    let mut noted = Noted::default();
    let said = Said::of(content_type.and_then(http_charset));
    if let Some(big_endian) = utf_32(bytes) {
        let text = decode_utf_32(bytes, big_endian);
        if text.contains(char::REPLACEMENT_CHARACTER) {
            noted.note(Repair::BytesReplaced);
        }
        return (Cow::Owned(text), "UTF-32", noted);
    }
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    // Read once, for nearly all documents are sound UTF-8.
    let utf_8 = std::str::from_utf8(bytes).ok();
    let encoding = match marked.or_else(|| wide_pattern(bytes)) {
        Some(encoding) => encoding,
        None => narrow(bytes, said, utf_8.is_some(), &mut noted),
    };
    let (text, replaced) = match utf_8.filter(|_| encoding == UTF_8) {
        Some(text) => {
            let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
            (Cow::Borrowed(unmarked), false)
        }
        None => encoding.decode_with_bom_removal(bytes),
    };
    if replaced {
        noted.note(Repair::BytesReplaced);
    }
    let head = text.as_bytes();
    let prolog = Said::of(prolog_encoding(&head[..head.len().min(PROLOG_BYTES)]));
    if said.is_wrong(encoding, bytes) {
        noted.note(Repair::CharsetWrong);
    }
    if prolog.is_wrong(encoding, bytes) {
        noted.note(Repair::PrologWrong);
    }
    (text, encoding.name(), noted)
}

/// What a label says of the encoding.
#[derive(Debug, Clone, Copy)]
enum Said {
    Nothing,
    /// A name that no encoding has.
    Nonsense,
    It(&'static Encoding),
}

impl Said {
    fn of(label: Option<&str>) -> Self {
        match label.map(|label| Encoding::for_label(label.as_bytes())) {
            None => Self::Nothing,
            Some(None) => Self::Nonsense,
            Some(Some(encoding)) => Self::It(encoding),
        }
    }

    /// Whether it says something else than what was used; of ASCII alone much is true.
    fn is_wrong(self, used: &'static Encoding, bytes: &[u8]) -> bool {
        match self {
            Self::Nothing => false,
            Self::Nonsense => true,
            Self::It(said) if said == used => false,
            Self::It(said) => !said.is_ascii_compatible() || !bytes.is_ascii(),
        }
    }
}

/// The encoding of what is neither marked nor of two bytes a letter.
fn narrow(bytes: &[u8], http: Said, is_utf_8: bool, noted: &mut Noted) -> &'static Encoding {
    let prolog = Said::of(prolog_encoding(&bytes[..bytes.len().min(PROLOG_BYTES)]));
    for said in [http, prolog] {
        if let Said::It(encoding) = said
            && let Some(encoding) = possible(encoding, bytes, is_utf_8)
        {
            return encoding;
        }
    }
    if is_utf_8 {
        return UTF_8;
    }
    let found = sniff::sniff(bytes);
    if found != UTF_8 {
        noted.note(Repair::CharsetFallback);
    }
    found
}

/// What bytes are that somebody calls so; none where they cannot be that.
fn possible(said: &'static Encoding, bytes: &[u8], is_utf_8: bool) -> Option<&'static Encoding> {
    // Bytes that are not of the pattern of UTF-16 are not UTF-16, whoever says so.
    if [UTF_16BE, UTF_16LE].contains(&said) {
        return None;
    }
    if said == UTF_8 && !is_utf_8 {
        return sniff::is_mostly_utf_8(bytes).then_some(UTF_8);
    }
    if !is_utf_8 || !said.is_single_byte() {
        return Some(said);
    }
    // Servers have one charset for whatever they send; what is UTF-8 all through is UTF-8.
    let beyond_ascii = bytes.iter().filter(|byte| !byte.is_ascii());
    match said == WINDOWS_1252 || beyond_ascii.take(NO_ACCIDENT).count() == NO_ACCIDENT {
        true => Some(UTF_8),
        false => Some(said),
    }
}

/// UTF-16 without a byte order mark: every other byte of `<?` or `<r` is zero.
fn wide_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<', 0, c, 0, ..] if *c != 0 => Some(UTF_16LE),
        [0, b'<', 0, c, ..] if *c != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether it is UTF-32, by byte order mark or pattern, and then whether big-endian.
fn utf_32(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [b'<', 0, 0, 0, ..] => Some(false),
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, b'<', ..] => Some(true),
        _ => None,
    }
}

fn decode_utf_32(bytes: &[u8], big_endian: bool) -> String {
    let decoded = bytes.chunks(4).map(|unit| {
        let number = <[u8; 4]>::try_from(unit).ok().map(|unit| match big_endian {
            true => u32::from_be_bytes(unit),
            false => u32::from_le_bytes(unit),
        });
        number
            .and_then(char::from_u32)
            .unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    let bom = |c: &char| *c == '\u{feff}';
    decoded.skip_while(bom).collect()
}

/// The `charset` of a `Content-Type`.
fn http_charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("charset");
        named.then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// The `encoding` of the XML prolog, where the bytes are an extension of ASCII.
fn prolog_encoding(head: &[u8]) -> Option<&str> {
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let prolog = std::str::from_utf8(&head[..end]).ok()?;
    let (_, rest) = prolog.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
    rest[1..].split(quote).next().map(str::trim)
}

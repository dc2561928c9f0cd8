//! From bytes to text, whatever the encoding.
//!
//! A byte order mark is believed first: it contradicts the other signs only where they are wrong,
//! for no feed begins with the letters that it would be in another encoding. Then the charset that
//! HTTP names, then the XML prolog, then UTF-8.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into the document its prolog is looked for.
const PROLOG_BYTES: usize = 1024;

/// The text, and the name of the encoding it was in.
pub(super) fn decode<'b>(
    bytes: &'b [u8],
    content_type: Option<&str>,
) -> (Cow<'b, str>, &'static str) {
    if let Some(big_endian) = utf_32(bytes) {
        return (Cow::Owned(decode_utf_32(bytes, big_endian)), "UTF-32");
    }
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => declared(bytes, content_type),
    };
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    (text, encoding.name())
}

/// The encoding where no byte order mark tells it.
fn declared(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some(wide) = wide_pattern(bytes) {
        return wide;
    }
    // Bytes that are not of the pattern of UTF-16 are not UTF-16, whoever says so.
    let narrow = |encoding: &&'static Encoding| ![UTF_16BE, UTF_16LE].contains(encoding);
    let label = |label: &str| Encoding::for_label(label.as_bytes());
    let by_http = content_type.and_then(http_charset).and_then(label);
    let said = by_http
        .filter(narrow)
        .or_else(|| prolog_encoding(bytes).and_then(label).filter(narrow));
    match said {
        // Servers say Latin-1 or ASCII of whatever they send; what is UTF-8 all through is UTF-8.
        Some(latin) if latin == WINDOWS_1252 && std::str::from_utf8(bytes).is_ok() => UTF_8,
        Some(encoding) => encoding,
        None => UTF_8,
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
fn prolog_encoding(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(PROLOG_BYTES)];
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let prolog = std::str::from_utf8(&head[..end]).ok()?;
    let (_, rest) = prolog.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
    rest[1..].split(quote).next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC: &str = "<?xml version=\"1.0\"?><rss>سلام</rss>";

    fn utf_16(text: &str, big_endian: bool, bom: bool) -> Vec<u8> {
        let bom = bom.then_some(0xfeff_u16);
        let bytes = |unit: u16| match big_endian {
            true => unit.to_be_bytes(),
            false => unit.to_le_bytes(),
        };
        let units = bom.into_iter().chain(text.encode_utf16());
        units.flat_map(bytes).collect()
    }

    fn utf_32(text: &str, big_endian: bool, bom: bool) -> Vec<u8> {
        let bom = bom.then_some('\u{feff}');
        let bytes = |c: char| match big_endian {
            true => u32::from(c).to_be_bytes(),
            false => u32::from(c).to_le_bytes(),
        };
        bom.into_iter()
            .chain(text.chars())
            .flat_map(bytes)
            .collect()
    }

    #[test]
    fn wide_encodings_are_found_with_and_without_a_byte_order_mark() {
        for big_endian in [true, false] {
            for bom in [true, false] {
                for bytes in [
                    utf_16(ARABIC, big_endian, bom),
                    utf_32(ARABIC, big_endian, bom),
                ] {
                    let (text, encoding) = decode(&bytes, Some("text/xml; charset=iso-8859-1"));
                    assert_eq!(text, ARABIC, "{encoding} {big_endian} {bom}");
                }
            }
        }
    }

    #[test]
    fn http_is_trusted_before_the_prolog_and_the_prolog_before_utf_8() {
        let koi = b"<?xml version='1.0' encoding='koi8-r'?><a>\xc1</a>";
        let arabic = b"<?xml encoding = \"Windows-1256\"?><a>\xc7</a>";
        let none = b"<a>\xc7</a>";
        for (bytes, content_type, encoding, expected) in [
            (&koi[..], None, "KOI8-R", 'а'),
            (
                koi,
                Some("text/xml; charset=windows-1251"),
                "windows-1251",
                'Б',
            ),
            (koi, Some("text/xml; charset=nonsense"), "KOI8-R", 'а'),
            (koi, Some("text/xml"), "KOI8-R", 'а'),
            (arabic, None, "windows-1256", 'ا'),
            (
                arabic,
                Some("text/xml; Charset=\"ISO-8859-6\""),
                "ISO-8859-6",
                'ا',
            ),
            (none, None, "UTF-8", '\u{fffd}'),
            (none, Some("text/xml; charset=utf-16"), "UTF-8", '\u{fffd}'),
            (
                none,
                Some("text/xml; charset=iso-8859-1"),
                "windows-1252",
                'Ç',
            ),
        ] {
            let (text, used) = decode(bytes, content_type);
            assert_eq!(used, encoding, "{content_type:?}");
            assert!(text.contains(expected), "{text} {content_type:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_believed_first_and_removed() {
        let bytes = [b"\xef\xbb\xbf", ARABIC.as_bytes()].concat();
        let (text, encoding) = decode(&bytes, Some("text/xml; charset=windows-1251"));
        assert_eq!((text.as_ref(), encoding), (ARABIC, "UTF-8"));
    }

    #[test]
    fn utf_8_that_a_server_calls_latin_1_is_utf_8() {
        for charset in ["us-ascii", "iso-8859-1", "windows-1252"] {
            let content_type = format!("text/xml; charset={charset}");
            let (text, _) = decode(ARABIC.as_bytes(), Some(&content_type));
            assert_eq!(text, ARABIC, "{charset}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_replaced_and_the_rest_stays() {
        let (text, _) = decode(b"<a>caf\xe9 \xff ok</a>", None);
        assert_eq!(text, "<a>caf\u{fffd} \u{fffd} ok</a>");
    }
}

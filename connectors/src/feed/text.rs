//! Character references, line ends and white space, as XML has them and as feeds misspell them.
//!
//! A reference that XML does not define (`&nbsp;`, a lone `&`) stays as it is written: what holds
//! HTML needs it so, and nothing is lost.

/// The longest reference that can be one, `;` included: `&#x10ffff;` with leading zeros.
const LONGEST_REFERENCE: usize = 24;

/// Appends text without references, with its line ends as `\n`.
pub(super) fn push_lines(out: &mut String, text: &str) {
    let mut lines = text.split('\r');
    out.push_str(lines.next().unwrap_or_default());
    for line in lines {
        if !line.starts_with('\n') {
            out.push('\n');
        }
        out.push_str(line);
    }
}

/// Appends what a reference stands for; `name` is what stands between `&` and `;`.
pub(super) fn push_reference(out: &mut String, name: &str) {
    match referenced(name) {
        Some(c) => out.push(c),
        None => {
            out.push('&');
            push_lines(out, name);
            out.push(';');
        }
    }
}

/// The value of an attribute: references resolved, white space as spaces.
pub(super) fn attribute(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\r', '\n', '\t']) {
        value.push_str(&rest[..at]);
        let special = &rest[at..];
        rest = match special.as_bytes()[0] {
            b'&' => push_possible_reference(&mut value, special),
            white => {
                value.push(' ');
                let pair = white == b'\r' && special[1..].starts_with('\n');
                &special[1 + usize::from(pair)..]
            }
        };
    }
    value.push_str(rest);
    value
}

/// Reads the reference that `text` may begin with; gives the rest.
fn push_possible_reference<'t>(out: &mut String, text: &'t str) -> &'t str {
    let window = &text.as_bytes()[..text.len().min(LONGEST_REFERENCE)];
    let end = window.iter().position(|byte| *byte == b';');
    if let Some((end, c)) = end.and_then(|end| Some((end, referenced(&text[1..end])?))) {
        out.push(c);
        return &text[end + 1..];
    }
    out.push('&');
    &text[1..]
}

/// Whether XML knows the reference of a name.
pub(super) fn is_defined(name: &str) -> bool {
    referenced(name).is_some()
}

/// The character that a reference of XML stands for.
fn referenced(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => digits(hex, 16)?,
                None => digits(number, 10)?,
            };
            char::from_u32(number).filter(|c| *c != '\0')
        }
    }
}

/// Digits alone: the standard library would take a sign too.
fn digits(text: &str, radix: u32) -> Option<u32> {
    let only = text.chars().all(|c| c.is_digit(radix));
    only.then(|| u32::from_str_radix(text, radix).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_xml_are_resolved_and_others_stay() {
        for (raw, expected) in [
            ("a &amp; b", "a & b"),
            ("&lt;b&gt;&quot;&apos;", "<b>\"'"),
            ("&#65;&#x42;&#X63;", "ABc"),
            ("&#x627;&#1576;", "اب"),
            ("&amp;nbsp;", "&nbsp;"),
            ("caf&eacute; &nbsp;", "caf&eacute; &nbsp;"),
            ("?a=1&b=2;c", "?a=1&b=2;c"),
            ("AT&T", "AT&T"),
            ("&", "&"),
            ("&;&#;&#x;&#-1;&#+1;", "&;&#;&#x;&#-1;&#+1;"),
            (
                "&#0;&#xd800;&#x110000;&#99999999999;",
                "&#0;&#xd800;&#x110000;&#99999999999;",
            ),
            ("&اب;", "&اب;"),
            ("a\r\nb\nc\td\re", "a b c d e"),
        ] {
            assert_eq!(attribute(raw), expected, "{raw}");
        }
    }

    #[test]
    fn line_ends_become_one_character() {
        let mut out = String::new();
        push_lines(&mut out, "a\r\nb\rc\nd\r\r\ne\r");
        assert_eq!(out, "a\nb\nc\nd\n\ne\n");
    }
}

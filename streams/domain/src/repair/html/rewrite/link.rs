//! Which links show notes may have.

use url::Url;

/// A longer base than this, in bytes, is none: many short links would become much text.
const LONGEST_BASE: usize = 512;

/// As [`safe`], a relative link made absolute; one to a place in the same text leads nowhere here.
pub(super) fn safe_at(href: &str, base: Option<&str>) -> Option<String> {
    safe(href).or_else(|| {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let base = base.filter(|base| base.len() <= LONGEST_BASE)?;
        let joined = Url::parse(base.trim()).ok()?.join(href).ok()?;
        // Whatever scheme it hid, it is looked at again.
        safe(joined.as_str())
    })
}

/// The link in the form it is written in, or nothing where it leads to no page and no mailbox.
///
/// White space and control characters, with which `java\nscript:` hides, are removed before the scheme is
/// looked at. The result is a fixed point.
fn safe(href: &str) -> Option<String> {
    let mut link = String::with_capacity(href.len());
    for c in href
        .trim_matches(|c: char| c.is_whitespace() || c.is_control())
        .chars()
    {
        match c {
            ' ' => link.push_str("%20"),
            '<' => link.push_str("%3C"),
            '>' => link.push_str("%3E"),
            '"' => link.push_str("%22"),
            '`' => link.push_str("%60"),
            '\\' => link.push_str("%5C"),
            c if c.is_whitespace() || super::super::entities::is_forbidden(c) => {}
            c => link.push(c),
        }
    }
    if link.starts_with("//") {
        link.insert_str(0, "https:");
    }
    let (scheme, rest) = link.split_once(':')?;
    let address = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.strip_prefix("//")?.trim_start_matches('/'),
        "mailto" => rest,
        _ => return None,
    };
    (!address.is_empty()).then_some(link)
}

/// Writes a safe link as the value of an attribute in double quotes.
pub(super) fn escape(out: &mut String, link: &str) {
    for (at, piece) in link.split('&').enumerate() {
        if at > 0 {
            out.push_str("&amp;");
        }
        out.push_str(piece);
    }
}

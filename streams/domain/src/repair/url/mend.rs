//! A URL as a feed wrote it, made one that can be fetched.

use super::LONGEST;
use crate::repair::{Repair, Repaired, note};
use std::borrow::Cow;
use url::Url;

/// Mends a URL; the result is absolute, `http` or `https`, and all ASCII.
///
/// White space and control characters go, `&amp;` is decoded, spaces and other characters are
/// percent-encoded, a missing scheme becomes `https`, and what is relative is resolved against `base`.
/// `None` for any other scheme, for a host that cannot be, and for a relative URL without a base.
pub fn repair(raw: &str, base: Option<&str>) -> Option<Repaired<String>> {
    if is_plain(raw) {
        return Some(Repaired::clean(raw.to_owned()));
    }
    Some(mend(raw, base)?.map(String::from))
}

/// Whether a URL is so plain that mending changes nothing of it; that is most of them.
///
/// A name as host, with a letter first in its last part, and then a path without dots at the start of a segment.
fn is_plain(raw: &str) -> bool {
    let rest = raw
        .strip_prefix("https://")
        .or_else(|| raw.strip_prefix("http://"));
    let Some((host, path)) = rest.and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let label =
        |label: &str| !label.is_empty() && !label.starts_with("xn--") && label.bytes().all(sound);
    let top = host.rsplit_once('.').map(|(_, top)| top);
    raw.len() <= LONGEST
        && top.is_some_and(|top| top.starts_with(|c: char| c.is_ascii_lowercase()))
        && host.split('.').all(label)
        && !path.starts_with('.')
        && !path.contains("/.")
        && !path.contains("&amp;")
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~/?&=+,;:@!$*".contains(&b))
}

/// As [`repair`], for those who go on with the parts.
pub(super) fn mend(raw: &str, base: Option<&str>) -> Option<Repaired<Url>> {
    if raw.len() > LONGEST {
        return None;
    }
    let mut repairs = Vec::new();
    let text = tidy(raw, &mut repairs);
    if text.is_empty() {
        return None;
    }
    let url = absolute(&text, base, &mut repairs)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    let encoded = |text: &str| text.bytes().filter(|b| *b == b'%').count();
    if encoded(url.as_str()) > encoded(&text) {
        note(&mut repairs, Repair::UrlEncoded);
    }
    Some(Repaired {
        value: url,
        repairs,
    })
}

/// Removes what cannot be part of a URL, and one level of escaping.
fn tidy<'a>(raw: &'a str, repairs: &mut Vec<Repair>) -> Cow<'a, str> {
    let is_noise =
        |c: char| c.is_whitespace() || c.is_control() || is_invisible(c) || "\"'<>".contains(c);
    let trimmed = raw.trim_matches(is_noise);
    let mut text = Cow::Borrowed(trimmed);
    // within a URL only spaces can be meant; line breaks come from the feed's own layout
    let is_stray = |c: char| c.is_control() || is_invisible(c);
    if trimmed.contains(is_stray) {
        text = Cow::Owned(trimmed.replace(is_stray, ""));
    }
    if text.len() != raw.len() {
        note(repairs, Repair::UrlWhitespace);
    }
    if text.contains("&amp;") || text.contains("&#38;") {
        note(repairs, Repair::UrlEntities);
        let mut decoded = text.replace("&#38;", "&");
        while decoded.contains("&amp;") {
            decoded = decoded.replace("&amp;", "&");
        }
        text = Cow::Owned(decoded);
    }
    text
}

fn is_invisible(c: char) -> bool {
    crate::repair::fold::is_invisible(c)
}

fn absolute(text: &str, base: Option<&str>, repairs: &mut Vec<Repair>) -> Option<Url> {
    if let Some(rest) = stand_in(text) {
        note(repairs, Repair::UrlScheme);
        return with_scheme(rest);
    }
    let relative = |repairs: &mut Vec<Repair>| {
        let base = Url::parse(base?.trim()).ok()?;
        note(repairs, Repair::UrlRelative);
        base.join(text).ok()
    };
    if text.starts_with("//") {
        note(repairs, Repair::UrlMissingScheme);
        return Url::parse(&format!("https:{text}")).ok();
    }
    if has_scheme(text) {
        return Url::parse(text).ok();
    }
    if text.starts_with(['/', '?', '#', '.']) {
        return relative(repairs);
    }
    if looks_like_host(text) {
        note(repairs, Repair::UrlMissingScheme);
        return with_scheme(text);
    }
    relative(repairs)
}

/// What is behind a scheme that stands for the web, or behind a misspelling of `http`.
pub(super) fn stand_in(text: &str) -> Option<&str> {
    const SCHEMES: [&str; 7] = [
        "feed", "itpc", "pcast", "podcast", "rss", "podcasts", "feeds",
    ];
    let (scheme, rest) = text.split_once(':')?;
    if SCHEMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return Some(rest.trim_start_matches('/'));
    }
    let typo = [
        "htp", "htttp", "ttp", "ttps", "hhttp", "htps", "htttps", "hhttps",
    ];
    if typo.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return rest.strip_prefix("//");
    }
    // `http:/host` and `http//host`
    let is_web =
        |name: &str| name.eq_ignore_ascii_case("http") || name.eq_ignore_ascii_case("https");
    if is_web(scheme) {
        let slashes = rest.len() - rest.trim_start_matches('/').len();
        return (slashes != 2).then(|| rest.trim_start_matches('/'));
    }
    None
}

/// Parses an address whose scheme may be missing.
pub(super) fn with_scheme(rest: &str) -> Option<Url> {
    if has_scheme(rest) {
        return Url::parse(rest).ok();
    }
    Url::parse(&format!("https://{rest}")).ok()
}

/// Whether a text starts with a scheme rather than with `host:port`.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_name = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let is_port = rest.starts_with(|c: char| c.is_ascii_digit()) && scheme.contains('.');
    is_name && !is_port
}

/// Whether the first segment of a text can be a host: `www.example.com`, `example.com:8080`.
pub(super) fn looks_like_host(text: &str) -> bool {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let host = &text[..end];
    let host = host.split_once(':').map_or(host, |(name, _)| name);
    let Some((name, top)) = host.trim_end_matches('.').rsplit_once('.') else {
        return false;
    };
    let labels_are_sound = name.split('.').all(|label| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    });
    labels_are_sound
        && top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic)
        && !is_file_ending(top)
}

/// Whether what could be a top-level domain is a file extension.
fn is_file_ending(top: &str) -> bool {
    const ENDINGS: [&str; 19] = [
        "aac", "aif", "flac", "html", "htm", "jpeg", "jpg", "json", "mov", "mpeg", "mpg", "oga",
        "ogg", "opus", "pdf", "php", "png", "wav", "xml",
    ];
    ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(top))
}

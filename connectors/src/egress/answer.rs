//! What a fetch gives, and what its headers mean: pure, no clock.
//!
//! Dates become durations by the server's own `Date`, so that no clock of ours is compared with
//! one of theirs.

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{
    CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, LAST_MODIFIED, LINK,
    RETRY_AFTER,
};

/// The longest header value that is kept; longer ones count as absent.
const MAX_VALUE_BYTES: usize = 1024;
/// The most `Link` lines, and links, that are kept.
const MAX_LINKS: usize = 16;
/// The longest `Link` line that is looked at.
const MAX_LINE_BYTES: usize = 8 * 1024;

/// An answer that a caller can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// 304: what the caller has is still right.
    NotModified {
        /// Where the resource moved for good, if it did; see [`Fetched::Body`].
        permanent_url: Option<String>,
        /// Seconds for which the answer stays fresh.
        max_age_s: Option<u64>,
    },
    /// A body, complete and within the limits.
    Body {
        /// The body, decompressed.
        bytes: Bytes,
        /// The address that answered, after all redirects; relative links start from here.
        final_url: String,
        /// Where the resource moved for good: the end of the permanent redirects (301, 308) that
        /// come before any other. The caller may ask there from now on.
        permanent_url: Option<String>,
        /// For the next conditional request.
        etag: Option<String>,
        /// For the next conditional request.
        last_modified: Option<String>,
        /// The `Content-Type`, as sent.
        content_type: Option<String>,
        /// Seconds for which the answer stays fresh (`Cache-Control: max-age`, else `Expires`).
        max_age_s: Option<u64>,
        /// Seconds that the server asks to wait before the next request.
        retry_after_s: Option<u64>,
        /// The `Link` headers with a relation (RFC 8288): relation in lower case, target as sent.
        links: Vec<(String, String)>,
        /// The HTTP status code: 200 to 299, or more where the request keeps refusals.
        status: u16,
    },
}

/// The headers that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) max_age_s: Option<u64>,
    pub(super) retry_after_s: Option<u64>,
    pub(super) links: Vec<(String, String)>,
}

impl Head {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let date = text(headers, &DATE).and_then(http_date);
        let until = |value: &str| Some(seconds_between(date?, http_date(value)?));
        Self {
            etag: text(headers, &ETAG).map(str::to_owned),
            last_modified: text(headers, &LAST_MODIFIED).map(str::to_owned),
            content_type: text(headers, &CONTENT_TYPE).map(str::to_owned),
            max_age_s: max_age(headers).or_else(|| until(text(headers, &EXPIRES)?)),
            retry_after_s: text(headers, &RETRY_AFTER)
                .and_then(|value| delta_seconds(value).or_else(|| until(value))),
            links: links(headers),
        }
    }
}

/// The links of all `Link` lines, each once for each of its relations.
fn links(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(LINK).iter().take(MAX_LINKS);
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut found = Vec::new();
    for mut rest in lines.filter(|line| line.len() <= MAX_LINE_BYTES) {
        while let Some((target, after)) = rest
            .split_once('<')
            .and_then(|(_, from)| from.split_once('>'))
        {
            let parameters = after.split('<').next().unwrap_or_default();
            rest = &after[parameters.len()..];
            let relations = parameters.split(';').find_map(relations);
            let each = relations.unwrap_or_default().split_ascii_whitespace();
            found.extend(each.map(|rel| (rel.to_ascii_lowercase(), target.trim().to_owned())));
            if found.len() >= MAX_LINKS {
                return found;
            }
        }
    }
    found
}

/// The relations that a link's parameter names, where it is that parameter.
fn relations(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    let value = value.trim().trim_end_matches(',').trim();
    name.trim()
        .eq_ignore_ascii_case("rel")
        .then(|| value.trim_matches('"'))
}

/// A header's first value; absent where it is not ASCII text of a sane length.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty() && value.len() <= MAX_VALUE_BYTES).then_some(value)
}

/// `max-age` over all `Cache-Control` lines; 0 where the answer must be checked each time.
fn max_age(headers: &HeaderMap) -> Option<u64> {
    let lines = headers.get_all(CACHE_CONTROL).iter();
    let directives = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    let mut found = None;
    for directive in directives {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-cache" | "no-store" => return Some(0),
            "max-age" if found.is_none() => found = delta_seconds(value.trim().trim_matches('"')),
            _ => {}
        }
    }
    found
}

/// RFC 9110 delta-seconds; a number too large to hold is the largest.
fn delta_seconds(value: &str) -> Option<u64> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().unwrap_or(u64::MAX))
}

fn http_date(value: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(value).ok()?;
    Some(zoned.timestamp())
}

/// Whole seconds from `from` to `to`; 0 where `to` lies before.
fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(lines: &[(&'static str, &str)]) -> Head {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        Head::read(&headers)
    }

    #[test]
    fn freshness_is_read_from_cache_control_before_expires() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let expires = ("expires", "Sun, 06 Nov 1994 08:59:37 GMT");
        let cc = "cache-control";
        for (lines, expected) in [
            (vec![(cc, "max-age=60")], Some(60)),
            (vec![(cc, "public, Max-Age=\"60\"")], Some(60)),
            (vec![(cc, "public"), (cc, "max-age=60")], Some(60)),
            (vec![(cc, "max-age=60, no-cache")], Some(0)),
            (vec![(cc, "no-store"), date, expires], Some(0)),
            (vec![(cc, "max-age=99999999999999999999")], Some(u64::MAX)),
            (vec![(cc, "max-age=-1")], None),
            (vec![(cc, "max-age=60"), date, expires], Some(60)),
            (vec![date, expires], Some(600)),
            (vec![date, ("expires", "0")], None),
            (vec![expires], None),
            (vec![date, ("expires", date.1)], Some(0)),
            (vec![], None),
        ] {
            assert_eq!(head(&lines).max_age_s, expected, "{lines:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(head(&[("retry-after", "120")]).retry_after_s, Some(120));
        assert_eq!(head(&[date, later]).retry_after_s, Some(30));
        assert_eq!(head(&[later]).retry_after_s, None);
        assert_eq!(head(&[("retry-after", "soon")]).retry_after_s, None);
    }

    #[test]
    fn links_are_read_with_their_relations() {
        let links = head(&[
            (
                "link",
                "<https://hub.example/>; rel=\"hub\", </feed?a=1,2>; title=x; REL=\"Self next\"",
            ),
            ("link", "<https://other.example/>;rel=hub"),
            ("link", "<no end; rel=hub"),
            ("link", "<https://none.example/>; title=\"hub\""),
        ])
        .links;
        let pairs: Vec<_> = links
            .iter()
            .map(|(rel, to)| (rel.as_str(), to.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("hub", "https://hub.example/"),
                ("self", "/feed?a=1,2"),
                ("next", "/feed?a=1,2"),
                ("hub", "https://other.example/"),
            ]
        );
    }

    #[test]
    fn an_absurdly_long_validator_counts_as_absent() {
        let long = format!("\"{}\"", "a".repeat(5000));
        let read = head(&[("etag", &long), ("last-modified", " x ")]);
        assert_eq!(read.etag, None);
        assert_eq!(read.last_modified.as_deref(), Some("x"));
    }
}

//! Conditional requests (RFC 9110 section 13): entity tags, `If-Match` and `If-None-Match`.
//!
//! A desk answer's tag is `"<item version>"`, so `If-Match` names the version that the caller saw; a public
//! answer's tag is `"<item version>.<seq>"`.

use crate::list_header::members;
use crate::problem::{Problem, kind};
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue};
use mediamesh_domain::command::{Expectation, ExpectationKind};
use mediamesh_domain::position::{Seq, Version};
use std::fmt;

/// An entity tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag {
    /// Whether it only says "as good as the same".
    pub weak: bool,
    /// What stands between the quotes.
    pub opaque: String,
}

impl ETag {
    /// The tag of an item as editors see it.
    #[must_use]
    pub fn version(version: Version) -> Self {
        Self::strong(version.to_string())
    }

    /// The tag of an item as readers see it.
    #[must_use]
    pub fn public(version: Version, seq: Seq) -> Self {
        Self::strong(format!("{version}.{seq}"))
    }

    /// A strong tag; `opaque` must be visible ASCII without quotes.
    #[must_use]
    pub fn strong(opaque: impl Into<String>) -> Self {
        let opaque = opaque.into();
        debug_assert!(opaque.bytes().all(is_tag_byte), "not a tag: {opaque:?}");
        Self {
            weak: false,
            opaque,
        }
    }

    /// Reads one tag.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (weak, quoted) = match text.strip_prefix("W/") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let opaque = quoted.strip_prefix('"')?.strip_suffix('"')?;
        opaque.bytes().all(is_tag_byte).then(|| Self {
            weak,
            opaque: opaque.to_owned(),
        })
    }

    /// Whether both are strong and the same (RFC 9110 section 8.8.3.2).
    #[must_use]
    pub fn strong_eq(&self, other: &Self) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// Whether both are the same, weak or not.
    #[must_use]
    pub fn weak_eq(&self, other: &Self) -> bool {
        self.opaque == other.opaque
    }

    /// The value of an `ETag` header.
    ///
    /// # Panics
    /// Never: a tag is made of bytes that a header may hold.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.to_string()).expect("a tag is visible ASCII")
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weak = if self.weak { "W/" } else { "" };
        write!(f, "{weak}\"{}\"", self.opaque)
    }
}

/// Visible ASCII but quotes; RFC 9110 also takes bytes from 0x80 on, which no tag of ours has.
fn is_tag_byte(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x7e)
}

/// What `If-Match` or `If-None-Match` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `*`: anything that is there.
    Any,
    /// One of these tags.
    Tags(Vec<ETag>),
}

/// The condition in `If-Match`.
///
/// # Errors
/// A 400 problem where it is neither `*` nor a list of tags.
pub fn if_match(headers: &HeaderMap) -> Result<Option<Condition>, Problem> {
    condition(headers, &IF_MATCH)
}

/// The condition in `If-None-Match`.
///
/// # Errors
/// A 400 problem where it is neither `*` nor a list of tags.
pub fn if_none_match(headers: &HeaderMap) -> Result<Option<Condition>, Problem> {
    condition(headers, &IF_NONE_MATCH)
}

fn condition(headers: &HeaderMap, name: &http::HeaderName) -> Result<Option<Condition>, Problem> {
    if !headers.contains_key(name) {
        return Ok(None);
    }
    let wrong = || {
        let detail = format!("{name} is * or a list of tags in double quotes, for example \"3\"");
        Problem::new(kind::BAD_HEADER, detail).code("bad_condition")
    };
    let members = members(headers, name).ok_or_else(wrong)?;
    match members.as_slice() {
        [] => Err(wrong()),
        [only] if only == "*" => Ok(Some(Condition::Any)),
        tags => tags
            .iter()
            .map(|tag| ETag::parse(tag))
            .collect::<Option<Vec<_>>>()
            .map(|tags| Some(Condition::Tags(tags)))
            .ok_or_else(wrong),
    }
}

/// Whether a GET may be answered 304: `If-None-Match` names the tag, compared weakly, or `*`.
///
/// # Errors
/// A 400 problem where the header cannot be read.
pub fn not_modified(headers: &HeaderMap, current: &ETag) -> Result<bool, Problem> {
    Ok(match if_none_match(headers)? {
        None => false,
        Some(Condition::Any) => true,
        Some(Condition::Tags(tags)) => tags.iter().any(|tag| tag.weak_eq(current)),
    })
}

/// The version that `If-Match` expects of an item; `*` expects none in particular.
///
/// # Errors
/// A 400 problem where the header cannot be read or names several strong tags: the decider compares one. A 412
/// problem where it names nothing that a desk answer could have as its tag.
pub fn expected_version(headers: &HeaderMap) -> Result<Option<Expectation>, Problem> {
    let Some(Condition::Tags(tags)) = if_match(headers)? else {
        return Ok(None);
    };
    let strong: Vec<&ETag> = tags.iter().filter(|tag| !tag.weak).collect();
    let [tag] = strong.as_slice() else {
        let (kind, detail) = if strong.is_empty() {
            (
                kind::PRECONDITION_FAILED,
                "a weak tag never matches: send the ETag of the desk's answer",
            )
        } else {
            (kind::BAD_HEADER, "name one version in If-Match")
        };
        return Err(Problem::new(kind, detail).code("bad_condition"));
    };
    match tag.opaque.parse() {
        Ok(version) if version > 0 && tag.opaque.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok(Some(Expectation {
                kind: ExpectationKind::IfMatch,
                version: Version(version),
            }))
        }
        _ => Err(Problem::new(
            kind::PRECONDITION_FAILED,
            format!("{tag} is no item's version: send the ETag of the desk's answer"),
        )
        .code("version_conflict")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: http::HeaderName, values: &[&'static str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    fn expected(values: &[&'static str]) -> Result<Option<i64>, u16> {
        expected_version(&headers(IF_MATCH, values))
            .map(|expected| expected.map(|e| e.version.0))
            .map_err(|problem| problem.kind().status.as_u16())
    }

    #[test]
    fn if_match_names_the_version_that_the_caller_saw() {
        assert_eq!(expected(&[]), Ok(None));
        assert_eq!(expected(&["\"7\""]), Ok(Some(7)));
        assert_eq!(expected(&["*"]), Ok(None));
        assert_eq!(expected(&["W/\"6\", \"7\""]), Ok(Some(7)));
    }

    #[test]
    fn if_match_compares_strongly_so_weak_and_foreign_tags_fail() {
        for tag in [
            "W/\"7\"",
            "\"7.1203\"",
            "\"abc\"",
            "\"\"",
            "\"+7\"",
            "\"0\"",
        ] {
            assert_eq!(expected(&[tag]), Err(412), "{tag}");
        }
    }

    #[test]
    fn an_if_match_that_cannot_be_read_is_a_bad_request() {
        for tag in ["7", "\"7", "", ",", "\"6\", \"7\"", "*, \"7\""] {
            assert_eq!(expected(&[tag]), Err(400), "{tag}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly_over_all_lines() {
        let tag = ETag::public(Version(3), Seq(99));
        let given = headers(IF_NONE_MATCH, &["\"a,b\", \"2.1\"", "W/\"3.99\""]);
        assert!(not_modified(&given, &tag).unwrap());
        assert!(not_modified(&headers(IF_NONE_MATCH, &["*"]), &tag).unwrap());
        assert!(!not_modified(&headers(IF_NONE_MATCH, &["\"3\""]), &tag).unwrap());
        assert!(!not_modified(&HeaderMap::new(), &tag).unwrap());
    }
}

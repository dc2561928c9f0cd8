//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same request again is the same command.
//!
//! The header is a structured-field string, `"…"`; the bare text is taken too, as many clients send it. The
//! decider keeps the answer for 72 h of record time; the scope is the caller and the concrete path.

use http::{HeaderMap, HeaderName, Method};
use mediamesh_domain::command::Principal;
use mediamesh_domain::id::CommandId;
use mediamesh_edge::problem::{Problem, kind};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key, in characters.
const LONGEST: usize = 255;

/// The key that a client gave its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key in a request's headers, where there is one.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let mut values = headers.get_all(&HEADER).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        let key = match values.next() {
            None => value.to_str().ok().and_then(read),
            Some(_) => None,
        };
        key.filter(|key| (1..=LONGEST).contains(&key.len()))
            .map(|key| Some(Self(key)))
            .ok_or_else(malformed)
    }

    /// The command that this key names for a caller and a concrete path.
    pub fn command(&self, caller: &Principal, method: &Method, path: &str) -> CommandId {
        CommandId::of(&[
            caller.id.as_bytes(),
            method.as_str().as_bytes(),
            path.as_bytes(),
            self.0.as_bytes(),
        ])
    }
}

/// The text of a structured-field string (RFC 8941 section 3.3.3), or a bare text without quotes and spaces.
fn read(value: &str) -> Option<String> {
    let value = value.trim();
    let Some(rest) = value.strip_prefix('"') else {
        let bare = value
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"\\,;".contains(&b));
        return bare.then(|| value.to_owned());
    };
    let mut text = String::with_capacity(rest.len());
    let mut rest = rest.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => return rest.as_str().is_empty().then_some(text),
            '\\' => text.push(rest.next().filter(|c| matches!(c, '"' | '\\'))?),
            ' '..='~' => text.push(c),
            _ => return None,
        }
    }
    None
}

fn malformed() -> Problem {
    Problem::new(
        kind::BAD_HEADER,
        "Idempotency-Key is one text in double quotes of 1 to 255 characters, for example \"8e03978e\"",
    )
    .code("bad_idempotency_key")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn key(value: &str) -> Result<Option<String>, u16> {
        let headers = HeaderMap::from_iter([(HEADER, HeaderValue::from_str(value).unwrap())]);
        IdempotencyKey::of(&headers)
            .map(|key| key.map(|key| key.0))
            .map_err(|problem| problem.kind().status.as_u16())
    }

    #[test]
    fn quoted_and_bare_keys_are_the_same_key() {
        assert_eq!(key("\"a-1\""), Ok(Some("a-1".into())));
        assert_eq!(key("a-1"), Ok(Some("a-1".into())));
        assert_eq!(key(r#""a \"b\" \\c""#), Ok(Some(r#"a "b" \c"#.into())));
        assert!(matches!(IdempotencyKey::of(&HeaderMap::new()), Ok(None)));
    }

    #[test]
    fn a_malformed_key_is_a_bad_request() {
        let long = format!("\"{}\"", "x".repeat(256));
        for value in [
            "",
            "\"\"",
            "\"a",
            "a\"",
            "\"a\"b",
            "a b",
            "\"\\x\"",
            "a,b",
            "\"a\";p=1",
            &long,
        ] {
            assert_eq!(key(value), Err(400), "{value:.20}");
        }
        assert!(key(&format!("\"{}\"", "x".repeat(255))).is_ok());
    }

    #[test]
    fn a_key_names_another_command_for_another_caller_method_or_path() {
        let key = IdempotencyKey("k".to_owned());
        let (a, b) = (Principal::api_key("a"), Principal::api_key("b"));
        let first = key.command(&a, &Method::POST, "/x");
        assert_eq!(first, key.command(&a, &Method::POST, "/x"));
        for other in [
            key.command(&b, &Method::POST, "/x"),
            key.command(&a, &Method::PATCH, "/x"),
            key.command(&a, &Method::POST, "/y"),
        ] {
            assert_ne!(first, other);
        }
    }
}

//! How a source signs in: what is sent along with its requests, and what must show nowhere.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::egress::Secret;

/// The shortest value that is looked for in documents; a shorter one would stand there by chance.
const SHORTEST: usize = 6;
/// What stands in its place.
const HIDDEN: &str = "hidden";

/// Gives a named secret; none where the configuration does not have it.
pub type Credentials = Arc<dyn Fn(&str) -> Option<Credential> + Send + Sync>;

/// What a source signs in with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credential {
    /// Headers that are sent along.
    pub(super) headers: Vec<(String, Secret)>,
    /// Parameters that are added to the query.
    pub(super) query: Vec<(String, Secret)>,
    /// Values that servers like to repeat in what they send.
    hidden: Vec<Secret>,
}

impl Credential {
    /// A user's name and password (RFC 7617).
    #[must_use]
    pub fn basic(user: &str, password: &str) -> Self {
        let value = STANDARD.encode(format!("{user}:{password}"));
        Self::of_header("authorization", &format!("Basic {value}"), password)
    }

    /// A bearer token (RFC 6750).
    #[must_use]
    pub fn bearer(token: &str) -> Self {
        Self::of_header("authorization", &format!("Bearer {token}"), token)
    }

    /// A header of its own.
    #[must_use]
    pub fn header(name: &str, value: &str) -> Self {
        Self::of_header(name, value, value)
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(name: &str, value: &str) -> Self {
        Self {
            query: vec![(name.to_owned(), Secret::new(value))],
            hidden: spellings(value),
            ..Self::default()
        }
    }

    fn of_header(name: &str, value: &str, hidden: &str) -> Self {
        Self {
            headers: vec![(name.to_owned(), Secret::new(value))],
            hidden: spellings(hidden),
            ..Self::default()
        }
    }

    /// A document without the secret where the server repeats it, as it does in links to itself.
    pub(super) fn hide(&self, document: Bytes) -> Bytes {
        let Ok(text) = std::str::from_utf8(&document) else {
            return document;
        };
        let hidden = self.hidden.iter().map(Secret::reveal);
        let mut found = hidden.filter(|value| text.contains(value)).peekable();
        if found.peek().is_none() {
            return document;
        }
        let text = found.fold(text.to_owned(), |text, value| text.replace(value, HIDDEN));
        text.into()
    }
}

/// A value as it is, and as it stands in an address.
fn spellings(value: &str) -> Vec<Secret> {
    let encoded = url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
    let mut spellings = vec![encoded, value.to_owned()];
    spellings.dedup();
    spellings.retain(|spelling| spelling.len() >= SHORTEST);
    spellings.into_iter().map(Secret::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_a_document_repeats_is_hidden() {
        let query = Credential::query("key", "k3y of&me");
        let document = Bytes::from("<link href='/f?key=k3y+of%26me'/><b>k3y of&me</b>");
        let hidden = query.hide(document);
        assert_eq!(hidden, "<link href='/f?key=hidden'/><b>hidden</b>");
        let other = Bytes::from_static(b"<rss/>");
        assert_eq!(query.hide(other.clone()), other);
        let broken = Bytes::from_static(b"\xff\xfe");
        assert_eq!(query.hide(broken.clone()), broken);
        assert!(!format!("{query:?}").contains("k3y"), "{query:?}");
    }

    #[test]
    fn each_kind_is_sent_in_its_place() {
        let sent = |credential: Credential| {
            let (name, value) = credential.headers[0].clone();
            (name, value.reveal().to_owned())
        };
        let authorization = |value: &str| ("authorization".to_owned(), value.to_owned());
        assert_eq!(
            sent(Credential::basic("me", "pw")),
            authorization("Basic bWU6cHc=")
        );
        assert_eq!(sent(Credential::bearer("t")), authorization("Bearer t"));
        assert_eq!(
            sent(Credential::header("x-key", "k")),
            ("x-key".into(), "k".into())
        );
    }
}

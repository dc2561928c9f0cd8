//! Cursors: where a list goes on, as a token that only this deployment can make.
//!
//! A token is base64url of: format (1 byte), view version (4 bytes), the place as JSON, the first 16 bytes of an
//! HMAC-SHA256 over all that and the *scope* of the list (its path, filters and, on the desk, its reader). So a
//! cursor that was changed, or taken to another list, is refused, and a view's rebuild can be told apart.

use crate::problem::{Problem, kind};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;

const FORMAT: u8 = 1;
const MAC_BYTES: usize = 16;

/// The longest token that is looked at.
const LONGEST: usize = 2048;

/// Makes and opens cursors with the deployment's key; cheap to clone.
#[derive(Clone)]
pub struct Cursors(Arc<[u8; 32]>);

impl fmt::Debug for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursors(..)")
    }
}

/// A cursor that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<T> {
    /// The version of the view that the list was read from.
    pub view_version: i32,
    /// Where it goes on.
    pub at: T,
}

impl Cursors {
    /// Cursors under a key that all nodes of a deployment share.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(Arc::new(key))
    }

    /// The token of a place in the list that `scope` names.
    #[must_use]
    pub fn seal<T: Serialize>(&self, scope: &str, view_version: i32, at: &T) -> String {
        let mut bytes = vec![FORMAT];
        bytes.extend_from_slice(&view_version.to_be_bytes());
        bytes.extend_from_slice(&serde_json::to_vec(at).unwrap_or_default());
        let mac = self.mac(scope, &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a token names in the list that `scope` names.
    ///
    /// # Errors
    /// A 400 problem where it was not made by [`Cursors::seal`] for this list.
    pub fn open<T: DeserializeOwned>(&self, scope: &str, token: &str) -> Result<Place<T>, Problem> {
        self.place(scope, token).ok_or_else(|| {
            Problem::new(
                kind::INVALID_CURSOR,
                "take the cursor from the links of this list, with the same filters, or leave it out to start again",
            )
            .code("invalid_cursor")
        })
    }

    fn place<T: DeserializeOwned>(&self, scope: &str, token: &str) -> Option<Place<T>> {
        if token.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        self.mac(scope, signed).verify_truncated_left(mac).ok()?;
        let (head, at) = signed.split_at_checked(5)?;
        let [FORMAT, version @ ..] = head else {
            return None;
        };
        Some(Place {
            view_version: i32::from_be_bytes(version.try_into().ok()?),
            at: serde_json::from_slice(at).ok()?,
        })
    }

    fn mac(&self, scope: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes keys of any length");
        mac.update(&(scope.len() as u64).to_be_bytes());
        mac.update(scope.as_bytes());
        mac.update(bytes);
        mac
    }
}

/// The 410 problem of a cursor whose view version is no longer kept.
#[must_use]
pub fn expired() -> Problem {
    Problem::new(
        kind::CURSOR_EXPIRED,
        "leave the cursor out to start the list again",
    )
    .code("cursor_expired")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursors() -> Cursors {
        Cursors::new([7; 32])
    }

    #[test]
    fn a_cursor_opens_where_it_was_made() {
        let token = cursors().seal("/api/v1/programs?tag=a", 3, &("2026-01-01", 17));
        let place: Place<(String, i64)> = cursors().open("/api/v1/programs?tag=a", &token).unwrap();
        assert_eq!(place.view_version, 3);
        assert_eq!(place.at, ("2026-01-01".to_owned(), 17));
    }

    #[test]
    fn a_cursor_of_another_list_or_deployment_is_refused() {
        let token = cursors().seal("a", 1, &1);
        assert!(cursors().open::<i64>("b", &token).is_err());
        assert!(Cursors::new([8; 32]).open::<i64>("a", &token).is_err());
    }

    #[test]
    fn a_cursor_with_any_byte_changed_is_refused() {
        let token = cursors().seal("a", 1, &"x");
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(
                cursors().open::<String>("a", &changed).is_err(),
                "byte {at}"
            );
        }
    }

    #[test]
    fn any_other_text_is_refused_as_a_bad_request() {
        for token in ["", "x", "!!", "AAAA", &"A".repeat(5000)] {
            let problem = cursors().open::<i64>("a", token).unwrap_err();
            assert_eq!(problem.kind(), kind::INVALID_CURSOR, "{token}");
        }
    }
}

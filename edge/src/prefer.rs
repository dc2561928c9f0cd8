//! `Prefer` (RFC 7240): `respond-async` and `wait`.

use crate::list_header::members;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;

/// The header by which a client says what it would like.
pub const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The header by which the answer says what of it was done.
pub const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What a client would like; what is not understood is left out, as the RFC says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Prefer {
    /// An answer at once, before the outcome is known.
    pub respond_async: bool,
    /// How long to wait for the outcome at most.
    pub wait: Option<Duration>,
}

impl Prefer {
    /// What a request's headers say.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        for member in members(headers, &PREFER).unwrap_or_default() {
            // Parameters after a semicolon belong to preferences that we do not know.
            let token = member.split(';').next().unwrap_or_default();
            let (name, value) = token.split_once('=').unwrap_or((token, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "respond-async" if value.is_empty() => prefer.respond_async = true,
                // The first of several stands.
                "wait" => {
                    let seconds = value.parse().ok().map(Duration::from_secs);
                    prefer.wait = prefer.wait.or(seconds);
                }
                _ => {}
            }
        }
        prefer
    }

    /// How long to wait for an outcome, at most `longest`.
    #[must_use]
    pub fn waits(&self, longest: Duration) -> Duration {
        match self.wait {
            _ if self.respond_async && self.wait.is_none() => Duration::ZERO,
            Some(wait) => wait.min(longest),
            None => longest,
        }
    }

    /// The `Preference-Applied` header of an answer that was given before the outcome was known.
    #[must_use]
    pub fn applied(&self) -> Option<HeaderValue> {
        self.respond_async
            .then(|| HeaderValue::from_static("respond-async"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&'static str]) -> Prefer {
        let headers = values
            .iter()
            .map(|value| (PREFER, HeaderValue::from_static(value)))
            .collect();
        Prefer::of(&headers)
    }

    #[test]
    fn both_preferences_are_read_from_one_line_or_several() {
        let both = Prefer {
            respond_async: true,
            wait: Some(Duration::from_secs(3)),
        };
        assert_eq!(of(&["respond-async, wait=3"]), both);
        assert_eq!(of(&["Respond-Async", "wait=\"3\"; x=1"]), both);
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        assert_eq!(
            of(&["return=minimal, wait=soon, handling=strict"]),
            Prefer::default()
        );
    }

    #[test]
    fn a_wait_is_never_longer_than_the_longest() {
        let longest = Duration::from_secs(5);
        assert_eq!(of(&[]).waits(longest), longest);
        assert_eq!(of(&["wait=60"]).waits(longest), longest);
        assert_eq!(of(&["respond-async"]).waits(longest), Duration::ZERO);
        assert_eq!(
            of(&["respond-async, wait=2"]).waits(longest),
            Duration::from_secs(2)
        );
    }
}

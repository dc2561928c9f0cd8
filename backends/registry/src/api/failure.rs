//! What the registry answered instead, and who must act.

use mediamesh_ports::denied::{Denied, Knock, whole};
use mediamesh_ports::registry::Error;
use reqwest::StatusCode;
use schema_registry_converter::error::SRCError;
use schema_registry_converter::schema_registry_common::RawError;
use serde_json::Value;
use std::error::Error as _;

/// Why a call did not give what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is no such id, subject, version or schema.
    Absent(String),
    /// The registry's own rule denies the schema.
    Incompatible(String),
    /// To the registry it is no schema.
    Invalid(String),
    /// Anything else; it may go through later.
    Down(String),
}

impl Failure {
    /// The failure of an answer that is no success.
    pub(super) fn of_status(status: StatusCode, body: &str) -> Self {
        let said: Value = serde_json::from_str(body).unwrap_or_default();
        let message = said["message"].as_str().unwrap_or_default();
        let code = match said["error_code"].as_u64() {
            // Apicurio's, where it has none of its own for it.
            Some(0) => status.as_u16().into(),
            Some(code) => code,
            None => return Self::Down(status.to_string()),
        };
        Self::of_code(code, format!("{status}: {message}"))
    }

    /// Codes are HTTP's, or HTTP's with two digits behind. An answer without one is not the registry's.
    fn of_code(code: u64, reason: String) -> Self {
        match if code > 999 { code / 100 } else { code } {
            404 => Self::Absent(reason),
            409 => Self::Incompatible(reason),
            422 => Self::Invalid(reason),
            _ => Self::Down(reason),
        }
    }

    /// Whether it is we who are turned away.
    pub(crate) fn into_knock(self) -> Result<(), Knock> {
        match self {
            Self::Down(said) if said.starts_with("401") => Err(Denied::Login(said).into()),
            Self::Down(said) => Err(Knock::said(said)),
            // It speaks to us.
            Self::Absent(_) | Self::Incompatible(_) | Self::Invalid(_) => Ok(()),
        }
    }

    /// What the caller of the port is told of it.
    pub(crate) fn into_error(self, subject: &str, newest: i32) -> Error {
        let subject = subject.to_owned();
        match self {
            Self::Incompatible(reason) => Error::Incompatible {
                subject,
                version: newest + 1,
                before: newest,
                reason,
            },
            Self::Invalid(reason) => Error::NotASchema { subject, reason },
            Self::Absent(reason) | Self::Down(reason) => Error::Transient(reason),
        }
    }
}

impl From<SRCError> for Failure {
    fn from(error: SRCError) -> Self {
        let said = error.source().and_then(|it| it.downcast_ref::<RawError>());
        match said {
            Some(said) => Self::of_code(said.error_code.into(), said.message.clone()),
            None => {
                let cause = error.cause.map(|cause| format!(": {cause}"));
                Self::Down(format!("{}{}", error.error, cause.unwrap_or_default()))
            }
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Down(whole(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_registrys_own_codes_say_that_something_is_absent() {
        let of =
            |status: u16, body| Failure::of_status(StatusCode::from_u16(status).unwrap(), body);
        let coded = r#"{"error_code":40403,"message":"Schema not found"}"#;
        assert!(matches!(of(404, coded), Failure::Absent(_)));
        let short = r#"{"error_code":409,"message":"no"}"#;
        assert!(matches!(of(409, short), Failure::Incompatible(_)));
        let none = r#"{"error_code":0,"message":"no"}"#;
        assert!(matches!(of(409, none), Failure::Incompatible(_)));
        let invalid = r#"{"error_code":42201,"message":"no"}"#;
        assert!(matches!(of(422, invalid), Failure::Invalid(_)));
        for (status, body) in [
            (404, "<html>no such page</html>"),
            (401, r#"{"error_code":401,"message":"who are you"}"#),
            (500, r#"{"error_code":50001,"message":"store"}"#),
            (503, ""),
        ] {
            let failure = of(status, body);
            assert!(
                matches!(&failure, Failure::Down(said) if said.contains(&status.to_string())),
                "{failure:?}"
            );
        }
    }
}

//! What the HTTP stack's errors mean here.

use std::error::Error as StdError;
use std::io;

use super::super::error::{Error, Trouble};
use super::super::policy::Policy;
use super::super::resolve::Unknown;
use super::super::vet::Refused;

/// Names an error of the HTTP stack; its URL is taken out, since it may carry a key.
pub(super) fn error(error: reqwest::Error, policy: &Policy) -> Error {
    if let Some(refused) = find::<Refused>(&error) {
        return refused.clone().into();
    }
    if let Some(unknown) = find::<Unknown>(&error) {
        let host = unknown.host.clone();
        return Error::UnknownHost { host };
    }
    if error.is_builder() {
        return Refused::Malformed("it has characters that cannot be sent").into();
    }
    if error.is_timeout() {
        let after = policy.connect_timeout;
        return Error::Timeout { after };
    }
    Error::Transport {
        trouble: trouble(&error),
        source: Box::new(error.without_url()),
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    if find::<rustls::Error>(error).is_some() {
        Trouble::Tls
    } else if error.is_connect() {
        Trouble::Connect
    } else if corrupt(error) {
        Trouble::Corrupt
    } else {
        Trouble::Broken
    }
}

/// A decompressor's complaint comes as an I/O error that is not the connection's.
fn corrupt(error: &reqwest::Error) -> bool {
    error.is_decode()
        && find::<io::Error>(error).is_some_and(|io| {
            matches!(
                io.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
            )
        })
}

/// The first cause of type `E`, also inside I/O errors, which leave themselves out of the chain.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<E>() {
            return Some(found);
        }
        next = match cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}

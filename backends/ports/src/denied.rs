//! How a server turns us away for what is configured: its certificate, its name, or what we sign in with. No later attempt
//! goes better, so a start ends with it and does not wait.

use std::error::Error;

/// Why a server and we do not come together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// None of the authorities that we trust has signed its certificate.
    #[error("its certificate is not trusted: {0}")]
    Certificate(String),
    /// Its certificate is for another name than the one that it is reached by.
    #[error("its certificate is for another name: {0}")]
    Name(String),
    /// It does not take what we sign in with.
    #[error("it does not take what we sign in with: {0}")]
    Login(String),
}

/// What came of a knock at a server's door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Knock {
    /// It turns us away.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It does not answer, or answers something else: it may later.
    #[error("{0}")]
    Away(String),
}

impl Denied {
    /// What the words of rustls or OpenSSL say of a certificate; none where they are about something else.
    #[must_use]
    pub fn of_tls(said: &str) -> Option<Self> {
        let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if has(&["not valid for name", "NotValidForName", "ostname mismatch"]) {
            return Some(Self::Name(said.to_owned()));
        }
        let untrusted = ["invalid peer certificate", "certificate verify failed"];
        has(&untrusted).then(|| Self::Certificate(said.to_owned()))
    }
}

impl Knock {
    /// What a failed attempt says: of a certificate where its words are about one.
    #[must_use]
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        Self::said(whole(error))
    }

    /// The same, of an error that is in words already.
    #[must_use]
    pub fn said(words: String) -> Self {
        Denied::of_tls(&words).map_or(Self::Away(words), Self::Denied)
    }
}

/// An error with all that is behind it, in a line.
#[must_use]
pub fn whole(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(deeper) = source {
        let more = deeper.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        source = deeper.source();
    }
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_about_certificates_are_told_from_others() {
        let certificate = |said: &str| matches!(Denied::of_tls(said), Some(Denied::Certificate(_)));
        assert!(certificate("x: invalid peer certificate: UnknownIssuer"));
        assert!(certificate("SSL routines::certificate verify failed: y"));
        let name = "invalid peer certificate: certificate not valid for name \"localhost\"";
        assert!(matches!(Denied::of_tls(name), Some(Denied::Name(_))));
        assert_eq!(Denied::of_tls("connection refused"), None);
    }
}

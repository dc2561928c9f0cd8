//! Refresh tokens and link tokens: a name of something that the control decider keeps, and a MAC that we gave it out.

use super::Tokens;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mediamesh_domain::id::{LinkId, SessionId, UserId};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// How long a session lives at most, in seconds.
pub const REFRESH_S: i64 = 30 * 86_400;
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 256;
/// How refresh tokens begin, so that scanners find leaks.
const REFRESH: &str = "mmr_";
/// How link tokens begin.
const LINK: &str = "mml_";

/// What a refresh token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Whose session.
    pub user_id: UserId,
    /// Which one.
    pub session_id: SessionId,
    /// The how-manieth token of the session, from 1.
    pub generation: i32,
}

/// What a link token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkToken {
    /// Whose password it sets.
    pub user_id: UserId,
    /// The link.
    pub link_id: LinkId,
}

impl Tokens {
    /// The refresh token of a generation: always the same for the same one, as long as the same key signs.
    #[must_use]
    pub fn refresh(&self, token: RefreshToken) -> Option<String> {
        let mut body = token.user_id.as_bytes().to_vec();
        body.extend_from_slice(token.session_id.as_bytes());
        body.extend_from_slice(&token.generation.to_be_bytes());
        self.sealed(REFRESH, &body)
    }

    /// What a refresh token names; none where it is not ours.
    #[must_use]
    pub fn open_refresh(&self, token: &str) -> Option<RefreshToken> {
        let body = self.opened(REFRESH, token)?;
        let (user, rest) = body.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        Some(RefreshToken {
            user_id: UserId(Uuid::from_bytes(*user)),
            session_id: SessionId(Uuid::from_bytes(*session)),
            generation: i32::from_be_bytes(rest.try_into().ok()?),
        })
    }

    /// The token of a link.
    #[must_use]
    pub fn link(&self, token: LinkToken) -> Option<String> {
        let mut body = token.user_id.as_bytes().to_vec();
        body.extend_from_slice(token.link_id.as_bytes());
        self.sealed(LINK, &body)
    }

    /// What a link token names; none where it is not ours.
    #[must_use]
    pub fn open_link(&self, token: &str) -> Option<LinkToken> {
        let body = self.opened(LINK, token)?;
        let (user, rest) = body.split_first_chunk::<16>()?;
        Some(LinkToken {
            user_id: UserId(Uuid::from_bytes(*user)),
            link_id: LinkId(Uuid::from_bytes(rest.try_into().ok()?)),
        })
    }

    /// `<prefix><body>.<MAC>`, the body beginning with the key's id.
    fn sealed(&self, prefix: &str, body: &[u8]) -> Option<String> {
        let ring = self.ring();
        let key = ring.signing(self.now())?;
        let body = [key.id.as_bytes().as_slice(), body].concat();
        let seal = key.seal(&[prefix.as_bytes(), &body]);
        let [body, seal] = [body.as_slice(), &seal].map(|part| URL_SAFE_NO_PAD.encode(part));
        Some(format!("{prefix}{body}.{seal}"))
    }

    fn opened(&self, prefix: &str, token: &str) -> Option<Vec<u8>> {
        if token.len() > LONGEST {
            return None;
        }
        let (body, seal) = token.strip_prefix(prefix)?.split_once('.')?;
        let body = URL_SAFE_NO_PAD.decode(body).ok()?;
        let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
        let (id, rest) = body.split_first_chunk::<16>()?;
        let ring = self.ring();
        let key = ring.key(Uuid::from_bytes(*id))?;
        let expected = key.seal(&[prefix.as_bytes(), &body]);
        bool::from(expected.as_slice().ct_eq(&seal)).then(|| rest.to_vec())
    }
}

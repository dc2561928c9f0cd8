//! Access tokens: JWTs that say who, in which session, and no rights: those are what `control.events` says now.

use super::Tokens;
use jsonwebtoken::{Algorithm, Header, Validation};
use mediamesh_domain::id::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long an access token lives, in seconds.
pub const ACCESS_S: i64 = 600;
/// How far the clocks of two processes may be apart, in seconds.
const LEEWAY_S: i64 = 5;
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 2_048;
/// Who gives tokens out.
const ISSUER: &str = "mediamesh";
/// Whom access tokens are for: a token of another kind names another audience.
const AUDIENCE: &str = "mediamesh:api";
/// The kind of token in its header (RFC 9068).
const TYPE: &str = "at+jwt";

/// Every claim must be there, and of its type.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    jti: Uuid,
    epoch: i32,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// An access token that was just made.
pub struct AccessToken {
    /// The token.
    pub token: String,
    /// How long it lives, in seconds.
    pub expires_in: i64,
}

/// What a token says that was shown and is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whose it is.
    pub user_id: UserId,
    /// The session that it belongs to.
    pub session_id: SessionId,
    /// The person's epoch when the session began.
    pub epoch: i32,
}

impl Tokens {
    /// A token of a session; `id` tells tokens apart. None where there is no key.
    #[must_use]
    pub fn access(&self, shown: Shown, id: Uuid) -> Option<AccessToken> {
        let ring = self.ring();
        let key = ring.signing(self.now())?;
        let now = self.now().0.div_euclid(1_000_000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: shown.user_id,
            sid: shown.session_id,
            jti: id,
            epoch: shown.epoch,
            iat: now,
            nbf: now,
            exp: now + ACCESS_S,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.id.to_string());
        header.typ = Some(TYPE.to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &key.encoding()).ok()?;
        Some(AccessToken {
            token,
            expires_in: ACCESS_S,
        })
    }

    /// What a token says; none where it is not an access token of ours, or not of now.
    #[must_use]
    pub fn shown(&self, token: &str) -> Option<Shown> {
        if token.len() > LONGEST {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        // The header says which of our keys, and nothing else that counts: the algorithm is the key's.
        let (ring, id) = (self.ring(), Uuid::try_parse(header.kid.as_deref()?).ok()?);
        let key = ring.key(id)?.decoding();
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation()).ok()?;
        let claims = claims.claims;
        let now = self.now().0.div_euclid(1_000_000);
        let in_time = claims.nbf <= now + LEEWAY_S
            && claims.iat <= now + LEEWAY_S
            && now < claims.exp
            && claims.exp <= claims.iat + ACCESS_S;
        in_time.then_some(Shown {
            user_id: claims.sub,
            session_id: claims.sid,
            epoch: claims.epoch,
        })
    }
}

/// Times are judged here by the clock that was given, and not by the library's.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation
}

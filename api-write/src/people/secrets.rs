//! Passwords: compared and hashed by argon2id, a few at once, so that logging in never starves the rest.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use mediamesh_domain::control::accounts::PasswordHash;
use mediamesh_edge::bulkhead::Bulkhead;
use mediamesh_edge::ids::Entropy;
use mediamesh_edge::problem::{Problem, kind};
use std::sync::{Arc, OnceLock};
use unicode_normalization::UnicodeNormalization as _;

/// The shortest password, in characters.
const SHORTEST: usize = 12;
/// The longest password, in bytes.
const LONGEST: usize = 512;
/// Memory, passes and lanes of a hash: OWASP's least.
const COSTS: (u32, u32, u32) = (19_456, 2, 1);
/// Bytes of salt.
const SALT: usize = 16;

/// Hashes and compares passwords; cheap to clone.
#[derive(Clone)]
pub(crate) struct Passwords {
    room: Bulkhead,
    entropy: Entropy,
    /// The hash that is compared with where there is none: it takes as long.
    nobody: Arc<OnceLock<PasswordHash>>,
}

impl Passwords {
    pub fn new(running: usize, queued: usize, entropy: Entropy) -> Self {
        Self {
            room: Bulkhead::new("sign-in", running, queued),
            entropy,
            nobody: Arc::default(),
        }
    }

    /// The hash of a password that may be one.
    ///
    /// # Errors
    /// 422 with the pointer where it may not be one, 503 where too many wait.
    pub async fn hash(&self, pointer: &str, password: String) -> Result<PasswordHash, Problem> {
        check(pointer, &password)?;
        let salt = (self.entropy)();
        self.working(move || hash(&password, &salt)).await?
    }

    /// Whether a password is the one of a hash. Where there is none it takes as long, and is not.
    ///
    /// # Errors
    /// 503 where too many wait.
    pub async fn matches(
        &self,
        password: String,
        known: Option<PasswordHash>,
    ) -> Result<bool, Problem> {
        let (entropy, nobody) = (Arc::clone(&self.entropy), Arc::clone(&self.nobody));
        self.working(move || {
            let is_known = known.is_some();
            let hash = match known {
                Some(known) => known,
                None => of_nobody(&entropy, &nobody)?,
            };
            let text = normal(&password);
            let equal = argon2()?.verify_password(text.as_bytes(), hash.phc.as_str());
            Ok(is_known && equal.is_ok())
        })
        .await?
    }

    async fn working<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.room.enter().await?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by who works, not by who waits: a caller that goes away makes no room.
            let _place = place;
            work()
        });
        done.await.map_err(|_| broken())
    }
}

/// The hash of a password that nobody has, made once.
fn of_nobody(entropy: &Entropy, nobody: &OnceLock<PasswordHash>) -> Result<PasswordHash, Problem> {
    if let Some(known) = nobody.get() {
        return Ok(known.clone());
    }
    let password: String = entropy().iter().map(|byte| format!("{byte:02x}")).collect();
    let made = hash(&password, &entropy())?;
    Ok(nobody.get_or_init(|| made).clone())
}

fn hash(password: &str, salt: &[u8; 32]) -> Result<PasswordHash, Problem> {
    let text = normal(password);
    let hashed = argon2()?.hash_password_with_salt(text.as_bytes(), &salt[..SALT]);
    let hashed = hashed.map_err(|_| broken())?;
    Ok(PasswordHash {
        phc: hashed.to_string(),
    })
}

fn argon2() -> Result<Argon2<'static>, Problem> {
    let (memory, passes, lanes) = COSTS;
    let params = Params::new(memory, passes, lanes, None).map_err(|_| broken())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password in one form, however the keyboard composes its letters.
fn normal(password: &str) -> String {
    password.nfc().collect()
}

fn check(pointer: &str, password: &str) -> Result<(), Problem> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        let message = format!("use {SHORTEST} characters or more, and {LONGEST} bytes at most");
        return Err(Problem::invalid(pointer, "password_length", message));
    }
    Ok(())
}

fn broken() -> Problem {
    Problem::new(kind::INTERNAL, "the password could not be looked at").code("internal")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(2, 8, mediamesh_edge::ids::entropy())
    }

    #[tokio::test]
    async fn a_password_is_known_by_a_salted_hash_of_the_costs_that_are_asked_for() {
        let passwords = passwords();
        let hash = || passwords.hash("/password", "correct horse battery".to_owned());
        let (one, two) = (hash().await.unwrap(), hash().await.unwrap());
        assert_ne!(one, two);
        assert!(
            one.phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            one.phc
        );
        let matches = |text: &str| passwords.matches(text.to_owned(), Some(one.clone()));
        assert!(matches("correct horse battery").await.unwrap());
        assert!(!matches("correct horse batterY").await.unwrap());
        let nobody = passwords.matches("correct horse battery".to_owned(), None);
        assert!(!nobody.await.unwrap());
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_its_letters_are_composed() {
        let passwords = passwords();
        let composed = "caf\u{e9} at the quay".to_owned();
        let hash = passwords.hash("/password", composed).await.unwrap();
        let apart = "cafe\u{301} at the quay".to_owned();
        assert!(passwords.matches(apart, Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn a_short_or_endless_password_is_none() {
        for password in ["", "elevenchars", &"a".repeat(513)] {
            let problem = passwords().hash("/password", password.to_owned()).await;
            assert_eq!(problem.unwrap_err().kind(), kind::INVALID_FIELDS);
        }
    }
}

//! What is personal: names, addresses and hashes of passwords, on a topic of their own.
//!
//! The topic is compacted, so that what is erased is gone within a day. The control decider writes it in the step
//! that decides, and keeps none of it: of an e-mail address its state holds a hash, to see whether it is taken.

use crate::id::{CommandId, UserId};
use crate::position::Seq;
use crate::rules::Findings;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

/// The longest e-mail address, in bytes (RFC 5321).
const EMAIL: usize = 254;
/// The longest name, in characters.
const NAME: usize = 200;
/// The longest hash of a password, in bytes.
const HASH: usize = 256;

/// One record of `accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountRecord {
    /// Whose.
    pub user_id: UserId,
    /// The control decider's counter when it was written.
    pub seq: Seq,
    /// When it was decided.
    pub at: Timestamp,
    /// What is said.
    pub body: AccountBody,
}

/// What is said of a person. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountBody {
    /// Who the person is.
    Profile(Profile),
    /// How the password is known.
    Password(PasswordHash),
    /// Nothing any more: it stands in the place of what was there.
    Erased(AccountErased),
}

/// Who a person is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// The e-mail address, as it was given.
    pub email: String,
    /// What the person is called.
    #[serde(default)]
    pub name: String,
}

/// How a password is known: its argon2id hash with salt and costs, in PHC's form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordHash {
    /// The text, `$argon2id$…`.
    pub phc: String,
}

/// A person was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountErased {
    /// The command that asked for it.
    pub command_id: CommandId,
}

/// The two records of a person: each key holds one kind, so that one can change without the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Who the person is.
    Profile,
    /// How the password is known.
    Password,
}

impl Part {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Profile, Self::Password];

    /// The record's key.
    #[must_use]
    pub fn key(self, user: UserId) -> String {
        match self {
            Self::Profile => format!("{user}/profile"),
            Self::Password => format!("{user}/password"),
        }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile(…)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Profile {
    /// Notes what a profile may not be.
    pub(super) fn check(&self, found: &mut Findings) {
        if !is_email(&normalised(&self.email)) {
            let message = "write an e-mail address, for example nour@media.example";
            found.error("/email", "email_invalid", message);
        }
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
            let message = format!("write a name of 1 to {NAME} characters");
            found.error("/name", "name_invalid", message);
        }
    }
}

impl PasswordHash {
    /// Notes what a hash may not be.
    pub(super) fn check(&self, found: &mut Findings) {
        if !self.phc.starts_with("$argon2id$") || self.phc.len() > HASH {
            let message = "it is not the argon2id hash of a password";
            found.error("/password", "hash_invalid", message);
        }
    }
}

/// An e-mail address as it is compared: addresses that differ in case or form only are one.
#[must_use]
pub fn normalised(email: &str) -> String {
    email.trim().nfkc().collect::<String>().to_lowercase()
}

/// What the decider keeps of a normalised address.
pub(super) fn email_hash(email: &str) -> Uuid {
    crate::id::name_based("email", &[normalised(email).as_bytes()])
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
    text.len() <= EMAIL
        && !local.is_empty()
        && text.chars().filter(|c| *c == '@').count() == 1
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(plain))
        && local.chars().all(plain)
}

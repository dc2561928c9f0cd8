//! What `accounts` says now of people: names, addresses and password hashes, followed in memory.

use async_trait::async_trait;
use mediamesh_domain::control::accounts::{PasswordHash, Profile};
use mediamesh_domain::id::UserId;
use mediamesh_domain::position::Seq;
use std::time::Duration;

/// What is personal of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Who it is.
    pub profile: Profile,
    /// How the password is known; none where none was set.
    pub password: Option<PasswordHash>,
}

/// Follows `accounts`.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// What is personal of a person.
    fn of(&self, user: UserId) -> Option<Account>;

    /// Who has an e-mail address, in whatever form it is written.
    fn by_email(&self, email: &str) -> Option<UserId>;

    /// Waits until what was written with a `seq` is known; false where it is not within `wait`.
    async fn reach(&self, seq: Seq, wait: Duration) -> bool;
}

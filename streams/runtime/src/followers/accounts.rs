//! `accounts`, followed from the beginning: who has an account, and how the password is known.

use super::Error;
use super::follow::Follow;
use crate::health::Health;
use async_trait::async_trait;
use mediamesh_domain::control::accounts::{AccountBody, AccountRecord, normalised};
use mediamesh_domain::id::UserId;
use mediamesh_domain::position::{Offset, Partition, Seq};
use mediamesh_ports::accounts::{Account, Accounts};
use mediamesh_ports::event_log::ReadLog;
use mediamesh_schemas::{Codec, Topic};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Follows `accounts`.
pub struct AccountsFollower {
    known: watch::Receiver<Known>,
}

/// Everybody that is known.
#[derive(Default)]
struct Known {
    seq: Seq,
    people: BTreeMap<UserId, Account>,
    emails: BTreeMap<String, UserId>,
}

impl Known {
    fn take(&mut self, record: AccountRecord) {
        let id = record.user_id;
        match record.body {
            AccountBody::Profile(profile) => {
                self.forget_email(id);
                self.emails.insert(normalised(&profile.email), id);
                self.people.entry(id).or_default().profile = profile;
            }
            AccountBody::Password(password) => {
                self.people.entry(id).or_default().password = Some(password);
            }
            AccountBody::Erased(_) => {
                self.forget_email(id);
                self.people.remove(&id);
            }
        }
        self.seq = self.seq.max(record.seq);
    }

    fn forget_email(&mut self, id: UserId) {
        let Some(account) = self.people.get(&id) else {
            return;
        };
        let email = normalised(&account.profile.email);
        if self.emails.get(&email) == Some(&id) {
            self.emails.remove(&email);
        }
    }
}

impl AccountsFollower {
    /// Takes in all that there is, then follows in a task of its own until the token is cancelled.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn start(
        log: Arc<dyn ReadLog>,
        codec: Codec,
        health: Arc<Health>,
        cancel: CancellationToken,
    ) -> Result<Arc<Self>, Error> {
        let mut follow = Follow {
            name: "follow accounts",
            log,
            codec,
            topic: Topic::Accounts,
            partition: Partition(0),
            next: Offset(0),
            needs_all: false,
            whole: None,
        };
        let mut whole = Known::default();
        follow
            .catch_up(&mut |record: AccountRecord| whole.take(record))
            .await?;
        let (sender, known) = watch::channel(whole);
        tokio::spawn(follow.follow(health, cancel, move |record: AccountRecord| {
            sender.send_modify(|known| known.take(record));
        }));
        Ok(Arc::new(Self { known }))
    }
}

#[async_trait]
impl Accounts for AccountsFollower {
    fn of(&self, user: UserId) -> Option<Account> {
        self.known.borrow().people.get(&user).cloned()
    }

    fn by_email(&self, email: &str) -> Option<UserId> {
        self.known.borrow().emails.get(&normalised(email)).copied()
    }

    async fn reach(&self, seq: Seq, wait: Duration) -> bool {
        let mut known = self.known.clone();
        let reached = known.wait_for(|known| known.seq >= seq);
        matches!(tokio::time::timeout(wait, reached).await, Ok(Ok(_)))
    }
}

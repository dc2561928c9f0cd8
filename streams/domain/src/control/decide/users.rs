//! People's accounts: one an e-mail address. What is personal goes out to `accounts` and stays in no state of ours.

mod access;
mod erasing;
mod making;
mod password;

pub(super) use access::update;
pub(super) use erasing::erase;
pub(super) use making::{invite, sign_up};
pub(super) use password::{link, set};

use super::{Decided, Held};
use crate::control::accounts::{AccountBody, AccountRecord, Part};
use crate::control::{ControlCommand, UserState};
use crate::decide::values::read;
use crate::decide::{Stop, refusal};
use crate::id::{LinkId, UserId};
use crate::position::{Seq, Version};
use crate::state::{StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::{Refusal, RefusalKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The step that a command about a person is decided in.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) state: &'a dyn StateView,
    pub(super) command: &'a ControlCommand,
    /// The `seq` of the event, if there is one.
    pub(super) seq: Seq,
    /// When it is decided.
    pub(super) at: Timestamp,
}

/// A person as the decider keeps them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) state: UserState,
    /// What is kept of the e-mail address.
    email: Uuid,
    /// Whether there is a password.
    has_password: bool,
    /// The link by which one can be set.
    link: Option<Link>,
    /// Whether the person was forgotten; the id is never given again.
    erased: bool,
}

/// A link by which a password can be set once.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Link {
    id: LinkId,
    until: Timestamp,
}

impl Step<'_> {
    /// A record of `accounts` of this step.
    fn account(&self, part: Part, user_id: UserId, body: AccountBody) -> (Part, AccountRecord) {
        let record = AccountRecord {
            user_id,
            seq: self.seq,
            at: self.at,
            body,
        };
        (part, record)
    }

    /// The person, where there is one; in the version that the caller saw, where they named one.
    fn person(&self, id: UserId) -> Result<Held<Person>, Stop> {
        let held = held(self.state, id)?.ok_or_else(|| unknown(id))?;
        match self.command.expected {
            Some(expected) if expected.version != held.version => {
                Err(refusal::other_version(expected, held.version, Vec::new()).into())
            }
            _ => Ok(held),
        }
    }
}

/// The person with an id; none where there is none, or there was one.
pub(super) fn held(state: &dyn StateView, id: UserId) -> Result<Option<Held<Person>>, Unreadable> {
    let held = read::<Held<Person>>(state, &key(id))?;
    Ok(held.filter(|held| !held.value.erased))
}

fn unknown(id: UserId) -> Refusal {
    refusal::new(
        RefusalKind::NotFound,
        "not_found",
        format!("there is no user {id}"),
    )
}

fn conflict(code: &str, message: &str, version: Version) -> Stop {
    refusal::conflict(code, message, version).into()
}

fn key(id: UserId) -> Vec<u8> {
    [b"p/", id.as_bytes().as_slice()].concat()
}

fn email_key(email: Uuid) -> Vec<u8> {
    [b"e/", email.as_bytes().as_slice()].concat()
}

impl Decided {
    /// With what goes to `accounts`.
    fn telling(mut self, accounts: Vec<(Part, AccountRecord)>) -> Self {
        self.accounts = accounts;
        self
    }
}

//! People: accounts, passwords, sessions and what is granted to whom.
//!
//! What decides is the control decider, as everywhere: here a password is compared with its hash, tokens are given
//! out, and what is personal is shown to who may see it.

pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod jwks;
mod known;
pub(crate) mod passwords;
mod secrets;
pub(crate) mod sessions;
mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod users;

pub(crate) use secrets::Passwords;
pub use sign_in::SignIn;

use crate::api::WriteApi;
use crate::ask::{Ask, Stranger};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, HeaderName};
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::ControlBody;
use mediamesh_domain::id::{CommandId, UserId};
use mediamesh_domain::verdict::Accepted;
use mediamesh_edge::prefer::Prefer;
use mediamesh_edge::problem::{Problem, kind};

/// What stands in an answer with a secret: nobody keeps it.
const NO_STORE: (HeaderName, HeaderValue) = (CACHE_CONTROL, HeaderValue::from_static("no-store"));

impl WriteApi {
    /// Asks for something in a person's name and waits for the verdict: what follows depends on it.
    async fn as_person(
        &self,
        stranger: &Stranger,
        user: UserId,
        body: ControlBody,
    ) -> Result<Accepted, Problem> {
        let ask = Ask {
            command_id: CommandId((self.ports().ids)()),
            payload_hash: None,
            principal: Principal::user(user),
            correlation_id: stranger.correlation_id.as_str().to_owned(),
            expected: None,
            prefer: Prefer::default(),
        };
        self.control(ask, body).await?.ok_or_else(late)
    }

    /// Waits, a bounded time, until this node knows what was written to `accounts`.
    async fn know_account(&self, accepted: &Accepted) {
        let wait = self.limits().own_writes;
        self.ports().accounts.reach(accepted.seq, wait).await;
    }
}

fn late() -> Problem {
    let detail = "it was not decided in time: try again";
    Problem::new(kind::UNAVAILABLE, detail)
        .code("verdict_late")
        .retry_after(2)
}

fn no_keys() -> Problem {
    let detail = "this deployment has no key to sign with: an operator must look";
    Problem::new(kind::UNAVAILABLE, detail)
        .code("no_signing_key")
        .retry_after(30)
}

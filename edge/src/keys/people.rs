//! People: their token says who they are, and `control.events` what they may do now.

use super::{Authenticator, Caller, unauthenticated};
use crate::problem::{Problem, kind};
use mediamesh_domain::access::{Role, Scope};
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::{UserState, UserStatus};
use std::time::Duration;

/// After how long without news of `control.events` nobody is let in who may do more than read their own: a token may
/// have been revoked meanwhile.
pub const STALE_AFTER: Duration = Duration::from_secs(30);

impl Authenticator {
    /// The token's caller.
    pub(super) fn person(&self, token: &str) -> Result<Caller, Problem> {
        let tokens = self.tokens.as_ref().ok_or_else(unauthenticated)?;
        let shown = tokens.shown(token).ok_or_else(unauthenticated)?;
        let state = self.control.current();
        let user = state.users.get(&shown.user_id).map(|entry| &entry.state);
        let user = user
            .filter(|user| user.status == UserStatus::Active && user.epoch == shown.epoch)
            .filter(|_| !state.ended.contains_key(&shown.session_id))
            .ok_or_else(unauthenticated)?;
        if self.control.age() > STALE_AFTER && may_more(user) {
            return Err(stale());
        }
        Ok(Caller {
            principal: Principal::user(shown.user_id),
            rights: state.rights_of_access(&user.access),
            sources: Vec::new(),
            shown: Some(shown),
        })
    }
}

/// Whether the person may do more than use the account.
fn may_more(user: &UserState) -> bool {
    user.access.role != Role::User
        || user
            .access
            .scopes
            .iter()
            .any(|scope| scope.parse::<Scope>().is_ok())
}

fn stale() -> Problem {
    let detail = "it cannot be known now whether this token was revoked: try again in a moment";
    Problem::new(kind::UNAVAILABLE, detail)
        .code("rights_unknown")
        .retry_after(5)
}

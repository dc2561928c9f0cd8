//! Who shows the right password, told alike whatever is wrong: the address, the password, the account.

use crate::api::WriteApi;
use mediamesh_domain::control::UserStatus;
use mediamesh_domain::control::accounts::normalised;
use mediamesh_domain::id::UserId;
use mediamesh_edge::limit::Limit;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::rate_limits::{Quota, RateLimits};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// How long attempts on one account are counted together.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Attempts on one account in that time.
const ATTEMPTS: u32 = 20;

/// How people may come in.
#[derive(Clone)]
pub struct SignIn {
    /// Counts attempts on an account.
    pub limits: Arc<dyn RateLimits>,
    /// How often one address may try; none: as often as it likes.
    pub per_address: Option<Limit>,
    /// Whether people may make accounts for themselves.
    pub sign_up: bool,
}

impl WriteApi {
    /// The person and their epoch, where the password is right and the account is open.
    ///
    /// # Errors
    /// 503 where too many are looked at.
    pub(super) async fn recognise(
        &self,
        email: &str,
        password: String,
    ) -> Result<Option<(UserId, i32)>, Problem> {
        let is_locked = self.is_locked(email).await;
        let ports = self.ports();
        let user = ports.accounts.by_email(email);
        let account = user.and_then(|user| ports.accounts.of(user));
        let known = account.and_then(|account| account.password);
        // The same work is done whatever is known, so that time does not tell either.
        let matches = self.passwords().matches(password, known).await?;
        let state = ports.control.current();
        let state = user
            .and_then(|user| state.users.get(&user))
            .map(|entry| &entry.state);
        let open = state.filter(|state| state.status == UserStatus::Active);
        let right = open.filter(|_| matches && !is_locked);
        let result = if right.is_some() { "right" } else { "wrong" };
        metrics::counter!("sign_ins_total", "result" => result).increment(1);
        Ok(right.map(|state| (state.user_id, state.epoch)))
    }

    /// Whether too many have tried this account lately. Nobody is told: it is answered as a wrong password.
    pub(super) async fn is_locked(&self, email: &str) -> bool {
        let Ok(quota) = Quota::new(ATTEMPTS, WINDOW) else {
            return false;
        };
        // What counts sees no address of anybody.
        let hash = Sha256::digest(normalised(email).as_bytes());
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let limits = &self.ports().sign_in.limits;
        let taken = limits.take(&format!("sign-in/{hash}"), 1, &quota).await;
        // Nobody is kept out because nobody can count.
        taken.is_ok_and(|decision| !decision.allowed)
    }
}

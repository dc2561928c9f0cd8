//! What a principal may do, as `control.events` says it: the same for the APIs and for the deciders.

use super::{ControlState, CreateApiKey, UserStatus};
use crate::access::{Denied, Need, Rights};
use crate::command::{Command, Principal, PrincipalKind};
use crate::id::UserId;
use crate::time::Timestamp;

impl CreateApiKey {
    /// Whether the key has ended.
    #[must_use]
    pub fn is_over(&self, at: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= at)
    }
}

impl ControlState {
    /// What a principal may do; none where there is no such key or person, or they have ended.
    #[must_use]
    pub fn rights_of(&self, principal: &Principal, at: Timestamp) -> Option<Rights> {
        match principal.kind {
            PrincipalKind::System => Some(Rights::everything()),
            PrincipalKind::Source => None,
            PrincipalKind::ApiKey => {
                let key = self.api_keys.get(&principal.id)?;
                (!key.is_over(at)).then(|| Rights::of_key(key))
            }
            PrincipalKind::User => {
                let id: UserId = principal.id.parse().ok()?;
                let state = &self.users.get(&id)?.state;
                let active = state.status == UserStatus::Active;
                active.then(|| self.rights_of_access(&state.access))
            }
        }
    }

    /// Whether the principal of a command about content may ask for it.
    ///
    /// # Errors
    /// What is missing.
    pub fn allow(&self, command: &Command) -> Result<(), Denied> {
        let kind = command.principal.kind;
        match (Need::of(&command.body), kind) {
            (_, PrincipalKind::System) | (Need::Import, PrincipalKind::Source) => Ok(()),
            (Need::System | Need::Import, _) | (_, PrincipalKind::Source) => Err(Denied::Reserved),
            (Need::Scope(scope), _) => self
                .rights_of(&command.principal, command.at)
                .ok_or(Denied::Nobody)?
                .allow_scope(command.program_id, scope),
        }
    }
}

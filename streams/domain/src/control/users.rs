//! People: what is asked of their accounts and sessions, and what `control.events` says of them. No personal field.

use super::accounts::{PasswordHash, Profile};
use super::{ControlEvent, ControlState};
use crate::access::{Grants, Reach, Rights, Role};
use crate::id::{LinkId, ProgramId, SessionId, UserId};
use crate::position::Version;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How long ended sessions are remembered, in seconds: longer than any access token lives.
const ENDED_KEPT_S: i64 = 3_600;

/// What a person may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Access {
    /// The role.
    pub role: Role,
    /// Scopes beside those of the role.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The programs that content scopes hold for.
    #[serde(default)]
    pub grants: Grants,
}

/// Whether a person can log in. The order is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// There is no password yet.
    Invited,
    /// The password opens.
    Active,
    /// Nothing opens.
    Disabled,
}

/// A person's account as it stands, without what is personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserState {
    /// Whose.
    pub user_id: UserId,
    /// What the person may do.
    pub access: Access,
    /// Whether the person can log in.
    pub status: UserStatus,
    /// Counts what ends all sessions at once: a new password, and being disabled.
    pub epoch: i32,
}

/// A person's account with the version it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEntry {
    /// Its version.
    pub version: Version,
    /// How it stands.
    pub state: UserState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Make an account for somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteUser {
    /// Its id.
    pub user_id: UserId,
    /// Who it is for; it goes to `accounts` alone.
    pub profile: Profile,
    /// What the person may do.
    pub access: Access,
    /// The link by which the password is set.
    pub link_id: LinkId,
    /// When the link ends.
    pub link_until: Timestamp,
}

/// Make an account for oneself, in the role `user`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignUp {
    /// Its id.
    pub user_id: UserId,
    /// Who it is for; it goes to `accounts` alone.
    pub profile: Profile,
    /// How the password is known; it goes to `accounts` alone.
    pub password: PasswordHash,
}

/// Change what somebody may do; what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateUser {
    /// Whose account.
    pub user_id: UserId,
    /// The role.
    pub role: Option<Role>,
    /// Scopes beside those of the role.
    pub scopes: Option<Vec<String>>,
    /// The programs that content scopes hold for.
    pub grants: Option<Grants>,
    /// Whether nothing opens.
    pub disabled: Option<bool>,
}

/// Make the link by which somebody sets a password; an older one ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkUser {
    /// Whose account.
    pub user_id: UserId,
    /// The link's id.
    pub link_id: LinkId,
    /// When it ends.
    pub until: Timestamp,
}

/// Set a password. All sessions end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetPassword {
    /// Whose account.
    pub user_id: UserId,
    /// The link by which it is set; absent: the person has shown the old password.
    pub link_id: Option<LinkId>,
    /// The epoch in which the old password was shown.
    pub epoch: Option<i32>,
    /// How the new one is known; it goes to `accounts` alone.
    pub password: PasswordHash,
}

/// Forget a person: what is personal is removed, the id stays in what was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EraseUser {
    /// Whose account.
    pub user_id: UserId,
}

/// Begin a session of somebody who has shown the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    /// The session's id.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// The epoch in which the password was shown.
    pub epoch: i32,
    /// When it ends at the latest.
    pub until: Timestamp,
}

/// Carry a session on with the refresh token of a generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshSession {
    /// Which session.
    pub session_id: SessionId,
    /// The generation of the token that was shown; the first is 1.
    pub generation: i32,
}

/// End a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndSession {
    /// Which session.
    pub session_id: SessionId,
}

/// A link was made by which somebody sets a password. What opens is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserLinked {
    /// Whose account.
    pub user_id: UserId,
    /// When it ends.
    pub until: Timestamp,
}

/// Why a session ended. The order is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionEnding {
    /// The person logged out.
    LoggedOut,
    /// A refresh token was used again, so somebody has a copy of it.
    Reused,
}

/// A session ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionEnded {
    /// Which session.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// Why.
    pub ending: SessionEnding,
}

/// Say which programs a group has; none: there is no such group any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetProgramGroup {
    /// The group's name.
    pub name: String,
    /// Its programs.
    #[serde(default)]
    pub programs: Vec<ProgramId>,
}

impl ControlState {
    pub(super) fn take_user(&mut self, event: &ControlEvent, state: &UserState) {
        let known = self.users.get(&state.user_id);
        let created_at = known.map_or(event.decided_at, |entry| entry.created_at);
        let entry = UserEntry {
            version: event.version,
            state: state.clone(),
            created_at,
            updated_at: event.decided_at,
        };
        self.users.insert(state.user_id, entry);
    }

    pub(super) fn end_session(&mut self, event: &ControlEvent, ended: &SessionEnded) {
        let kept_from = event.decided_at.plus_seconds(-ENDED_KEPT_S);
        self.ended.retain(|_, at| *at >= kept_from);
        self.ended.insert(ended.session_id, event.decided_at);
    }

    /// What a person may do now, whether or not they can log in.
    #[must_use]
    pub fn rights_of_access(&self, access: &Access) -> Rights {
        let reach = if access.grants.everything {
            Reach::Everything
        } else {
            let groups = access.grants.groups.iter();
            let of_groups = groups.filter_map(|name| self.groups.get(name)).flatten();
            Reach::Programs(of_groups.chain(&access.grants.programs).copied().collect())
        };
        Rights::of_role(access.role, &access.scopes, reach)
    }
}

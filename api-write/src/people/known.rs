//! A person as administrators and the person see them.

use crate::api::WriteApi;
use mediamesh_domain::access::{Grants, Role};
use mediamesh_domain::control::{UserEntry, UserStatus};
use mediamesh_domain::id::{ProgramId, UserId};
use mediamesh_domain::position::Version;
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::problem::{Problem, kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The programs that content scopes are to hold for.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewGrants {
    /// All programs, new ones included.
    everything: bool,
    /// These programs.
    programs: Vec<ProgramId>,
    /// The programs of these groups, as the groups are then.
    groups: Vec<String>,
}

impl From<NewGrants> for Grants {
    fn from(new: NewGrants) -> Self {
        Self {
            everything: new.everything,
            programs: new.programs,
            groups: new.groups,
        }
    }
}

/// What is known of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KnownUser {
    /// The id.
    pub id: UserId,
    /// The account's version: send it back as If-Match.
    pub version: Version,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Scopes beside those of the role.
    pub scopes: Vec<String>,
    /// The programs that content scopes hold for.
    pub grants: Grants,
    /// Whether the person can log in.
    pub status: UserStatus,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl WriteApi {
    /// What is known of a person.
    ///
    /// # Errors
    /// 404 where there is none.
    pub(super) fn known(&self, id: UserId) -> Result<KnownUser, Problem> {
        let state = self.ports().control.current();
        let entry = state.users.get(&id);
        entry.map(|entry| self.shown(id, entry)).ok_or_else(|| {
            let detail = format!("there is no user {id}");
            Problem::new(kind::NOT_FOUND, detail).code("not_found")
        })
    }

    /// Everybody, by id.
    pub(super) fn everybody(&self) -> Vec<KnownUser> {
        let state = self.ports().control.current();
        let entries = state.users.iter();
        entries.map(|(id, entry)| self.shown(*id, entry)).collect()
    }

    fn shown(&self, id: UserId, entry: &UserEntry) -> KnownUser {
        let account = self.ports().accounts.of(id).unwrap_or_default();
        let access = entry.state.access.clone();
        KnownUser {
            id,
            version: entry.version,
            email: account.profile.email,
            name: account.profile.name,
            role: access.role,
            scopes: access.scopes,
            grants: access.grants,
            status: entry.state.status,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

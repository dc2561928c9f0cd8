//! The control topic: sources, API keys, users and view switches, decided by one writer on one partition.
//!
//! Uniqueness across keys (a source's name, a key's prefix, a person's e-mail address) is decided here and nowhere
//! else. No personal field ever stands in the events: those are [`accounts`], which the same writer tells.

pub mod accounts;
mod decide;
mod opml;
mod rights;
#[cfg(test)]
mod tests;
mod users;

pub use users::{
    Access, EndSession, EraseUser, InviteUser, LinkUser, OpenSession, RefreshSession, SessionEnded,
    SessionEnding, SetPassword, SetProgramGroup, SignUp, UpdateUser, UserEntry, UserLinked,
    UserState, UserStatus,
};

pub use decide::{ControlDecision, SHORTEST_INTERVAL_S, api_key_id, check_source, decide};
pub use opml::opml;

use crate::command::Principal;
use crate::id::{CommandId, EventId, ProgramId, SessionId, SourceId, UserId};
use crate::model::SourceFields;
use crate::position::{Partition, Seq, Version};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One command on `control.commands`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ControlCommand {
    /// Its id; a command whose id was decided before is answered as before.
    pub command_id: CommandId,
    /// When it was asked.
    pub at: Timestamp,
    /// Who asks.
    pub principal: Principal,
    /// The version expected of the thing it is about, where the caller named one.
    pub expected: Option<crate::command::Expectation>,
    /// The partition of `command.verdicts` on which the node that asked listens.
    pub reply_to: Option<Partition>,
    /// SHA-256 of the request where the client gave an Idempotency-Key.
    #[serde(default, with = "crate::bytes_option")]
    pub payload_hash: Option<Vec<u8>>,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// What is asked.
    pub body: ControlBody,
}

/// What is asked. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ControlBody {
    /// Make a source, or leave it as it is where the same address has one.
    CreateSource(CreateSource),
    /// Change a source by a JSON merge patch.
    UpdateSource(UpdateSource),
    /// Make an API key.
    CreateApiKey(CreateApiKey),
    /// Revoke an API key.
    RevokeApiKey(RevokeApiKey),
    /// Let readers use another version of a view.
    SwitchView(SwitchView),
    /// Make an account for somebody, who sets the password by a link.
    InviteUser(InviteUser),
    /// Make an account for oneself.
    SignUp(SignUp),
    /// Change what somebody may do.
    UpdateUser(UpdateUser),
    /// Make the link by which somebody sets a password, once.
    LinkUser(LinkUser),
    /// Set somebody's password.
    SetPassword(SetPassword),
    /// Forget a person.
    EraseUser(EraseUser),
    /// Begin a session of somebody who has shown the password.
    OpenSession(OpenSession),
    /// Carry a session on.
    RefreshSession(RefreshSession),
    /// End a session.
    EndSession(EndSession),
    /// Say which programs a group has.
    SetProgramGroup(SetProgramGroup),
}

/// Make a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateSource {
    /// UUIDv5 of the canonical address.
    pub source_id: SourceId,
    /// What is said of it.
    pub fields: SourceFields,
}

/// Change a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateSource {
    /// Which source.
    pub source_id: SourceId,
    /// The patch (RFC 7396), as JSON text over [`SourceFields`].
    pub patch: String,
}

/// Make an API key; the secret itself never leaves the one who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateApiKey {
    /// The public half, by which the key is looked up.
    pub prefix: String,
    /// SHA-256 of the secret half.
    #[serde(with = "serde_bytes")]
    pub secret_hash: Vec<u8>,
    /// What it is called.
    pub name: String,
    /// What it may do, for example `admin`, `content:write`, `content:read-draft`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The sources it may push to; empty: none.
    #[serde(default)]
    pub sources: Vec<SourceId>,
    /// When it ends; absent: never.
    pub expires_at: Option<Timestamp>,
}

/// Revoke an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevokeApiKey {
    /// The key's prefix.
    pub prefix: String,
}

/// Let readers use another version of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SwitchView {
    /// The view's name.
    pub view: String,
    /// The version to use.
    pub version: i32,
}

/// One event on `control.events`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ControlEvent {
    /// UUIDv5 of the command and the event's place among the command's events.
    pub event_id: EventId,
    /// The control decider's counter.
    pub seq: Seq,
    /// The version of the thing it is about, after this event.
    pub version: Version,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// The command that led to it.
    pub command_id: CommandId,
    /// Who asked.
    pub principal: Principal,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// What has happened.
    pub body: ControlFact,
}

/// What has happened. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ControlFact {
    /// A source was made.
    SourceCreated(SourceState),
    /// A source changed.
    SourceUpdated(SourceState),
    /// An API key was made.
    ApiKeyCreated(CreateApiKey),
    /// An API key was revoked.
    ApiKeyRevoked(RevokeApiKey),
    /// Readers use another version of a view.
    ViewSwitched(SwitchView),
    /// An account was made.
    UserCreated(UserState),
    /// What a person may do changed, or the password did.
    UserUpdated(UserState),
    /// A link was made by which somebody sets a password.
    UserLinked(UserLinked),
    /// A person was forgotten.
    UserErased(EraseUser),
    /// A session ended before its time.
    SessionEnded(SessionEnded),
    /// A group has other programs.
    ProgramGroupSet(SetProgramGroup),
}

/// A source as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceState {
    /// Its id.
    pub source_id: SourceId,
    /// What is said of it.
    pub fields: SourceFields,
}

impl ControlBody {
    /// The kind's name as it stands in metrics and answers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateSource(_) => "create_source",
            Self::UpdateSource(_) => "update_source",
            Self::CreateApiKey(_) => "create_api_key",
            Self::RevokeApiKey(_) => "revoke_api_key",
            Self::SwitchView(_) => "switch_view",
            Self::InviteUser(_) => "invite_user",
            Self::SignUp(_) => "sign_up",
            Self::UpdateUser(_) => "update_user",
            Self::LinkUser(_) => "link_user",
            Self::SetPassword(_) => "set_password",
            Self::EraseUser(_) => "erase_user",
            Self::OpenSession(_) => "open_session",
            Self::RefreshSession(_) => "refresh_session",
            Self::EndSession(_) => "end_session",
            Self::SetProgramGroup(_) => "set_program_group",
        }
    }
}

/// Everything that `control.events` says, as of one `seq`: small enough to be held whole by every node.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ControlState {
    /// The last event taken in.
    pub seq: Seq,
    /// The sources, by id.
    pub sources: BTreeMap<SourceId, SourceEntry>,
    /// The API keys that are not revoked, by prefix.
    pub api_keys: BTreeMap<String, CreateApiKey>,
    /// The versions of views that readers use, where not 1.
    pub views: BTreeMap<String, i32>,
    /// When readers were switched away from other versions, by view and version.
    pub left: BTreeMap<(String, i32), Timestamp>,
    /// The people that have an account, by id.
    pub users: BTreeMap<UserId, UserEntry>,
    /// The programs of groups, by the group's name.
    pub groups: BTreeMap<String, Vec<ProgramId>>,
    /// The sessions that ended before their time, as long as a token of theirs could be shown.
    pub ended: BTreeMap<SessionId, Timestamp>,
}

/// A source with the version it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceEntry {
    /// Its version.
    pub version: Version,
    /// What is said of it.
    pub fields: SourceFields,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ControlState {
    /// Takes one event in; one that was taken in before changes nothing.
    pub fn evolve(&mut self, event: &ControlEvent) {
        if event.seq <= self.seq {
            return;
        }
        self.seq = event.seq;
        match &event.body {
            ControlFact::SourceCreated(source) | ControlFact::SourceUpdated(source) => {
                let created_at = self
                    .sources
                    .get(&source.source_id)
                    .map_or(event.decided_at, |entry| entry.created_at);
                let entry = SourceEntry {
                    version: event.version,
                    fields: source.fields.clone(),
                    created_at,
                    updated_at: event.decided_at,
                };
                self.sources.insert(source.source_id, entry);
            }
            ControlFact::ApiKeyCreated(key) => {
                self.api_keys.insert(key.prefix.clone(), key.clone());
            }
            ControlFact::ApiKeyRevoked(revoked) => {
                self.api_keys.remove(&revoked.prefix);
            }
            ControlFact::ViewSwitched(switch) => {
                let old = (switch.view.clone(), self.view_version(&switch.view));
                let new = (switch.view.clone(), switch.version);
                self.left.insert(old, event.decided_at);
                self.left.remove(&new);
                self.views.insert(switch.view.clone(), switch.version);
            }
            ControlFact::UserCreated(user) | ControlFact::UserUpdated(user) => {
                self.take_user(event, user);
            }
            ControlFact::UserLinked(_) => {}
            ControlFact::UserErased(erased) => {
                self.users.remove(&erased.user_id);
            }
            ControlFact::SessionEnded(ended) => self.end_session(event, ended),
            ControlFact::ProgramGroupSet(group) if group.programs.is_empty() => {
                self.groups.remove(&group.name);
            }
            ControlFact::ProgramGroupSet(group) => {
                self.groups
                    .insert(group.name.clone(), group.programs.clone());
            }
        }
    }

    /// The version of a view that readers use.
    #[must_use]
    pub fn view_version(&self, view: &str) -> i32 {
        self.views.get(view).copied().unwrap_or(1)
    }

    /// The version that a rebuild of a view makes: above all that readers ever used, for what was left may be bad.
    #[must_use]
    pub fn next_view_version(&self, view: &str) -> i32 {
        let left = self.left_versions(view).map(|(version, _)| version);
        left.fold(self.view_version(view), i32::max) + 1
    }

    /// The versions of a view that readers used before and do not use now, with when they were switched away.
    pub fn left_versions<'a>(
        &'a self,
        view: &'a str,
    ) -> impl Iterator<Item = (i32, Timestamp)> + 'a {
        let left = self.left.iter().filter(move |((of, _), _)| of == view);
        left.map(|((_, version), at)| (*version, *at))
    }

    /// The version of a view that readers used last before the one that they use.
    #[must_use]
    pub fn last_left(&self, view: &str) -> Option<(i32, Timestamp)> {
        self.left_versions(view)
            .max_by_key(|(version, at)| (*at, *version))
    }
}

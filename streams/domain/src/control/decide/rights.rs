//! Who may ask for what: the write API has asked already, but anybody who can write to the topic can ask the decider.

use super::api_keys::{self, is_revoked};
use super::users;
use crate::access::{Denied, Reach, Rights, Scope};
use crate::command::{Principal, PrincipalKind};
use crate::control::{ControlBody, ControlCommand, UpdateSource, UserStatus};
use crate::decide::Stop;
use crate::id::UserId;
use crate::item;
use crate::state::{StateView, Unreadable};
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// Refuses what the principal may not ask for.
pub(super) fn check(state: &dyn StateView, command: &ControlCommand) -> Result<(), Stop> {
    let principal = &command.principal;
    let scope = match &command.body {
        ControlBody::UpdateSource(body) if only_binds(body) => Scope::ContentWrite,
        ControlBody::CreateSource(_) | ControlBody::UpdateSource(_) => Scope::SourcesWrite,
        ControlBody::CreateApiKey(_)
        | ControlBody::RevokeApiKey(_)
        | ControlBody::SwitchView(_)
        | ControlBody::InviteUser(_)
        | ControlBody::UpdateUser(_)
        | ControlBody::LinkUser(_)
        | ControlBody::EraseUser(_)
        | ControlBody::SetProgramGroup(_) => Scope::Admin,
        // What people do for themselves: it is theirs alone, whatever others may do.
        ControlBody::SignUp(body) => return is_self(principal, body.user_id),
        ControlBody::SetPassword(body) => return is_self(principal, body.user_id),
        ControlBody::OpenSession(body) => return is_self(principal, body.user_id),
        // Whose session it is stands in the state.
        ControlBody::RefreshSession(_) | ControlBody::EndSession(_) => return Ok(()),
    };
    let rights = rights(state, principal, command.at)?;
    let rights = rights.ok_or_else(|| Denied::Nobody.refusal())?;
    // Who may write sources may bind them too.
    let may = rights.may(scope) || scope == Scope::ContentWrite && rights.may(Scope::SourcesWrite);
    if may && rights.reach == Reach::Everything {
        Ok(())
    } else {
        Err(Denied::Scope(scope).refusal().into())
    }
}

/// Refuses who is not the person.
pub(super) fn is_self(principal: &Principal, user: UserId) -> Result<(), Stop> {
    if *principal == Principal::user(user) {
        Ok(())
    } else {
        Err(Denied::Reserved.refusal().into())
    }
}

/// Whether a patch of a source says no more than which program it feeds: merging programs does that.
fn only_binds(body: &UpdateSource) -> bool {
    let touched = item::touched_by(&body.patch).unwrap_or_default();
    !touched.is_empty() && touched.iter().all(|(pointer, _)| pointer == "/program_id")
}

/// What the decider's state gives a principal. Which programs were granted does not matter here, only whether all
/// were: a source can feed any.
fn rights(
    state: &dyn StateView,
    principal: &Principal,
    at: Timestamp,
) -> Result<Option<Rights>, Unreadable> {
    match principal.kind {
        PrincipalKind::System => Ok(Some(Rights::everything())),
        PrincipalKind::Source => Ok(None),
        PrincipalKind::ApiKey => {
            let held = api_keys::held(state, &principal.id)?;
            let valid = held.filter(|held| !is_revoked(held) && !held.value.is_over(at));
            Ok(valid.map(|held| Rights::of_key(&held.value)))
        }
        PrincipalKind::User => {
            let Ok(id) = principal.id.parse() else {
                return Ok(None);
            };
            let held = users::held(state, id)?;
            let active = held.filter(|held| held.value.state.status == UserStatus::Active);
            Ok(active.map(|held| {
                let access = &held.value.state.access;
                let reach = match access.grants.everything {
                    true => Reach::Everything,
                    false => Reach::Programs(BTreeSet::new()),
                };
                Rights::of_role(access.role, &access.scopes, reach)
            }))
        }
    }
}

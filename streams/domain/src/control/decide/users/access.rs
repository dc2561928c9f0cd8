//! What people may do: roles, further scopes, grants, and groups of programs.

use super::making::refusal_of;
use super::{Person, Step, key};
use crate::access::{Role, Scope};
use crate::control::decide::groups;
use crate::control::decide::{Decided, Held};
use crate::control::{Access, ControlFact, UpdateUser, UserStatus};
use crate::decide::Stop;
use crate::decide::values::put;
use crate::rules::Findings;
use crate::state::{StateView, Unreadable};

/// The most programs or groups that one person is granted.
const GRANTS: usize = 1_000;

pub(in crate::control::decide) fn update(
    step: Step<'_>,
    body: &UpdateUser,
) -> Result<Decided, Stop> {
    let held = step.person(body.user_id)?;
    let mut person = held.value.clone();
    let access = &mut person.state.access;
    if let Some(role) = body.role {
        access.role = role;
    }
    if let Some(scopes) = &body.scopes {
        access.scopes.clone_from(scopes);
    }
    if let Some(grants) = &body.grants {
        access.grants.clone_from(grants);
    }
    let mut found = Findings::default();
    check(step.state, access, &mut found)?;
    refusal_of(found)?;
    if let Some(disabled) = body.disabled {
        disable(&mut person, disabled);
    }
    if person.state == held.value.state {
        return Ok(Decided::nothing(body.user_id.0, &held));
    }
    changed(step, &held, person)
}

/// The person is as is said now.
pub(super) fn changed(
    step: Step<'_>,
    before: &Held<Person>,
    person: Person,
) -> Result<Decided, Stop> {
    let id = person.state.user_id;
    let fact = ControlFact::UserUpdated(person.state.clone());
    let now = before.next(step.seq, person);
    let changes = vec![put(key(id), &now)?];
    Ok(Decided::happens(id.0, &now, fact, changes))
}

/// Nothing opens any more, or the password does again. What was open before stays shut.
fn disable(person: &mut Person, disabled: bool) {
    let is_disabled = person.state.status == UserStatus::Disabled;
    if disabled == is_disabled {
        return;
    }
    person.state.status = match (disabled, person.has_password) {
        (true, _) => UserStatus::Disabled,
        (false, true) => UserStatus::Active,
        (false, false) => UserStatus::Invited,
    };
    if disabled {
        person.state.epoch += 1;
        person.link = None;
    }
}

/// Notes what access may not be.
pub(super) fn check(
    state: &dyn StateView,
    access: &Access,
    found: &mut Findings,
) -> Result<(), Unreadable> {
    for (n, scope) in access.scopes.iter().enumerate() {
        let at = format_args!("/scopes/{n}");
        match scope.parse::<Scope>() {
            Err(error) => found.error(at, "scope_unknown", error.to_string()),
            Ok(Scope::Admin) => {
                let message = "give the role admin instead";
                found.error(at, "scope_is_a_role", message);
            }
            Ok(Scope::IngestPush) => {
                let message = "entries are pushed by API keys, which are bound to their sources";
                found.error(at, "scope_of_keys", message);
            }
            Ok(Scope::SourcesWrite) if !reaches_all(access) => {
                let message = "a source can feed any program: grant everything, or leave it out";
                found.error(at, "scope_needs_everything", message);
            }
            Ok(_) => {}
        }
    }
    let grants = &access.grants;
    if grants.programs.len() > GRANTS || grants.groups.len() > GRANTS {
        let message = format!("{GRANTS} programs and groups are granted at most: make groups");
        found.error("/grants", "too_many", message);
        return Ok(());
    }
    for (n, name) in grants.groups.iter().enumerate() {
        if !groups::is_there(state, name)? {
            let message = format!("there is no group {name:?}: make it first");
            found.error(format_args!("/grants/groups/{n}"), "group_unknown", message);
        }
    }
    Ok(())
}

fn reaches_all(access: &Access) -> bool {
    access.grants.everything || access.role == Role::Admin
}

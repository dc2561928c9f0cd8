//! New accounts: by an administrator's invitation, or by the person where that is allowed.

use super::{Link, Person, Step, access, email_key, key};
use crate::access::Role;
use crate::control::accounts::{AccountBody, Part, Profile, email_hash};
use crate::control::decide::{Decided, Held};
use crate::control::{Access, ControlFact, InviteUser, SignUp, UserState, UserStatus};
use crate::decide::values::{put, read};
use crate::decide::{Stop, refusal};
use crate::id::UserId;
use crate::rules::Findings;
use crate::verdict::{Finding, RefusalKind};
use uuid::Uuid;

pub(in crate::control::decide) fn invite(
    step: Step<'_>,
    body: &InviteUser,
) -> Result<Decided, Stop> {
    let mut found = Findings::default();
    body.profile.check(&mut found);
    access::check(step.state, &body.access, &mut found)?;
    refusal_of(found)?;
    let link = Link {
        id: body.link_id,
        until: body.link_until,
    };
    let person = Person {
        state: UserState {
            user_id: body.user_id,
            access: body.access.clone(),
            status: UserStatus::Invited,
            epoch: 0,
        },
        email: email_hash(&body.profile.email),
        has_password: false,
        link: Some(link),
        erased: false,
    };
    make(step, person, &body.profile)
}

pub(in crate::control::decide) fn sign_up(step: Step<'_>, body: &SignUp) -> Result<Decided, Stop> {
    let mut found = Findings::default();
    body.profile.check(&mut found);
    body.password.check(&mut found);
    refusal_of(found)?;
    let access = Access {
        role: Role::User,
        ..Access::default()
    };
    let person = Person {
        state: UserState {
            user_id: body.user_id,
            access,
            status: UserStatus::Active,
            epoch: 0,
        },
        email: email_hash(&body.profile.email),
        has_password: true,
        link: None,
        erased: false,
    };
    let mut decided = make(step, person, &body.profile)?;
    let password = AccountBody::Password(body.password.clone());
    let password = step.account(Part::Password, body.user_id, password);
    decided.accounts.push(password);
    Ok(decided)
}

fn make(step: Step<'_>, person: Person, profile: &Profile) -> Result<Decided, Stop> {
    let id = person.state.user_id;
    if read::<Held<Person>>(step.state, &key(id))?.is_some() {
        let message = "this id was used before: use a new one";
        return Err(refusal::new(RefusalKind::Conflict, "id_taken", message).into());
    }
    email_is_free(step, person.email)?;
    let email = email_key(person.email);
    let fact = ControlFact::UserCreated(person.state.clone());
    let held = Held::first(step.seq, person);
    let changes = vec![put(key(id), &held)?, put(email, &id)?];
    let profile = step.account(Part::Profile, id, AccountBody::Profile(profile.clone()));
    Ok(Decided::happens(id.0, &held, fact, changes).telling(vec![profile]))
}

fn email_is_free(step: Step<'_>, email: Uuid) -> Result<(), Stop> {
    if read::<UserId>(step.state, &email_key(email))?.is_none() {
        return Ok(());
    }
    let message = "another account has this e-mail address";
    let errors = vec![Finding::new("/email", "email_taken", message)];
    Err(crate::verdict::Refusal {
        kind: RefusalKind::Conflict,
        ..refusal::invalid(errors, None)
    }
    .into())
}

/// Refuses what rules found.
pub(super) fn refusal_of(found: Findings) -> Result<(), Stop> {
    let errors = found.checked().errors;
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal::invalid(errors, None).into())
    }
}

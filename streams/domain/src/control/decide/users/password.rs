//! Passwords: set by a link that works once, or by who has shown the old one.

use super::making::refusal_of;
use super::{Link, Person, Step, access, conflict, key};
use crate::control::accounts::{AccountBody, Part};
use crate::control::decide::{Decided, Held};
use crate::control::{ControlFact, LinkUser, SetPassword, UserLinked, UserStatus};
use crate::decide::values::put;
use crate::decide::{Stop, refusal};
use crate::rules::Findings;
use crate::verdict::RefusalKind;

pub(in crate::control::decide) fn link(step: Step<'_>, body: &LinkUser) -> Result<Decided, Stop> {
    let held = step.person(body.user_id)?;
    if held.value.state.status == UserStatus::Disabled {
        let message = "the account is disabled: enable it first";
        return Err(conflict("user_disabled", message, held.version));
    }
    let link = Link {
        id: body.link_id,
        until: body.until,
    };
    let known = held.value.link.as_ref();
    if known.is_some_and(|known| known.id == link.id) {
        return Ok(Decided::nothing(body.user_id.0, &held));
    }
    let person = Person {
        link: Some(link),
        ..held.value.clone()
    };
    let now = held.next(step.seq, person);
    let fact = ControlFact::UserLinked(UserLinked {
        user_id: body.user_id,
        until: body.until,
    });
    let changes = vec![put(key(body.user_id), &now)?];
    Ok(Decided::happens(body.user_id.0, &now, fact, changes))
}

pub(in crate::control::decide) fn set(step: Step<'_>, body: &SetPassword) -> Result<Decided, Stop> {
    let mut found = Findings::default();
    body.password.check(&mut found);
    refusal_of(found)?;
    let held = step.person(body.user_id).map_err(as_used)?;
    if !may_set(step, &held, body) {
        return Err(link_used());
    }
    let mut person = held.value.clone();
    person.has_password = true;
    person.link = None;
    person.state.status = UserStatus::Active;
    person.state.epoch += 1;
    let password = AccountBody::Password(body.password.clone());
    let password = step.account(Part::Password, body.user_id, password);
    Ok(access::changed(step, &held, person)?.telling(vec![password]))
}

/// Whether the link is the one that was made last and has not ended, or the old password was shown in this epoch.
fn may_set(step: Step<'_>, held: &Held<Person>, body: &SetPassword) -> bool {
    let person = &held.value;
    if person.state.status == UserStatus::Disabled {
        return false;
    }
    match (body.link_id, body.epoch) {
        (Some(shown), _) => {
            let link = person.link.as_ref();
            link.is_some_and(|link| link.id == shown && step.at < link.until)
        }
        (None, Some(epoch)) => person.has_password && person.state.epoch == epoch,
        (None, None) => false,
    }
}

/// A person that there is not is answered as a link that was used.
fn as_used(stop: Stop) -> Stop {
    match stop {
        Stop::Refused(refusal) if refusal.kind == RefusalKind::NotFound => link_used(),
        other => other,
    }
}

fn link_used() -> Stop {
    let message = "the link was used, has ended, or was replaced: ask for a new one";
    refusal::new(RefusalKind::Forbidden, "link_used", message).into()
}

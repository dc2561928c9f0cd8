//! Forgetting a person: what is personal goes, the id stays in what was done.

use super::{Person, Step, email_key, key};
use crate::control::accounts::{AccountBody, AccountErased, Part};
use crate::control::decide::Decided;
use crate::control::{Access, ControlFact, EraseUser, UserState, UserStatus};
use crate::decide::Stop;
use crate::decide::values::{put, removal};
use uuid::Uuid;

pub(in crate::control::decide) fn erase(step: Step<'_>, body: &EraseUser) -> Result<Decided, Stop> {
    let held = step.person(body.user_id)?;
    let person = &held.value;
    let email = email_key(person.email);
    let erased = Person {
        state: UserState {
            user_id: body.user_id,
            access: Access::default(),
            status: UserStatus::Disabled,
            epoch: person.state.epoch + 1,
        },
        email: Uuid::nil(),
        has_password: false,
        link: None,
        erased: true,
    };
    let now = held.next(step.seq, erased);
    let changes = vec![put(key(body.user_id), &now)?, removal(email)];
    let command_id = step.command.command_id;
    let gone = Part::ALL.map(|part| {
        let erased = AccountBody::Erased(AccountErased { command_id });
        step.account(part, body.user_id, erased)
    });
    let fact = ControlFact::UserErased(body.clone());
    Ok(Decided::happens(body.user_id.0, &now, fact, changes).telling(gone.into()))
}

//! Groups of programs, by which access is granted.

use super::{Decided, Held, named_id};
use crate::control::{ControlFact, SetProgramGroup};
use crate::decide::values::{put, read};
use crate::decide::{Stop, refusal};
use crate::position::Seq;
use crate::rules::Findings;
use crate::state::{StateView, Unreadable};

/// The most programs of a group.
const PROGRAMS: usize = 10_000;
/// The longest name, in bytes.
const NAME: usize = 64;

pub(super) fn set(
    state: &dyn StateView,
    body: &SetProgramGroup,
    seq: Seq,
) -> Result<Decided, Stop> {
    check(body)?;
    let (id, key) = (named_id("program_group", &body.name), key(&body.name));
    let held = match read::<Held<SetProgramGroup>>(state, &key)? {
        Some(held) if held.value == *body => return Ok(Decided::nothing(id, &held)),
        Some(held) => held.next(seq, body.clone()),
        None => Held::first(seq, body.clone()),
    };
    let changes = vec![put(key, &held)?];
    let fact = ControlFact::ProgramGroupSet(body.clone());
    Ok(Decided::happens(id, &held, fact, changes))
}

/// Whether there is a group of a name.
pub(super) fn is_there(state: &dyn StateView, name: &str) -> Result<bool, Unreadable> {
    let held = read::<Held<SetProgramGroup>>(state, &key(name))?;
    Ok(held.is_some_and(|held| !held.value.programs.is_empty()))
}

fn check(body: &SetProgramGroup) -> Result<(), Stop> {
    let mut found = Findings::default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if body.name.is_empty() || body.name.len() > NAME || !body.name.chars().all(plain) {
        let message = format!("use 1 to {NAME} of a-z, 0-9 and -");
        found.error("/name", "name_invalid", message);
    }
    if body.programs.len() > PROGRAMS {
        let message = format!("a group has {PROGRAMS} programs at most");
        found.error("/programs", "too_many", message);
    }
    let errors = found.checked().errors;
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal::invalid(errors, None).into())
    }
}

fn key(name: &str) -> Vec<u8> {
    [b"g/", name.as_bytes()].concat()
}

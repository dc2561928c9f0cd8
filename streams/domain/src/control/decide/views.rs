//! Views: which version of each one readers use.

use super::{Decided, Held, named_id};
use crate::control::{ControlFact, SwitchView};
use crate::decide::values::{put, read};
use crate::decide::{Stop, refusal};
use crate::position::Seq;
use crate::state::StateView;
use crate::verdict::RefusalKind;
use crate::view::View;

pub(super) fn switch(state: &dyn StateView, body: &SwitchView, seq: Seq) -> Result<Decided, Stop> {
    let id = named_id("view", &body.view);
    if View::by_name(&body.view).is_none() || body.version < 1 {
        let message = format!(
            "there is no view {} with a version {}",
            body.view, body.version
        );
        return Err(refusal::new(RefusalKind::Invalid, "view_unknown", message).into());
    }
    let key = [b"v/", body.view.as_bytes()].concat();
    let held = match read::<Held<i32>>(state, &key)? {
        Some(held) if held.value == body.version => return Ok(Decided::nothing(id, &held)),
        Some(held) => held.next(seq, body.version),
        None => Held::first(seq, body.version),
    };
    let changes = vec![put(key, &held)?];
    let fact = ControlFact::ViewSwitched(body.clone());
    Ok(Decided::happens(id, &held, fact, changes))
}

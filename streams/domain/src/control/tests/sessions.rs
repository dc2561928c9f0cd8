//! Sessions: each refresh token is used once, and one that comes again ends its session.

use super::users::{NOUR, SAMI, active, by};
use super::*;
use crate::access::Role;
use crate::id::SessionId;

const SESSION: SessionId = SessionId(Uuid::from_u128(500));

fn open(epoch: i32) -> ControlBody {
    ControlBody::OpenSession(OpenSession {
        session_id: SESSION,
        user_id: NOUR,
        epoch,
        until: at(10_000),
    })
}

fn refresh(generation: i32) -> ControlBody {
    ControlBody::RefreshSession(RefreshSession {
        session_id: SESSION,
        generation,
    })
}

fn opened() -> Control {
    active(NOUR, "nour@media.example", Role::Editor).when(by(NOUR, 10, open(1)))
}

fn generation(control: &Control) -> i64 {
    control.accepted().version.0
}

#[test]
fn a_session_is_carried_on_by_the_next_token_each_time() {
    let control = opened();
    assert_eq!((generation(&control), control.last.events.len()), (1, 0));
    let control = control.when(by(NOUR, 600, refresh(1)));
    assert_eq!(generation(&control), 2);
    let control = control.when(by(NOUR, 1_200, refresh(2)));
    assert_eq!((generation(&control), control.last.events.len()), (3, 0));
}

#[test]
fn a_lost_answer_is_given_again_for_ten_seconds_and_then_the_session_ends() {
    let control = opened().when(by(NOUR, 600, refresh(1)));
    let control = control.when(by(NOUR, 610, refresh(1)));
    assert_eq!((generation(&control), control.last.events.len()), (2, 0));
    let control = control.when(by(NOUR, 611, refresh(1)));
    assert_eq!(generation(&control), 0, "no token has this generation");
    assert!(control.known.ended.contains_key(&SESSION));
    let control = control.when(by(NOUR, 612, refresh(2)));
    assert_eq!(control.refusal().code, "session_ended");
}

#[test]
fn an_older_token_ends_the_session_also_at_once() {
    let control = opened()
        .when(by(NOUR, 600, refresh(1)))
        .when(by(NOUR, 601, refresh(2)))
        .when(by(NOUR, 602, refresh(1)));
    assert_eq!(generation(&control), 0);
    let ControlFact::SessionEnded(ended) = &control.last.events[0].body else {
        panic!("{:?}", control.last.events);
    };
    assert_eq!(ended.ending, SessionEnding::Reused);
}

#[test]
fn a_generation_that_was_never_given_opens_and_ends_nothing() {
    let control = opened().when(by(NOUR, 11, refresh(2)));
    assert_eq!(control.refusal().code, "session_ended");
    assert_eq!(generation(&control.when(by(NOUR, 12, refresh(1)))), 2);
}

#[test]
fn a_session_is_its_own_persons_alone() {
    let control = opened().when(by(SAMI, 11, refresh(1)));
    assert_eq!(control.refusal().kind, RefusalKind::Forbidden);
    let end = ControlBody::EndSession(EndSession {
        session_id: SESSION,
    });
    let control = control.when(by(SAMI, 12, end.clone()));
    assert_eq!(control.refusal().kind, RefusalKind::Forbidden);
    let control = control.when(by(NOUR, 13, end.clone()));
    assert!(control.known.ended.contains_key(&SESSION));
    let control = control.when(by(NOUR, 14, end));
    assert_eq!(control.last.events, [], "it is over");
    assert_eq!(
        control.when(by(NOUR, 15, refresh(1))).refusal().code,
        "session_ended"
    );
}

#[test]
fn being_disabled_ends_all_sessions_and_an_old_epoch_opens_none() {
    let disable = |disabled| {
        ControlBody::UpdateUser(UpdateUser {
            user_id: NOUR,
            role: None,
            scopes: None,
            grants: None,
            disabled: Some(disabled),
        })
    };
    let control = opened()
        .when(command(11, disable(true)))
        .when(by(NOUR, 12, refresh(1)));
    assert_eq!(control.refusal().code, "session_ended");
    let control = control
        .when(command(13, disable(false)))
        .when(by(NOUR, 14, refresh(1)));
    assert_eq!(
        control.refusal().code,
        "session_ended",
        "what was open stays shut"
    );
    let control = control.when(by(NOUR, 15, open(1)));
    assert_eq!(control.refusal().code, "session_ended");
}

#[test]
fn a_session_ends_with_its_time_and_a_later_one_forgets_it() {
    let control = opened().when(by(NOUR, 10_000, refresh(1)));
    assert_eq!(control.refusal().code, "session_ended");
    let next = ControlBody::OpenSession(OpenSession {
        session_id: SessionId(Uuid::from_u128(501)),
        user_id: NOUR,
        epoch: 1,
        until: at(20_000),
    });
    let control = control.when(by(NOUR, 10_001, next));
    assert_eq!(control.state.under(b"i/").count(), 1);
    assert_eq!(control.state.under(b"j/").count(), 1);
}

#[test]
fn an_ended_session_is_remembered_longer_than_its_tokens_live() {
    let end = |n: u128| {
        ControlBody::EndSession(EndSession {
            session_id: SessionId(Uuid::from_u128(n)),
        })
    };
    let other = ControlBody::OpenSession(OpenSession {
        session_id: SessionId(Uuid::from_u128(501)),
        user_id: NOUR,
        epoch: 1,
        until: at(20_000),
    });
    let control = opened()
        .when(by(NOUR, 11, other))
        .when(by(NOUR, 12, end(500)))
        .when(by(NOUR, 3_700, end(501)));
    let ended: Vec<_> = control.known.ended.keys().copied().collect();
    assert_eq!(ended, [SessionId(Uuid::from_u128(501))]);
}

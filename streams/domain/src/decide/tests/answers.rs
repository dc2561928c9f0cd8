//! Idempotency keys: decided once, answered alike, forgotten after 72 hours.

use crate::command::Command;
use crate::decide::keys;
use crate::id::ProgramId;
use crate::testing::*;
use crate::time::Timestamp;
use crate::verdict::{Outcome, RefusalKind, Verdict};

const HOURS: i64 = 3_600;

fn answer(world: &World) -> Verdict {
    world.step().decision.verdict.clone().unwrap()
}

fn timers(world: &World) -> Vec<(Timestamp, ProgramId, String)> {
    world
        .state
        .under(keys::TIMERS)
        .map(|(key, _)| keys::parse_timer(key).unwrap())
        .collect()
}

fn rename(n: i64, author: &str) -> Command {
    update_program(n, &format!(r#"{{"author":"{author}"}}"#), false)
}

#[test]
fn the_same_key_gets_the_same_answer_and_no_event() {
    let world = given([create_program(1)])
        .when(rename(2, "B").keyed("b"))
        .accepted();
    let first = answer(&world);
    let world = world
        .when(rename(3, "C"))
        .when(rename(2, "B").keyed("b").asked_at(71 * HOURS))
        .duplicate();
    assert_eq!(answer(&world), first);
    assert_eq!(
        world.program(PROGRAM).unwrap().draft.author.as_deref(),
        Some("C")
    );
}

#[test]
fn a_refusal_is_remembered_too() {
    let world = given([create_program(1)])
        .when(rename(2, "B").if_match(7).keyed("b"))
        .refused("version_conflict");
    let first = answer(&world);
    let world = world
        .when(rename(2, "B").if_match(7).keyed("b"))
        .duplicate();
    assert_eq!(answer(&world), first);
}

#[test]
fn a_key_that_comes_with_another_request_is_refused() {
    let world = given([create_program(1)])
        .when(rename(2, "B").keyed("b"))
        .when(rename(2, "C").keyed("c"))
        .refused("idempotency_key_reused");
    assert_eq!(world.refusal().kind, RefusalKind::IdempotencyMismatch);
    assert_eq!(
        world.program(PROGRAM).unwrap().draft.author.as_deref(),
        Some("B")
    );
}

#[test]
fn the_answer_goes_to_whoever_asks_now() {
    let world = given([create_program(1)]).when(rename(2, "B").keyed("b"));
    let mut again = rename(2, "B").keyed("b");
    again.correlation_id = Some("another request".to_owned());
    let world = world.when(again.clone());
    assert_eq!(
        answer(&world).correlation_id.as_deref(),
        Some("another request")
    );
    again.reply_to = None;
    assert_eq!(world.when(again).step().decision.verdict, None);
}

#[test]
fn an_answer_is_forgotten_by_its_timer_and_the_timer_fires_once() {
    let world = given([create_program(1)]).when(rename(2, "B").keyed("b"));
    let (due, program, name) = timers(&world).remove(0);
    assert_eq!((due, program), (at(2 + 72 * HOURS), PROGRAM));
    let world = world.when(fire(3, &name, due)).happened(&[]);
    assert!(!world.step().decision.duplicate);
    assert_eq!(timers(&world), []);
    assert_eq!(world.state.under(b"a/").count(), 0);
    let world = world.when(fire(4, &name, due)).duplicate();
    assert_eq!(world.step().decision.changes, []);
}

#[test]
fn a_key_used_again_after_72_hours_is_a_new_request() {
    let later = 73 * HOURS;
    let world = given([create_program(1)])
        .when(rename(2, "B").keyed("b"))
        .when(rename(2, "B").keyed("b").asked_at(later));
    assert!(!world.step().decision.duplicate);
    // The first answer's timer comes late; the second answer stays.
    let (due, _, name) = timers(&world).remove(0);
    let world = world.when(fire(3, &name, due)).happened(&[]);
    assert_eq!(world.state.under(b"a/").count(), 1);
    let (due, _, name) = timers(&world).remove(0);
    let world = world.when(fire(4, &name, due));
    assert_eq!(world.state.under(b"a/").count(), 0);
}

#[test]
fn a_key_used_again_after_72_hours_does_what_it_asks() {
    let world = given([create_program(1)]).when(rename(2, "B").keyed("b"));
    let (due, _, name) = timers(&world).remove(0);
    let state = world.when(fire(3, &name, due)).state;
    let command = rename(2, "C").keyed("c").asked_at(80 * HOURS);
    let decision = crate::decide::decide(crate::position::Partition(7), &state, &command).unwrap();
    assert_eq!(decision.events.len(), 1);
    assert!(matches!(
        decision.verdict.unwrap().outcome,
        Outcome::Accepted(_)
    ));
}

#[test]
fn a_timer_of_another_time_or_name_does_nothing() {
    let world = given([create_program(1)]).when(rename(2, "B").keyed("b"));
    let (due, _, name) = timers(&world).remove(0);
    let world = world
        .when(fire(3, &name, due.plus_seconds(1)))
        .duplicate()
        .when(fire(4, "something-else", due))
        .duplicate();
    assert_eq!(timers(&world).len(), 1);
}

//! The decider asks again: who can write to the topic has no more rights for it.

use super::users::{NOUR, active, by, invite};
use super::*;
use crate::access::{Denied, Role, Scope};
use crate::command::{Command, CommandBody, PublishProgram};
use crate::id::{ProgramId, UserId};

fn with_key(scopes: &[&str], expires_at: Option<Timestamp>) -> Control {
    let ControlBody::CreateApiKey(plain) = key("mm_k", "k") else {
        panic!("a key");
    };
    let made = ControlBody::CreateApiKey(CreateApiKey {
        scopes: scopes.iter().map(ToString::to_string).collect(),
        expires_at,
        ..plain
    });
    Control::default().when(command(1, made))
}

fn by_key(n: i64, body: ControlBody) -> ControlCommand {
    ControlCommand {
        principal: Principal::api_key("mm_k"),
        ..command(n, body)
    }
}

#[test]
fn a_key_may_on_the_log_what_it_may_at_the_door() {
    let writes = with_key(&["sources:write"], None).when(by_key(2, create(1, "Quay")));
    assert_eq!(writes.accepted().version, Version(1));
    let writes = writes.when(by_key(3, revoke("mm_k")));
    assert_eq!(writes.refusal().code, "scope_missing");
    let over = with_key(&["admin"], Some(at(2))).when(by_key(2, create(1, "Quay")));
    assert_eq!(over.refusal().code, "principal_unknown");
    let nobody = Control::default().when(by_key(2, create(1, "Quay")));
    assert_eq!(nobody.refusal().code, "principal_unknown");
    assert_eq!(nobody.last.events, []);
}

#[test]
fn who_writes_content_binds_sources_and_changes_nothing_else_of_them() {
    let editor = with_key(&["content:write"], None)
        .when(command(2, create(1, "Quay")))
        .when(by_key(3, update(1, r#"{"program_id":null,"paused":true}"#)));
    assert_eq!(editor.refusal().code, "scope_missing");
    let bind = r#"{"program_id":"00000000-0000-0000-0000-000000000007"}"#;
    let editor = editor.when(by_key(4, update(1, bind)));
    assert_eq!(editor.accepted().version, Version(2));
}

#[test]
fn a_source_makes_no_sources_and_no_keys() {
    for body in [create(1, "Quay"), key("mm_2", "x"), switch("catalog", 2)] {
        let asked = ControlCommand {
            principal: Principal::source(source_id(1)),
            ..command(1, body)
        };
        let control = Control::default().when(asked);
        assert_eq!(control.refusal().kind, RefusalKind::Forbidden);
    }
}

#[test]
fn only_an_admin_invites() {
    for (role, may) in [
        (Role::Admin, true),
        (Role::Editor, false),
        (Role::Author, false),
        (Role::User, false),
    ] {
        let other = UserId(Uuid::from_u128(9));
        let control = active(NOUR, "nour@media.example", role);
        let control = control.when(by(NOUR, 3, invite(other, "a@media.example", Role::User)));
        assert_eq!(control.known.users.contains_key(&other), may, "{role:?}");
    }
}

#[test]
fn content_is_asked_for_by_who_may_write_it() {
    let program_id = ProgramId(Uuid::from_u128(7));
    let publish = |principal: Principal| Command {
        command_id: CommandId(Uuid::nil()),
        program_id,
        at: at(9),
        principal,
        expected: None,
        reply_to: None,
        payload_hash: None,
        correlation_id: None,
        body: CommandBody::PublishProgram(PublishProgram { reason: None }),
    };
    let allow = |control: &Control, principal| control.known.allow(&publish(principal));
    let editor = active(NOUR, "nour@media.example", Role::Editor);
    assert_eq!(allow(&editor, Principal::user(NOUR)), Ok(()));
    assert_eq!(allow(&editor, Principal::system("tests")), Ok(()));
    assert_eq!(
        allow(&editor, Principal::source(source_id(1))),
        Err(Denied::Reserved)
    );
    assert_eq!(
        allow(&editor, Principal::api_key("mm_k")),
        Err(Denied::Nobody)
    );
    let author = active(NOUR, "nour@media.example", Role::Author);
    assert_eq!(
        allow(&author, Principal::user(NOUR)),
        Err(Denied::Scope(Scope::ContentWrite))
    );
    let key = with_key(&["content:write"], None);
    assert_eq!(allow(&key, Principal::api_key("mm_k")), Ok(()));
}

//! What roles and scopes allow.

use super::*;
use crate::command::{CommandBody, CreateProgram, FireTimer, PublishProgram};
use crate::id::ProgramId;
use crate::model::ProgramFields;
use crate::time::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

const ONE: ProgramId = ProgramId(Uuid::from_u128(1));
const TWO: ProgramId = ProgramId(Uuid::from_u128(2));

fn create(publish: bool) -> CommandBody {
    CommandBody::CreateProgram(CreateProgram {
        fields: ProgramFields::default(),
        publish,
    })
}

fn publish() -> CommandBody {
    CommandBody::PublishProgram(PublishProgram { reason: None })
}

fn rights(role: Role) -> Rights {
    Rights::of_role(role, &[], Reach::Everything)
}

#[test]
fn an_author_writes_drafts_and_publishes_nothing() {
    let author = rights(Role::Author);
    assert_eq!(author.allow(ONE, &create(false)), Ok(()));
    let missing = Err(Denied::Scope(Scope::ContentWrite));
    assert_eq!(author.allow(ONE, &create(true)), missing);
    assert_eq!(author.allow(ONE, &publish()), missing);
    assert_eq!(rights(Role::Editor).allow(ONE, &publish()), Ok(()));
}

#[test]
fn a_user_may_do_nothing_and_an_admin_all_that_people_may() {
    for scope in Scope::ALL {
        assert!(!rights(Role::User).may(scope));
        assert!(rights(Role::Admin).may(scope));
    }
}

#[test]
fn a_grant_holds_for_its_programs_alone_and_an_empty_one_for_none() {
    let of = |programs: &[ProgramId]| {
        let programs = programs.iter().copied().collect::<BTreeSet<_>>();
        Rights::of_role(Role::Editor, &[], Reach::Programs(programs))
    };
    assert_eq!(of(&[ONE]).allow(ONE, &publish()), Ok(()));
    let foreign = Err(Denied::Program(TWO));
    assert_eq!(of(&[ONE]).allow(TWO, &publish()), foreign);
    assert_eq!(of(&[]).allow(TWO, &publish()), foreign);
    let admin = Rights::of_role(Role::Admin, &[], Reach::Programs(BTreeSet::new()));
    assert_eq!(admin.allow(TWO, &publish()), Ok(()));
}

#[test]
fn a_further_scope_adds_to_the_role_and_an_unknown_one_gives_nothing() {
    let more = ["sources:write".to_owned(), "root".to_owned()];
    let editor = Rights::of_role(Role::Editor, &more, Reach::Everything);
    assert!(editor.may(Scope::SourcesWrite));
    assert!(!editor.may(Scope::Admin));
}

#[test]
fn nobody_but_the_deployment_fires_timers() {
    let fire = CommandBody::FireTimer(FireTimer {
        timer: "t".to_owned(),
        due: Timestamp(0),
    });
    let denied = Rights::everything().allow(ONE, &fire).unwrap_err();
    assert_eq!(denied, Denied::Reserved);
    assert_eq!(denied.refusal().code, "command_reserved");
}

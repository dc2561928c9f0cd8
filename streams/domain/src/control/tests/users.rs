//! Accounts: made, changed, opened by links, forgotten.

use super::super::accounts::{AccountBody, Part, PasswordHash, Profile, normalised};
use super::*;
use crate::access::{Grants, Role, Scope};
use crate::id::{LinkId, ProgramId, UserId};

pub(super) const NOUR: UserId = UserId(Uuid::from_u128(100));
pub(super) const SAMI: UserId = UserId(Uuid::from_u128(101));
const PROGRAM: ProgramId = ProgramId(Uuid::from_u128(7));

pub(super) fn hash() -> PasswordHash {
    let phc = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo".to_owned();
    PasswordHash { phc }
}

pub(super) fn invite(user_id: UserId, email: &str, role: Role) -> ControlBody {
    let access = Access {
        role,
        scopes: Vec::new(),
        grants: Grants::everything(),
    };
    invited(user_id, email, access)
}

fn invited(user_id: UserId, email: &str, access: Access) -> ControlBody {
    ControlBody::InviteUser(InviteUser {
        user_id,
        profile: Profile {
            email: email.to_owned(),
            name: "Nour Haddad".to_owned(),
        },
        access,
        link_id: LinkId(user_id.0),
        link_until: at(1_000),
    })
}

fn set(user_id: UserId, link: Option<LinkId>, epoch: Option<i32>) -> ControlBody {
    ControlBody::SetPassword(SetPassword {
        user_id,
        link_id: link,
        epoch,
        password: hash(),
    })
}

pub(super) fn by(user: UserId, n: i64, body: ControlBody) -> ControlCommand {
    ControlCommand {
        principal: Principal::user(user),
        ..command(n, body)
    }
}

fn update(user_id: UserId) -> UpdateUser {
    UpdateUser {
        user_id,
        role: None,
        scopes: None,
        grants: None,
        disabled: None,
    }
}

/// Somebody who has set a password by the link of the invitation.
pub(super) fn active(user: UserId, email: &str, role: Role) -> Control {
    Control::default()
        .when(command(1, invite(user, email, role)))
        .when(by(user, 2, set(user, Some(LinkId(user.0)), None)))
}

fn state(control: &Control, user: UserId) -> &UserState {
    &control.known.users[&user].state
}

#[test]
fn who_is_invited_sets_a_password_by_the_link_once() {
    let control = active(NOUR, "nour@media.example", Role::Editor);
    assert_eq!(state(&control, NOUR).status, UserStatus::Active);
    assert_eq!(state(&control, NOUR).epoch, 1);
    let control = control.when(by(NOUR, 3, set(NOUR, Some(LinkId(NOUR.0)), None)));
    assert_eq!(control.refusal().code, "link_used");
}

#[test]
fn a_link_ends_and_is_replaced_by_a_newer_one() {
    let link = |n: i64, id: u128| {
        command(
            n,
            ControlBody::LinkUser(LinkUser {
                user_id: NOUR,
                link_id: LinkId(Uuid::from_u128(id)),
                until: at(100),
            }),
        )
    };
    let control = active(NOUR, "nour@media.example", Role::Editor)
        .when(link(3, 1))
        .when(link(4, 2))
        .when(by(
            NOUR,
            5,
            set(NOUR, Some(LinkId(Uuid::from_u128(1))), None),
        ));
    assert_eq!(control.refusal().code, "link_used", "it was replaced");
    let late = by(NOUR, 100, set(NOUR, Some(LinkId(Uuid::from_u128(2))), None));
    assert_eq!(
        control.when(late).refusal().code,
        "link_used",
        "it has ended"
    );
}

#[test]
fn who_has_shown_the_old_password_sets_a_new_one_and_nobody_else_does() {
    let control = active(NOUR, "nour@media.example", Role::Editor);
    let control = control.when(by(SAMI, 3, set(NOUR, None, Some(1))));
    assert_eq!(control.refusal().kind, RefusalKind::Forbidden);
    let control = control.when(command(4, set(NOUR, None, Some(1))));
    assert_eq!(
        control.refusal().kind,
        RefusalKind::Forbidden,
        "not even we"
    );
    let control = control.when(by(NOUR, 5, set(NOUR, None, Some(1))));
    assert_eq!(control.accepted().version, Version(3));
    let control = control.when(by(NOUR, 6, set(NOUR, None, Some(1))));
    assert_eq!(
        control.refusal().code,
        "link_used",
        "the password is another one"
    );
}

#[test]
fn two_people_have_two_addresses() {
    let control = Control::default()
        .when(command(1, invite(NOUR, "Nour@Media.example", Role::User)))
        .when(command(2, invite(SAMI, " nour@media.EXAMPLE ", Role::User)));
    assert_eq!(control.refusal().kind, RefusalKind::Conflict);
    assert_eq!(control.refusal().errors[0].code, "email_taken");
    assert_eq!(normalised(" Nour@Media.example"), "nour@media.example");
}

#[test]
fn what_is_personal_goes_to_accounts_alone() {
    let control = active(NOUR, "nour@media.example", Role::Editor);
    let kinds: Vec<_> = control
        .accounts
        .iter()
        .map(|(_, record)| &record.body)
        .collect();
    let [
        AccountBody::Profile(profile),
        AccountBody::Password(password),
    ] = kinds[..]
    else {
        panic!("{kinds:?}");
    };
    assert_eq!(profile.email, "nour@media.example");
    assert_eq!(*password, hash());
    for secret in ["nour@", "Nour", "argon2id"] {
        for (_, value) in control.state.under(b"") {
            let found = value
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in the state");
        }
        let events = serde_json::to_string(&control.last.events).unwrap();
        assert!(!events.contains(secret), "{secret} stands in an event");
    }
}

#[test]
fn what_an_account_may_not_be_is_refused_by_pointer() {
    let access = |scopes: &[&str], grants: Grants| Access {
        role: Role::Editor,
        scopes: scopes.iter().map(ToString::to_string).collect(),
        grants,
    };
    let group = Grants {
        groups: vec!["news".to_owned()],
        ..Grants::default()
    };
    let good = "nour@media.example";
    for (email, access, pointer, code) in [
        ("nour", Access::default(), "/email", "email_invalid"),
        (
            "@media.example",
            Access::default(),
            "/email",
            "email_invalid",
        ),
        (
            "a b@media.example",
            Access::default(),
            "/email",
            "email_invalid",
        ),
        (
            "a@b@media.example",
            Access::default(),
            "/email",
            "email_invalid",
        ),
        (
            "nour@media..example",
            Access::default(),
            "/email",
            "email_invalid",
        ),
        (
            good,
            access(&["root"], Grants::everything()),
            "/scopes/0",
            "scope_unknown",
        ),
        (
            good,
            access(&["admin"], Grants::everything()),
            "/scopes/0",
            "scope_is_a_role",
        ),
        (
            good,
            access(&["ingest:push"], Grants::everything()),
            "/scopes/0",
            "scope_of_keys",
        ),
        (
            good,
            access(&["sources:write"], Grants::default()),
            "/scopes/0",
            "scope_needs_everything",
        ),
        (
            good,
            access(&[], group),
            "/grants/groups/0",
            "group_unknown",
        ),
    ] {
        let control = Control::default().when(command(1, invited(NOUR, email, access)));
        assert_eq!(control.last.events, []);
        assert_eq!(control.accounts, []);
        let error = &control.refusal().errors[0];
        assert_eq!(
            (error.pointer.as_str(), error.code.as_str()),
            (pointer, code)
        );
    }
}

#[test]
fn a_role_change_holds_at_once_and_what_is_absent_stays() {
    let control = active(NOUR, "nour@media.example", Role::Editor);
    let rights = |control: &Control| {
        let known = &control.known;
        known.rights_of(&Principal::user(NOUR), at(9)).unwrap()
    };
    assert!(rights(&control).may(Scope::ContentWrite));
    let demote = UpdateUser {
        role: Some(Role::Author),
        ..update(NOUR)
    };
    let control = control.when(command(3, ControlBody::UpdateUser(demote.clone())));
    assert!(!rights(&control).may(Scope::ContentWrite));
    assert!(state(&control, NOUR).access.grants.everything);
    assert_eq!(state(&control, NOUR).epoch, 1, "the sessions go on");
    let control = control.when(command(4, ControlBody::UpdateUser(demote)));
    assert_eq!(control.last.events, [], "it is so");
}

#[test]
fn who_is_disabled_may_nothing_and_finds_the_password_again_when_enabled() {
    let control = active(NOUR, "nour@media.example", Role::Editor);
    let disabled = |disabled| {
        ControlBody::UpdateUser(UpdateUser {
            disabled: Some(disabled),
            ..update(NOUR)
        })
    };
    let control = control.when(command(3, disabled(true)));
    let nour = Principal::user(NOUR);
    assert_eq!(control.known.rights_of(&nour, at(3)), None);
    assert_eq!(state(&control, NOUR).epoch, 2);
    let control = control.when(by(NOUR, 4, set(NOUR, None, Some(2))));
    assert_eq!(control.refusal().code, "link_used");
    let control = control.when(command(5, disabled(false)));
    assert_eq!(state(&control, NOUR).status, UserStatus::Active);
}

#[test]
fn who_is_erased_is_gone_and_the_address_is_free_and_the_id_is_not() {
    let erase = ControlBody::EraseUser(EraseUser { user_id: NOUR });
    let control = active(NOUR, "nour@media.example", Role::Editor).when(command(3, erase.clone()));
    assert!(control.known.users.is_empty());
    let erased = control
        .accounts
        .iter()
        .filter(|(_, record)| matches!(record.body, AccountBody::Erased(_)))
        .map(|(part, record)| part.key(record.user_id));
    let [profile, password] = Part::ALL.map(|part| part.key(NOUR));
    assert_eq!(
        erased.collect::<Vec<_>>(),
        [profile, password],
        "in the place of each"
    );
    let control = control.when(command(4, erase));
    assert_eq!(control.refusal().kind, RefusalKind::NotFound);
    let control = control.when(command(5, invite(NOUR, "a@media.example", Role::User)));
    assert_eq!(control.refusal().code, "id_taken");
    let control = control.when(command(6, invite(SAMI, "nour@media.example", Role::User)));
    assert_eq!(control.accepted().version, Version(1));
}

#[test]
fn who_signs_up_may_nothing_yet() {
    let sign_up = ControlBody::SignUp(SignUp {
        user_id: NOUR,
        profile: Profile {
            email: "nour@media.example".to_owned(),
            name: "Nour".to_owned(),
        },
        password: hash(),
    });
    let control = Control::default().when(by(NOUR, 1, sign_up));
    assert_eq!(state(&control, NOUR).access.role, Role::User);
    let rights = control
        .known
        .rights_of(&Principal::user(NOUR), at(2))
        .unwrap();
    assert!(Scope::ALL.iter().all(|scope| !rights.may(*scope)));
    assert_eq!(control.accounts.len(), 2);
}

#[test]
fn a_group_gives_its_programs_as_they_are_now() {
    let group = |n, programs: &[ProgramId]| {
        command(
            n,
            ControlBody::SetProgramGroup(SetProgramGroup {
                name: "news".to_owned(),
                programs: programs.to_vec(),
            }),
        )
    };
    let access = Access {
        role: Role::Editor,
        scopes: Vec::new(),
        grants: Grants {
            groups: vec!["news".to_owned()],
            ..Grants::default()
        },
    };
    let control = Control::default().when(group(1, &[PROGRAM])).when(command(
        2,
        invited(NOUR, "nour@media.example", access.clone()),
    ));
    let reaches = |control: &Control| control.known.rights_of_access(&access).reach(PROGRAM);
    assert!(reaches(&control));
    let control = control.when(group(3, &[]));
    assert!(!reaches(&control), "there is no such group any more");
    let bad = ControlBody::SetProgramGroup(SetProgramGroup {
        name: "The News".to_owned(),
        programs: vec![PROGRAM],
    });
    assert_eq!(
        control.when(command(4, bad)).refusal().errors[0].pointer,
        "/name"
    );
}

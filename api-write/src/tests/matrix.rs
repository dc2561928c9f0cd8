//! Who may ask for what: every operation of the OpenAPI document, by everybody, about what is theirs and what is not.
//!
//! The table is the rule. An operation without a row fails, and so does a row without an operation.

use super::description::{Operation, all_operations};
use super::world::{Desk, call, episode, make_key, program, tell};
use mediamesh_domain::access::{Grants, Role};
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::accounts::{PasswordHash, Profile};
use mediamesh_domain::control::{Access, ControlBody, CreateSource, InviteUser, SetPassword};
use mediamesh_domain::id::{LinkId, ProgramId, SessionId, SourceId, UserId};
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::tokens::Shown;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Who asks, in the order of a row's letters: nobody, a USER, an AUTHOR, an EDITOR, an ADMIN, and the keys of two
/// connectors, each bound to a source of its own.
const CALLERS: usize = 7;

/// What becomes of it: `1` a stranger is told to say who they are, `3` they may not, `.` they may, and whatever is
/// then wrong with the request is another matter.
struct Row {
    operation: &'static str,
    /// About a program that was granted to the author and the editor, or the first connector's source.
    own: &'static str,
    /// About another program, or the second connector's source.
    other: &'static str,
    body: &'static str,
}

const fn row(operation: &'static str, own: &'static str, other: &'static str) -> Row {
    Row {
        operation,
        own,
        other,
        body: "{}",
    }
}

const fn with(body: &'static str, row: Row) -> Row {
    Row { body, ..row }
}

/// What everybody may do.
const PUBLIC: &str = ".......";
/// What everybody may do who says who they are.
const ANYBODY: &str = "1......";
/// What administrators alone may do.
const ADMIN: &str = "1333.33";
/// What writers of drafts may do.
const DRAFTS: &str = "13...33";
/// What publishers may do.
const PUBLISH: &str = "133..33";

const MATRIX: &[Row] = &[
    // sessions
    row("log_in", PUBLIC, PUBLIC),
    row("refresh_session", PUBLIC, PUBLIC),
    row("log_out", ANYBODY, ANYBODY),
    row("get_jwks", PUBLIC, PUBLIC),
    // people
    row("sign_up", PUBLIC, PUBLIC),
    row("redeem_link", PUBLIC, PUBLIC),
    row("get_own_user", ANYBODY, ANYBODY),
    row("change_password", ANYBODY, ANYBODY),
    row("list_users", ADMIN, ADMIN),
    row("get_user", ADMIN, ADMIN),
    row("invite_user", ADMIN, ADMIN),
    row("update_user", ADMIN, ADMIN),
    row("link_user", ADMIN, ADMIN),
    row("erase_user", ADMIN, ADMIN),
    row("list_program_groups", ADMIN, ADMIN),
    row("set_program_group", ADMIN, ADMIN),
    // keys
    row("list_keys", ADMIN, ADMIN),
    row("create_key", ADMIN, ADMIN),
    row("revoke_key", ADMIN, ADMIN),
    // programs: a new one was granted to nobody
    row("create_program", ADMIN, ADMIN),
    row("update_program", DRAFTS, ADMIN),
    row("publish_program", PUBLISH, ADMIN),
    row("unpublish_program", PUBLISH, ADMIN),
    row("archive_program", PUBLISH, ADMIN),
    row("withdraw_program", PUBLISH, ADMIN),
    with(r#"{"to":1}"#, row("restore_program", DRAFTS, ADMIN)),
    with(
        r#"{"pointers":["/title"]}"#,
        row("release_program", PUBLISH, ADMIN),
    ),
    with(
        r#"{"into":"00000000-0000-0000-0000-000000000009"}"#,
        row("merge_program", ADMIN, ADMIN),
    ),
    row("unmerge_program", ADMIN, ADMIN),
    // episodes
    row("create_episode", DRAFTS, ADMIN),
    row("update_episode", DRAFTS, ADMIN),
    row("publish_episode", PUBLISH, ADMIN),
    row("unpublish_episode", PUBLISH, ADMIN),
    row("archive_episode", PUBLISH, ADMIN),
    row("withdraw_episode", PUBLISH, ADMIN),
    row("withdraw_episode_by_id", PUBLISH, ADMIN),
    with(r#"{"to":1}"#, row("restore_episode", DRAFTS, ADMIN)),
    with(r#"{"to":1}"#, row("restore_episode_by_id", DRAFTS, ADMIN)),
    row("update_episode_by_id", DRAFTS, ADMIN),
    row("publish_episode_by_id", PUBLISH, ADMIN),
    row("unpublish_episode_by_id", PUBLISH, ADMIN),
    row("archive_episode_by_id", PUBLISH, ADMIN),
    with(
        r#"{"into":"00000000-0000-0000-0000-000000000009"}"#,
        row("merge_episode", PUBLISH, ADMIN),
    ),
    row("unmerge_episode", PUBLISH, ADMIN),
    with(r#"{"version":1}"#, row("split_episode", PUBLISH, ADMIN)),
    with(
        r#"{"pointers":["/title"]}"#,
        row("release_episode", PUBLISH, ADMIN),
    ),
    // sources, runs and entries
    row("create_source", ADMIN, ADMIN),
    row("update_source", ADMIN, ADMIN),
    row("poll_source", ADMIN, ADMIN),
    row("test_source", ADMIN, ADMIN),
    row("import_sources", ADMIN, ADMIN),
    row("approve_run", PUBLISH, PUBLISH),
    row("push_entries", "1333..3", "1333.3."),
    // commands
    row("get_command", ANYBODY, ANYBODY),
];

/// Everybody, and two of each thing.
struct Scene {
    desk: Desk,
    callers: [Option<String>; CALLERS],
    programs: [String; 2],
    episodes: [String; 2],
    sources: [SourceId; 2],
}

impl Scene {
    async fn new() -> Self {
        let desk = Desk::new();
        let sources = [1, 2].map(|n| SourceId(Uuid::from_u128(n)));
        for (n, source_id) in sources.into_iter().enumerate() {
            let fields = SourceFields {
                name: format!("source {n}"),
                ..SourceFields::default()
            };
            let body = ControlBody::CreateSource(CreateSource { source_id, fields });
            tell(&desk.world, Principal::system("tests"), body);
        }
        let (one, two) = (item(&desk).await, item(&desk).await);
        let granted: ProgramId = one.0.parse().unwrap();
        let key = |n, source| Some(make_key(&desk.world, n, &["ingest:push"], &[source]));
        let person = |n, role| Some(person(&desk, n, role, granted));
        let callers = [
            None,
            person(10, Role::User),
            person(11, Role::Author),
            person(12, Role::Editor),
            person(13, Role::Admin),
            key(20, sources[0]),
            key(21, sources[1]),
        ];
        Self {
            desk,
            callers,
            programs: [one.0, two.0],
            episodes: [one.1, two.1],
            sources,
        }
    }

    /// The address of an operation about the first thing of each kind, or the second.
    fn path(&self, operation: &Operation, which: usize) -> String {
        let nobody = Uuid::from_u128(99).to_string();
        let parts = operation.path.split('/').map(|part| match part {
            "{program}" => self.programs[which].clone(),
            "{episode}" => self.episodes[which].clone(),
            "{source}" => self.sources[which].to_string(),
            part if part.starts_with('{') => nobody.clone(),
            part => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("/")
    }

    async fn ask(&self, operation: &Operation, which: usize, caller: usize, body: &Value) -> u16 {
        let request = call(operation.method, self.path(operation, which)).json(body);
        let request = match &self.callers[caller] {
            Some(secret) => request.key(secret),
            None => request,
        };
        request.send(&self.desk).await.status
    }
}

/// A program with an episode; the ids of both.
async fn item(desk: &Desk) -> (String, String) {
    let post = |path: String, body: Value| call("POST", path).key(&desk.admin).json(&body);
    let made = post("/api/v1/programs".to_owned(), program())
        .send(desk)
        .await;
    let path = format!("/api/v1/programs/{}/episodes", made.id());
    let part = post(path, episode()).send(desk).await;
    assert_eq!((made.status, part.status), (201, 201), "{}", part.text);
    (made.id().to_owned(), part.id().to_owned())
}

/// Somebody to whom one program is granted; their access token.
fn person(desk: &Desk, n: u128, role: Role, granted: ProgramId) -> String {
    let (user_id, link_id) = (UserId(Uuid::from_u128(n)), LinkId(Uuid::from_u128(n)));
    let invite = ControlBody::InviteUser(InviteUser {
        user_id,
        profile: Profile {
            email: format!("person{n}@media.example"),
            name: "Somebody".to_owned(),
        },
        access: Access {
            role,
            scopes: Vec::new(),
            grants: Grants {
                programs: vec![granted],
                ..Grants::default()
            },
        },
        link_id,
        link_until: Timestamp(i64::MAX),
    });
    tell(&desk.world, Principal::system("tests"), invite);
    let set = ControlBody::SetPassword(SetPassword {
        user_id,
        link_id: Some(link_id),
        epoch: None,
        password: PasswordHash {
            phc: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
        },
    });
    tell(&desk.world, Principal::user(user_id), set);
    let shown = Shown {
        user_id,
        session_id: SessionId(Uuid::from_u128(n)),
        epoch: 1,
    };
    desk.tokens.access(shown, Uuid::from_u128(n)).unwrap().token
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let operations: BTreeSet<String> = all_operations().into_iter().map(|one| one.id).collect();
    let rows: BTreeSet<String> = MATRIX.iter().map(|row| row.operation.to_owned()).collect();
    assert_eq!(rows.len(), MATRIX.len(), "an operation has two rows");
    let without: Vec<_> = operations.difference(&rows).collect();
    assert!(without.is_empty(), "say who may ask for {without:?}");
    let gone: Vec<_> = rows.difference(&operations).collect();
    assert!(gone.is_empty(), "there is no such operation: {gone:?}");
}

#[tokio::test]
async fn each_operation_lets_in_whom_the_table_says() {
    let mut wrong = Vec::new();
    for operation in all_operations() {
        let Some(row) = MATRIX.iter().find(|row| row.operation == operation.id) else {
            continue;
        };
        let body: Value = serde_json::from_str(row.body).unwrap();
        for (which, expected) in [row.own, row.other].into_iter().enumerate() {
            let mut found = String::new();
            for caller in 0..CALLERS {
                // A scene each: what one did must not decide about the next.
                let scene = Scene::new().await;
                let end = scene.desk.world.end();
                let status = scene.ask(&operation, which, caller, &body).await;
                found.push(match status {
                    401 => '1',
                    403 => '3',
                    _ => '.',
                });
                if status >= 400 {
                    assert_eq!(scene.desk.world.end(), end, "{}: {status}", row.operation);
                }
            }
            if found != expected {
                wrong.push(format!(
                    "{} {which}: {found}, not {expected}",
                    row.operation
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn an_author_publishes_nothing_also_by_a_parameter() {
    let scene = Scene::new().await;
    let [own, _] = &scene.programs;
    let author = scene.callers[2].as_deref().unwrap();
    let patch = |path: String| call("PATCH", path).key(author).json(&json!({}));
    let draft = patch(format!("/api/v1/programs/{own}"))
        .send(&scene.desk)
        .await;
    assert_eq!(draft.status, 200, "{}", draft.text);
    let live = patch(format!("/api/v1/programs/{own}?publish=true"));
    let live = live.send(&scene.desk).await;
    assert_eq!(
        (live.status, &live.body["code"]),
        (403, &json!("scope_missing"))
    );
    let new = call(
        "POST",
        format!("/api/v1/programs/{own}/episodes?publish=true"),
    );
    let new = new.key(author).json(&episode()).send(&scene.desk).await;
    assert_eq!(new.status, 403);
}

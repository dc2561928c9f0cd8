//! People: invited, logged in, refreshed, logged out, changed, forgotten.

use super::world::{Answer, Desk, call, program};
use mediamesh_schemas::Topic;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

async fn post(desk: &Desk, path: &str, body: Value) -> Answer {
    call("POST", path).json(&body).send(desk).await
}

async fn invite(desk: &Desk, email: &str, role: &str) -> Answer {
    let body = json!({"email": email, "name": "Nour Haddad", "role": role,
        "grants": {"everything": true}});
    let invite = call("POST", "/api/v1/users").key(&desk.admin).json(&body);
    let made = invite.send(desk).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.header("cache-control"), "no-store");
    made
}

async fn redeem(desk: &Desk, token: &Value, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    post(desk, "/api/v1/users/redeem", body).await
}

async fn log_in(desk: &Desk, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    post(desk, "/api/v1/sessions", body).await
}

async fn refresh(desk: &Desk, token: &Value) -> Answer {
    post(
        desk,
        "/api/v1/sessions/refresh",
        json!({"refresh_token": token}),
    )
    .await
}

/// Somebody with a password: the id, and the answer to the log-in.
async fn person(desk: &Desk, email: &str, role: &str) -> (String, Answer) {
    let made = invite(desk, email, role).await;
    let set = redeem(desk, &made.body["link"]["token"], PASSWORD).await;
    assert_eq!(set.status, 204, "{}", set.text);
    let session = log_in(desk, email, PASSWORD).await;
    assert_eq!(session.status, 201, "{}", session.text);
    (
        made.body["user"]["id"].as_str().unwrap().to_owned(),
        session,
    )
}

fn access(session: &Answer) -> &str {
    session.body["access_token"].as_str().unwrap()
}

async fn me(desk: &Desk, session: &Answer) -> Answer {
    let me = call("GET", "/api/v1/users/me").key(access(session));
    me.send(desk).await
}

#[tokio::test]
async fn who_is_invited_sets_a_password_logs_in_and_writes() {
    let desk = Desk::new();
    let (id, session) = person(&desk, "Nour@media.example", "editor").await;
    assert_eq!(session.header("cache-control"), "no-store");
    let own = me(&desk, &session).await;
    assert_eq!(
        (own.status, own.body["id"].as_str()),
        (200, Some(id.as_str()))
    );
    assert_eq!(own.body["email"], "Nour@media.example");
    let write = call("POST", "/api/v1/programs").key(access(&session));
    let write = write.json(&program()).send(&desk).await;
    assert_eq!(write.status, 201, "{}", write.text);
    let principal = desk.world.lock().events[0].principal.clone();
    assert_eq!(principal.id, id);
}

#[tokio::test]
async fn a_link_opens_once_and_no_other_token_is_one() {
    let desk = Desk::new();
    let made = invite(&desk, "nour@media.example", "user").await;
    let token = &made.body["link"]["token"];
    let short = redeem(&desk, token, "short").await;
    assert_eq!((short.status, short.error().0), (422, "/password"));
    assert_eq!(redeem(&desk, token, PASSWORD).await.status, 204);
    let again = redeem(&desk, token, PASSWORD).await;
    assert_eq!(
        (again.status, &again.body["code"]),
        (403, &json!("link_used"))
    );
    let session = log_in(&desk, "nour@media.example", PASSWORD).await;
    for other in ["access_token", "refresh_token"] {
        let answer = redeem(&desk, &session.body[other], PASSWORD).await;
        assert_eq!(answer.status, 403, "{other}");
    }
}

#[tokio::test]
async fn a_new_link_replaces_the_old_one_and_ends_all_sessions_when_it_is_used() {
    let desk = Desk::new();
    let (id, session) = person(&desk, "nour@media.example", "editor").await;
    let link = || call("POST", format!("/api/v1/users/{id}/link")).key(&desk.admin);
    let (first, second) = (link().send(&desk).await, link().send(&desk).await);
    assert_eq!((first.status, second.status), (201, 201), "{}", first.text);
    let new = "another horse battery";
    assert_eq!(redeem(&desk, &first.body["token"], new).await.status, 403);
    assert_eq!(me(&desk, &session).await.status, 200);
    assert_eq!(redeem(&desk, &second.body["token"], new).await.status, 204);
    assert_eq!(me(&desk, &session).await.status, 401);
    let refreshed = refresh(&desk, &session.body["refresh_token"]).await;
    assert_eq!(refreshed.status, 401);
    assert_eq!(
        log_in(&desk, "nour@media.example", PASSWORD).await.status,
        401
    );
    assert_eq!(log_in(&desk, "nour@media.example", new).await.status, 201);
}

#[tokio::test]
async fn unknown_wrong_locked_and_disabled_are_answered_alike() {
    let desk = Desk::new();
    person(&desk, "nour@media.example", "editor").await;
    let (id, _) = person(&desk, "sami@media.example", "editor").await;
    invite(&desk, "invited@media.example", "editor").await;
    let disable = call("PATCH", format!("/api/v1/users/{id}")).key(&desk.admin);
    let disable = disable.json(&json!({"disabled": true})).send(&desk).await;
    assert_eq!(disable.status, 200, "{}", disable.text);
    let mut answers = vec![
        log_in(&desk, "nobody@media.example", PASSWORD).await,
        log_in(&desk, "nour@media.example", "wrong horse battery").await,
        log_in(&desk, "sami@media.example", PASSWORD).await,
        log_in(&desk, "invited@media.example", PASSWORD).await,
    ];
    for _ in 0..20 {
        log_in(&desk, "nour@media.example", "wrong horse battery").await;
    }
    answers.push(log_in(&desk, "nour@media.example", PASSWORD).await);
    let told = |answer: &Answer| {
        let mut body = answer.body.clone();
        body.as_object_mut().unwrap().remove("trace_id");
        let names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        (answer.status, body, names)
    };
    assert_eq!(answers[0].status, 401);
    for answer in &answers {
        assert_eq!(told(answer), told(&answers[0]), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_refresh_token_is_taken_once_and_a_lost_answer_is_given_again() {
    let desk = Desk::new();
    let (_, session) = person(&desk, "nour@media.example", "editor").await;
    let first = &session.body["refresh_token"];
    let (one, same) = tokio::join!(refresh(&desk, first), refresh(&desk, first));
    assert_eq!((one.status, same.status), (200, 200), "{}", one.text);
    assert_eq!(one.body["refresh_token"], same.body["refresh_token"]);
    let two = refresh(&desk, &one.body["refresh_token"]).await;
    assert_eq!(two.status, 200);
    assert_eq!(me(&desk, &two).await.status, 200);
    // Two generations back: somebody has a copy.
    assert_eq!(refresh(&desk, first).await.status, 401);
    let thief = refresh(&desk, &two.body["refresh_token"]).await;
    assert_eq!(
        (thief.status, &thief.body["code"]),
        (401, &json!("session_ended"))
    );
    assert_eq!(me(&desk, &two).await.status, 401, "the access token too");
}

#[tokio::test]
async fn who_logs_out_is_out_in_this_session_alone() {
    let desk = Desk::new();
    let (_, session) = person(&desk, "nour@media.example", "user").await;
    let other = log_in(&desk, "nour@media.example", PASSWORD).await;
    let out = call("DELETE", "/api/v1/sessions/current").key(access(&session));
    assert_eq!(out.send(&desk).await.status, 204);
    assert_eq!(me(&desk, &session).await.status, 401);
    assert_eq!(
        refresh(&desk, &session.body["refresh_token"]).await.status,
        401
    );
    assert_eq!(me(&desk, &other).await.status, 200);
    let machine = call("DELETE", "/api/v1/sessions/current").key(&desk.admin);
    assert_eq!(machine.send(&desk).await.status, 404);
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let desk = Desk::new();
    let (_, session) = person(&desk, "nour@media.example", "user").await;
    let change = |current: &str| {
        let body = json!({"current_password": current, "new_password": "another horse battery"});
        call("POST", "/api/v1/users/me/password")
            .key(access(&session))
            .json(&body)
    };
    assert_eq!(change("wrong horse battery").send(&desk).await.status, 401);
    let changed = change(PASSWORD).send(&desk).await;
    assert_eq!(changed.status, 204, "{}", changed.text);
    assert_eq!(me(&desk, &session).await.status, 401, "all sessions end");
    let again = log_in(&desk, "nour@media.example", "another horse battery").await;
    assert_eq!(again.status, 201);
}

#[tokio::test]
async fn a_role_change_holds_for_the_token_that_is_out() {
    let desk = Desk::new();
    let (id, session) = person(&desk, "nour@media.example", "editor").await;
    let publish = || {
        call("POST", "/api/v1/programs?publish=true")
            .key(access(&session))
            .json(&program())
    };
    assert_eq!(publish().send(&desk).await.status, 201);
    let demote = |role: &str| {
        call("PATCH", format!("/api/v1/users/{id}"))
            .key(&desk.admin)
            .header("if-match", "\"2\"")
            .json(&json!({"role": role}))
    };
    let demoted = demote("author").send(&desk).await;
    assert_eq!(
        (demoted.status, demoted.header("etag")),
        (200, "\"3\""),
        "{}",
        demoted.text
    );
    assert_eq!(publish().send(&desk).await.status, 403);
    assert_eq!(
        demote("admin").send(&desk).await.status,
        412,
        "an older version was seen"
    );
}

#[tokio::test]
async fn who_is_erased_is_gone_and_the_address_is_free() {
    let desk = Desk::new();
    let (id, session) = person(&desk, "nour@media.example", "editor").await;
    let erase = call("DELETE", format!("/api/v1/users/{id}")).key(&desk.admin);
    assert_eq!(erase.send(&desk).await.status, 204);
    assert_eq!(me(&desk, &session).await.status, 401);
    assert_eq!(
        log_in(&desk, "nour@media.example", PASSWORD).await.status,
        401
    );
    let list = call("GET", "/api/v1/users")
        .key(&desk.admin)
        .send(&desk)
        .await;
    assert!(!list.text.contains("nour"), "{}", list.text);
    invite(&desk, "nour@media.example", "user").await;
}

#[tokio::test]
async fn signing_up_says_nothing_of_who_has_an_account() {
    let desk = Desk::new();
    person(&desk, "nour@media.example", "editor").await;
    let sign_up = |email: &str| {
        let body = json!({"email": email, "name": "N", "password": "my own horse battery"});
        call("POST", "/api/v1/users/sign-up").json(&body)
    };
    let taken = sign_up("nour@media.example").send(&desk).await;
    let free = sign_up("lina@media.example").send(&desk).await;
    assert_eq!((taken.status, &taken.text), (202, &free.text));
    assert_eq!(free.status, 202);
    assert_eq!(
        log_in(&desk, "nour@media.example", PASSWORD).await.status,
        201
    );
    let lina = log_in(&desk, "lina@media.example", "my own horse battery").await;
    assert_eq!(lina.status, 201);
    let write = call("POST", "/api/v1/programs")
        .key(access(&lina))
        .json(&program());
    assert_eq!(write.send(&desk).await.status, 403);
}

#[tokio::test]
async fn nothing_personal_and_no_token_stands_in_an_event_or_a_verdict() {
    let desk = Desk::new();
    let made = invite(&desk, "nour@media.example", "editor").await;
    let link = made.body["link"]["token"].as_str().unwrap().to_owned();
    redeem(&desk, &made.body["link"]["token"], PASSWORD).await;
    let session = log_in(&desk, "nour@media.example", PASSWORD).await;
    let tokens = ["access_token", "refresh_token"].map(|name| session.body[name].as_str().unwrap());
    let seals = [&link, tokens[0], tokens[1]].map(|token| token.rsplit_once('.').unwrap().1);
    let inner = desk.world.lock();
    for record in &inner.appended {
        let bytes = record.value.as_deref().unwrap();
        let has = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        assert_eq!(record.topic, Topic::ControlCommands);
        for secret in seals.into_iter().chain([PASSWORD]) {
            assert!(!has(secret), "a secret stands in a command");
        }
    }
    let state = format!("{:?}", inner.control);
    for personal in ["nour@", "Nour", "argon2id"] {
        assert!(!state.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn the_keys_that_verify_tokens_are_public() {
    let desk = Desk::new();
    let keys = call("GET", "/.well-known/jwks.json").send(&desk).await;
    assert_eq!(
        (keys.status, keys.header("cache-control")),
        (200, "public, max-age=60")
    );
    assert_eq!(keys.body["keys"][0]["crv"], "Ed25519");
    assert!(keys.body["keys"][0]["d"].is_null());
}

#[tokio::test]
async fn a_group_is_granted_and_what_is_in_it_is_written() {
    let desk = Desk::new();
    let (id, session) = person(&desk, "nour@media.example", "editor").await;
    let made = call("POST", "/api/v1/programs").key(&desk.admin);
    let made = made.json(&program()).send(&desk).await;
    let set = |programs: Value| {
        call("PUT", "/api/v1/program-groups/news")
            .key(&desk.admin)
            .json(&json!({ "programs": programs }))
    };
    assert_eq!(set(json!([made.id()])).send(&desk).await.status, 200);
    let grant = call("PATCH", format!("/api/v1/users/{id}")).key(&desk.admin);
    let grant = grant
        .json(&json!({"grants": {"groups": ["news"]}}))
        .send(&desk)
        .await;
    assert_eq!(grant.status, 200, "{}", grant.text);
    let write = || {
        call("PATCH", format!("/api/v1/programs/{}", made.id()))
            .key(access(&session))
            .json(&json!({"title": {"en": "Night Boats"}}))
    };
    assert_eq!(write().send(&desk).await.status, 200);
    let new = call("POST", "/api/v1/programs")
        .key(access(&session))
        .json(&program());
    assert_eq!(
        new.send(&desk).await.status,
        403,
        "a new one is in no group"
    );
    assert_eq!(set(json!([])).send(&desk).await.status, 200);
    assert_eq!(write().send(&desk).await.status, 403);
}

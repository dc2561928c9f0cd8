use super::*;
use async_trait::async_trait;
use http::header::AUTHORIZATION;
use mediamesh_domain::control::ControlState;
use mediamesh_domain::position::Seq;
use mediamesh_domain::time::Timestamp;
use std::time::Duration;

struct Fixed(Arc<ControlState>);

#[async_trait]
impl Control for Fixed {
    fn current(&self) -> Arc<ControlState> {
        Arc::clone(&self.0)
    }
    async fn reach(&self, _: Seq, _: Duration) -> bool {
        true
    }
}

const NOW: Timestamp = Timestamp(1_000_000_000);

fn key() -> GeneratedKey {
    generate([1; 8], [2; 32])
}

fn authenticator(scopes: &[&str], expires_at: Option<Timestamp>) -> Authenticator {
    let key = key();
    let stored = CreateApiKey {
        prefix: key.prefix.clone(),
        secret_hash: key.secret_hash.to_vec(),
        name: "test".to_owned(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        sources: Vec::new(),
        expires_at,
    };
    let mut state = ControlState::default();
    state.api_keys.insert(key.prefix, stored);
    Authenticator::new(Arc::new(Fixed(Arc::new(state))), Arc::new(|| NOW))
}

fn with(name: http::HeaderName, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
}

fn bearer(key: &str) -> HeaderMap {
    with(AUTHORIZATION, &format!("Bearer {key}"))
}

#[test]
fn a_key_is_recognised_in_either_header() {
    let keys = authenticator(&["content:write"], None);
    let key = key();
    let api_key = http::HeaderName::from_static("x-api-key");
    for headers in [
        bearer(&key.key),
        with(AUTHORIZATION, &format!("bearer  {}", key.key)),
        with(api_key, &key.key),
    ] {
        let caller = keys.caller(&headers).unwrap();
        assert_eq!(caller.principal, Principal::api_key(&key.prefix));
    }
}

#[test]
fn absent_malformed_unknown_wrong_and_expired_keys_are_answered_alike() {
    let key = key();
    let wrong = format!("{}x", key.key);
    let unknown = generate([9; 8], [2; 32]).key;
    let keys = authenticator(&["admin"], None);
    let expired = authenticator(&["admin"], Some(NOW));
    let answers = [
        keys.caller(&HeaderMap::new()),
        keys.caller(&bearer("")),
        keys.caller(&bearer("mm_.")),
        keys.caller(&bearer(&"mm_a.".repeat(1000))),
        keys.caller(&with(AUTHORIZATION, "Basic YTpi")),
        keys.caller(&bearer(&wrong)),
        keys.caller(&bearer(&unknown)),
        expired.caller(&bearer(&key.key)),
    ];
    let bodies: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.unwrap_err().body().clone())
        .collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(bodies[0].status, 401);
}

#[test]
fn a_key_ends_when_it_expires() {
    let later = authenticator(&["admin"], Some(NOW.plus_micros(1)));
    assert!(later.caller(&bearer(&key().key)).is_ok());
}

#[test]
fn a_missing_scope_is_named_and_admin_may_do_all() {
    let keys = authenticator(&["content:write", "made-up"], None);
    let headers = bearer(&key().key);
    assert!(keys.caller_with(&headers, Scope::ContentWrite).is_ok());
    let problem = keys.caller_with(&headers, Scope::Admin).unwrap_err();
    assert_eq!(problem.kind(), kind::FORBIDDEN);
    assert!(problem.body().detail.contains("admin"));
    let admin = authenticator(&["admin"], None);
    for scope in Scope::ALL {
        assert!(admin.caller_with(&headers, scope).is_ok());
    }
    let nothing = authenticator(&[], None);
    assert!(nothing.caller_with(&headers, Scope::ContentWrite).is_err());
}

#[test]
fn a_secret_never_stands_in_debug_output() {
    let key = key();
    assert!(!format!("{key:?}").contains(key.key.split('.').next_back().unwrap()));
}

use super::*;
use crate::scripted::{client, server, settings};
use mediamesh_ports::search_index;
use mediamesh_ports::secret::Secret;
use serde::de::IgnoredAny;
use std::time::Instant;

const AWAY: &str =
    r#"{"error":{"type":"no_shard_available_action_exception","reason":"no shard"},"status":503}"#;

fn call() -> Call<'static> {
    Call::new(Method::Post, "/x/_search")
}

#[tokio::test]
async fn what_passes_is_asked_again() {
    let (url, asked) = server(&[(503, AWAY), (429, "busy"), (200, "{}")]).await;
    // Full jitter: at most 1 s, then 2 s.
    let answered = client(&url).ask::<IgnoredAny>(&call()).await;
    answered.expect("the third answer");
    assert_eq!(asked.lock().expect("whole").len(), 3);
}

#[tokio::test]
async fn what_is_refused_is_asked_once() {
    for status in [400, 401, 403, 404, 500] {
        let (url, asked) = server(&[(status, "{}")]).await;
        let answered = client(&url).ask::<IgnoredAny>(&call()).await;
        answered.expect_err("refused");
        assert_eq!(asked.lock().expect("whole").len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_silent_server_is_waited_for_until_the_deadline() {
    let (url, _) = server(&[(0, "")]).await;
    let mut settings = settings(&url);
    settings.search_deadline = Duration::from_millis(200);
    let client = Client::new(&settings).expect("the settings are right");
    let began = Instant::now();
    let error = client
        .read::<IgnoredAny>(&call())
        .await
        .expect_err("silence");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert!(matches!(
        error.of_reading(),
        search_index::Error::Transient(_)
    ));
}

#[tokio::test]
async fn a_retry_asks_the_next_node() {
    let (away, _) = server(&[(503, AWAY)]).await;
    let (up, asked) = server(&[(200, "{}")]).await;
    let mut settings = settings(&away);
    settings.urls.push(up);
    let client = Client::new(&settings).expect("the settings are right");
    client
        .ask::<IgnoredAny>(&call())
        .await
        .expect("the other node answers");
    assert_eq!(asked.lock().expect("whole").len(), 1);
}

#[tokio::test]
async fn we_sign_in_and_no_error_tells_with_what() {
    let password = Credentials::Password {
        user: "ingest".to_owned(),
        password: Secret::new("hunter2"),
    };
    let key = Credentials::ApiKey(Secret::new("aHVudGVyMg=="));
    for (credentials, header) in [
        (password, "authorization: basic aw5nzxn0omh1bnrlcji="),
        (key, "authorization: apikey ahvudgvymg=="),
    ] {
        let (url, asked) = server(&[(
            401,
            r#"{"error":{"type":"security_exception","reason":"no"}}"#,
        )])
        .await;
        let mut settings = settings(&url);
        settings.credentials = Some(credentials);
        let client = Client::new(&settings).expect("the settings are right");
        let error = client
            .ask::<IgnoredAny>(&call())
            .await
            .expect_err("refused");
        let head = asked.lock().expect("whole")[0].0.clone();
        assert!(head.contains(header), "{head}");
        let shown = format!("{error} {error:?} {client:?} {settings:?}");
        for secret in ["hunter2", "aHVudGVyMg", "aW5nZXN0"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn certificates_that_are_none_are_refused() {
    let mut settings = settings("https://127.0.0.1:1");
    settings.ca_pem = Some(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec());
    let refused = Client::new(&settings).expect_err("no certificate");
    assert!(matches!(refused, SettingsError::Client(_)), "{refused}");
}

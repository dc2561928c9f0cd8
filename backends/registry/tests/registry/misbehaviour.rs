//! Registries that are away, forget, or say odd things.

use super::support::{answering, open};
use mediamesh_ports::registry::{Error, Registry};
use mediamesh_ports::secret::Secret;
use mediamesh_registry::{Confluent, Settings};
use std::net::TcpListener;
use std::time::Duration;

const ABSENT: (u16, &str) = (404, r#"{"error_code":40403,"message":"Schema not found"}"#);
const FOUND: (u16, &str) = (200, r#"{"schema":"\"string\""}"#);

fn is_transient<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Transient(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_id_that_was_unknown_is_asked_for_again_and_one_that_was_found_is_not() {
    let (url, requests) = answering(&[ABSENT, FOUND]);
    let registry = open(Settings::new(url));
    assert!(matches!(registry.schema(7), Err(Error::UnknownId(7))));
    for _ in 0..3 {
        assert_eq!(registry.schema(7).unwrap(), r#""string""#);
    }
    assert_eq!(requests.iter().count(), 2);
}

#[test]
fn a_registry_that_is_away_is_transient_and_found_when_it_is_back() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let away = format!("http://{}", port.local_addr().unwrap());
    drop(port);
    let registry = open(Settings::new(away.clone()));
    is_transient(registry.schema(7));
    is_transient(registry.versions("a-value"));
    is_transient(registry.find("a-value", r#""string""#));
    is_transient(registry.register("a-value", r#""string""#));
    let (up, _requests) = answering(&[FOUND]);
    let mut settings = Settings::new(away);
    settings.urls.push(up);
    assert_eq!(open(settings).schema(7).unwrap(), r#""string""#);
}

#[test]
fn a_registry_that_does_not_answer_is_waited_for_no_longer_than_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let registry = open(Settings {
        deadline: Duration::from_millis(100),
        ..Settings::new(url)
    });
    is_transient(registry.schema(7));
    is_transient(registry.versions("a-value"));
}

#[test]
fn an_answer_that_is_not_the_registrys_is_transient_and_says_so() {
    let (url, _requests) = answering(&[(404, "<html>nobody</html>"), (401, ""), (200, "{}")]);
    let registry = open(Settings::new(url));
    for said in ["404", "401"] {
        let reason = is_transient(registry.versions("a-value"));
        assert!(reason.contains(said), "{reason}");
    }
    is_transient(registry.schema(7));
}

#[test]
fn a_refusal_of_the_registry_itself_is_an_incompatibility() {
    let denied = r#"{"error_code":409,"message":"our rule says no"}"#;
    let (url, requests) = answering(&[ABSENT, (200, "{}"), (409, denied), ABSENT]);
    let refused = open(Settings::new(url)).register("a-value", r#""string""#);
    match refused {
        Err(Error::Incompatible { reason, .. }) => assert!(reason.contains("our rule"), "{reason}"),
        other => panic!("{other:?}"),
    }
    let asked: Vec<String> = requests.iter().collect();
    assert!(asked[1].starts_with("put /config/a-value"), "{asked:?}");
}

#[test]
fn who_registers_a_moment_too_late_finds_the_schema_there() {
    let late = r#"{"error_code":0,"message":"it already exists"}"#;
    let (url, requests) = answering(&[ABSENT, (409, late), (409, late), (200, r#"{"id":7}"#)]);
    let registry = open(Settings::new(url));
    let id = registry.register("a-value", r#""string""#);
    assert_eq!(id.unwrap(), 7);
    assert_eq!(requests.iter().count(), 4);
}

#[test]
fn user_and_password_go_with_every_request_and_are_shown_nowhere() {
    let (url, requests) = answering(&[FOUND, (200, "[]")]);
    let settings = Settings {
        login: Some(("me".to_owned(), Secret::new("pa55word"))),
        ..Settings::new(url)
    };
    assert!(!format!("{settings:?}").contains("pa55"));
    let registry = open(settings);
    registry.schema(7).unwrap();
    registry.versions("a-value").unwrap();
    for request in requests {
        // me:pa55word, in lower case like the rest of the head.
        assert!(
            request.contains("authorization: basic bwu6cge1nxdvcmq="),
            "{request}"
        );
    }
}

#[test]
fn settings_that_cannot_be_used_are_refused_at_start() {
    let unusable = |settings: Settings| Confluent::open(settings).err().unwrap().to_string();
    for url in [
        "",
        "registry:8081",
        "ftp://registry",
        "http://me:pa55@registry",
    ] {
        let said = unusable(Settings::new(url));
        assert!(!said.contains("pa55"), "{said}");
    }
    let none = Settings {
        urls: Vec::new(),
        ..Settings::new("")
    };
    unusable(none);
    let said = unusable(Settings {
        authorities: Some("/nowhere/at/all.pem".into()),
        ..Settings::new("https://registry")
    });
    assert!(said.contains("/nowhere/at/all.pem"), "{said}");
}

//! Stores that are away, slow, or refuse us. No server is needed.

use mediamesh_objects::{Bucket, Keys, Settings};
use mediamesh_ports::objects::{Error, Objects};
use mediamesh_ports::secret::Secret;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn settings(endpoint: String) -> Settings {
    Settings {
        keys: Some(Keys {
            id: "me".to_owned(),
            secret: Secret::new("pa55word"),
        }),
        retries: 0,
        ..Settings::new(endpoint, "bucket")
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, endpoint)
}

fn transient<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Transient(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_transient_and_after_five_failures_left_alone() {
    let (listener, endpoint) = listen().await;
    drop(listener);
    let store = Bucket::open(&settings(endpoint)).unwrap();
    for _ in 0..5 {
        let reason = transient(store.get("a").await);
        assert!(!reason.contains("left alone"), "{reason}");
    }
    let reason = transient(store.put("a", Vec::new()).await);
    assert!(reason.contains("left alone"), "{reason}");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_waited_for_no_longer_than_the_deadline() {
    let (_silent, endpoint) = listen().await;
    let store = Bucket::open(&Settings {
        deadline: Duration::from_millis(100),
        ..settings(endpoint)
    });
    transient(store.unwrap().get("a").await);
}

#[tokio::test]
async fn a_request_that_may_go_through_later_is_repeated() {
    let (listener, endpoint) = listen().await;
    let server = tokio::spawn(async move {
        for status in ["503 Busy", "200 Here"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            assert!(
                request[..length].starts_with(b"GET /bucket/a%21 "),
                "{request:?}"
            );
            let head = "last-modified: Thu, 26 Nov 2026 10:00:00 GMT\r\netag: \"x\"";
            let answer = format!(
                "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let store = Bucket::open(&Settings {
        retries: 3,
        ..settings(endpoint)
    });
    let bytes = store.unwrap().get("a").await.unwrap();
    assert_eq!(bytes.as_deref(), Some(&b"hi"[..]));
    server.await.unwrap();
}

#[test]
fn settings_that_cannot_be_used_are_refused_and_secrets_are_shown_nowhere() {
    let good = settings("http://127.0.0.1:9000".to_owned());
    assert!(!format!("{good:?}").contains("pa55"));
    let opened = Bucket::open(&good).unwrap();
    assert!(!format!("{opened:?}").contains("pa55"));
    for (endpoint, bucket, prefix) in [
        ("http://127.0.0.1", "", ""),
        ("127.0.0.1:9000", "bucket", ""),
        ("ftp://127.0.0.1", "bucket", ""),
        ("http://me:pa55@127.0.0.1", "bucket", ""),
        ("http://127.0.0.1", "bucket", "../"),
        ("http://127.0.0.1", "bucket", "Prefix/"),
    ] {
        let refused = Bucket::open(&Settings {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            ..settings(endpoint.to_owned())
        });
        let said = refused.err().unwrap().to_string();
        assert!(!said.contains("pa55"), "{said}");
    }
    let refused = Bucket::open(&Settings {
        authorities: Some("/nowhere/at/all.pem".into()),
        ..settings("https://127.0.0.1".to_owned())
    });
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("/nowhere/at/all.pem")
    );
}

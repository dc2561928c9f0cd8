//! What happens when the cluster is away, slow or shut.

use super::support::{Keyspace, VIEW, key, write};
use mediamesh_ports::denied::Denied;
use mediamesh_ports::secret::Secret;
use mediamesh_ports::view_store::{self, WriteViews};
use mediamesh_scylla::migrate::MIGRATIONS;
use mediamesh_scylla::{Cluster, Credentials, Error, Settings, Views};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_keyspace_that_is_not_up_to_date_is_not_opened() {
    let keyspace = Keyspace::new().await;
    let opened = Views::open(keyspace.cluster().await, MIGRATIONS).await;
    let Err(Error::Behind(missing)) = opened else {
        panic!("a keyspace that is not there was opened")
    };
    assert!(missing.starts_with("keyspace, 0001-"), "{missing}");
    keyspace.views().await;
    let opened = Views::open(keyspace.cluster().await, MIGRATIONS).await;
    let Err(error) = opened else {
        panic!("a keyspace without all tables was opened")
    };
    assert!(error.to_string().contains("views migrate"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_ends_in_one_line() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let silent = listener.local_addr().expect("an address").to_string();
    let mut settings = Settings::new(vec![silent], "media");
    settings.connect = Duration::from_millis(300);
    let began = Instant::now();
    let refused = Cluster::connect(&settings).await;
    assert!(matches!(refused, Err(Error::Cluster(_))));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_turns_us_away_is_not_asked_for_long() {
    let keyspace = Keyspace::new().await;
    let wrong = keyspace.settings.credentials.clone().map(|right| {
        let password = Secret::new("another");
        Credentials { password, ..right }
    });
    for credentials in [wrong, None] {
        let mut settings = keyspace.settings.clone();
        settings.credentials = credentials;
        let refused = Cluster::connect(&settings).await.err();
        assert!(
            matches!(refused, Some(Error::Denied(Denied::Login(_)))),
            "{refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyspace_that_vanishes_is_waited_for_and_no_row_is_blamed() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    let row = || vec![write(key("p", "c"), 1, "a")];
    views.apply(VIEW, row()).await.expect("apply");
    keyspace.query("DROP KEYSPACE {keyspace}").await;
    for _ in 0..2 {
        let written = views.apply(VIEW, row()).await;
        assert!(
            matches!(written, Err(view_store::Error::Transient(_))),
            "{written:?}"
        );
    }
}

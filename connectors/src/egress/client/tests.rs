//! The client against real servers on loopback.

mod bodies;
mod names;
mod redirects;

use super::super::request::Secret;
use super::super::testing::{Server, Step, answer, listing};
use super::super::{Breaker, BreakerLimits, Retry, RetryLimits, standard};
use super::*;
use std::time::Duration;

pub(super) fn client(servers: &[&Server]) -> Client {
    Client::new(listing(servers)).unwrap()
}

pub(super) async fn get(client: &Client, url: String) -> Result<Fetched, Error> {
    client.fetch(Request::get(url)).await
}

#[tokio::test]
async fn a_body_comes_with_what_the_next_request_needs() {
    let headers = [
        "etag: W/\"v1\"",
        "last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
        "content-type: application/rss+xml; charset=utf-8",
        "cache-control: max-age=600",
        "retry-after: 30",
    ];
    let server = Server::start(move |_| answer("200 OK", &headers, "<rss/>")).await;
    let fetched = get(&client(&[&server]), server.url("/feed#top"))
        .await
        .unwrap();
    let expected = Fetched::Body {
        bytes: "<rss/>".into(),
        final_url: server.url("/feed"),
        permanent_url: None,
        etag: Some("W/\"v1\"".into()),
        last_modified: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()),
        links: Vec::new(),
        content_type: Some("application/rss+xml; charset=utf-8".into()),
        max_age_s: Some(600),
        retry_after_s: Some(30),
        status: 200,
    };
    assert_eq!(fetched, expected);
    let head = server.heads().remove(0);
    assert!(head.contains("user-agent: mediamesh/"), "{head}");
    assert!(
        !head.contains("referer") && !head.contains("cookie"),
        "{head}"
    );
}

#[tokio::test]
async fn an_unchanged_resource_is_not_modified() {
    let server = Server::start(|head| {
        let knows = head.contains("if-none-match: \"v1\"")
            && head.contains("if-modified-since: sun, 06 nov 1994 08:49:37 gmt");
        match knows {
            true => answer("304 Not Modified", &["cache-control: max-age=60"], ""),
            false => answer("200 OK", &[], "new"),
        }
    })
    .await;
    let client = client(&[&server]);
    let mut request = Request::get(server.url("/"));
    request.etag = Some("\"v1\"".into());
    request.last_modified = Some("Sun, 06 Nov 1994 08:49:37 GMT".into());
    let expected = Fetched::NotModified {
        permanent_url: None,
        max_age_s: Some(60),
    };
    assert_eq!(client.fetch(request).await.unwrap(), expected);
    assert!(matches!(
        get(&client, server.url("/")).await,
        Ok(Fetched::Body { .. })
    ));
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_an_error() {
    let server = Server::start(|_| answer("304 Not Modified", &[], "")).await;
    let result = get(&client(&[&server]), server.url("/")).await;
    assert!(
        matches!(result, Err(Error::Status { code: 304, .. })),
        "{result:?}"
    );
}

#[tokio::test]
async fn an_error_page_is_not_repeated() {
    let server = Server::start(|_| {
        answer(
            "503 <script>",
            &["retry-after: 120"],
            "internal: db-password=hunter2",
        )
    })
    .await;
    let error = get(&client(&[&server]), server.url("/")).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("script"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_address_with_a_user_name_is_refused_before_anything_is_sent() {
    let canary = Server::canary().await;
    let url = format!("http://me:pw@{}/", canary.addr);
    let error = get(&client(&[&canary]), url).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused(vet::Refused::Userinfo)),
        "{error}"
    );
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn an_address_on_this_machine_is_refused_unless_it_is_listed() {
    let canary = Server::canary().await;
    let mut policy = Policy::default();
    policy.ports.insert(canary.addr.port());
    let client = Client::new(policy).unwrap();
    let port = canary.addr.port();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "localhost",
        "[::1]",
        "[::ffff:7f00:1]",
        "0",
    ] {
        let error = get(&client, format!("http://{host}:{port}/"))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{host}: {error}");
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn what_is_not_http_or_not_there_is_a_transport_error_in_words() {
    let nonsense = Server::start(|_| vec![Step::Send(b"220 smtp ready\r\n".to_vec())]).await;
    let error = get(&client(&[&nonsense]), nonsense.url("/?key=s3cret"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "{error}");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");

    // Bound but not listening: nobody else gets the port, and connections are refused.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = held.local_addr().unwrap().to_string();
    let mut policy = Policy::default();
    policy.origins.insert(closed.parse().unwrap());
    let error = get(&Client::new(policy).unwrap(), format!("http://{closed}/")).await;
    let error = error.unwrap_err();
    assert!(
        error.to_string().contains("could not be reached"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_without_proper_tls_is_told_as_such() {
    let raw = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = raw.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut stream, _)) = raw.accept().await {
            let _hello = stream.read(&mut [0; 512]).await;
            let _sent = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let mut policy = Policy::default();
    policy.origins.insert(addr.to_string().parse().unwrap());
    let error = get(&Client::new(policy).unwrap(), format!("https://{addr}/"))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("no secure connection"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_at_the_deadline() {
    let server = Server::start(|_| vec![Step::Wait(Duration::from_secs(3600))]).await;
    let short = Duration::from_millis(250);
    let policy = Policy {
        deadline: short,
        ..listing(&[&server])
    };
    let of_policy = get(&Client::new(policy).unwrap(), server.url("/")).await;
    let mut request = Request::get(server.url("/"));
    request.deadline = Some(short);
    let of_request = client(&[&server]).fetch(request).await;
    for result in [of_policy, of_request] {
        let error = result.unwrap_err();
        assert!(error.to_string().contains("within 0.25 s"), "{error}");
    }
}

#[tokio::test]
async fn a_failing_host_is_tried_again_and_then_left_alone() {
    let server = Server::start(|_| answer("503 Down", &[], "")).await;
    let limits = RetryLimits {
        first: Duration::from_millis(5),
        ..RetryLimits::default()
    };
    let breaker = Breaker::new(client(&[&server]), BreakerLimits::default());
    let fetch = Retry::new(breaker, limits, 7);
    for connections in [3, 5, 5] {
        let result = fetch.fetch(Request::get(server.url("/"))).await;
        assert!(result.is_err());
        assert_eq!(server.connections(), connections);
    }
    let error = fetch
        .fetch(Request::get(server.url("/")))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::CircuitOpen { .. }), "{error}");
}

#[tokio::test]
async fn the_standard_client_fetches() {
    let server = Server::start(|_| answer("200 OK", &[], "feed")).await;
    let fetch = standard(listing(&[&server]), 7).unwrap();
    let fetched = fetch.fetch(Request::get(server.url("/"))).await.unwrap();
    assert!(
        matches!(fetched, Fetched::Body { status: 200, .. }),
        "{fetched:?}"
    );
}

#[tokio::test]
async fn secret_headers_are_sent_and_not_shown() {
    let server = Server::start(|_| answer("401 No", &[], "")).await;
    let mut request = Request::get(server.url("/"));
    request
        .headers
        .push(("Authorization".into(), Secret::new("Bearer pa55")));
    let error = client(&[&server]).fetch(request).await.unwrap_err();
    assert!(server.heads()[0].contains("authorization: bearer pa55"));
    assert!(!format!("{error} {error:?}").contains("pa55"));
}

/// Names the server to fetch from in the child process of the test below.
const CHILD: &str = "MEDIAMESH_TEST_EGRESS_CHILD";

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_asked() {
    const NAME: &str = "egress::client::tests::a_proxy_of_the_environment_is_not_asked";
    if let Ok(origin) = std::env::var(CHILD) {
        let mut policy = Policy::default();
        policy.origins.insert(origin.parse().unwrap());
        let url = format!("http://{origin}/");
        assert!(get(&Client::new(policy).unwrap(), url).await.is_ok());
        return;
    }
    let (server, canary) = (
        Server::start(|_| answer("200 OK", &[], "feed")).await,
        Server::canary().await,
    );
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", NAME])
        .env(CHILD, server.addr.to_string());
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(variable, canary.url("/"));
    }
    child.env_remove("no_proxy").env_remove("NO_PROXY");
    let ended = tokio::task::spawn_blocking(move || child.output()).await;
    let ended = ended.unwrap().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!((server.connections(), canary.connections()), (1, 0));
}

//! Redirects, each hop vetted.

use super::super::super::request::Secret;
use super::super::super::testing::{Server, answer, redirect};
use super::*;

fn permanent(fetched: &Fetched) -> Option<&str> {
    match fetched {
        Fetched::Body { permanent_url, .. } | Fetched::NotModified { permanent_url, .. } => {
            permanent_url.as_deref()
        }
    }
}

#[tokio::test]
async fn a_redirect_into_the_private_network_is_refused_and_nobody_is_asked() {
    let canary = Server::canary().await;
    for location in [
        format!("http://{}/", canary.addr),
        format!("//{}/admin", canary.addr),
        format!("http://0x7f.1:{}/", canary.addr.port()),
        format!("http://localhost:{}/", canary.addr.port()),
        "http://169.254.169.254/latest/meta-data/".into(),
    ] {
        for code in [301, 302, 303, 307, 308] {
            let to = location.clone();
            let server = Server::start(move |_| redirect(code, &to)).await;
            let error = get(&client(&[&server]), server.url("/")).await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{location}: {error}");
            assert_eq!(server.connections(), 1);
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let server = Server::start(|_| redirect(302, "/again")).await;
    let error = get(&client(&[&server]), server.url("/")).await.unwrap_err();
    assert!(
        matches!(error, Error::TooManyRedirects { max: 5 }),
        "{error}"
    );
    assert_eq!(server.connections(), 6);
}

#[tokio::test]
async fn a_permanent_move_is_recorded_a_temporary_one_is_not() {
    let server = Server::start(|head| match head.split(' ').nth(1) {
        Some("/301") => redirect(301, "/new"),
        Some("/308") => redirect(308, "new"),
        Some("/302") => redirect(302, "/new"),
        Some("/307") => redirect(307, "/new"),
        Some("/chain") => redirect(301, "/302"),
        _ if head.contains("if-none-match") => answer("304 Same", &[], ""),
        _ => answer("200 OK", &[], "here"),
    })
    .await;
    let client = client(&[&server]);
    let new = server.url("/new");
    for (path, expected) in [
        ("/301", Some(new.clone())),
        ("/308", Some(new.clone())),
        ("/302", None),
        ("/307", None),
        ("/chain", Some(server.url("/302"))),
        ("/new", None),
    ] {
        let fetched = get(&client, server.url(path)).await.unwrap();
        assert_eq!(permanent(&fetched), expected.as_deref(), "{path}");
        assert!(matches!(&fetched, Fetched::Body { final_url, .. } if *final_url == new));
        let mut request = Request::get(server.url(path));
        request.etag = Some("\"v1\"".into());
        let fetched = client.fetch(request).await.unwrap();
        assert!(
            matches!(fetched, Fetched::NotModified { .. }),
            "{fetched:?}"
        );
        assert_eq!(
            permanent(&fetched),
            expected.as_deref(),
            "{path}, unchanged"
        );
    }
}

#[tokio::test]
async fn secrets_and_cookies_do_not_travel_to_another_origin() {
    let other = Server::start(|_| answer("200 OK", &[], "here")).await;
    let to = other.url("/");
    let server = Server::start(move |head| match head.starts_with("get /a ") {
        true => redirect(302, "/b"),
        false => answer(
            "302 Found",
            &["set-cookie: id=1", &format!("location: {to}")],
            "",
        ),
    })
    .await;
    let mut request = Request::get(server.url("/a"));
    request
        .headers
        .push(("Authorization".into(), Secret::new("Bearer pa55")));
    request
        .headers
        .push(("X-Api-Key".into(), Secret::new("pa55")));
    assert!(client(&[&server, &other]).fetch(request).await.is_ok());
    let at_home = server.heads();
    assert!(at_home.len() == 2 && at_home.iter().all(|head| head.contains("bearer pa55")));
    let abroad = other.heads().remove(0);
    assert!(
        !abroad.contains("pa55") && !abroad.contains("cookie"),
        "{abroad}"
    );
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_the_publishers_fault() {
    for headers in [
        vec![],
        vec!["location: http://"],
        vec!["location: http://[x]/"],
    ] {
        let server = Server::start(move |_| answer("302 Found", &headers, "")).await;
        let error = get(&client(&[&server]), server.url("/")).await.unwrap_err();
        assert!(matches!(error, Error::BadRedirect { code: 302 }), "{error}");
    }
}

//! How often one address may ask: told with every answer, refused with when to come again, counted by all processes.

use mediamesh::configuration::{Configuration, Limits};
use mediamesh::instance::{Served, serve};
use mediamesh_tests::addresses::free;
use mediamesh_tests::deployment::{Deployment, On};
use reqwest::{Client, Response};
use serde_json::Value;
use std::net::SocketAddr;

mediamesh_tests::on_both!(an_address_that_asks_too_often_is_told_when_to_come_again);

async fn start(configuration: Configuration, roles: &str) -> (Served, SocketAddr) {
    let listen = free();
    let read = listen.read;
    let configuration = Configuration {
        listen,
        limits: Limits {
            reads_per_minute: Some(3),
            proxies: 1,
            ..Limits::default()
        },
        ..configuration
    };
    let served = serve(configuration, roles.parse().unwrap()).await.unwrap();
    (served, read)
}

async fn ask(http: &Client, at: SocketAddr, whose: &str) -> Response {
    let asked = http
        .get(format!("http://{at}/api/v1/programs"))
        .header("x-forwarded-for", whose);
    asked.send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_else(|| panic!("no {name}"))
}

async fn an_address_that_asks_too_often_is_told_when_to_come_again(on: On) {
    let deployment = Deployment::new(on);
    let (first, read) = start(deployment.node("a"), "streams,api-read").await;
    // On one data directory there is one process; else two count together.
    let (second, other) = match on {
        On::DataDirectory => (None, read),
        On::Servers => {
            let (second, other) = start(deployment.node("b"), "api-read").await;
            (Some(second), other)
        }
    };
    let http = Client::builder().no_proxy().build().unwrap();
    for (left, at) in [(2, read), (1, other), (0, read)] {
        let answer = ask(&http, at, "203.0.113.7").await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(header(&answer, "ratelimit-policy"), "\"read\";q=3;w=60");
        let told = header(&answer, "ratelimit");
        assert!(told.starts_with(&format!("\"read\";r={left};t=")), "{told}");
    }
    let refused = ask(&http, other, "203.0.113.7").await;
    assert_eq!(refused.status().as_u16(), 429);
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!(
        (1..=20).contains(&wait),
        "one comes back every 20 s: {wait}"
    );
    assert!(header(&refused, "ratelimit").starts_with("\"read\";r=0;"));
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "quota_exceeded");
    assert!(problem["trace_id"].is_string(), "{problem}");
    let neighbour = ask(&http, read, "203.0.113.8").await;
    assert_eq!(neighbour.status().as_u16(), 200, "each address has its own");
    if let Some(second) = second {
        second.close().await;
    }
    first.close().await;
}

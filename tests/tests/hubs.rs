//! WebSub with everything real: a feed, its hub, and an instance that both reach over HTTP.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, serve as serve_http};
use hmac::{Hmac, KeyInit, Mac};
use mediamesh::configuration::{Configuration, Egress, Listen};
use mediamesh::instance::{Served, new_id, serve};
use mediamesh_domain::control::{ControlBody, CreateSource};
use mediamesh_domain::id::{CommandId, SourceId};
use mediamesh_domain::model::SourceFields;
use mediamesh_tests::deployment::{Deployment, On};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

type Forms = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

/// A feed at `/feed` and its hub at `/hub`.
async fn publisher() -> (SocketAddr, Forms) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let forms = Forms::default();
    let router = Router::new()
        .route("/feed", get(move || async move { feed(address, &["one"]) }))
        .route("/hub", post(subscribe))
        .with_state(Arc::clone(&forms));
    tokio::spawn(async move { serve_http(listener, router).await });
    (address, forms)
}

async fn subscribe(State(forms): State<Forms>, body: String) -> StatusCode {
    let read = reqwest::Url::parse(&format!("http://hub.example/?{body}")).unwrap();
    let form = read.query_pairs().into_owned().collect();
    forms.lock().unwrap().push(form);
    StatusCode::ACCEPTED
}

fn text(address: SocketAddr, guids: &[&str]) -> String {
    let items: String = guids
        .iter()
        .map(|guid| format!("<item><guid>{guid}</guid><title>{guid}</title></item>"))
        .collect();
    format!(
        "<rss xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>Quay</title>\
         <link>https://quay.example/</link>\
         <atom:link rel=\"hub\" href=\"http://{address}/hub\"/>\
         <atom:link rel=\"self\" href=\"http://{address}/feed\"/>{items}</channel></rss>"
    )
}

fn feed(address: SocketAddr, guids: &[&str]) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/rss+xml")];
    (kind, text(address, guids)).into_response()
}

/// An instance that the hub reaches at its read API's port.
async fn start(deployment: &Deployment, publisher: SocketAddr) -> Served {
    let any = || SocketAddr::from(([127, 0, 0, 1], 0));
    let free = TcpListener::bind(any()).unwrap().local_addr().unwrap();
    let configuration = Configuration {
        public_url: Some(format!("http://{free}")),
        listen: Listen {
            read: free,
            write: any(),
            ops: any(),
        },
        egress: Egress {
            origins: vec![publisher.to_string()],
            ..Egress::default()
        },
        ..deployment.configuration()
    };
    let roles = "connectors,streams,api-read".parse().unwrap();
    serve(configuration, roles).await.unwrap()
}

/// The first line of the answer to a POST whose body never comes.
async fn first_line(to: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(to).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: {to}\r\ncontent-length: 1000000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut line = String::new();
    let mut answer = BufReader::new(stream);
    let read = answer.read_line(&mut line);
    tokio::time::timeout(Duration::from_secs(5), read)
        .await
        .unwrap()
        .unwrap();
    line
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let code = mac.finalize().into_bytes();
    let hex: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

mediamesh_tests::on_both!(a_hub_is_subscribed_to_and_what_it_signs_is_taken);

async fn a_hub_is_subscribed_to_and_what_it_signs_is_taken(on: On) {
    let data = Deployment::new(on);
    let (publisher, forms) = publisher().await;
    let served = start(&data, publisher).await;
    let instance = &served.instance;
    let url = format!("http://{publisher}/feed");
    let source_id = SourceId::of_address(&url);
    let fields = SourceFields {
        name: "Quay".to_owned(),
        url: url.clone(),
        interval_s: 86_400,
        ..SourceFields::default()
    };
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    instance
        .decide_control(CommandId(new_id()), body)
        .await
        .unwrap();
    // Once it is planned and polled, it is not due for a day: nothing polls it beside the test.
    while instance
        .scheduler
        .health(source_id)
        .is_none_or(|health| health.next_poll.is_none())
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while instance.scheduler.poll_now(source_id, None).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let form = forms.lock().unwrap().remove(0);
    assert_eq!(
        (form["hub.mode"].as_str(), &form["hub.topic"]),
        ("subscribe", &url)
    );
    let (callback, secret) = (&form["hub.callback"], &form["hub.secret"]);

    mediamesh::install_tls();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let question = |topic: &str| {
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.topic", topic),
            ("hub.challenge", "ch4llenge"),
            ("hub.lease_seconds", "864000"),
        ];
        let address = reqwest::Url::parse_with_params(callback, query).unwrap();
        http.get(address).send()
    };
    let other = question("https://other.example/").await.unwrap();
    assert_eq!(other.status().as_u16(), 404);
    let answer = question(&url).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(answer.text().await.unwrap(), "ch4llenge");

    let path = callback.split_once("/websub/").unwrap().1;
    let known = format!("/websub/{path}");
    let (guess, _) = known.rsplit_once('/').unwrap();
    let web = callback.split('/').nth(2).unwrap();
    let refused = first_line(web, &format!("{guess}/guess")).await;
    assert!(refused.contains(" 404 "), "before a body came: {refused}");

    let news = text(publisher, &["two"]);
    let tell = |signature: Option<String>| {
        let request = http.post(callback).body(news.clone());
        let request = request.header("content-type", "application/rss+xml");
        match signature {
            Some(signature) => request.header("x-hub-signature", signature).send(),
            None => request.send(),
        }
    };
    for forged in [None, Some(signature("guess", &news))] {
        assert_eq!(tell(forged).await.unwrap().status().as_u16(), 403);
    }
    let polls = || instance.scheduler.health(source_id).unwrap().polls;
    let before = polls();
    let taken = tell(Some(signature(secret, &news))).await.unwrap();
    assert_eq!(taken.status().as_u16(), 202);
    assert_eq!(polls(), before + 1, "the news are a run of the source");
    let report = instance.scheduler.poll_now(source_id, None).await.unwrap();
    // The feed itself does not list it; it is known, and nothing is removed.
    assert_eq!((report.appended, report.entries_missing), (0, 1));
    assert!(instance.scheduler.health(source_id).unwrap().pushed);
    served.close().await;
}

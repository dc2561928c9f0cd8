//! Feeds that move, seen from a whole instance: fetched, moved, fetched again after a restart.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use mediamesh::configuration::{Configuration, Egress, Roles};
use mediamesh::instance::{Instance, Purpose, new_id};
use mediamesh_domain::control::{ControlBody, CreateSource, SourceEntry};
use mediamesh_domain::id::{CommandId, SourceId};
use mediamesh_domain::model::SourceFields;
use mediamesh_ports::control::Control as _;
use mediamesh_tests::deployment::{Deployment, On};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A feed at `/old`, and at `/new` once it has moved.
struct Feed {
    address: SocketAddr,
    moved: Arc<AtomicBool>,
}

impl Feed {
    async fn serve() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let moved = Arc::<AtomicBool>::default();
        let router = Router::new()
            .route("/old", get(old))
            .route("/new", get(|| async { feed() }))
            .with_state(Arc::clone(&moved));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, moved }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn old(State(moved): State<Arc<AtomicBool>>) -> Response {
    match moved.load(Ordering::SeqCst) {
        true => (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "/new")]).into_response(),
        false => feed(),
    }
}

fn feed() -> Response {
    let text = "<rss><channel><title>Quay</title><link>https://quay.example/</link>\
        <item><guid>quay-1</guid><title>Arrivals</title></item></channel></rss>";
    ([(header::CONTENT_TYPE, "application/rss+xml")], text).into_response()
}

async fn open(deployment: &Deployment, feed: &Feed) -> Instance {
    let configuration = Configuration {
        egress: Egress {
            origins: vec![feed.address.to_string()],
            ..Egress::default()
        },
        ..deployment.configuration()
    };
    let roles: Roles = "streams".parse().unwrap();
    Instance::open(configuration, Purpose::Serve(roles))
        .await
        .unwrap()
}

/// The source, once it is as wanted.
async fn source(
    instance: &Instance,
    id: SourceId,
    wanted: impl Fn(&SourceEntry) -> bool,
) -> SourceEntry {
    loop {
        let control = instance.control.current();
        match control.sources.get(&id).filter(|entry| wanted(entry)) {
            Some(entry) => return entry.clone(),
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

mediamesh_tests::on_both!(a_feed_that_moves_takes_its_source_along_and_nothing_twice);

async fn a_feed_that_moves_takes_its_source_along_and_nothing_twice(on: On) {
    let (feed, data) = (Feed::serve().await, Deployment::new(on));
    let instance = open(&data, &feed).await;
    let url = feed.url("/old");
    let source_id = SourceId::of_address(&url);
    let fields = SourceFields {
        name: "Quay".to_owned(),
        url: url.clone(),
        interval_s: 3600,
        ..SourceFields::default()
    };
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    instance
        .decide_control(CommandId(new_id()), body)
        .await
        .unwrap();
    source(&instance, source_id, |_| true).await;
    let report = instance.scheduler.poll_now(source_id, None).await.unwrap();
    assert_eq!(report.appended, 1);

    feed.moved.store(true, Ordering::SeqCst);
    instance.scheduler.poll_now(source_id, None).await.unwrap();
    let moved = source(&instance, source_id, |entry| entry.fields.url != url).await;
    assert_eq!(moved.fields.url, feed.url("/new"));
    assert_eq!(moved.fields.moved_from, [url]);

    let before = instance.scheduler.health(source_id).unwrap();
    assert_eq!(before.polls, 2);
    instance.end().await;
    drop(instance);
    let instance = open(&data, &feed).await;
    source(&instance, source_id, |_| true).await;
    let report = instance.scheduler.poll_now(source_id, None).await.unwrap();
    assert_eq!((report.entries_missing, report.entries_seen), (0, 1));
    let after = instance.scheduler.health(source_id).unwrap();
    assert_eq!(after.polls, 3, "how it fared is known after a restart");
    instance.end().await;
}

//! Runs from end to end: a server on loopback, a log and an object store in memory.

mod mapped;
mod moves;
mod paging;
mod playlists;
mod server;
mod stores;
mod telling;
mod youtube;

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use mediamesh_domain::control::SourceEntry;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{RawBody, RawEntry};
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::position::{Seq, Version};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::header;
use mediamesh_schemas::{Codec, Topic};
use uuid::Uuid;

use crate::egress::{self, Policy};
use crate::feed::Limits;

use self::server::Server;
use self::stores::{Log, Objects};
use super::*;
use std::sync::Arc;

/// Time goes on by a second with every look at it.
#[derive(Default)]
struct Seconds(AtomicU64);

impl Clock for Seconds {
    fn now(&self) -> Timestamp {
        let second = self.0.fetch_add(1, Ordering::SeqCst);
        Timestamp(i64::try_from(second).unwrap() * 1_000_000)
    }

    fn run_id(&self) -> RunId {
        RunId(Uuid::from_u128(u128::from(self.0.load(Ordering::SeqCst))))
    }
}

struct World {
    log: Arc<Log>,
    objects: Arc<Objects>,
    codec: Codec,
    ingest: Ingest,
    job: Job,
}

impl World {
    fn new(servers: &[&Server]) -> Self {
        let policy = Policy {
            origins: servers
                .iter()
                .map(|server| server.addr.to_string().parse().unwrap())
                .collect(),
            ..Policy::default()
        };
        let (log, objects) = (Arc::new(Log::default()), Arc::new(Objects::default()));
        let codec = Codec::embedded();
        let parts = Parts {
            fetch: Arc::new(egress::Client::new(policy).unwrap()),
            log: Arc::clone(&log) as _,
            objects: Arc::clone(&objects) as _,
            codec: codec.clone(),
            clock: Arc::new(Seconds::default()),
        };
        Self {
            log,
            objects,
            codec,
            ingest: Ingest::new(parts),
            job: job(""),
        }
    }

    fn of(server: &Server) -> Self {
        let mut world = Self::new(&[server]);
        world.job = job(&server.url("/feed"));
        world
    }

    async fn run(&self) -> RunReport {
        self.ingest.run(&self.job, Input::Fetch).await.unwrap()
    }

    async fn take(&self, text: &str) -> RunReport {
        self.ingest.run(&self.job, given(text)).await.unwrap()
    }

    /// The entries appended since the last call.
    fn appended(&self) -> Vec<RawEntry> {
        let records = self.log.take();
        let entry = |value: Option<Vec<u8>>| self.codec.decode(&value.unwrap()).unwrap();
        records
            .into_iter()
            .map(|record| entry(record.value))
            .collect()
    }
}

fn job(url: &str) -> Job {
    Job {
        source_id: SourceId::of_address("https://example.org/feed"),
        source: SourceEntry {
            version: Version(1),
            fields: SourceFields {
                url: url.to_owned(),
                ..SourceFields::default()
            },
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        },
        source_seq: Seq(5),
        correlation_id: Some("c-1".into()),
    }
}

fn given(text: &str) -> Input {
    Input::Bytes {
        bytes: Bytes::copy_from_slice(text.as_bytes()),
        content_type: None,
    }
}

fn item(guid: &str, title: &str) -> String {
    format!("<item><guid>{guid}</guid><title>{title}</title></item>")
}

fn feed(items: &[String]) -> String {
    let items = items.concat();
    format!("<rss><channel><title>Show</title>{items}<ttl>60</ttl></channel></rss>")
}

fn indices(entries: &[RawEntry]) -> Vec<i32> {
    entries.iter().map(|entry| entry.index).collect()
}

#[tokio::test]
async fn a_run_appends_the_feed_and_then_its_entries_in_order() {
    let body = feed(&[item("a", "A"), item("b", "B")]);
    let server = Server::answering(move |_| server::ok(&["etag: \"1\""], &body)).await;
    let world = World::of(&server);
    let report = world.run().await;
    assert_eq!(
        (report.entries_seen, report.appended, report.unchanged),
        (2, 2, 0)
    );
    assert!(report.feed_appended && !report.not_modified);
    assert_eq!(report.title.as_deref(), Some("Show"));

    for record in world.log.records() {
        assert_eq!(record.topic, Topic::IngestRaw);
        assert_eq!(record.key, world.job.source_id.to_string().into_bytes());
        let header = (header::CORRELATION_ID.to_owned(), b"c-1".to_vec());
        assert_eq!(record.headers, [header]);
        assert_eq!(record.timestamp, report.fetched_at);
    }
    let entries = world.appended();
    assert_eq!(indices(&entries), [-1, 0, 1]);
    for entry in &entries {
        assert_eq!(entry.source_id, world.job.source_id);
        assert_eq!((entry.source_seq, entry.run_id), (Seq(5), report.run_id));
        assert_eq!(entry.feed.url, server.url("/feed"));
        assert_eq!(entry.feed.title.as_deref(), Some("Show"));
        assert_eq!(entry.raw_hash.len(), 32);
    }
    let Some(RawBody::Feed(channel)) = &entries[0].body else {
        panic!("{:?}", entries[0].body);
    };
    let names: Vec<_> = channel.children.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["title", "ttl"]);
    assert!(matches!(&entries[2].body, Some(RawBody::Entry(_))));
}

#[tokio::test]
async fn an_unmodified_answer_appends_and_writes_nothing() {
    let body = feed(&[item("a", "A")]);
    let server = Server::answering(move |head| match head.contains("if-none-match: \"1\"") {
        true => server::answer("304 Not Modified", &["cache-control: max-age=90"], ""),
        false => server::ok(&["etag: \"1\""], &body),
    })
    .await;
    let world = World::of(&server);
    world.run().await;
    world.appended();
    let writes = world.objects.writes();
    for _ in 0..3 {
        let report = world.run().await;
        assert!(report.not_modified);
        assert_eq!((report.fetched_bytes, report.max_age_s), (0, Some(90)));
    }
    assert_eq!(world.objects.writes(), writes);
    assert_eq!(world.log.appends(), 1);
}

#[tokio::test]
async fn of_the_same_feed_again_nothing_is_appended_and_of_a_changed_one_what_changed() {
    let world = World::new(&[]);
    let mut items = vec![item("a", "A"), item("b", "B"), item("c", "C")];
    world.take(&feed(&items)).await;
    world.appended();

    let report = world.take(&feed(&items)).await;
    assert_eq!((report.appended, report.unchanged), (0, 3));
    assert!(!report.feed_appended);
    assert_eq!(world.log.appends(), 1);

    items[1] = item("b", "B, mended");
    items.insert(0, item("d", "D"));
    let report = world.take(&feed(&items)).await;
    assert_eq!((report.appended, report.unchanged), (2, 2));
    assert_eq!(indices(&world.appended()), [0, 2]);

    let dated = feed(&items).replace("<ttl>", "<lastBuildDate>now</lastBuildDate><ttl>");
    assert!(!world.take(&dated).await.feed_appended);
    let renamed = feed(&items).replace("60", "61");
    let report = world.take(&renamed).await;
    assert_eq!((report.feed_appended, report.appended), (true, 0));
}

#[tokio::test]
async fn a_guid_that_is_listed_twice_is_not_a_change_at_each_run() {
    let world = World::new(&[]);
    let twice = feed(&[item("a", "A"), item("a", "A again"), item("a", "A")]);
    assert_eq!(world.take(&twice).await.appended, 3);
    assert_eq!(world.take(&twice).await.appended, 0);
}

#[tokio::test]
async fn too_large_a_feed_is_refused_and_leaves_nothing() {
    let body = feed(&[item("a", &"x".repeat(5000))]);
    let server = Server::answering(move |_| server::ok(&[], &body)).await;
    let mut world = World::of(&server);
    world.ingest = world.ingest.with_limits(Limits {
        max_bytes: 4000,
        ..Limits::default()
    });
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "egress.too_large");
    let input = Input::read(&[b'x'; 4001][..], world.ingest.limits()).await;
    assert_eq!(input.unwrap_err().code(), "feed.too_large");
    assert_eq!(world.log.appends(), 0);
}

#[tokio::test]
async fn a_feed_that_moved_for_good_is_asked_at_its_new_place() {
    let body = feed(&[item("a", "A")]);
    let server = Server::answering(move |head| match head.contains("get /new") {
        true => server::ok(&[], &body),
        false => server::answer("301 Moved", &["location: /new?token=1"], ""),
    })
    .await;
    let world = World::of(&server);
    for _ in 0..2 {
        let report = world.run().await;
        assert_eq!(report.moved_to, Some(server.url("/new?token=1")));
    }
    let asked = server.paths();
    assert_eq!(asked, ["/feed", "/new?token=1", "/new?token=1"]);
    let entries = world.appended();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        entries[1].feed.url,
        server.url("/new"),
        "no key stands in a record"
    );
}

#[tokio::test]
async fn a_move_that_leads_nowhere_is_forgotten() {
    let body = feed(&[item("a", "A")]);
    let gone = std::sync::atomic::AtomicBool::new(false);
    let server = Server::answering(move |head| {
        let first = head.contains("get /feed") && !gone.load(Ordering::SeqCst);
        match (first, head.contains("get /new")) {
            (true, _) => server::answer("301 Moved", &["location: /new"], ""),
            (_, true) if gone.swap(true, Ordering::SeqCst) => server::answer("410 Gone", &[], ""),
            _ => server::ok(&[], &body),
        }
    })
    .await;
    let world = World::of(&server);
    world.run().await;
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "egress.status");
    assert_eq!(world.run().await.moved_to, None);
    assert_eq!(server.paths(), ["/feed", "/new", "/new", "/feed"]);
}

#[tokio::test]
async fn what_the_log_did_not_take_is_appended_by_the_next_run() {
    let world = World::new(&[]);
    let items: Vec<_> = (0..1200).map(|n| item(&n.to_string(), "T")).collect();
    world.log.fail_after(2);
    let error = world.ingest.run(&world.job, given(&feed(&items))).await;
    assert_eq!(error.unwrap_err().code(), "ingest.log");
    assert_eq!(world.appended().len(), 1000);
    world.log.fail_after(usize::MAX);
    let report = world.take(&feed(&items)).await;
    assert_eq!((report.appended, report.unchanged), (201, 999));
    assert_eq!(world.log.largest(), 500);
}

#[tokio::test]
async fn a_large_body_goes_to_the_object_store_and_the_record_claims_it() {
    let world = World::new(&[]);
    let text = "ب".repeat(200_000);
    let report = world.take(&feed(&[item("a", &text), item("b", "B")])).await;
    assert_eq!((report.appended, report.claimed), (2, 1));
    let entries = world.appended();
    assert_eq!(entries[1].body, None);
    let claim = entries[1].claim.as_deref().unwrap();
    let body: RawBody = serde_json::from_slice(&world.objects.read(claim).unwrap()).unwrap();
    let RawBody::Entry(element) = body else {
        panic!("{claim}");
    };
    assert_eq!(element.children[1].text, text);
    assert_eq!(entries[2].claim, None);
}

#[tokio::test]
async fn a_dry_run_gives_all_entries_and_changes_nothing() {
    let world = World::new(&[]);
    let text = feed(&[item("a", "A"), item("b", &"x".repeat(300_000))]);
    world.take(&text).await;
    world.appended();
    let writes = world.objects.writes();
    let (report, entries) = world
        .ingest
        .dry_run(&world.job, given(&text))
        .await
        .unwrap();
    assert_eq!((report.entries_seen, report.appended), (2, 0));
    assert_eq!(indices(&entries), [-1, 0, 1]);
    assert!(entries.iter().all(|entry| entry.body.is_some()));
    assert_eq!((world.log.appends(), world.objects.writes()), (1, writes));
}

#[tokio::test]
async fn two_runs_of_a_source_do_not_overlap() {
    let server = Server::answering(|_| server::ok(&[], &feed(&[]))).await;
    let world = World::of(&server);
    let (first, second) = tokio::join!(
        world.ingest.run(&world.job, Input::Fetch),
        world.ingest.run(&world.job, Input::Fetch),
    );
    assert!(first.is_ok());
    assert!(matches!(second, Err(IngestError::Busy)));
    world.run().await;
}

#[tokio::test]
async fn later_runs_carry_later_times() {
    let world = World::new(&[]);
    let mut last = Timestamp(-1);
    for n in 0..3 {
        world.take(&feed(&[item("a", &n.to_string())])).await;
        let entries = world.appended();
        let newest = entries.last().unwrap();
        assert!(newest.fetched_at > last);
        last = newest.fetched_at;
    }
}

#[tokio::test]
async fn a_secret_is_sent_to_its_own_origin_only() {
    let other = Server::answering(|_| server::ok(&[], &feed(&[]))).await;
    let place = format!("location: {}", other.url("/there"));
    let server = Server::answering(move |_| server::answer("301 Moved", &[&place], "")).await;
    let mut world = World::new(&[&server, &other]);
    world.job = job(&server.url("/feed"));
    world.job.source.fields.secret_name = Some("mine".into());
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ingest.unknown_secret");

    let secret = |name: &str| (name == "mine").then(|| Credential::bearer("s3cret"));
    world.ingest = world.ingest.with_credentials(Arc::new(secret));
    for _ in 0..2 {
        assert_eq!(world.run().await.moved_to, None);
    }
    assert_eq!(server.heads().len(), 2);
    assert!(server.heads().iter().all(|head| head.contains("s3cret")));
    assert!(other.heads().iter().all(|head| !head.contains("s3cret")));
}

#[tokio::test]
async fn what_is_no_feed_is_said_in_words() {
    let world = World::new(&[]);
    let opml = "<opml version='2.0'/>";
    let error = world.ingest.run(&world.job, given(opml)).await.unwrap_err();
    assert!(error.to_string().contains("an OPML list"), "{error}");
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ingest.no_address");
}

#[tokio::test]
async fn a_damaged_memory_counts_as_none() {
    let world = World::new(&[]);
    let text = feed(&[item("a", "A")]);
    world.take(&text).await;
    world.objects.overwrite("fetch-state/", b"rubbish");
    assert_eq!(world.take(&text).await.appended, 1);
}

#[tokio::test]
async fn ten_thousand_entries_are_taken_in_batches() {
    let world = World::new(&[]);
    let items: Vec<_> = (0..10_000).map(|n| item(&n.to_string(), "T")).collect();
    let report = world.take(&feed(&items)).await;
    assert_eq!((report.entries_seen, report.appended), (10_000, 10_000));
    assert_eq!((world.log.appends(), world.log.largest()), (21, 500));
    assert_eq!(world.take(&feed(&items)).await.unchanged, 10_000);
}

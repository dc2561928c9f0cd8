//! The limits of the same run: the same bytes through bare clients of the same servers.

use anyhow::{Context as _, ensure};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use mediamesh_ports::contract::server;
use mediamesh_ports::event_log::NewRecord;
use mediamesh_tests::deployment::Deployment;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use scylla::client::session_builder::SessionBuilder;
use std::time::{Duration, Instant};

/// Records of one transaction, and documents of one bulk request.
const BATCH: usize = 500;
/// Rows on their way at once.
const IN_FLIGHT: usize = 64;
const DEADLINE: Duration = Duration::from_secs(30);

/// Produces in transactions, as a processor's step does.
pub async fn kafka(deployment: &Deployment, records: &[NewRecord]) -> anyhow::Result<Duration> {
    let topic = format!("{}limit", deployment.topic_prefix());
    let values = values(records);
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", server("KAFKA"))
        .set("transactional.id", &topic)
        .set("compression.type", "lz4")
        .set("allow.auto.create.topics", "true");
    let work = move || -> anyhow::Result<Duration> {
        let producer: BaseProducer = config.create()?;
        producer.init_transactions(DEADLINE)?;
        let mut from = Instant::now();
        for (n, batch) in values.chunks(BATCH).enumerate() {
            producer.begin_transaction()?;
            for value in batch {
                let record = BaseRecord::<(), [u8]>::to(&topic).payload(value);
                producer.send(record).map_err(|(error, _)| error)?;
            }
            producer.commit_transaction(DEADLINE)?;
            if n == 0 {
                // The first one makes the topic.
                from = Instant::now();
            }
        }
        Ok(from.elapsed())
    };
    tokio::task::spawn_blocking(work).await?
}

/// Inserts a row for each entry, many at once.
pub async fn cql(deployment: &Deployment, records: &[NewRecord]) -> anyhow::Result<Duration> {
    let keyspace = deployment.topic_prefix().trim_end_matches('.').to_owned();
    let session = SessionBuilder::new()
        .known_node(server("CQL"))
        .user(server("CQL_USER"), server("CQL_PASSWORD"))
        .build()
        .await?;
    let table = format!("{keyspace}.bare_limit");
    let made = format!("CREATE TABLE {table} (id int PRIMARY KEY, content blob)");
    session.query_unpaged(made, ()).await?;
    let insert = session
        .prepare(format!("INSERT INTO {table} (id, content) VALUES (?, ?)"))
        .await?;
    let from = Instant::now();
    let rows = values(records).into_iter().zip(0_i32..);
    stream::iter(rows)
        .map(|(value, id)| session.execute_unpaged(&insert, (id, value)))
        .buffer_unordered(IN_FLIGHT)
        .try_for_each(async |_| Ok(()))
        .await?;
    Ok(from.elapsed())
}

/// Indexes a document for each entry in bulk requests, two at once, with a refresh at the end.
pub async fn bulk(deployment: &Deployment, records: &[NewRecord]) -> anyhow::Result<Duration> {
    let index = format!("{}-limit", deployment.topic_prefix().trim_end_matches('.'));
    let (http, at) = (
        reqwest::Client::builder().no_proxy().build()?,
        server("ELASTICSEARCH"),
    );
    let text = "river letters harbour winter market voices memory garden ".repeat(9);
    let numbers: Vec<usize> = (0..records.len()).collect();
    let requests = numbers.chunks(BATCH).map(|batch| {
        let lines = batch.iter().map(|n| {
            format!("{{\"index\":{{\"_id\":\"{n}\"}}}}\n{{\"title\":\"a title {n}\",\"text\":\"{text}\"}}\n")
        });
        lines.collect::<String>()
    });
    let from = Instant::now();
    stream::iter(requests)
        .map(|body| {
            let asked = http
                .post(format!("{at}/{index}/_bulk"))
                .header("content-type", "application/x-ndjson")
                .body(body);
            async move {
                let answer = asked.send().await.context("bulk")?;
                ensure!(answer.status().is_success(), "bulk: {}", answer.status());
                Ok(())
            }
        })
        .buffer_unordered(2)
        .try_for_each(async |()| Ok(()))
        .await?;
    http.post(format!("{at}/{index}/_refresh")).send().await?;
    Ok(from.elapsed())
}

fn values(records: &[NewRecord]) -> Vec<Vec<u8>> {
    let values = records
        .iter()
        .map(|record| record.value.clone().unwrap_or_default());
    values.collect()
}

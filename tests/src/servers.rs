//! A deployment's configuration on the real servers, where no other test's is.

use anyhow::{Context as _, ensure};
use mediamesh::configuration::Configuration;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as ObjectPath;
use object_store::signer::Signer as _;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// The configuration of a process with a prefix, a keyspace, an index prefix and a bucket that are new.
///
/// # Errors
/// Where the variables `MEDIAMESH_TEST_…` are not set, or the bucket cannot be made.
pub async fn configuration(data_dir: &Path) -> anyhow::Result<Configuration> {
    mediamesh::install_tls();
    let name = format!("m{}", Uuid::now_v7().simple());
    make_bucket(&name).await?;
    let (kafka, registry, cql) = (server("KAFKA")?, server("REGISTRY")?, server("CQL")?);
    let (elasticsearch, s3) = (server("ELASTICSEARCH")?, server("S3")?);
    let text = format!(
        r#"
        data_dir = {data_dir:?}
        instance = "a"
        [kafka]
        brokers = ["{kafka}"]
        prefix = "{name}."
        replication = 1
        session_s = 6
        [registry]
        urls = ["{registry}"]
        [cql]
        nodes = ["{cql}"]
        keyspace = "{name}"
        copies = 1
        [elasticsearch]
        urls = ["{elasticsearch}"]
        prefix = "{name}-"
        replicas = 0
        [objects]
        endpoint = "{s3}"
        bucket = "{name}"
        access_key = {{ variable = "MEDIAMESH_TEST_S3_KEY" }}
        secret_key = {{ variable = "MEDIAMESH_TEST_S3_SECRET" }}
        "#
    );
    let variables: HashMap<_, _> = std::env::vars().collect();
    let test = variables
        .into_iter()
        .filter(|(name, _)| name.starts_with("MEDIAMESH_TEST_"));
    Ok(Configuration::read(Some(("test", &text)), test.collect())?)
}

fn server(name: &str) -> anyhow::Result<String> {
    let variable = format!("MEDIAMESH_TEST_{name}");
    std::env::var(&variable).with_context(|| {
        format!(
            "{variable} is not set: start the servers with `./dev services up` and set what `./dev services env` \
             prints, or leave these tests out with `./dev test --quick`"
        )
    })
}

/// Makes a bucket, as whoever runs a deployment does: by a signed request of one's own.
async fn make_bucket(name: &str) -> anyhow::Result<()> {
    let signer = AmazonS3Builder::new()
        .with_endpoint(server("S3")?)
        .with_region("us-east-1")
        .with_bucket_name(name)
        .with_access_key_id(server("S3_KEY")?)
        .with_secret_access_key(server("S3_SECRET")?)
        .with_allow_http(true)
        .build()?;
    let within = Duration::from_secs(60);
    let url = signer
        .signed_url(reqwest::Method::PUT, &ObjectPath::default(), within)
        .await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let answer = http.put(url).send().await?;
    ensure!(
        answer.status().is_success(),
        "no bucket: {}",
        answer.status()
    );
    Ok(())
}

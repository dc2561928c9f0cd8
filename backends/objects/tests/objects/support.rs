//! What several tests need.

use http::Method;
use mediamesh_objects::{Bucket, Keys, Settings};
use mediamesh_ports::contract::server;
use mediamesh_ports::secret::Secret;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::signer::Signer;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

static BUCKET: OnceCell<String> = OnceCell::const_new();

/// The settings of a bucket of this run, with a prefix that is no other test's.
pub async fn settings() -> Settings {
    let bucket = BUCKET.get_or_init(make_bucket).await;
    Settings {
        prefix: format!("{}/", uuid::Uuid::now_v7().simple()),
        ..of(bucket)
    }
}

/// The settings of a bucket by its name.
pub fn of(bucket: &str) -> Settings {
    Settings {
        keys: Some(Keys {
            id: server("S3_KEY"),
            secret: Secret::new(server("S3_SECRET")),
        }),
        ..Settings::new(server("S3"), bucket)
    }
}

/// Sets the client up.
pub fn open(settings: &Settings) -> Bucket {
    Bucket::open(settings).expect("settings that can be used")
}

/// Makes a bucket, as whoever runs a deployment does: by a signed request of one's own.
async fn make_bucket() -> String {
    // Fails where a test was first, and then that provider serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let name = format!("mediamesh-{}", uuid::Uuid::now_v7().simple());
    let signer = AmazonS3Builder::new()
        .with_endpoint(server("S3"))
        .with_region("us-east-1")
        .with_bucket_name(&name)
        .with_access_key_id(server("S3_KEY"))
        .with_secret_access_key(server("S3_SECRET"))
        .with_allow_http(true)
        .build()
        .expect("a signer");
    let url = signer
        .signed_url(Method::PUT, &Path::default(), Duration::from_secs(60))
        .await
        .expect("a signed address");
    let host = format!(
        "{}:{}",
        url.host_str().expect("a host"),
        url.port().unwrap_or(80)
    );
    let target = url.as_str().split_once(&host).expect("the host").1;
    let request = format!(
        "PUT {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let mut stream = TcpStream::connect(&host).await.expect("the store");
    stream.write_all(request.as_bytes()).await.expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    name
}

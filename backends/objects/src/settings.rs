//! What the object store needs to know of its deployment.

use mediamesh_ports::secret::Secret;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{BackoffConfig, Certificate, ClientOptions, RetryConfig};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the bucket is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the store is, for example `http://minio:9000`; none: Amazon's, by the region.
    pub endpoint: Option<String>,
    /// The region; stores that have none take any.
    pub region: String,
    /// The bucket's name. It has to be there.
    pub bucket: String,
    /// What proves who we are; none: the machine's own role (Amazon only).
    pub keys: Option<Keys>,
    /// Whether the bucket stands in the path of addresses and not in the host's name; own stores mostly want it.
    pub path_style: bool,
    /// What comes before the names of all objects, for example `mediamesh/`; may be empty.
    pub prefix: String,
    /// A file with the certificate authorities to trust, instead of the system's.
    pub authorities: Option<PathBuf>,
    /// How long one call may take, with its retries.
    pub deadline: Duration,
    /// How often a request is repeated that may go through later: after a second, two, four, with jitter.
    pub retries: usize,
}

/// What proves who we are.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The access key's id.
    pub id: String,
    /// The access key.
    pub secret: Secret,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("object store: {0}")]
pub struct Unusable(String);

impl Settings {
    /// Settings for a bucket of a store of one's own, and defaults for all else.
    #[must_use]
    pub fn new(endpoint: impl Into<String>, bucket: impl Into<String>) -> Self {
        Self {
            endpoint: Some(endpoint.into()),
            region: "us-east-1".to_owned(),
            bucket: bucket.into(),
            keys: None,
            path_style: true,
            prefix: String::new(),
            authorities: None,
            deadline: Duration::from_secs(10),
            retries: 3,
        }
    }

    /// The client; nothing is asked of the store.
    pub(crate) fn client(&self) -> Result<AmazonS3, Unusable> {
        // Fails where another part was first, and then that part's provider serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = self.check()?;
        let mut builder = AmazonS3Builder::new()
            .with_region(&self.region)
            .with_bucket_name(&self.bucket)
            .with_virtual_hosted_style_request(!self.path_style)
            .with_allow_http(plain)
            // One object is deleted by one request, which every store has.
            .with_disable_bulk_delete(true)
            .with_retry(self.retry())
            .with_client_options(self.transport(plain)?);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(keys) = &self.keys {
            builder = builder
                .with_access_key_id(&keys.id)
                .with_secret_access_key(keys.secret.reveal());
        }
        builder.build().map_err(|error| Unusable(error.to_string()))
    }

    /// Checks what can be checked without the store; whether it is spoken to without TLS.
    fn check(&self) -> Result<bool, Unusable> {
        let unusable = |what: &str| Err(Unusable(what.to_owned()));
        if self.bucket.is_empty() {
            return unusable("name the bucket");
        }
        if !mediamesh_ports::objects::starts_names(&self.prefix) {
            return unusable("the prefix may have a-z, 0-9, '-', '_', '.' and '/', as names do");
        }
        let Some(endpoint) = &self.endpoint else {
            return Ok(false);
        };
        match endpoint.split_once("://") {
            Some((_, rest)) if rest.contains('@') => unusable("no user belongs into the endpoint"),
            Some(("http", _)) => Ok(true),
            Some(("https", _)) => Ok(false),
            _ => unusable("the endpoint is http:// or https:// and a host"),
        }
    }

    fn retry(&self) -> RetryConfig {
        RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_secs(1),
                max_backoff: Duration::from_secs(10),
                base: 2.0,
            },
            max_retries: self.retries,
            retry_timeout: self.deadline,
        }
    }

    fn transport(&self, plain: bool) -> Result<ClientOptions, Unusable> {
        let mut options = ClientOptions::new()
            .with_allow_http(plain)
            .with_timeout(self.deadline)
            .with_connect_timeout(self.deadline / 2);
        if let Some(path) = &self.authorities {
            for certificate in certificates(path)? {
                options = options.with_root_certificate(certificate);
            }
        }
        // A machine without certificates of its own can still do without TLS.
        Ok(options.with_no_system_certificates(plain || self.authorities.is_some()))
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, Unusable> {
    let unusable = |error: &dyn std::fmt::Display| {
        Unusable(format!(
            "{} is no list of certificates: {error}",
            path.display()
        ))
    };
    let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
    Certificate::from_pem_bundle(&pem).map_err(|error| unusable(&error))
}

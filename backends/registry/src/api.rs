//! The Confluent API, as far as it is used.
//!
//! Look-ups and registration go through schema_registry_converter's calls, never through its encoders and decoders:
//! those keep what does not mend itself (an unknown id, for one) until they are told to forget, and an id that is
//! unknown now may be known in a second. Nothing is kept here; what was found is kept by [`crate::Confluent`]. The
//! two calls that the crate does not have, listing versions and setting the compatibility level, are made here.

mod failure;

use crate::settings::{Settings, Unusable};
pub(crate) use failure::Failure;
use reqwest::{Certificate, Client, ClientBuilder, Method, Response, Url};
use schema_registry_converter::async_impl::schema_registry::{
    SrSettings, get_schema_by_id, get_schema_by_subject_and_version, perform_sr_call, post_schema,
};
use schema_registry_converter::schema_registry_common::{SchemaType, SrCall, SuppliedSchema};
use serde_json::json;

/// The level set for each of our subjects. `FULL` refuses a new kind at the end of a union, which our own gate allows:
/// an older build that meets one pauses.
const LEVEL: &str = "BACKWARD";

/// One version of a subject.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) number: i32,
    pub(crate) id: u32,
    pub(crate) schema: String,
}

pub(crate) struct Api {
    settings: Settings,
    calls: SrSettings,
    client: Client,
}

impl Api {
    pub(crate) fn new(settings: Settings) -> Result<Self, Unusable> {
        let unusable = |error: &dyn std::fmt::Display| Unusable(error.to_string());
        let (first, others) = settings
            .urls
            .split_first()
            .ok_or_else(|| Unusable("give its address".to_owned()))?;
        for url in &settings.urls {
            check(url)?;
        }
        let mut builder = SrSettings::new_builder(trimmed(first));
        for url in others {
            builder.add_url(trimmed(url));
        }
        if let Some((user, password)) = &settings.login {
            builder.set_basic_authorization(user, Some(password.reveal()));
        }
        builder.no_proxy().set_timeout(settings.deadline);
        let calls = builder
            .build_with(http(&settings)?)
            .map_err(|e| unusable(&e))?;
        let client = http(&settings)?.build().map_err(|e| unusable(&e))?;
        Ok(Self {
            settings,
            calls,
            client,
        })
    }

    /// The text of the schema with an id.
    pub(crate) async fn schema(&self, id: u32) -> Result<String, Failure> {
        Ok(get_schema_by_id(id, &self.calls).await?.schema)
    }

    /// The versions of a subject, oldest first; none where there is no such subject.
    pub(crate) async fn versions(&self, subject: &str) -> Result<Vec<Version>, Failure> {
        let path = ["subjects", subject, "versions"];
        let numbers = match self.send(Method::GET, &path, None).await {
            Err(Failure::Absent(_)) => return Ok(Vec::new()),
            answer => answer?.json::<Vec<u32>>().await?,
        };
        let mut versions = Vec::with_capacity(numbers.len());
        for number in numbers {
            let found = get_schema_by_subject_and_version(&self.calls, subject, Some(number)).await;
            let found = match found.map_err(Failure::from) {
                // It was deleted in between.
                Err(Failure::Absent(_)) => continue,
                found => found?,
            };
            versions.push(Version {
                number: i32::try_from(number).unwrap_or(i32::MAX),
                id: found.id,
                schema: found.schema,
            });
        }
        versions.sort_by_key(|version| version.number);
        // Apicurio lists a schema twice, under one id, where two processes registered it in the same moment.
        versions.dedup_by_key(|version| version.id);
        Ok(versions)
    }

    /// The id of a schema under a subject, as the registry compares schemas.
    pub(crate) async fn find(&self, subject: &str, schema: &str) -> Result<Option<u32>, Failure> {
        let body = json!({ "schema": schema, "schemaType": "AVRO" }).to_string();
        let call = SrCall::PostForVersion(subject, &body);
        match perform_sr_call(&self.calls, call)
            .await
            .map_err(Failure::from)
        {
            Ok(found) => Ok(found.id),
            Err(Failure::Absent(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Registers a schema under a subject.
    pub(crate) async fn add(&self, subject: &str, schema: &str) -> Result<u32, Failure> {
        let schema = SuppliedSchema::new(None, SchemaType::Avro, schema.to_owned());
        let added = post_schema(&self.calls, subject.to_owned(), schema).await?;
        Ok(added.id)
    }

    /// Sets the level by which the registry itself compares the versions of a subject.
    pub(crate) async fn set_level(&self, subject: &str) -> Result<(), Failure> {
        let body = json!({ "compatibility": LEVEL }).to_string();
        let path = ["config", subject];
        match self.send(Method::PUT, &path, Some(body)).await {
            // Another process sets it for the first time in the same moment (seen of Apicurio).
            Err(Failure::Incompatible(_)) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Sends a request to the first address that answers.
    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Option<String>,
    ) -> Result<Response, Failure> {
        let mut last = Failure::Down("it has no address".to_owned());
        for url in &self.settings.urls {
            match self.send_to(url, method.clone(), path, body.clone()).await {
                Err(Failure::Down(reason)) => last = Failure::Down(reason),
                answer => return answer,
            }
        }
        Err(last)
    }

    async fn send_to(
        &self,
        url: &str,
        method: Method,
        path: &[&str],
        body: Option<String>,
    ) -> Result<Response, Failure> {
        let mut url = Url::parse(&trimmed(url)).map_err(|e| Failure::Down(e.to_string()))?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        let mut request = self.client.request(method, url);
        if let Some((user, password)) = &self.settings.login {
            request = request.basic_auth(user, Some(password.reveal()));
        }
        if let Some(body) = body {
            let json = "application/vnd.schemaregistry.v1+json";
            request = request.header("content-type", json).body(body);
        }
        let response = request.timeout(self.settings.deadline).send().await?;
        match response.status() {
            status if status.is_success() => Ok(response),
            status => Err(Failure::of_status(status, &response.text().await?)),
        }
    }
}

fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

fn check(url: &str) -> Result<(), Unusable> {
    let usable = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
    };
    match Url::parse(url) {
        Ok(parsed) if usable(&parsed) => Ok(()),
        _ => Err(Unusable(
            "its address is http:// or https://, a host and a path, without a user in it"
                .to_owned(),
        )),
    }
}

/// The HTTP client's settings. A proxy of the environment is not asked: the registry is ours.
fn http(settings: &Settings) -> Result<ClientBuilder, Unusable> {
    // Fails where another part was first, and then that part's provider serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .no_proxy()
        .connect_timeout(settings.deadline)
        .pool_max_idle_per_host(1);
    if let Some(path) = &settings.authorities {
        let unusable = |error: &dyn std::fmt::Display| {
            Unusable(format!(
                "{} is no list of certificates: {error}",
                path.display()
            ))
        };
        let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
        let trusted = Certificate::from_pem_bundle(&pem).map_err(|error| unusable(&error))?;
        return Ok(builder.tls_certs_only(trusted));
    }
    let plain = settings.urls.iter().all(|url| url.starts_with("http:"));
    Ok(match plain {
        // A machine without certificates of its own can still do without TLS.
        true => builder.tls_certs_only([]),
        false => builder,
    })
}

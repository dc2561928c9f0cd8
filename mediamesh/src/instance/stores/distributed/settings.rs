//! The configuration's sections as the adapters' settings.

use crate::configuration::place::Place;
use crate::configuration::servers::{Mechanism, Servers, Tls};
use anyhow::Context as _;
use mediamesh_ports::secret::Secret;
use std::path::PathBuf;
use std::time::Duration;

pub(super) fn kafka(
    servers: &Servers,
    node: &str,
    state_dir: Option<PathBuf>,
) -> anyhow::Result<mediamesh_kafka::Settings> {
    use mediamesh_kafka::{Security, Settings};
    let kafka = &servers.kafka;
    let tls = kafka.tls.as_ref().map(|tls| mediamesh_kafka::Tls {
        authorities: tls.authorities.clone(),
        certificate: tls.certificate.clone(),
        key: tls.key.clone(),
        key_password: None,
    });
    let security = match (login(&kafka.user, &kafka.password, "kafka")?, tls) {
        (Some((user, password)), tls) => Security::Sasl {
            mechanism: match kafka.mechanism {
                Mechanism::Plain => mediamesh_kafka::Mechanism::Plain,
                Mechanism::ScramSha256 => mediamesh_kafka::Mechanism::ScramSha256,
                Mechanism::ScramSha512 => mediamesh_kafka::Mechanism::ScramSha512,
            },
            user,
            password,
            tls,
        },
        (None, Some(tls)) => Security::Tls(tls),
        (None, None) => Security::default(),
    };
    let settings = Settings {
        prefix: kafka.prefix.clone(),
        replication: kafka.replication,
        static_members: kafka.static_members,
        session: Duration::from_secs(kafka.session_s),
        security,
        state_dir,
        ..Settings::new(kafka.brokers.join(","), node)
    };
    settings.check()?;
    Ok(settings)
}

pub(super) fn registry(servers: &Servers) -> anyhow::Result<mediamesh_registry::Settings> {
    let registry = &servers.registry;
    Ok(mediamesh_registry::Settings {
        urls: registry.urls.clone(),
        login: login(&registry.user, &registry.password, "registry")?,
        authorities: registry.authorities.clone(),
        subject_prefix: servers.kafka.prefix.clone(),
        ..mediamesh_registry::Settings::new("")
    })
}

pub(super) fn cql(servers: &Servers) -> anyhow::Result<mediamesh_scylla::Settings> {
    use mediamesh_scylla::{Credentials, Replication, Settings};
    let cql = &servers.cql;
    let credentials = login(&cql.user, &cql.password, "cql")?;
    let tls = |tls: &Tls| mediamesh_scylla::Tls {
        authorities: tls.authorities.clone(),
        certificate: tls.certificate.clone(),
        key: tls.key.clone(),
    };
    let settings = Settings {
        replication: if cql.datacentres.is_empty() {
            Replication::Simple(cql.copies)
        } else {
            Replication::Datacentres(cql.datacentres.clone())
        },
        datacentre: cql.datacentre.clone(),
        credentials: credentials.map(|(user, password)| Credentials { user, password }),
        tls: cql.tls.as_ref().map(tls),
        ..Settings::new(cql.nodes.clone(), &cql.keyspace)
    };
    settings.check()?;
    Ok(settings)
}

pub(super) fn elasticsearch(
    servers: &Servers,
) -> anyhow::Result<mediamesh_elasticsearch::Settings> {
    use mediamesh_elasticsearch::{Credentials, Settings};
    let elasticsearch = &servers.elasticsearch;
    let user = login(
        &elasticsearch.user,
        &elasticsearch.password,
        "elasticsearch",
    )?;
    let by_user = user.map(|(name, password)| Credentials::Password {
        user: name,
        password,
    });
    let by_key = elasticsearch.api_key.as_ref();
    let by_key = by_key
        .map(|place| place.read("elasticsearch.api_key"))
        .transpose()?;
    let ca_pem = elasticsearch.authorities.as_ref().map(|path| {
        std::fs::read(path)
            .with_context(|| format!("elasticsearch.authorities: {}", path.display()))
    });
    let settings = Settings {
        urls: elasticsearch.urls.clone(),
        prefix: elasticsearch.prefix.clone(),
        credentials: by_key.map(Credentials::ApiKey).or(by_user),
        ca_pem: ca_pem.transpose()?,
        shards: elasticsearch.shards,
        replicas: elasticsearch.replicas,
        ..Settings::default()
    };
    settings.check()?;
    Ok(settings)
}

pub(super) fn objects(servers: &Servers) -> anyhow::Result<mediamesh_objects::Settings> {
    use mediamesh_objects::{Keys, Settings};
    let objects = &servers.objects;
    let keys = match (&objects.access_key, &objects.secret_key) {
        (Some(id), Some(secret)) => Some(Keys {
            id: id.read("objects.access_key")?.reveal().to_owned(),
            secret: secret.read("objects.secret_key")?,
        }),
        _ => None,
    };
    Ok(Settings {
        endpoint: objects.endpoint.clone(),
        region: objects.region.clone(),
        keys,
        path_style: objects.path_style,
        prefix: objects.prefix.clone(),
        authorities: objects.authorities.clone(),
        ..Settings::new("", &objects.bucket)
    })
}

/// User and password, where they are given.
fn login(
    user: &Option<String>,
    password: &Option<Place>,
    section: &str,
) -> anyhow::Result<Option<(String, Secret)>> {
    let (Some(user), Some(password)) = (user, password) else {
        return Ok(None);
    };
    let password = password.read(&format!("{section}.password"))?;
    Ok(Some((user.clone(), password)))
}

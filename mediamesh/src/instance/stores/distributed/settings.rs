//! The configuration's sections as the adapters' settings.

use crate::configuration::place::Place;
use crate::configuration::servers::{Mechanism, Servers, Tls};
use anyhow::{Context as _, bail};
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
    let tls = |tls: &Tls| -> anyhow::Result<_> {
        Ok(mediamesh_kafka::Tls {
            authorities: file(&tls.authorities, "kafka.tls.authorities")?,
            certificate: file(&tls.certificate, "kafka.tls.certificate")?,
            key: file(&tls.key, "kafka.tls.key")?,
            key_password: None,
        })
    };
    let tls = kafka.tls.as_ref().map(tls).transpose()?;
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
        authorities: file(&registry.authorities, "registry.authorities")?,
        subject_prefix: servers.kafka.prefix.clone(),
        ..mediamesh_registry::Settings::new("")
    })
}

pub(super) fn cql(servers: &Servers) -> anyhow::Result<mediamesh_scylla::Settings> {
    use mediamesh_scylla::{Credentials, Replication, Settings};
    let cql = &servers.cql;
    let credentials = login(&cql.user, &cql.password, "cql")?;
    let tls = |tls: &Tls| -> anyhow::Result<_> {
        Ok(mediamesh_scylla::Tls {
            authorities: file(&tls.authorities, "cql.tls.authorities")?,
            certificate: file(&tls.certificate, "cql.tls.certificate")?,
            key: file(&tls.key, "cql.tls.key")?,
        })
    };
    let settings = Settings {
        replication: if cql.datacentres.is_empty() {
            Replication::Simple(cql.copies)
        } else {
            Replication::Datacentres(cql.datacentres.clone())
        },
        datacentre: cql.datacentre.clone(),
        credentials: credentials.map(|(user, password)| Credentials { user, password }),
        tls: cql.tls.as_ref().map(tls).transpose()?,
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
        authorities: file(&objects.authorities, "objects.authorities")?,
        ..Settings::new("", &objects.bucket)
    })
}

pub(super) fn redis(servers: &Servers) -> anyhow::Result<Option<mediamesh_redis::Settings>> {
    let Some(redis) = &servers.redis else {
        return Ok(None);
    };
    let password = redis.password.as_ref();
    let password = password.map(|place| place.read("redis.password"));
    Ok(Some(mediamesh_redis::Settings {
        password: password.transpose()?,
        authorities: file(&redis.authorities, "redis.authorities")?,
        prefix: redis.prefix.clone(),
        ..mediamesh_redis::Settings::new(&redis.url)
    }))
}

/// A file that has to be there; clients of servers do not all name the one that is missing.
fn file(path: &Option<PathBuf>, key: &str) -> anyhow::Result<Option<PathBuf>> {
    if let Some(missing) = path.as_ref().filter(|path| !path.is_file()) {
        bail!("{key}: there is no file {}", missing.display());
    }
    Ok(path.clone())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::Configuration;

    /// All servers, with what is given put into their sections.
    fn servers(kafka: &str, cql: &str, elasticsearch: &str) -> Servers {
        let text = format!(
            "[kafka]\nbrokers = [\"a:1\", \"b:2\"]\nprefix = \"m.\"\n{kafka}\n[registry]\nurls = [\"http://r\"]\n\
             [cql]\nnodes = [\"c:3\"]\n{cql}\n[elasticsearch]\nurls = [\"http://e:4\"]\n{elasticsearch}\n\
             [objects]\nbucket = \"b\"\n"
        );
        let read = Configuration::read(Some(("m.toml", &text)), std::collections::HashMap::new());
        read.unwrap().servers().unwrap().unwrap()
    }

    #[test]
    fn a_user_with_a_password_signs_in_by_scram_over_tls_where_that_is_given() {
        let login = "user = \"u\"\npassword = { value = \"p\" }";
        let made = kafka(
            &servers(&format!("{login}\n[kafka.tls]"), login, login),
            "n",
            None,
        );
        let made = made.unwrap();
        assert_eq!(
            (made.brokers.as_str(), made.instance.as_str()),
            ("a:1,b:2", "n")
        );
        assert!(matches!(
            made.security,
            mediamesh_kafka::Security::Sasl {
                mechanism: mediamesh_kafka::Mechanism::ScramSha512,
                tls: Some(_),
                ..
            }
        ));
        let servers = servers("", login, login);
        assert!(cql(&servers).unwrap().credentials.is_some());
        assert!(elasticsearch(&servers).unwrap().credentials.is_some());
        assert_eq!(registry(&servers).unwrap().subject_prefix, "m.");
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_its_key() {
        let tls = "[kafka.tls]\nauthorities = \"/nowhere/ca.pem\"";
        let wrong = kafka(&servers(tls, "", ""), "n", None)
            .unwrap_err()
            .to_string();
        assert!(
            wrong.contains("kafka.tls.authorities") && wrong.contains("/nowhere/ca.pem"),
            "{wrong}"
        );
        let wrong = "authorities = \"/nowhere/ca.pem\"";
        let wrong = elasticsearch(&servers("", "", wrong))
            .unwrap_err()
            .to_string();
        assert!(wrong.contains("elasticsearch.authorities"), "{wrong}");
    }
}

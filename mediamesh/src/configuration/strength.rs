//! Passwords and keys that guard nothing: those that everybody tries first.

use super::place::Place;
use super::{Configuration, Wrong};

/// The shortest value that is taken for a secret, in characters.
const SHORTEST: usize = 8;

/// What servers and examples come with, and what is tried first, in lower case.
const TRIED_FIRST: [&str; 24] = [
    "12345678",
    "123456789",
    "1234567890",
    "admin123",
    "administrator",
    "cassandra",
    "changeit",
    "changeme",
    "change-me",
    "default-password",
    "elasticsearch",
    "examplekey",
    "letmein1",
    "mediamesh",
    "minioadmin",
    "mysecret",
    "password",
    "password1",
    "passw0rd",
    "qwertyuiop",
    "redispassword",
    "replace-me",
    "secretkey",
    "superuser",
];

/// Refuses secrets that are weak, each with the key that holds it.
///
/// # Errors
/// [`Wrong`] with the first of them, or where one cannot be read.
pub fn check(configuration: &Configuration) -> Result<(), Wrong> {
    for (key, place) in places(configuration) {
        let value = place.read(&key)?;
        if let Some(weakness) = weakness(value.reveal()) {
            return Err(Wrong(format!(
                "{key}: {weakness}: use a random one, for example of `openssl rand -base64 24`"
            )));
        }
    }
    Ok(())
}

/// Every secret of a configuration, with its key.
fn places(configuration: &Configuration) -> Vec<(String, Place)> {
    let named = configuration.secrets.iter();
    let named = named.map(|(name, secret)| (format!("secrets.{name}"), Some(secret.place())));
    let kafka = configuration.kafka.as_ref();
    let registry = configuration.registry.as_ref();
    let cql = configuration.cql.as_ref();
    let search = configuration.elasticsearch.as_ref();
    let redis = configuration.redis.as_ref();
    let objects = configuration.objects.as_ref();
    let of_servers = [
        (
            "kafka.password",
            kafka.and_then(|server| server.password.clone()),
        ),
        (
            "registry.password",
            registry.and_then(|server| server.password.clone()),
        ),
        (
            "cql.password",
            cql.and_then(|server| server.password.clone()),
        ),
        (
            "elasticsearch.password",
            search.and_then(|server| server.password.clone()),
        ),
        (
            "elasticsearch.api_key",
            search.and_then(|server| server.api_key.clone()),
        ),
        (
            "redis.password",
            redis.and_then(|server| server.password.clone()),
        ),
        (
            "objects.secret_key",
            objects.and_then(|server| server.secret_key.clone()),
        ),
    ];
    let of_servers = of_servers
        .into_iter()
        .map(|(key, place)| (key.to_owned(), place));
    let all = of_servers.chain(named);
    all.filter_map(|(key, place)| Some((key, place?))).collect()
}

/// Why a secret guards nothing; none where it may.
fn weakness(value: &str) -> Option<&'static str> {
    let first = value.chars().next();
    if value.chars().count() < SHORTEST {
        Some("it is shorter than 8 characters")
    } else if value.chars().all(|c| Some(c) == first) {
        Some("it is one letter over and over")
    } else if TRIED_FIRST.contains(&value.to_lowercase().as_str()) {
        Some("everybody tries this one first")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(file: &str) -> Result<(), Wrong> {
        let read = Configuration::read(
            Some(("mediamesh.toml", file)),
            std::collections::HashMap::new(),
        );
        check(&read.unwrap())
    }

    #[test]
    fn a_secret_that_everybody_tries_is_refused_by_its_key_and_not_shown() {
        for value in ["a", "changeme", "MinioAdmin", "zzzzzzzzzzzz"] {
            let file = format!("[secrets.quay]\nkind = \"bearer\"\nvalue = \"{value}\"");
            let wrong = checked(&file).unwrap_err();
            assert!(wrong.0.starts_with("secrets.quay: "), "{wrong}");
            assert!(!wrong.0.contains(value) || value == "a", "{wrong}");
        }
        let file = "[secrets.quay]\nkind = \"bearer\"\nvalue = \"tr41ns-at-n1ght\"";
        assert_eq!(checked(file), Ok(()));
        assert_eq!(checked(""), Ok(()));
    }
}

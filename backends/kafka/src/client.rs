//! What every client of librdkafka has in common: its configuration, its callbacks, and how it is let go.

use crate::health::Health;
use crate::settings::{Mechanism, Security, Settings, Tls};
use mediamesh_ports::denied::Denied;
use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

/// The largest record, with key and headers, in bytes.
pub(crate) const MAX_RECORD: usize = 8 << 20;
/// What its batch takes beyond that.
pub(crate) const MAX_BATCH: usize = MAX_RECORD + (64 << 10);

/// The configuration that all clients share.
pub(crate) fn common(settings: &Settings) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &settings.brokers)
        .set("client.id", format!("mediamesh-{}", settings.instance))
        .set("socket.keepalive.enable", "true")
        .set("reconnect.backoff.max.ms", "2000")
        // Idle connections are closed by the brokers after ten minutes; that is no news.
        .set("log.connection.close", "false")
        .set("message.max.bytes", MAX_BATCH.to_string())
        .set_log_level(RDKafkaLogLevel::Warning);
    secure(&mut config, &settings.security);
    config
}

fn secure(config: &mut ClientConfig, security: &Security) {
    match security {
        Security::Plaintext => {}
        Security::Tls(tls) => {
            config.set("security.protocol", "ssl");
            encrypt(config, tls);
        }
        Security::Sasl {
            mechanism,
            user,
            password,
            tls,
        } => {
            let mechanism = match mechanism {
                Mechanism::Plain => "PLAIN",
                Mechanism::ScramSha256 => "SCRAM-SHA-256",
                Mechanism::ScramSha512 => "SCRAM-SHA-512",
            };
            let protocol = if tls.is_some() {
                "sasl_ssl"
            } else {
                "sasl_plaintext"
            };
            config
                .set("security.protocol", protocol)
                .set("sasl.mechanism", mechanism)
                .set("sasl.username", user)
                .set("sasl.password", password.reveal());
            if let Some(tls) = tls {
                encrypt(config, tls);
            }
        }
    }
}

fn encrypt(config: &mut ClientConfig, tls: &Tls) {
    let files = [
        ("ssl.ca.location", &tls.authorities),
        ("ssl.certificate.location", &tls.certificate),
        ("ssl.key.location", &tls.key),
    ];
    for (key, file) in files {
        if let Some(file) = file {
            config.set(key, file.to_string_lossy());
        }
    }
    if let Some(password) = &tls.key_password {
        config.set("ssl.key.password", password.reveal());
    }
}

/// The configuration of everything that reads.
pub(crate) fn consumer(settings: &Settings, group: &str) -> ClientConfig {
    let mut config = common(settings);
    config
        .set("group.id", group)
        // librdkafka reads committed records only by default, Java's client does not: said in the open.
        .set("isolation.level", "read_committed")
        // By default offsets are stored when a record is handed out, not when it is processed, and committed
        // on a timer. Ours go into the transaction.
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("auto.offset.reset", "earliest")
        .set("allow.auto.create.topics", "false")
        // By default a fetch that found the local queue full sleeps for a second.
        .set("fetch.queue.backoff.ms", "20")
        .set("fetch.wait.max.ms", "50")
        .set("fetch.error.backoff.ms", "100")
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.message.max.bytes", (1 << 20).to_string())
        // A statistics event can swallow the wake-up of whoever waits for records.
        .set("statistics.interval.ms", "0");
    config
}

/// The configuration of everything that writes.
pub(crate) fn producer(settings: &Settings) -> ClientConfig {
    let mut config = common(settings);
    config
        // Off by default: a retry would double what it repeats.
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("compression.type", "lz4")
        // librdkafka's own default is CRC32, not Java's murmur2. Our records name their partition; whoever
        // takes this configuration for keyed records still gets the same one.
        .set("partitioner", "murmur2_random")
        .set("statistics.interval.ms", "0");
    config
}

/// What librdkafka calls back on every client.
pub(crate) struct Context {
    /// What the client is for, for the logs.
    pub(crate) of: String,
    pub(crate) health: Arc<Health>,
}

impl Context {
    pub(crate) fn new(of: impl Into<String>, health: &Arc<Health>) -> Self {
        Self {
            of: of.into(),
            health: Arc::clone(health),
        }
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        // The words are in the log lines: an error's code does not tell a certificate from a name.
        if let Some(denied) = denial(line) {
            self.health.turned_away(denied);
        }
        log(&self.of, level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        heard(&self.of, &self.health, &error, reason);
    }
}

impl ConsumerContext for Context {}

/// Passes a line of librdkafka's on.
pub(crate) fn log(client: &str, level: RDKafkaLogLevel, facility: &str, line: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error => tracing::warn!(client, facility, line, "librdkafka"),
        RDKafkaLogLevel::Warning | RDKafkaLogLevel::Notice => {
            tracing::info!(client, facility, line, "librdkafka");
        }
        RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
            tracing::debug!(client, facility, line, "librdkafka");
        }
    }
}

/// Takes note of an error that librdkafka tells of on the side.
pub(crate) fn heard(client: &str, health: &Health, error: &KafkaError, reason: &str) {
    match error.rdkafka_error_code() {
        // Not an error: a reader has come to the end.
        Some(RDKafkaErrorCode::PartitionEOF) => return,
        Some(RDKafkaErrorCode::AllBrokersDown) => health.brokers_down(),
        _ => {}
    }
    tracing::debug!(client, %error, reason, "librdkafka reports");
}

/// How a broker turns us away, where a line of librdkafka's says so.
fn denial(line: &str) -> Option<Denied> {
    let login = line.contains("SASL") && line.contains("uthentication");
    match Denied::of_tls(line) {
        None if login => Some(Denied::Login(line.to_owned())),
        certificate => certificate,
    }
}

/// Drops a client on a thread of its own, and waits for that no longer than `bound`; says whether it is gone.
///
/// Dropping one blocks for as long as the brokers let it: within a task it would hold up the runtime, or
/// dead-lock with it (rust-rdkafka 453, 508).
pub(crate) fn let_go<T: Send + 'static>(what: &str, client: T, bound: Duration) -> bool {
    let (done, gone) = mpsc::channel();
    let spawned = std::thread::Builder::new()
        .name(format!("let go {what}"))
        .spawn(move || {
            drop(client);
            // Whoever waited may have given up.
            let _ = done.send(());
        });
    let gone = spawned.is_ok() && gone.recv_timeout(bound).is_ok();
    if !gone && !bound.is_zero() {
        tracing::warn!(
            client = what,
            "a Kafka client takes long to close and is left to itself"
        );
    }
    gone
}

/// A client that is let go of when it is dropped; see [`let_go`].
pub(crate) struct Owned<T: Send + 'static> {
    /// Always there but while it is dropped.
    client: Option<T>,
    what: String,
    /// How long the drop waits for it to be gone.
    bound: Duration,
}

impl<T: Send + 'static> Owned<T> {
    pub(crate) fn new(what: impl Into<String>, client: T, bound: Duration) -> Self {
        Self {
            client: Some(client),
            what: what.into(),
            bound,
        }
    }
}

impl<T: Send + 'static> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.client.as_ref().expect("the drop alone takes it")
    }
}

impl<T: Send + 'static> Drop for Owned<T> {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let_go(&self.what, client, self.bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_ports::secret::Secret;
    use rdkafka::admin::AdminClient;

    fn config(security: Security) -> ClientConfig {
        let mut settings = Settings::new("localhost:1", "a");
        settings.security = security;
        common(&settings)
    }

    #[test]
    fn every_kind_of_security_is_one_that_the_client_is_built_with() {
        let of = |mechanism, tls| Security::Sasl {
            mechanism,
            user: "u".to_owned(),
            password: Secret::new("p"),
            tls,
        };
        let secured = [
            (Security::Plaintext, None),
            (Security::Tls(Tls::default()), Some("ssl")),
            (of(Mechanism::Plain, None), Some("sasl_plaintext")),
            (
                of(Mechanism::ScramSha256, Some(Tls::default())),
                Some("sasl_ssl"),
            ),
            (of(Mechanism::ScramSha512, None), Some("sasl_plaintext")),
        ];
        for (security, protocol) in secured {
            let config = config(security);
            assert_eq!(config.get("security.protocol"), protocol);
            let client: Result<AdminClient<_>, _> = config.create();
            assert!(client.is_ok(), "{protocol:?}: {:?}", client.err());
        }
    }

    #[test]
    fn lines_that_say_that_we_are_turned_away_are_told_from_others() {
        let certificate = "sasl_ssl://a:1/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate \
            verify failed: broker certificate could not be verified";
        assert!(matches!(denial(certificate), Some(Denied::Certificate(_))));
        let login = "sasl_ssl://a:1/bootstrap: SASL authentication error: Authentication failed: Invalid username";
        assert!(matches!(denial(login), Some(Denied::Login(_))));
        let away =
            "sasl_ssl://a:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused";
        assert_eq!(denial(away), None);
    }

    #[test]
    fn a_certificate_that_is_not_there_ends_the_start() {
        let tls = Tls {
            authorities: Some("/nowhere/ca.pem".into()),
            ..Tls::default()
        };
        let client: Result<AdminClient<_>, _> = config(Security::Tls(tls)).create();
        let error = client.err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains("ssl.ca.location")));
    }
}

//! What is said where a server turns us away: one line that names the key to change. Nobody waits for that to pass.

use super::patience::Failed;
use mediamesh_ports::denied::{Denied, Knock};

/// The keys of the configuration by which a server is reached.
pub(super) struct Door {
    server: &'static str,
    address: &'static str,
    authorities: &'static str,
    login: &'static str,
}

pub(super) const KAFKA: Door = Door {
    server: "Kafka",
    address: "kafka.brokers",
    // OpenSSL does not tell the broker's name from its signature.
    authorities: "kafka.tls.authorities, or the names in kafka.brokers",
    login: "kafka.user and kafka.password",
};
pub(super) const REGISTRY: Door = Door {
    server: "the schema registry",
    address: "registry.urls",
    authorities: "registry.authorities",
    login: "registry.user and registry.password",
};
pub(super) const CQL: Door = Door {
    server: "the CQL cluster",
    address: "cql.nodes",
    authorities: "cql.tls.authorities",
    login: "cql.user and cql.password",
};
pub(super) const ELASTICSEARCH: Door = Door {
    server: "Elasticsearch",
    address: "elasticsearch.urls",
    authorities: "elasticsearch.authorities",
    login: "elasticsearch.user and elasticsearch.password, or elasticsearch.api_key",
};
pub(super) const OBJECTS: Door = Door {
    server: "the object store",
    address: "objects.endpoint",
    authorities: "objects.authorities",
    login: "objects.access_key and objects.secret_key",
};
pub(super) const REDIS: Door = Door {
    server: "Redis",
    address: "redis.url",
    authorities: "redis.authorities",
    login: "redis.password, or the user in redis.url",
};

impl Door {
    /// It never opens as things are.
    pub(super) fn shut(&self, denied: &Denied) -> Failed {
        let key = match denied {
            Denied::Certificate(_) => self.authorities,
            Denied::Name(_) => self.address,
            Denied::Login(_) => self.login,
        };
        Failed::Wrong(format!("see {key}: {denied}"))
    }

    /// What came of a knock, as an attempt.
    pub(super) fn of(&self, knock: Result<(), Knock>) -> Result<(), Failed> {
        knock.map_err(|knock| match knock {
            Knock::Denied(denied) => self.shut(&denied),
            Knock::Away(reason) => Failed::Away(reason),
        })
    }

    /// What came of a knock, where the server need not be there.
    pub(super) fn unless_shut(&self, knock: Result<(), Knock>) -> anyhow::Result<()> {
        match self.of(knock) {
            Err(Failed::Wrong(reason)) => anyhow::bail!("{}: {reason}", self.server),
            Ok(()) | Err(Failed::Away(_)) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_turned_away_is_told_what_to_change_and_who_is_not_heard_may_wait() {
        let shut = CQL.unless_shut(Err(Denied::Login("no".to_owned()).into()));
        assert_eq!(
            shut.unwrap_err().to_string(),
            "the CQL cluster: see cql.user and cql.password: it does not take what we sign in with: no"
        );
        let name = CQL.of(Err(Denied::Name("x".to_owned()).into()));
        assert!(matches!(name, Err(Failed::Wrong(said)) if said.contains("cql.nodes")));
        let away = || Err(Knock::Away("refused".to_owned()));
        assert!(matches!(REDIS.of(away()), Err(Failed::Away(_))));
        assert!(REDIS.unless_shut(away()).is_ok());
    }
}

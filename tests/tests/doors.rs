//! Servers behind TLS and passwords: with the right ones a deployment works over them; with a wrong authority, a wrong name
//! or a wrong password a start ends soon, with one line that names the key to change.

mod servers {
    use mediamesh::configuration::{Configuration, Listen};
    use mediamesh::instance::{Instance, Purpose};
    use mediamesh_domain::id::ProgramId;
    use mediamesh_domain::position::Position;
    use mediamesh_domain::verdict::Outcome;
    use mediamesh_domain::view::View;
    use mediamesh_ports::contract::front::{Asks, Authority, Front, certificate_at};
    use mediamesh_ports::contract::server;
    use mediamesh_ports::progress::Progress as _;
    use mediamesh_tests::commands::{ask, command, create_program};
    use mediamesh_tests::deployment::{Deployment, On};
    use mediamesh_tests::python::python;
    use std::path::PathBuf;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use uuid::Uuid;

    /// What the doors ask for, where the servers behind them ask for nothing.
    const USER: &str = "mediamesh";
    const PASSWORD: &str = "of-no-worth";
    /// How soon a start ends that cannot succeed.
    const SOON: Duration = Duration::from_secs(20);

    /// A server of the deployment.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Server {
        Kafka,
        Registry,
        Cql,
        Elasticsearch,
        Objects,
        Redis,
    }

    /// What is wrong about the way to one of them.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Wrong {
        Authority,
        Name,
        Password,
    }

    /// The doors before all servers, and how they are said in a configuration.
    struct Doors {
        deployment: Deployment,
        fronts: Vec<(Server, Front)>,
        /// How the password is proven to Kafka.
        mechanism: &'static str,
        right: PathBuf,
        other: PathBuf,
        broker: PathBuf,
    }

    fn host(url: &str) -> String {
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        url.split('/').next().unwrap().to_owned()
    }

    impl Doors {
        async fn open() -> Self {
            let deployment = Deployment::new(On::Servers);
            let authority = Authority::new();
            let (right, other) = (
                deployment.path().join("right.pem"),
                deployment.path().join("other.pem"),
            );
            std::fs::write(&right, authority.pem()).unwrap();
            std::fs::write(&other, Authority::new().pem()).unwrap();
            let asks = || Some(Asks::login(USER, PASSWORD));
            let mut fronts = Vec::new();
            for (server, behind, asks) in [
                (Server::Registry, host(&server("REGISTRY")), asks()),
                (Server::Cql, server("CQL"), None),
                (
                    Server::Elasticsearch,
                    host(&server("ELASTICSEARCH")),
                    asks(),
                ),
                (Server::Objects, host(&server("S3")), None),
                (Server::Redis, host(&server("REDIS")), None),
            ] {
                let front = authority.front(&behind, &["127.0.0.1"], asks).await;
                fronts.push((server, front));
            }
            let broker = deployment.path().join("broker.pem");
            let pem = certificate_at(&server("KAFKA_TLS")).await;
            std::fs::write(&broker, pem).unwrap();
            let redis = host(&server("REDIS"));
            let rule = format!("ACL SETUSER {USER} on >{PASSWORD} ~* &* +@all\r\n");
            let mut socket = TcpStream::connect(redis).await.unwrap();
            socket.write_all(rule.as_bytes()).await.unwrap();
            let mut said = [0; 5];
            socket.read_exact(&mut said).await.unwrap();
            assert_eq!(&said, b"+OK\r\n");
            // Without SCRAM, Kafka's file of settings names the user.
            let known = [server("KAFKA_USER"), server("KAFKA_PASSWORD")];
            let _ = python("scram.py", &known.each_ref().map(String::as_str));
            Self {
                deployment,
                fronts,
                mechanism: "plain",
                right,
                other,
                broker,
            }
        }

        /// The address of a server, and the authorities and password to give, right or wrong.
        fn way(&self, to: Server, wrong: Option<(Server, Wrong)>) -> (String, String, &str) {
            let wrong = wrong.filter(|(server, _)| *server == to);
            let wrong = wrong.map(|(_, wrong)| wrong);
            let (right, address) = match to {
                Server::Kafka => (self.broker.display().to_string(), server("KAFKA_TLS")),
                _ => {
                    let front = self.fronts.iter().find(|(server, _)| *server == to);
                    let (_, front) = front.unwrap();
                    (self.right.display().to_string(), front.address.to_string())
                }
            };
            let address = match wrong {
                Some(Wrong::Name) => address.replace("127.0.0.1", "localhost"),
                _ => address,
            };
            let authorities = match wrong {
                Some(Wrong::Authority) => self.other.display().to_string(),
                _ => right,
            };
            let password = match wrong {
                Some(Wrong::Password) => "MEDIAMESH_TEST_S3_KEY",
                _ => match to {
                    Server::Kafka => "MEDIAMESH_TEST_KAFKA_PASSWORD",
                    Server::Cql => "MEDIAMESH_TEST_CQL_PASSWORD",
                    Server::Objects => "MEDIAMESH_TEST_S3_SECRET",
                    _ => "MEDIAMESH_TEST_DOOR",
                },
            };
            (address, authorities, password)
        }

        fn configuration(&self, wrong: Option<(Server, Wrong)>) -> Configuration {
            let mut text = self.deployment.toml("a", &Listen::default());
            let mut put = |plain: String, secured: String| {
                assert!(text.contains(&plain), "{plain}");
                text = text.replacen(&plain, &secured, 1);
            };
            let way = |to| self.way(to, wrong);
            let login = |password: &str| {
                format!("user = \"{USER}\"\npassword = {{ variable = \"{password}\" }}\n")
            };
            let (at, ca, password) = way(Server::Kafka);
            put(
                format!("brokers = [\"{}\"]", server("KAFKA")),
                format!(
                    "brokers = [\"{at}\"]\nmechanism = \"{}\"\n{}tls = {{ authorities = \"{ca}\" }}",
                    self.mechanism,
                    login(password)
                ),
            );
            let (at, ca, password) = way(Server::Registry);
            let plain = server("REGISTRY");
            let url = plain.replace(
                &format!("http://{}", host(&plain)),
                &format!("https://{at}"),
            );
            put(
                format!("urls = [\"{plain}\"]"),
                format!(
                    "urls = [\"{url}\"]\n{}authorities = \"{ca}\"",
                    login(password)
                ),
            );
            let (at, ca, password) = way(Server::Cql);
            put(
                format!("nodes = [\"{}\"]", server("CQL")),
                format!("nodes = [\"{at}\"]\ntls = {{ authorities = \"{ca}\" }}"),
            );
            put(
                "variable = \"MEDIAMESH_TEST_CQL_PASSWORD\"".to_owned(),
                format!("variable = \"{password}\""),
            );
            let (at, ca, password) = way(Server::Elasticsearch);
            put(
                format!("urls = [\"{}\"]", server("ELASTICSEARCH")),
                format!(
                    "urls = [\"https://{at}\"]\n{}authorities = \"{ca}\"",
                    login(password)
                ),
            );
            let (at, ca, password) = way(Server::Redis);
            put(
                format!("url = \"{}\"", server("REDIS")),
                format!(
                    "url = \"rediss://{USER}@{at}\"\npassword = {{ variable = \"{password}\" }}\nauthorities = \"{ca}\""
                ),
            );
            let (at, ca, password) = way(Server::Objects);
            put(
                format!("endpoint = \"{}\"", server("S3")),
                format!("endpoint = \"https://{at}\"\nauthorities = \"{ca}\""),
            );
            put(
                "secret_key = { variable = \"MEDIAMESH_TEST_S3_SECRET\" }".to_owned(),
                format!("secret_key = {{ variable = \"{password}\" }}"),
            );
            let mut variables: std::collections::HashMap<String, String> =
                std::env::vars().collect();
            variables.insert("MEDIAMESH_TEST_DOOR".to_owned(), PASSWORD.to_owned());
            Configuration::read(Some(("a", &text)), variables).unwrap()
        }

        async fn start(&self, wrong: Option<(Server, Wrong)>) -> anyhow::Result<Instance> {
            let roles = "streams".parse().unwrap();
            Instance::open(self.configuration(wrong), Purpose::Serve(roles)).await
        }

        /// The line that a start ends with.
        async fn turned_away(&self, server: Server, wrong: Wrong) -> String {
            let ended = tokio::time::timeout(SOON, self.start(Some((server, wrong)))).await;
            let ended = ended.unwrap_or_else(|_| panic!("{server:?} {wrong:?}: it does not end"));
            let line = ended.err().map(|error| format!("{error:#}"));
            let line = line.unwrap_or_else(|| panic!("{server:?} {wrong:?}: it starts"));
            assert_eq!(line.lines().count(), 1, "{line}");
            assert!(!line.contains(PASSWORD), "{line}");
            line
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_deployment_works_over_tls_and_passwords_and_says_which_of_them_is_wrong() {
        let mut doors = Doors::open().await;
        doors.mechanism = "scram_sha512";
        let instance = doors.start(None).await.unwrap();
        let program = ProgramId(Uuid::now_v7());
        let verdict = ask(&instance, command(program, create_program("One"))).await;
        let Outcome::Accepted(accepted) = verdict.unwrap().outcome else {
            panic!("refused")
        };
        let position = Position::at(accepted.partition, accepted.seq);
        for view in [View::Catalog, View::Search] {
            let wait = Duration::from_secs(60);
            let reached = instance.progress.reach(view, &position, wait).await;
            assert!(
                reached.is_ok(),
                "{view:?}: {reached:?} {:?}",
                instance.ready()
            );
        }
        instance.end().await;
        drop(instance);
        let line = doors.turned_away(Server::Kafka, Wrong::Password).await;
        assert!(line.contains("kafka.password"), "{line}");

        doors.mechanism = "plain";
        for (server, wrong, key) in [
            (Server::Kafka, Wrong::Authority, "kafka.tls.authorities"),
            (Server::Kafka, Wrong::Name, "kafka.brokers"),
            (Server::Kafka, Wrong::Password, "kafka.password"),
            (Server::Registry, Wrong::Authority, "registry.authorities"),
            (Server::Registry, Wrong::Name, "registry.urls"),
            (Server::Registry, Wrong::Password, "registry.password"),
            (Server::Cql, Wrong::Authority, "cql.tls.authorities"),
            (Server::Cql, Wrong::Password, "cql.password"),
            (
                Server::Elasticsearch,
                Wrong::Authority,
                "elasticsearch.authorities",
            ),
            (Server::Elasticsearch, Wrong::Name, "elasticsearch.urls"),
            (
                Server::Elasticsearch,
                Wrong::Password,
                "elasticsearch.password",
            ),
            (Server::Objects, Wrong::Authority, "objects.authorities"),
            (Server::Objects, Wrong::Name, "objects.endpoint"),
            (Server::Objects, Wrong::Password, "objects.secret_key"),
            (Server::Redis, Wrong::Authority, "redis.authorities"),
            (Server::Redis, Wrong::Name, "redis.url"),
            (Server::Redis, Wrong::Password, "redis.password"),
        ] {
            let line = doors.turned_away(server, wrong).await;
            assert!(line.contains(key), "{server:?} {wrong:?}: {line}");
        }
    }
}

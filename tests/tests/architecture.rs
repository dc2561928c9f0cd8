//! The arrows between the packages, as data, against what cargo says of the workspace.
//!
//! The rows are the "Layout" of ARCHITECTURE.md: a new package gets its row here first. An arrow
//! that no row has fails, and so does a package without a row.

mod made_up;

use cargo_metadata::{DependencyKind, MetadataCommand};

const DOMAIN: &str = "mediamesh-domain";
const SCHEMAS: &str = "mediamesh-schemas";
const PORTS: &str = "mediamesh-ports";
const RUNTIME: &str = "mediamesh-runtime";
const EMBEDDED: &str = "mediamesh-embedded";
const KAFKA: &str = "mediamesh-kafka";
const REGISTRY: &str = "mediamesh-registry";
const SCYLLA: &str = "mediamesh-scylla";
const ELASTICSEARCH: &str = "mediamesh-elasticsearch";
const REDIS: &str = "mediamesh-redis";
const OBJECTS: &str = "mediamesh-objects";
const CONNECTORS: &str = "mediamesh-connectors";
const EDGE: &str = "mediamesh-edge";
const API_WRITE: &str = "mediamesh-api-write";
const API_READ: &str = "mediamesh-api-read";
const BINARY: &str = "mediamesh";
const TESTS: &str = "mediamesh-tests";
const BENCH: &str = "mediamesh-bench";

/// Which packages of the workspace a package may depend on.
struct Row {
    package: &'static str,
    may_use: &'static [&'static str],
    /// Beyond `may_use`, in the package's own tests.
    may_use_in_tests: &'static [&'static str],
}

const fn row(package: &'static str, may_use: &'static [&'static str]) -> Row {
    Row {
        package,
        may_use,
        may_use_in_tests: &[],
    }
}

/// A part of the program that knows ports and no adapter. Its tests may run on the embedded
/// backend, which needs no server.
const fn part(package: &'static str) -> Row {
    Row {
        package,
        may_use: &[DOMAIN, SCHEMAS, PORTS],
        may_use_in_tests: &[EMBEDDED],
    }
}

/// An API: a part that speaks HTTP by the words of `edge`.
const fn api(package: &'static str) -> Row {
    Row {
        package,
        may_use: &[DOMAIN, SCHEMAS, PORTS, EDGE],
        may_use_in_tests: &[EMBEDDED],
    }
}

const WHOLE: &[&str] = &[
    DOMAIN,
    SCHEMAS,
    PORTS,
    RUNTIME,
    EMBEDDED,
    KAFKA,
    REGISTRY,
    SCYLLA,
    ELASTICSEARCH,
    REDIS,
    OBJECTS,
    CONNECTORS,
    EDGE,
    API_WRITE,
    API_READ,
];
const WHOLE_AND_BINARY: &[&str] = &[
    DOMAIN,
    SCHEMAS,
    PORTS,
    RUNTIME,
    EMBEDDED,
    KAFKA,
    REGISTRY,
    SCYLLA,
    ELASTICSEARCH,
    REDIS,
    OBJECTS,
    CONNECTORS,
    EDGE,
    API_WRITE,
    API_READ,
    BINARY,
];

const EVERYTHING: &[&str] = &[
    DOMAIN,
    SCHEMAS,
    PORTS,
    RUNTIME,
    EMBEDDED,
    KAFKA,
    REGISTRY,
    SCYLLA,
    ELASTICSEARCH,
    REDIS,
    OBJECTS,
    CONNECTORS,
    EDGE,
    API_WRITE,
    API_READ,
    BINARY,
    TESTS,
];

const ROWS: &[Row] = &[
    row(DOMAIN, &[]),
    row(SCHEMAS, &[DOMAIN]),
    row(PORTS, &[DOMAIN, SCHEMAS]),
    row(EMBEDDED, &[DOMAIN, SCHEMAS, PORTS]),
    row(KAFKA, &[DOMAIN, SCHEMAS, PORTS]),
    row(REGISTRY, &[DOMAIN, SCHEMAS, PORTS]),
    row(SCYLLA, &[DOMAIN, SCHEMAS, PORTS]),
    // Its tests compare it with the embedded index, document by document.
    Row {
        may_use_in_tests: &[EMBEDDED],
        ..row(ELASTICSEARCH, &[DOMAIN, SCHEMAS, PORTS])
    },
    row(REDIS, &[DOMAIN, SCHEMAS, PORTS]),
    row(OBJECTS, &[DOMAIN, SCHEMAS, PORTS]),
    part(RUNTIME),
    part(CONNECTORS),
    part(EDGE),
    api(API_WRITE),
    api(API_READ),
    row(BINARY, WHOLE),
    row(TESTS, WHOLE_AND_BINARY),
    row(BENCH, EVERYTHING),
];

/// Crates that reach the outside, and the only packages that may be built with them.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("fjall", &[EMBEDDED, KAFKA, TESTS, BENCH]),
    ("rdkafka", &[KAFKA, TESTS, BENCH]),
    ("schema_registry_converter", &[REGISTRY]),
    ("scylla", &[SCYLLA, TESTS, BENCH]),
    ("elasticsearch", &[ELASTICSEARCH, TESTS, BENCH]),
    ("redis", &[REDIS, TESTS, BENCH]),
    ("object_store", &[OBJECTS]),
    ("moka", &[EMBEDDED]),
    ("tantivy", &[EMBEDDED, TESTS, BENCH]),
    // Every request to a stranger goes through the one guarded client, in `connectors`.
    ("reqwest", &[CONNECTORS, REGISTRY, BINARY, TESTS, BENCH]),
    ("axum", &[EDGE, API_WRITE, API_READ, BINARY, TESTS, BENCH]),
    ("clap", &[BINARY, BENCH]),
    ("config", &[BINARY]),
    // Elsewhere an error says what went wrong by its type.
    ("anyhow", &[BINARY, TESTS, BENCH]),
];

/// Packages that are pure functions of their input, and what they must therefore not be built with.
const PURE: &[&str] = &[DOMAIN, SCHEMAS];
const IMPURE: &[&str] = &[
    "async-trait",
    "futures",
    "getrandom",
    "metrics",
    "rand",
    "tempfile",
    "tokio",
    "tokio-util",
    "tracing",
];

/// A package of the workspace with the names of what it depends on, its own and others'.
#[derive(Debug, Default, Clone)]
struct Package {
    name: String,
    uses: Vec<String>,
    uses_in_tests: Vec<String>,
}

/// One sentence for each package or arrow that the rows do not have.
fn violations(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        match ROWS.iter().find(|row| row.package == package.name) {
            Some(row) => judge(row, package, packages, &mut found),
            None => found.push(format!("{} has no row: say what it may use", package.name)),
        }
    }
    for row in ROWS {
        if !packages.iter().any(|package| package.name == row.package) {
            found.push(format!("{} has a row and is no package", row.package));
        }
    }
    found
}

fn judge(row: &Row, package: &Package, packages: &[Package], found: &mut Vec<String>) {
    let own = |name: &str| packages.iter().any(|package| package.name == name);
    let name = &package.name;
    for used in &package.uses {
        let used = used.as_str();
        if own(used) && !row.may_use.contains(&used) {
            found.push(format!("{name} must not use {used}"));
        }
        if PURE.contains(&row.package) && IMPURE.contains(&used) {
            found.push(format!("{name} is pure and must not use {used}"));
        }
        let owners = OUTSIDE
            .iter()
            .find(|(outside, _)| *outside == used)
            .map(|(_, owners)| owners);
        if owners.is_some_and(|owners| !owners.contains(&row.package)) {
            found.push(format!("{name} must not reach outside by {used}"));
        }
    }
    for used in &package.uses_in_tests {
        let used = used.as_str();
        if own(used) && !row.may_use.contains(&used) && !row.may_use_in_tests.contains(&used) {
            found.push(format!("the tests of {name} must not use {used}"));
        }
    }
}

/// What cargo says: optional and platform-bound dependencies count like any other.
fn workspace() -> Vec<Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata answers in a workspace that it has just built");
    let names = |package: &cargo_metadata::Package, in_tests: bool| {
        let dependencies = package.dependencies.iter();
        let kind = dependencies.filter(|it| (it.kind == DependencyKind::Development) == in_tests);
        kind.map(|it| it.name.clone()).collect()
    };
    let members = metadata.workspace_packages().into_iter();
    let package = |package: &cargo_metadata::Package| Package {
        name: package.name.to_string(),
        uses: names(package, false),
        uses_in_tests: names(package, true),
    };
    members.map(package).collect()
}

#[test]
fn the_workspace_has_only_the_arrows_of_the_design() {
    assert_eq!(violations(&workspace()), Vec::<String>::new());
}

//! Workspaces made up to break the rows: the judgement names each of them.

use super::{
    API_READ, BENCH, BINARY, DOMAIN, EMBEDDED, PORTS, Package, ROWS, RUNTIME, Row, violations,
};

/// A made-up workspace that keeps the rules by having no arrow at all.
fn without_arrows() -> Vec<Package> {
    let package = |row: &Row| Package {
        name: row.package.into(),
        ..Package::default()
    };
    ROWS.iter().map(package).collect()
}

/// The same with one package depending on another.
fn with_arrow(from: &str, to: &str) -> Vec<Package> {
    let mut packages = without_arrows();
    for package in &mut packages {
        if package.name == from {
            package.uses.push(to.into());
        }
    }
    packages
}

#[test]
fn an_arrow_of_the_design_is_accepted() {
    assert_eq!(
        violations(&with_arrow(API_READ, PORTS)),
        Vec::<String>::new()
    );
}

#[test]
fn an_arrow_against_the_design_is_named() {
    let found = violations(&with_arrow(DOMAIN, PORTS));
    assert_eq!(found, ["mediamesh-domain must not use mediamesh-ports"]);
}

#[test]
fn an_adapter_is_named_by_the_binary_alone() {
    let found = violations(&with_arrow(API_READ, EMBEDDED));
    assert_eq!(
        found,
        ["mediamesh-api-read must not use mediamesh-embedded"]
    );
    assert_eq!(
        violations(&with_arrow(BINARY, EMBEDDED)),
        Vec::<String>::new()
    );
}

#[test]
fn tests_may_use_the_embedded_backend_and_not_the_binary() {
    let mut packages = without_arrows();
    let runtime = packages
        .iter_mut()
        .find(|it| it.name == RUNTIME)
        .expect("it has a row");
    runtime.uses_in_tests = vec![EMBEDDED.into(), BINARY.into()];
    let found = violations(&packages);
    assert_eq!(
        found,
        ["the tests of mediamesh-runtime must not use mediamesh"]
    );
}

#[test]
fn the_pure_core_may_not_be_built_with_a_runtime() {
    let found = violations(&with_arrow(DOMAIN, "tokio"));
    assert_eq!(found, ["mediamesh-domain is pure and must not use tokio"]);
}

#[test]
fn a_driver_is_used_by_its_adapter_alone() {
    let found = violations(&with_arrow(RUNTIME, "fjall"));
    assert_eq!(found, ["mediamesh-runtime must not reach outside by fjall"]);
}

#[test]
fn a_package_without_a_row_fails() {
    let mut packages = without_arrows();
    packages.push(Package {
        name: "mediamesh-new".into(),
        ..Package::default()
    });
    assert_eq!(
        violations(&packages),
        ["mediamesh-new has no row: say what it may use"]
    );
}

#[test]
fn a_row_without_a_package_fails() {
    let packages: Vec<_> = without_arrows()
        .into_iter()
        .filter(|it| it.name != BENCH)
        .collect();
    assert_eq!(
        violations(&packages),
        ["mediamesh-bench has a row and is no package"]
    );
}

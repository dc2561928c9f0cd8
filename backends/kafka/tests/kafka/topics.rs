//! Plans for topics, made and carried out.

use super::support::{Deployment, IN, admin, group, wait_until};
use futures::executor::block_on;
use mediamesh_kafka::topics::{Error, Wanted, apply, plan};
use mediamesh_schemas::Topic;
use rdkafka::admin::{AdminOptions, AlterConfig, ResourceSpecifier};

#[test]
fn a_plan_makes_what_is_missing_and_is_empty_then() {
    let deployment = Deployment::new();
    let settings = &deployment.settings;
    let wanted = vec![
        Wanted::topic(settings, Topic::ControlEvents),
        Wanted::changelog(settings, &group("planned")),
    ];
    let changes = plan(settings, &wanted).expect("a plan");
    let shown: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert!(
        shown[0].contains("control.events with 1 partitions: cleanup.policy=delete"),
        "{shown:?}"
    );
    assert!(shown[1].contains("planned-changelog with 12"), "{shown:?}");
    assert!(shown[1].contains("cleanup.policy=compact"), "{shown:?}");
    apply(settings, &changes).expect("applied");
    assert_eq!(plan(settings, &wanted).expect("a plan"), []);
    apply(settings, &changes).expect("what is there stays");
}

#[test]
fn a_setting_that_differs_is_changed_and_what_others_have_set_stays() {
    let deployment = Deployment::new();
    let settings = &deployment.settings;
    let wanted = vec![Wanted::topic(settings, IN)];
    let name = &wanted[0].name;
    let admin = admin(settings);
    let theirs = AlterConfig::new(ResourceSpecifier::Topic(name))
        .set("retention.ms", "1000000")
        .set("segment.bytes", "5000000")
        .set("min.insync.replicas", "1");
    let altered = block_on(admin.alter_configs([&theirs], &AdminOptions::new()));
    altered.expect("altered")[0].as_ref().expect("altered");
    wait_until("it is planned", || {
        let changes = plan(settings, &wanted).expect("a plan").into_iter();
        let mut shown = changes.map(|change| change.to_string());
        shown.any(|shown| shown.ends_with("commands: retention.ms=2592000000 (is 1000000)"))
    });
    apply(settings, &plan(settings, &wanted).expect("a plan")).expect("applied");
    assert_eq!(plan(settings, &wanted).expect("a plan"), []);
    let theirs = vec![wanted[0].clone().with("segment.bytes", 5_000_000)];
    assert_eq!(plan(settings, &theirs).expect("a plan"), []);
}

#[test]
fn another_number_of_partitions_is_an_error_that_says_what_to_do() {
    let deployment = Deployment::new();
    let settings = &deployment.settings;
    let mut wanted = Wanted::topic(settings, IN);
    wanted.partitions = 24;
    let error = plan(settings, &[wanted]).expect_err("keys would move");
    assert!(matches!(
        error,
        Error::Partitions {
            found: 12,
            wanted: 24,
            ..
        }
    ));
    assert!(error.to_string().contains("export and import"), "{error}");
}

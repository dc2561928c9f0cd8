use super::*;
use mediamesh_domain::verdict::{Refusal, RefusalKind};
use mediamesh_ports::{event_log, search_index, view_store};
use std::collections::BTreeSet;

fn refusal(kind: RefusalKind) -> Refusal {
    Refusal {
        kind,
        code: "a_code".to_owned(),
        message: "what is wrong".to_owned(),
        errors: vec![Finding::new("/title/en", "too_long", "shorten it")],
        current_version: Some(Version(4)),
        conflicts: vec![FieldConflict {
            pointer: "/title/en".to_owned(),
            yours: "\"A\"".to_owned(),
            theirs: "not json".to_owned(),
            since: Version(3),
        }],
    }
}

#[test]
fn each_kind_of_refusal_has_its_status() {
    for (kind, status) in [
        (RefusalKind::Invalid, 422),
        (RefusalKind::NotFound, 404),
        (RefusalKind::Conflict, 409),
        (RefusalKind::PreconditionFailed, 412),
        (RefusalKind::Forbidden, 403),
        (RefusalKind::IdempotencyMismatch, 422),
    ] {
        let response = Problem::from(refusal(kind)).into_response();
        assert_eq!(response.status().as_u16(), status, "{kind:?}");
    }
}

#[test]
fn a_refusal_keeps_its_code_its_pointers_and_both_sides_of_a_conflict() {
    let problem = Problem::from(refusal(RefusalKind::Conflict));
    let json = serde_json::to_value(problem.body()).unwrap();
    assert_eq!(json["code"], "a_code");
    assert_eq!(json["errors"][0]["pointer"], "/title/en");
    assert_eq!(json["current_version"], 4);
    assert_eq!(json["conflicts"][0]["yours"], "A");
    assert_eq!(json["conflicts"][0]["theirs"], "not json");
}

#[test]
fn what_is_away_is_503_with_retry_after_and_without_internals() {
    let secret = || "disk /dev/sda1 failed".to_owned();
    for problem in [
        Problem::from(event_log::Error::Transient(secret())),
        Problem::from(event_log::Error::Poisoned(secret())),
        Problem::from(view_store::Error::Transient(secret())),
        Problem::from(search_index::Error::Transient(secret())),
    ] {
        assert!(!format!("{:?}", problem.body()).contains("sda1"));
        let response = problem.into_response();
        assert_eq!(response.status().as_u16(), 503);
        assert!(response.headers().contains_key(RETRY_AFTER));
    }
    let damaged = Problem::from(event_log::Error::Corrupt(secret()));
    assert_eq!(damaged.kind(), kind::INTERNAL);
    assert!(!format!("{:?}", damaged.body()).contains("sda1"));
}

#[test]
fn every_kind_has_a_slug_of_its_own_and_is_a_failure() {
    let slugs: BTreeSet<&str> = kind::ALL.iter().map(|kind| kind.slug).collect();
    assert_eq!(slugs.len(), kind::ALL.len());
    assert!(kind::ALL.iter().all(|kind| kind.status.as_u16() >= 400));
}

#[test]
fn every_kind_stands_in_the_page_of_conventions() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api.md");
    let page = std::fs::read_to_string(path).unwrap();
    for kind in kind::ALL {
        let status = kind.status.as_u16();
        let row = format!("| `{}` | {status} | {} |", kind.slug, kind.title);
        assert!(page.contains(&row), "docs/api.md lacks {row}");
    }
}

//! Sources, API keys and view switches; people stand in a file of their own.

mod rights;
mod sessions;
mod users;

use super::*;
use crate::command::{Expectation, ExpectationKind};
use crate::testing::{Memory, at};
use crate::verdict::{Accepted, Outcome, Refusal, RefusalKind};
use uuid::Uuid;

#[derive(Default)]
struct Control {
    state: Memory,
    known: ControlState,
    last: ControlDecision,
    /// All that went to `accounts`.
    accounts: Vec<(super::accounts::Part, super::accounts::AccountRecord)>,
}

fn command(n: i64, body: ControlBody) -> ControlCommand {
    ControlCommand {
        command_id: CommandId::of(&[b"control", &n.to_be_bytes()]),
        at: at(n),
        principal: Principal::system("tests"),
        expected: None,
        reply_to: Some(Partition(0)),
        payload_hash: None,
        correlation_id: None,
        body,
    }
}

impl Control {
    fn when(mut self, command: ControlCommand) -> Self {
        let decision = decide(&self.state, &command).unwrap();
        assert_eq!(decision, decide(&self.state, &command).unwrap());
        self.state.apply(&decision.changes);
        for event in &decision.events {
            assert_eq!(event.seq, self.known.seq.next(), "seq has no gap");
            self.known.evolve(event);
            self.known.evolve(event);
        }
        let again = decide(&self.state, &command).unwrap();
        assert_eq!(again.events, [], "the same command again: no event");
        self.accounts.extend(decision.accounts.iter().cloned());
        self.last = decision;
        self
    }

    fn outcome(&self) -> &Outcome {
        &self.last.verdict.as_ref().unwrap().outcome
    }

    fn accepted(&self) -> &Accepted {
        match self.outcome() {
            Outcome::Accepted(accepted) => accepted,
            Outcome::Refused(refusal) => panic!("{refusal:?}"),
        }
    }

    fn refusal(&self) -> &Refusal {
        match self.outcome() {
            Outcome::Refused(refusal) => refusal,
            Outcome::Accepted(accepted) => panic!("{accepted:?}"),
        }
    }
}

fn source_id(n: u128) -> SourceId {
    SourceId(Uuid::from_u128(n))
}

fn create(n: u128, name: &str) -> ControlBody {
    ControlBody::CreateSource(CreateSource {
        source_id: source_id(n),
        fields: SourceFields {
            name: name.to_owned(),
            url: format!("https://feeds.example/{n}.xml"),
            ..SourceFields::default()
        },
    })
}

fn update(n: u128, patch: &str) -> ControlBody {
    ControlBody::UpdateSource(UpdateSource {
        source_id: source_id(n),
        patch: patch.to_owned(),
    })
}

fn key(prefix: &str, name: &str) -> ControlBody {
    ControlBody::CreateApiKey(CreateApiKey {
        prefix: prefix.to_owned(),
        secret_hash: vec![7; 32],
        name: name.to_owned(),
        scopes: vec!["content:write".to_owned()],
        sources: Vec::new(),
        expires_at: None,
    })
}

fn revoke(prefix: &str) -> ControlBody {
    let prefix = prefix.to_owned();
    ControlBody::RevokeApiKey(RevokeApiKey { prefix })
}

fn switch(view: &str, version: i32) -> ControlBody {
    let view = view.to_owned();
    ControlBody::SwitchView(SwitchView { view, version })
}

#[test]
fn the_same_address_again_is_the_same_source() {
    let control = Control::default().when(command(1, create(1, "Quay")));
    assert_eq!(
        (control.accepted().version, control.accepted().seq),
        (Version(1), Seq(1))
    );
    let control = control.when(command(2, create(1, "Another name")));
    assert_eq!(control.last.events, []);
    assert_eq!(
        (control.accepted().version, control.accepted().seq),
        (Version(1), Seq(1))
    );
    assert_eq!(control.known.sources[&source_id(1)].fields.name, "Quay");
}

#[test]
fn a_name_is_given_to_one_source_and_free_again_when_it_is_changed() {
    let control = Control::default()
        .when(command(1, create(1, "Quay")))
        .when(command(2, create(2, " quay ")));
    assert_eq!(control.refusal().kind, RefusalKind::Conflict);
    assert_eq!(control.refusal().errors[0].code, "name_taken");
    let control = control
        .when(command(3, update(1, r#"{"name":"Harbour"}"#)))
        .when(command(4, create(2, "Quay")))
        .when(command(5, update(2, r#"{"name":"HARBOUR"}"#)));
    assert_eq!(control.refusal().errors[0].pointer, "/name");
    let control = control.when(command(6, update(2, r#"{"name":"QUAY"}"#)));
    assert_eq!(control.accepted().version, Version(2));
}

#[test]
fn what_a_source_may_not_be_is_refused_by_pointer() {
    let cases = [
        (r#"{"name":" "}"#, "/name", "name_missing"),
        (r#"{"url":"ftp://x.example/"}"#, "/url", "url_invalid"),
        (r#"{"interval_s":59}"#, "/interval_s", "interval_too_short"),
        (r#"{"interval_s":-1}"#, "/interval_s", "interval_too_short"),
        (
            r#"{"policies":{"changes":"maybe"}}"#,
            "/policies/changes",
            "patch_invalid",
        ),
        (r#"{"poll":1}"#, "/poll", "patch_invalid"),
        (
            r#"{"min_interval_s":5}"#,
            "/min_interval_s",
            "interval_too_short",
        ),
        (
            r#"{"min_interval_s":900,"max_interval_s":600}"#,
            "/max_interval_s",
            "interval_range",
        ),
        (
            r#"{"max_interval_s":99999999999}"#,
            "/max_interval_s",
            "interval_too_long",
        ),
        (r#"{"max_pages":0}"#, "/max_pages", "pages_out_of_range"),
        (
            r#"{"rules":[{"then":{"season":1}}]}"#,
            "/rules/0/when",
            "rule_empty",
        ),
        (
            r#"{"rules":[{"when":{"season":1}}]}"#,
            "/rules/0/then",
            "rule_empty",
        ),
        (
            r#"{"rules":[{"when":{"category":" "},"then":{"season":1}}]}"#,
            "/rules/0/when/category",
            "rule_empty",
        ),
        (r#"{"rules":[{"if":{}}]}"#, "/rules/0/if", "patch_invalid"),
        (
            r#"{"format":"atom","rules":[{"when":{"playlist":"PLq"},"then":{"season":1}}]}"#,
            "/rules/0/when/playlist",
            "playlist_unknown",
        ),
        (
            r#"{"moved_from":["nowhere"]}"#,
            "/moved_from/0",
            "url_invalid",
        ),
        (r#"{"mapping":"{}"}"#, "/mapping", "mapping_unused"),
        (
            r#"{"format":"json","mapping":"[]"}"#,
            "/mapping",
            "mapping_invalid",
        ),
    ];
    let mut control = Control::default().when(command(1, create(1, "Quay")));
    for (n, (patch, pointer, code)) in cases.into_iter().enumerate() {
        control = control.when(command(2 + n as i64, update(1, patch)));
        assert_eq!(control.last.events, [], "{patch}");
        let error = &control.refusal().errors[0];
        assert_eq!(
            (error.pointer.as_str(), error.code.as_str()),
            (pointer, code)
        );
    }
    let control = control.when(command(50, update(9, "{}")));
    assert_eq!(control.refusal().kind, RefusalKind::NotFound);
}

#[test]
fn a_source_that_moves_keeps_its_id_and_its_former_addresses() {
    let move_to = |n, to: &str| command(n, update(1, &format!(r#"{{"url":"{to}"}}"#)));
    let control = Control::default()
        .when(command(1, create(1, "Quay")))
        .when(move_to(2, "https://new.example/a.xml"));
    let fields = &control.known.sources[&source_id(1)].fields;
    assert_eq!(fields.url, "https://new.example/a.xml");
    assert_eq!(fields.moved_from, ["https://feeds.example/1.xml"]);
    let control = control.when(move_to(3, "https://feeds.example/1.xml"));
    let fields = &control.known.sources[&source_id(1)].fields;
    assert_eq!(fields.moved_from, ["https://new.example/a.xml"], "and back");
    let mut control = control;
    for n in 4..30 {
        control = control.when(move_to(n, &format!("https://new.example/{n}.xml")));
    }
    let former = &control.known.sources[&source_id(1)].fields.moved_from;
    assert_eq!(former.len(), 16);
    assert_eq!(former.last().unwrap(), "https://new.example/28.xml");
}

#[test]
fn no_two_sources_have_one_address() {
    let control = Control::default()
        .when(command(1, create(1, "Quay")))
        .when(command(2, create(2, "Harbour")))
        .when(command(
            3,
            update(2, r#"{"url":"https://FEEDS.example/1.xml"}"#),
        ));
    assert_eq!(control.refusal().kind, RefusalKind::Conflict);
    assert_eq!(control.refusal().errors[0].code, "address_taken");
    let control = control
        .when(command(
            4,
            update(1, r#"{"url":"https://feeds.example/9.xml"}"#),
        ))
        .when(command(5, create(9, "Nine")));
    assert_eq!(control.refusal().errors[0].code, "address_taken");
    let control = control.when(command(
        6,
        update(2, r#"{"url":"https://feeds.example/1.xml"}"#),
    ));
    assert_eq!(control.accepted().version, Version(2), "it was given up");
}

#[test]
fn a_source_changes_in_the_version_that_was_seen() {
    let expecting = |version| {
        Some(Expectation {
            kind: ExpectationKind::IfMatch,
            version,
        })
    };
    let control = Control::default()
        .when(command(1, create(1, "Quay")))
        .when(ControlCommand {
            expected: expecting(Version(1)),
            ..command(2, update(1, r#"{"paused":true}"#))
        });
    assert_eq!(control.accepted().version, Version(2));
    assert!(control.known.sources[&source_id(1)].fields.paused);
    assert_eq!(control.known.sources[&source_id(1)].created_at, at(1));
    let control = control.when(ControlCommand {
        expected: expecting(Version(1)),
        ..command(3, update(1, r#"{"paused":false}"#))
    });
    assert_eq!(control.refusal().kind, RefusalKind::PreconditionFailed);
    let control = control.when(command(4, update(1, r#"{"paused":true}"#)));
    assert_eq!(control.last.events, [], "it is so");
}

#[test]
fn a_key_is_made_once_and_revoked_once() {
    let control = Control::default()
        .when(command(1, key("mm_1", "desk")))
        .when(command(2, key("mm_2", "Desk")));
    assert_eq!(control.refusal().errors[0].code, "name_taken");
    let control = control.when(command(3, key("mm_1", "another")));
    assert_eq!(control.refusal().code, "prefix_taken");
    assert!(control.known.api_keys.contains_key("mm_1"));
    let control = control.when(command(4, revoke("mm_1")));
    assert_eq!(control.accepted().version, Version(2));
    assert!(control.known.api_keys.is_empty());
    let control = control.when(command(5, revoke("mm_1")));
    assert_eq!(
        (control.last.events.len(), control.accepted().version),
        (0, Version(2))
    );
    let control = control.when(command(6, key("mm_1", "desk")));
    assert_eq!(
        control.refusal().code,
        "prefix_taken",
        "a prefix never returns"
    );
    let control = control.when(command(7, key("mm_3", "desk")));
    assert_eq!(control.accepted().version, Version(1));
    assert_eq!(
        control.when(command(8, revoke("mm_9"))).refusal().kind,
        RefusalKind::NotFound
    );
}

#[test]
fn a_view_is_switched_to_a_version_there_can_be() {
    let control = Control::default().when(command(1, switch("catalog", 2)));
    assert_eq!(control.known.view_version("catalog"), 2);
    assert_eq!(control.known.view_version("search"), 1);
    let control = control.when(command(2, switch("catalog", 2)));
    assert_eq!(control.last.events, [], "it is so");
    for (view, version) in [("catalogue", 2), ("catalog", 0)] {
        let control = Control::default().when(command(3, switch(view, version)));
        assert_eq!(control.refusal().code, "view_unknown");
    }
}

#[test]
fn a_version_that_readers_left_is_known_and_its_number_is_never_given_again() {
    let none = ControlState::default();
    assert_eq!(none.last_left("catalog"), None);
    assert_eq!(none.next_view_version("catalog"), 2);
    let control = Control::default()
        .when(command(1, switch("catalog", 2)))
        .when(command(2, switch("search", 2)));
    let known = &control.known;
    assert_eq!(known.last_left("catalog"), Some((1, at(1))));
    assert_eq!(known.next_view_version("catalog"), 3);
    let control = control.when(command(3, switch("catalog", 1)));
    let known = &control.known;
    assert_eq!(known.view_version("catalog"), 1);
    let left: Vec<_> = known.left_versions("catalog").collect();
    assert_eq!(left, [(2, at(3))], "who came back has not left");
    assert_eq!(known.next_view_version("catalog"), 3, "2 may be bad");
    assert_eq!(known.last_left("search"), Some((1, at(2))));
}

#[test]
fn a_keyed_answer_is_remembered_and_forgotten_by_what_comes_later() {
    let keyed = |n, hash: u8, body| ControlCommand {
        payload_hash: Some(vec![hash]),
        ..command(n, body)
    };
    let control = Control::default().when(keyed(1, 1, create(1, "Quay")));
    let first = control.last.verdict.clone();
    let control = control
        .when(command(2, update(1, r#"{"name":"Harbour"}"#)))
        .when(keyed(1, 1, create(1, "Quay")));
    assert!(control.last.duplicate);
    assert_eq!(control.last.verdict, first);
    let control = control.when(keyed(1, 2, create(1, "Quay")));
    assert_eq!(control.refusal().kind, RefusalKind::IdempotencyMismatch);
    let late = ControlCommand {
        at: at(80 * 3_600),
        ..keyed(5, 1, switch("catalog", 2))
    };
    let control = control.when(late);
    assert_eq!(control.state.under(b"a/").count(), 1);
    assert_eq!(control.state.under(b"t/").count(), 1);
}

#[test]
fn the_last_admin_key_is_not_revoked() {
    let admin = |prefix: &str, expires_at| match key(prefix, prefix) {
        ControlBody::CreateApiKey(key) => ControlBody::CreateApiKey(CreateApiKey {
            scopes: vec!["admin".to_owned()],
            expires_at,
            ..key
        }),
        other => other,
    };
    let control = Control::default()
        .when(command(1, admin("mm_a", None)))
        .when(command(2, key("mm_plain", "plain")))
        .when(command(3, admin("mm_over", Some(Timestamp(1)))))
        .when(command(4, revoke("mm_a")));
    assert_eq!(control.refusal().code, "last_admin_key");
    let control = control
        .when(command(5, revoke("mm_plain")))
        .when(command(6, admin("mm_b", None)))
        .when(command(7, revoke("mm_a")));
    assert!(!control.known.api_keys.contains_key("mm_a"));
    let control = control.when(command(8, revoke("mm_b")));
    assert_eq!(control.refusal().code, "last_admin_key");
}

//! Two who change the same item.

use crate::position::Version;
use crate::testing::*;
use crate::verdict::RefusalKind;

/// Version 2 was seen by both; meanwhile the first made version 3.
fn changed_meanwhile(patch: &str) -> World {
    given([create_program(1), update_program(2, patch, false)])
}

#[test]
fn a_patch_of_the_version_that_is_there_is_taken() {
    let world = given([create_program(1)])
        .when(update_program(2, r#"{"author":"B"}"#, false).if_match(2))
        .happened(&["program_updated"]);
    assert_eq!(world.acceptance().rebased_on, None);
}

#[test]
fn a_patch_of_an_older_version_is_taken_where_its_fields_are_as_they_were() {
    let world = changed_meanwhile(r#"{"author":"B"}"#)
        .when(update_program(3, r#"{"tags":["sea"]}"#, false).if_match(2))
        .happened(&["program_updated"]);
    assert_eq!(world.acceptance().rebased_on, Some(Version(3)));
    assert_eq!(world.acceptance().version, Version(4));
    let draft = world.program(PROGRAM).unwrap().draft;
    assert_eq!((draft.author.as_deref(), draft.tags.len()), (Some("B"), 1));
    let crate::event::EventBody::ProgramUpdated(event) = &world.events.last().unwrap().body else {
        panic!("an update");
    };
    assert_eq!(event.rebased_from, Some(Version(2)));
}

#[test]
fn two_editors_of_two_languages_do_not_meet() {
    let world = changed_meanwhile(r#"{"title":{"ar":"أضواء المرفأ"}}"#)
        .when(update_program(3, r#"{"title":{"en":"Port Lights"}}"#, false).if_match(2))
        .accepted();
    assert_eq!(world.program(PROGRAM).unwrap().draft.title.0.len(), 2);
}

#[test]
fn a_conflict_names_both_sides_of_every_field() {
    let meanwhile = r#"{"title":{"en":"Quay Lights"},"author":"B","tags":["night"]}"#;
    let mine = r#"{"title":{"en":"Port Lights"},"author":"C","copyright":"2026"}"#;
    let world = changed_meanwhile(meanwhile)
        .when(update_program(3, mine, false).if_match(2))
        .refused("version_conflict");
    let refusal = world.refusal();
    assert_eq!(refusal.kind, RefusalKind::PreconditionFailed);
    assert_eq!(refusal.current_version, Some(Version(3)));
    let sides: Vec<_> = refusal
        .conflicts
        .iter()
        .map(|c| {
            (
                c.pointer.as_str(),
                c.yours.as_str(),
                c.theirs.as_str(),
                c.since,
            )
        })
        .collect();
    assert_eq!(
        sides,
        [
            ("/author", r#""C""#, r#""B""#, Version(3)),
            (
                "/title/en",
                r#""Port Lights""#,
                r#""Quay Lights""#,
                Version(3)
            ),
        ]
    );
}

#[test]
fn a_version_in_the_body_makes_a_conflict_of_it() {
    let world = changed_meanwhile(r#"{"author":"B"}"#)
        .when(update_program(3, r#"{"author":"C"}"#, false).expecting(2));
    assert_eq!(world.refusal().kind, RefusalKind::Conflict);
    assert_eq!(world.refusal().conflicts.len(), 1);
}

#[test]
fn who_wants_what_the_other_did_meets_no_conflict() {
    let world = changed_meanwhile(r#"{"author":"B","availability":{"min_age":12}}"#)
        .when(
            update_program(3, r#"{"author":"B","availability":{"min_age":12}}"#, false).if_match(2),
        )
        .accepted()
        .happened(&[]);
    assert_eq!(world.acceptance().rebased_on, Some(Version(3)));
}

#[test]
fn clearing_a_text_meets_whoever_changed_it_in_one_language() {
    let world = changed_meanwhile(r#"{"description":{"ar":"حكايات"}}"#)
        .when(update_program(3, r#"{"description":null}"#, false).if_match(2))
        .refused("version_conflict");
    assert_eq!(world.refusal().conflicts[0].pointer, "/description");
}

#[test]
fn a_version_that_never_was_is_refused_without_sides() {
    for version in [0, -1, 99] {
        let world = changed_meanwhile(r#"{"author":"B"}"#)
            .when(update_program(3, r#"{"tags":["sea"]}"#, false).if_match(version))
            .refused("version_conflict");
        assert_eq!(world.refusal().conflicts, []);
    }
}

#[test]
fn publishing_is_not_a_change_of_fields() {
    let _ = given([
        create_program(1),
        create_episode(2, episode_fields(1), false),
    ])
    .when(publish_episode(3))
    .when(update_episode(4, r#"{"number":4}"#, false).if_match(1))
    .accepted();
}

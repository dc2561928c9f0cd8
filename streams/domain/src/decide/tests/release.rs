//! Who holds a field, what the source says of it meanwhile, and how it goes back.

use crate::catalog::{Lane, Provenance};
use crate::command::{CommandBody, PrincipalKind, ReleaseEpisode};
use crate::id::EpisodeId;
use crate::model::EpisodeFields;
use crate::testing::*;
use crate::verdict::EntryOutcome;

fn imported() -> (World, EpisodeId) {
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
    ]);
    let id = world.only_episode();
    (world, id)
}

fn edit(n: i64, id: EpisodeId, patch: &str) -> crate::command::Command {
    let body = crate::command::UpdateEpisode {
        episode_id: id,
        patch: patch.to_owned(),
        publish: true,
        reason: None,
        restores: None,
    };
    ask(n, CommandBody::UpdateEpisode(body))
}

fn release(n: i64, id: EpisodeId, pointers: &[&str]) -> crate::command::Command {
    let body = ReleaseEpisode {
        episode_id: id,
        pointers: pointers.iter().map(|p| (*p).to_owned()).collect(),
    };
    ask(n, CommandBody::ReleaseEpisode(body))
}

fn provenance(world: &World, id: EpisodeId) -> Provenance {
    let document = world.episode_document(id, Lane::Draft).unwrap();
    document.provenance.clone().unwrap()
}

fn numbered(number: i32) -> EpisodeFields {
    EpisodeFields {
        number: Some(number),
        ..episode_fields(1)
    }
}

#[test]
fn every_field_says_where_it_comes_from() {
    let (world, id) = imported();
    let made = provenance(&world, id).made;
    assert_eq!(
        (made.by.kind, made.run_id),
        (PrincipalKind::Source, Some(run(1)))
    );
    assert!(!made.held);
    let world = world
        .when(edit(700, id, r#"{"number": 40}"#))
        .accepted()
        .when(import_episode(
            2,
            0,
            EpisodeFields {
                season: Some(3),
                ..episode_fields(1)
            },
        ))
        .entry(EntryOutcome::Changed);
    let fields = provenance(&world, id).fields;
    assert_eq!(fields["/number"].by.kind, PrincipalKind::ApiKey);
    assert!(fields["/number"].held);
    assert_eq!(fields["/season"].run_id, Some(run(2)));
    let live = world.episode_document(id, Lane::Live).unwrap();
    assert_eq!(live.provenance, None, "readers do not hear of it");
}

#[test]
fn what_the_source_says_of_a_held_field_is_kept_and_applies_at_once_when_it_is_released() {
    let (world, id) = imported();
    let world = world
        .when(edit(700, id, r#"{"number": 40}"#))
        .accepted()
        .when(import_episode(2, 0, numbered(5)))
        .entry(EntryOutcome::Same);
    assert_eq!(world.episode(PROGRAM, id).unwrap().draft.number, Some(40));
    let said = &provenance(&world, id).overridden["/number"];
    assert_eq!(
        (said.value.as_str(), said.origin.run_id),
        ("5", Some(run(2)))
    );
    let world = world.when(release(5_000, id, &["/number"])).accepted();
    assert_eq!(world.episode(PROGRAM, id).unwrap().draft.number, Some(5));
    assert!(provenance(&world, id).overridden.is_empty());
    assert_eq!(
        provenance(&world, id).fields["/number"].run_id,
        Some(run(2))
    );
    let world = world
        .when(import_episode(20, 0, numbered(6)))
        .entry(EntryOutcome::Changed);
    assert_eq!(world.episode(PROGRAM, id).unwrap().draft.number, Some(6));
}

#[test]
fn a_release_before_any_further_import_brings_back_what_was_imported() {
    let (world, id) = imported();
    let world = world
        .when(edit(700, id, r#"{"title": {"en": "Ours"}, "tags": ["x"]}"#))
        .accepted()
        .when(release(800, id, &["/title"]))
        .accepted();
    let item = world.episode(PROGRAM, id).unwrap();
    assert_eq!(item.draft.title, episode_fields(1).title);
    assert_eq!(item.draft.tags, ["x"], "fields go back one by one");
}

#[test]
fn the_same_news_of_a_held_field_is_told_once() {
    let (world, id) = imported();
    let _ = world
        .when(edit(700, id, r#"{"number": 40}"#))
        .when(import_episode(2, 0, numbered(5)))
        .happened(&["episode_updated"])
        .when(import_episode(
            3,
            0,
            EpisodeFields {
                views: None,
                ..numbered(5)
            },
        ))
        .happened(&[]);
}

#[test]
fn fields_of_an_episode_that_an_editor_made_are_given_to_the_source_one_by_one() {
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
        release(3, EPISODE, &["/number"]),
    ]);
    let item = world.episode(PROGRAM, EPISODE).unwrap();
    assert!(!item.touch("/number").by_editor);
    assert!(item.touch("/season").by_editor);
}

#[test]
fn what_is_no_field_is_not_released() {
    let (world, id) = imported();
    for pointer in [
        "",
        "title",
        "/nothing",
        "/number/1",
        "/title/",
        "/title/en/x",
    ] {
        let world = world.clone().when(release(700, id, &[pointer]));
        assert_eq!(
            world.refusal().errors[0].code,
            "pointer_unknown",
            "{pointer}"
        );
    }
    let world = world.when(release(700, id, &[]));
    assert_eq!(world.refusal().errors[0].code, "pointers_missing");
}

#[test]
fn releasing_what_nobody_holds_changes_nothing() {
    let (world, id) = imported();
    let _ = world
        .when(release(700, id, &["/number", "/title"]))
        .accepted()
        .happened(&[]);
}

//! A draft gets the fields of an older version again.

use crate::catalog::Lane;
use crate::command::{Command, CommandBody, UpdateEpisode, UpdateProgram};
use crate::episode::Episode;
use crate::event::{Event, EventBody};
use crate::id::{EpisodeId, ItemRef};
use crate::item::{self, Entity, Fields};
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::Version;
use crate::program::Program;
use crate::testing::*;
use crate::verdict::EntryOutcome;
use proptest::prelude::*;

/// The draft of an item at a version, as its history tells.
fn draft_at<E: Entity>(events: &[Event], item: ItemRef, version: i64) -> E::Fields {
    let until = events
        .iter()
        .filter(|event| event.item == item && event.version <= Version(version));
    let mut drafts = until.filter_map(|event| item::draft_of::<E>(event).cloned());
    drafts.next_back().expect("there is such a version")
}

/// The patch that makes the one of the other, and what it is told with.
fn told<F: Fields>(from: &F, to: &F) -> (String, Option<String>) {
    let reason = Some("the old one was right".to_owned());
    (item::patch_between(from, to), reason)
}

fn restore_program(n: i64, world: &World, version: i64) -> Command {
    let draft = world.program(PROGRAM).unwrap().draft;
    let wanted = draft_at::<Program>(&world.events, ItemRef::program(PROGRAM), version);
    let (patch, reason) = told(&draft, &wanted);
    let body = UpdateProgram {
        patch,
        publish: false,
        reason,
        restores: Some(Version(version)),
    };
    ask(n, CommandBody::UpdateProgram(body))
}

fn restore_episode(n: i64, world: &World, id: EpisodeId, version: i64, publish: bool) -> Command {
    let draft = world.episode(PROGRAM, id).unwrap().draft;
    let wanted = draft_at::<Episode>(&world.events, ItemRef::episode(id), version);
    let (patch, reason) = told(&draft, &wanted);
    let body = UpdateEpisode {
        episode_id: id,
        patch,
        publish,
        reason,
        restores: Some(Version(version)),
    };
    ask(n, CommandBody::UpdateEpisode(body))
}

/// A live program whose draft has been changed since, in all kinds of fields.
fn changed_since() -> World {
    let patch = r#"{"title": {"ar": "أضواء"}, "author": "B", "tags": ["sea"], "complete": true,
        "licence": {"name": "CC0-1.0"}, "availability": {"min_age": 12}, "medium": "film"}"#;
    given([
        create_program(1),
        update_program(2, patch, false),
        update_program(3, r#"{"title": {"en": "Other"}, "author": null}"#, false),
    ])
}

#[test]
fn the_draft_is_as_it_was_and_what_is_live_is_not_touched() {
    let world = changed_since();
    let live = world.program_document(PROGRAM, Lane::Live).cloned();
    let first = draft_at::<Program>(&world.events, ItemRef::program(PROGRAM), 1);
    let command = restore_program(4, &world, 1);
    let world = world.when(command).happened(&["program_updated"]);
    assert_eq!(world.program(PROGRAM).unwrap().draft, first);
    let EventBody::ProgramUpdated(event) = &world.events.last().unwrap().body else {
        panic!("an update");
    };
    assert_eq!(event.restores, Some(Version(1)));
    assert_eq!(event.reason.as_deref(), Some("the old one was right"));
    assert!(event.changed.contains(&"/title/ar".to_owned()));
    let shown = world.program_document(PROGRAM, Lane::Live).cloned();
    assert_eq!(shown.map(|it| it.fields), live.map(|it| it.fields));
}

#[test]
fn every_version_can_be_brought_back_one_after_the_other() {
    let mut world = changed_since();
    let item = ItemRef::program(PROGRAM);
    for (n, version) in [(4, 3), (5, 1), (6, 4), (7, 2), (8, 3)] {
        let wanted = draft_at::<Program>(&world.events, item, version);
        let command = restore_program(n, &world, version);
        world = world.when(command).accepted();
        assert_eq!(world.program(PROGRAM).unwrap().draft, wanted, "{version}");
    }
}

#[test]
fn what_stands_already_is_accepted_and_nothing_happens() {
    let world = changed_since();
    let newest = world.program(PROGRAM).unwrap().version;
    let command = restore_program(4, &world, newest.0);
    let _ = world.when(command).accepted().happened(&[]);
}

#[test]
fn a_version_is_brought_back_and_made_live_in_one_command() {
    let made = given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
        update_episode(3, r#"{"title": {"en": "Wrong"}, "season": 9}"#, true),
    ]);
    let command = restore_episode(4, &made, EPISODE, 1, true);
    let world = made
        .when(command)
        .happened(&["episode_updated", "episode_published"]);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(live.fields, episode_fields(1));
    let EventBody::EpisodePublished(event) = &world.events.last().unwrap().body else {
        panic!("a publication");
    };
    assert_eq!(event.reason.as_deref(), Some("the old one was right"));
}

#[test]
fn a_field_that_changed_since_the_version_that_was_seen_is_a_conflict() {
    let world = changed_since();
    let command = restore_program(5, &world, 1).if_match(world.program(PROGRAM).unwrap().version.0);
    let world = world
        .when(update_program(4, r#"{"tags": ["night"]}"#, false))
        .accepted()
        .when(command);
    let refusal = world.refusal();
    let pointers: Vec<_> = refusal
        .conflicts
        .iter()
        .map(|conflict| conflict.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["/tags"]);
}

#[test]
fn what_is_brought_back_is_the_editors_and_imports_leave_it_alone() {
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
    ]);
    let id = world.only_episode();
    let numbered = |number| EpisodeFields {
        number: Some(number),
        ..episode_fields(1)
    };
    let world = world
        .when(import_episode(2, 0, numbered(40)))
        .entry(EntryOutcome::Changed);
    let command = restore_episode(900, &world, id, 1, false);
    let world = world
        .when(command)
        .accepted()
        .when(import_episode(3, 0, numbered(41)));
    let draft = world.episode(PROGRAM, id).unwrap().draft;
    assert_eq!(draft.number, episode_fields(1).number);
}

fn fields() -> impl Strategy<Value = ProgramFields> {
    let texts = proptest::collection::btree_map("[a-c]{2}", "[a-z ]{0,4}", 0..3);
    let words = proptest::collection::vec("[a-z]{1,3}", 0..3);
    let licence = proptest::option::of(("[A-Z]{0,2}", proptest::option::of("https://[a-z]/")));
    let age = proptest::option::of(0..20_i32);
    (texts, words, licence, age, any::<bool>()).prop_map(|(texts, tags, licence, age, complete)| {
        let mut fields = ProgramFields {
            tags,
            complete,
            licence: licence.map(|(name, url)| crate::model::Licence { name, url }),
            ..ProgramFields::default()
        };
        let texts = texts.into_iter();
        fields.title.0 = texts
            .map(|(lang, text)| (crate::lang::Lang(lang), text))
            .collect();
        fields.availability.min_age = age;
        fields
    })
}

proptest! {
    #[test]
    fn a_patch_between_two_states_makes_the_one_of_the_other(from in fields(), to in fields()) {
        let patch = item::patch_between(&from, &to);
        prop_assert_eq!(item::apply(&from, &patch).unwrap(), to.clone());
        prop_assert_eq!(patch == "{}", from == to);
    }
}

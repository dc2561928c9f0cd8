//! Publishing, unpublishing and archiving.

use crate::catalog::{Lane, Status};
use crate::command::{
    ArchiveEpisode, ArchiveProgram, Command, CommandBody, UnpublishEpisode, UnpublishProgram,
};
use crate::position::Version;
use crate::testing::*;

fn unpublish_program(n: i64) -> Command {
    let reason = Some("rights".to_owned());
    ask(
        n,
        CommandBody::UnpublishProgram(UnpublishProgram { reason }),
    )
}

fn archive_program(n: i64) -> Command {
    ask(
        n,
        CommandBody::ArchiveProgram(ArchiveProgram { reason: None }),
    )
}

fn unpublish_episode(n: i64) -> Command {
    let (episode_id, reason) = (EPISODE, None);
    ask(
        n,
        CommandBody::UnpublishEpisode(UnpublishEpisode { episode_id, reason }),
    )
}

fn archive_episode(n: i64) -> Command {
    let (episode_id, reason) = (EPISODE, None);
    ask(
        n,
        CommandBody::ArchiveEpisode(ArchiveEpisode { episode_id, reason }),
    )
}

fn on_air() -> World {
    given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
    ])
}

#[test]
fn an_unpublished_episode_is_gone_for_readers_and_may_return() {
    let world = on_air()
        .when(unpublish_episode(3))
        .happened(&["episode_unpublished"]);
    assert_eq!(world.episode_document(EPISODE, Lane::Live), None);
    let draft = world.episode_document(EPISODE, Lane::Draft).unwrap();
    assert_eq!(draft.facts.status, Status::Unpublished);
    let world = world
        .when(unpublish_episode(4))
        .accepted()
        .happened(&[])
        .when(publish_episode(5))
        .happened(&["episode_published"]);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(live.facts.first_published_at, Some(at(2)));
}

#[test]
fn what_was_never_published_cannot_be_unpublished() {
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), false),
    ])
    .when(unpublish_episode(3))
    .refused("not_published");
    assert_eq!(world.refusal().current_version, Some(Version(1)));
    let _ = world
        .when(archive_episode(4))
        .accepted()
        .when(unpublish_episode(5))
        .refused("not_published");
}

#[test]
fn an_archived_episode_is_live_as_archived_and_may_return() {
    let world = on_air()
        .when(archive_episode(3))
        .happened(&["episode_archived"]);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(live.facts.status, Status::Archived);
    let world = world
        .when(archive_episode(4))
        .accepted()
        .happened(&[])
        .when(publish_episode(5))
        .happened(&["episode_published"]);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(live.facts.status, Status::Published);
    let world = world
        .when(archive_episode(6))
        .when(unpublish_episode(7))
        .accepted();
    assert_eq!(world.episode_document(EPISODE, Lane::Live), None);
}

#[test]
fn an_archived_draft_shows_readers_nothing() {
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), false),
    ])
    .when(archive_episode(3))
    .happened(&["episode_archived"]);
    assert_eq!(world.episode_document(EPISODE, Lane::Live), None);
}

#[test]
fn an_unpublished_program_takes_its_episodes_with_it_and_brings_them_back() {
    let world = on_air()
        .when(unpublish_program(3))
        .happened(&["program_unpublished"]);
    assert_eq!(world.program_document(PROGRAM, Lane::Live), None);
    assert_eq!(world.episode_document(EPISODE, Lane::Live), None);
    assert!(world.episode_document(EPISODE, Lane::Draft).is_some());
    let world = world
        .when(publish_program(4))
        .happened(&["program_published"]);
    assert!(world.episode_document(EPISODE, Lane::Live).is_some());
    let record = &world.step().chunks[0].catalog[0];
    assert_eq!(record.seq, world.events.last().unwrap().seq);
}

#[test]
fn an_episode_is_seen_once_its_program_is() {
    let world = given([
        ask(
            1,
            CommandBody::CreateProgram(crate::command::CreateProgram {
                fields: program_fields(),
                publish: false,
            }),
        ),
        create_episode(2, episode_fields(1), true),
    ]);
    assert_eq!(world.episode_document(EPISODE, Lane::Live), None);
    let world = world.when(publish_program(3));
    assert!(world.episode_document(EPISODE, Lane::Live).is_some());
}

#[test]
fn an_archived_program_archives_its_episodes_for_readers() {
    let world = on_air()
        .when(archive_program(3))
        .happened(&["program_archived"]);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(live.facts.status, Status::Archived);
    let draft = world.episode_document(EPISODE, Lane::Draft).unwrap();
    assert_eq!(draft.facts.status, Status::Published);
}

#[test]
fn a_change_of_an_archived_item_waits_in_its_draft() {
    let world = on_air()
        .when(archive_episode(3))
        .when(update_episode(4, r#"{"number":9}"#, false))
        .happened(&["episode_updated"]);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(
        (live.facts.status, live.fields.number),
        (Status::Archived, Some(1))
    );
}

#[test]
fn publishing_and_leaving_need_the_version_that_was_seen() {
    let world = on_air()
        .when(publish_episode(3).if_match(1))
        .refused("version_conflict");
    let world = world
        .when(unpublish_episode(4).expecting(1))
        .refused("version_conflict");
    let _ = world
        .when(archive_program(5).if_match(9))
        .refused("version_conflict")
        .when(unpublish_episode(6).if_match(2))
        .accepted();
}

//! Which episode an entry is.

use crate::event::{EventBody, Rung};
use crate::model::EpisodeFields;
use crate::testing::*;
use crate::verdict::EntryOutcome;

fn episodes(world: &World) -> usize {
    world.state.under(b"e/").count()
}

fn with_guid(n: i32, guid: &str) -> EpisodeFields {
    EpisodeFields {
        guid: Some(guid.to_owned()),
        ..episode_fields(n)
    }
}

fn with_media(mut fields: EpisodeFields, url: &str) -> EpisodeFields {
    fields.enclosures[0].url = url.to_owned();
    fields
}

/// A fetch with the first episode in it.
fn fetched() -> World {
    given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
    ])
}

fn evidence(world: &World) -> Option<Rung> {
    let events = world.step().decision.events.iter();
    events.rev().find_map(|event| match &event.body {
        EventBody::EpisodeMatched(matched) => Some(matched.rung),
        _ => None,
    })
}

#[test]
fn two_entries_of_one_fetch_with_one_guid_are_one_and_the_first_stands() {
    let mut other = episode_fields(1);
    other.duration_s = Some(77);
    let world = fetched()
        .when(import_episode(1, 1, other))
        .entry(EntryOutcome::Merged)
        .happened(&[]);
    assert_eq!(episodes(&world), 1);
}

#[test]
fn the_repetition_in_a_later_fetch_does_not_stand_in_turn() {
    let mut other = episode_fields(1);
    other.duration_s = Some(77);
    let _ = fetched()
        .when(import_episode(1, 1, other.clone()))
        .when(import_episode(2, 0, episode_fields(1)))
        .entry(EntryOutcome::Same)
        .when(import_episode(2, 1, other))
        .entry(EntryOutcome::Merged)
        .happened(&[]);
}

#[test]
fn two_entries_of_one_fetch_with_one_file_stay_two() {
    let world = fetched()
        .when(import_episode(1, 1, with_guid(1, "another")))
        .entry(EntryOutcome::Created);
    assert_eq!(episodes(&world), 2);
}

#[test]
fn two_entries_of_a_later_fetch_with_one_file_stay_two() {
    for first in [episode_fields(1), with_guid(1, "crossing-1")] {
        let world = fetched()
            .when(import_episode(2, 0, first))
            .when(import_episode(2, 1, with_guid(1, "another")))
            .entry(EntryOutcome::Created);
        assert_eq!(episodes(&world), 2);
    }
}

#[test]
fn a_file_that_two_episodes_share_tells_nothing() {
    let mut third = with_guid(1, "third");
    third.published_at = None;
    let world = fetched()
        .when(import_episode(1, 1, with_guid(1, "another")))
        .when(import_episode(2, 0, third))
        .entry(EntryOutcome::Created);
    assert_eq!(episodes(&world), 3);
}

#[test]
fn an_entry_whose_guid_changed_is_known_by_its_file() {
    let world = fetched()
        .when(import_episode(2, 0, with_guid(1, "renamed")))
        .entry(EntryOutcome::Merged)
        .happened(&["episode_updated", "episode_published", "episode_matched"]);
    assert_eq!(evidence(&world), Some(Rung::MediaUrl));
    assert_eq!(episodes(&world), 1);
    // The new guid is remembered.
    let mut moved = with_media(with_guid(1, "renamed"), "https://new.example.com/a.mp3");
    moved.published_at = None;
    let world = world
        .when(import_episode(3, 0, moved))
        .entry(EntryOutcome::Changed);
    assert_eq!(episodes(&world), 1);
}

#[test]
fn volatile_parameters_do_not_make_another_file() {
    let mut entry = with_media(
        with_guid(1, "renamed"),
        "https://media.example.com/crossing-1.mp3?utm_source=feed&utm_medium=rss",
    );
    entry.published_at = None;
    let world = fetched().when(import_episode(2, 0, entry));
    assert_eq!(evidence(&world), Some(Rung::MediaUrl));
}

#[test]
fn an_entry_whose_file_moved_is_known_by_its_guid_and_then_by_the_new_file() {
    let url = "https://new.example.com/one.mp3";
    let world = fetched()
        .when(import_episode(2, 0, with_media(episode_fields(1), url)))
        .entry(EntryOutcome::Changed);
    let mut renamed = with_media(with_guid(1, "renamed"), url);
    renamed.published_at = None;
    let world = world
        .when(import_episode(3, 0, renamed))
        .entry(EntryOutcome::Merged);
    assert_eq!(evidence(&world), Some(Rung::MediaUrl));
    assert_eq!(episodes(&world), 1);
}

#[test]
fn title_day_and_length_together_tell() {
    let moved = with_media(with_guid(1, "renamed"), "https://new.example.com/one.mp3");
    let world = fetched()
        .when(import_episode(2, 0, moved.clone()))
        .entry(EntryOutcome::Merged);
    assert_eq!(evidence(&world), Some(Rung::TitleDay));
    for (name, other) in [
        (
            "length",
            EpisodeFields {
                duration_s: Some(3_000),
                ..moved.clone()
            },
        ),
        (
            "day",
            EpisodeFields {
                published_at: Some(at(-9 * 86_400)),
                ..moved.clone()
            },
        ),
        (
            "kind",
            EpisodeFields {
                kind: crate::model::EpisodeKind::Trailer,
                ..moved.clone()
            },
        ),
        (
            "title",
            EpisodeFields {
                title: episode_fields(2).title,
                ..moved.clone()
            },
        ),
    ] {
        let world = fetched()
            .when(import_episode(2, 0, other))
            .entry(EntryOutcome::Created);
        assert_eq!(episodes(&world), 2, "another {name}");
    }
    let unknown = EpisodeFields {
        duration_s: None,
        ..moved
    };
    let _ = fetched()
        .when(import_episode(2, 0, unknown))
        .entry(EntryOutcome::Merged);
}

#[test]
fn a_length_beyond_all_numbers_is_compared_and_refused() {
    let mut moved = with_media(with_guid(1, "renamed"), "https://new.example.com/one.mp3");
    moved.duration_s = Some(i64::MIN);
    let _ = fetched()
        .when(import_episode(2, 0, moved))
        .entry(EntryOutcome::Refused);
}

#[test]
fn entries_without_any_mark_are_new_each_time() {
    let bare = EpisodeFields {
        guid: Some(String::new()),
        published_at: None,
        enclosures: Vec::new(),
        ..episode_fields(1)
    };
    let world = given([import_program(1, program_fields())])
        .when(import_episode(1, 0, bare.clone()))
        .when(import_episode(1, 1, bare));
    assert_eq!(episodes(&world), 2);
}

#[test]
fn an_entry_without_a_guid_is_known_by_its_file_and_that_is_no_discovery() {
    let plain = EpisodeFields {
        guid: None,
        ..episode_fields(1)
    };
    let changed = EpisodeFields {
        number: Some(9),
        ..plain.clone()
    };
    let world = given([import_program(1, program_fields())])
        .when(import_episode(1, 0, plain))
        .when(import_episode(2, 0, changed))
        .entry(EntryOutcome::Changed)
        .happened(&["episode_updated", "episode_published"]);
    assert_eq!(episodes(&world), 1);
}

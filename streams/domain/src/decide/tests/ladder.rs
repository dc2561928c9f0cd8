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

#[test]
fn a_guid_that_is_an_address_is_the_same_with_another_scheme_and_host_prefix() {
    let at = |guid: &str, season| EpisodeFields {
        season: Some(season),
        enclosures: Vec::new(),
        published_at: None,
        ..with_guid(1, guid)
    };
    let mut world = given([import_program(1, program_fields())]).when(import_episode(
        1,
        0,
        at("http://example.com/?p=7", 1),
    ));
    for (n, guid) in [
        "https://example.com/?p=7",
        "https://www.example.com/?p=7",
        " http://WWW.example.com/?p=7 ",
    ]
    .iter()
    .enumerate()
    {
        let n = n as i32 + 2;
        world = world
            .when(import_episode(n.into(), 0, at(guid, n)))
            .entry(EntryOutcome::Changed);
    }
    assert_eq!(episodes(&world), 1);
}

#[test]
fn measurement_prefixes_schemes_and_www_do_not_make_another_file() {
    for url in [
        "http://media.example.com/crossing-1.mp3",
        "https://www.media.example.com/crossing-1.mp3",
        "https://dts.podtrac.com/redirect.mp3/media.example.com/crossing-1.mp3",
        "https://op3.dev/e/https://media.example.com/crossing-1.mp3",
        "https://media.example.com/crossing-1.mp3?Expires=1&Signature=x&Key-Pair-Id=y",
    ] {
        let mut moved = with_media(with_guid(1, "renamed"), url);
        moved.published_at = None;
        let world = fetched().when(import_episode(2, 0, moved));
        assert_eq!(evidence(&world), Some(Rung::MediaUrl), "{url}");
    }
}

#[test]
fn a_film_and_a_recording_of_one_day_are_two() {
    let mut film = with_media(with_guid(1, "film"), "https://media.example.com/one.mp4");
    film.enclosures[0].mime_type = Some("video/mp4".to_owned());
    let _ = fetched()
        .when(import_episode(2, 0, film))
        .entry(EntryOutcome::Created);
}

#[test]
fn one_guid_for_all_entries_of_a_feed_does_not_make_them_one() {
    let all = |fetch, season| {
        [1, 2, 3].map(|n| {
            let fields = EpisodeFields {
                guid: Some("https://example.com/".to_owned()),
                season,
                ..episode_fields(n)
            };
            import_episode(fetch, n, fields)
        })
    };
    let mut world = given([import_program(1, program_fields())]);
    for command in all(1, None) {
        world = world.when(command).entry(EntryOutcome::Created);
    }
    for command in all(2, Some(4)) {
        world = world.when(command).entry(EntryOutcome::Changed);
    }
    assert_eq!(episodes(&world), 3);
}

#[test]
fn a_page_with_a_title_and_a_link_alone_is_known_again() {
    let page = |summary: &str| EpisodeFields {
        guid: None,
        published_at: None,
        enclosures: Vec::new(),
        author: Some(summary.to_owned()),
        links: vec![crate::model::Link {
            url: "https://example.com/one".to_owned(),
            ..Default::default()
        }],
        ..episode_fields(1)
    };
    let world = given([import_program(1, program_fields())])
        .when(import_episode(1, 0, page("first")))
        .when(import_episode(2, 0, page("second")))
        .entry(EntryOutcome::Changed);
    assert_eq!(episodes(&world), 1);
}

#[test]
fn one_entry_for_two_programs_makes_an_episode_in_each() {
    use crate::id::ProgramId;
    let raw = crate::ingest::RawEntry {
        source_id: SOURCE,
        source_seq: crate::position::Seq(1),
        run_id: run(1),
        fetched_at: at(600),
        index: 0,
        format: crate::ingest::RawFormat::Rss,
        feed: crate::ingest::FeedContext::default(),
        raw_hash: vec![1],
        correlation_id: None,
        body: None,
        claim: None,
    };
    let other = ProgramId(uuid::Uuid::from_u128(9));
    let ids = [PROGRAM, other].map(|program| crate::ingest::command_id(&raw, program));
    assert_ne!(ids[0].derive(0), ids[1].derive(0));
}

#[test]
fn news_of_every_hour_with_one_title_and_length_stay_apart() {
    let bulletin = |hour: i64| {
        let mut fields = with_guid(1, &format!("news-{hour}"));
        fields.published_at = Some(at(hour * 3_600));
        with_media(
            fields,
            &format!("https://media.example.com/news-{hour}.mp3"),
        )
    };
    let mut world = given([import_program(1, program_fields())]);
    for hour in 1..5 {
        world = world
            .when(import_episode(hour, 0, bulletin(hour)))
            .entry(EntryOutcome::Created);
    }
    assert_eq!(episodes(&world), 4);
}

#[test]
fn a_file_that_is_sent_again_under_another_title_on_another_day_is_another_episode() {
    let mut again = with_guid(1, "again");
    again.title = episode_fields(2).title;
    again.published_at = Some(at(0));
    let world = fetched()
        .when(import_episode(2, 0, again))
        .entry(EntryOutcome::Created);
    assert_eq!(episodes(&world), 2);
}

#[test]
fn an_episode_goes_back_to_the_entry_with_its_guid_when_a_neighbour_was_taken_for_it() {
    let neighbour = with_media(
        with_guid(1, "neighbour"),
        "https://media.example.com/two.mp3",
    );
    let world = fetched()
        .when(import_episode(2, 0, neighbour))
        .entry(EntryOutcome::Merged)
        .when(import_episode(2, 1, episode_fields(1)))
        .entry(EntryOutcome::Changed);
    assert_eq!(episodes(&world), 2);
    let first = world.episode(PROGRAM, world.only_episode()).unwrap();
    assert_eq!(first.draft.guid.as_deref(), Some("crossing-1"));
    let mut later = with_media(
        with_guid(1, "neighbour"),
        "https://media.example.com/two.mp3",
    );
    later.season = Some(2);
    let world = world
        .when(import_episode(3, 0, later))
        .entry(EntryOutcome::Changed);
    let first = world.episode(PROGRAM, world.only_episode()).unwrap();
    assert_eq!((episodes(&world), first.draft.season), (2, None));
}

#[test]
fn an_entry_whose_every_mark_is_shared_is_the_same_episode_at_the_next_fetch() {
    let silent = |n, guid: &str| {
        let mut fields = with_guid(n, guid);
        fields.enclosures.clear();
        fields
    };
    let file = "https://m.example.com/0.mp3";
    let shared = silent(1, "b");
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, silent(1, "a")),
        import_episode(2, 0, silent(2, "a")),
        import_episode(2, 1, with_media(with_guid(2, "b"), file)),
        // Its file is that of `b`, whose guid a neighbour bears.
        import_episode(3, 0, with_media(with_guid(2, "c"), file)),
    ])
    .when(import_episode(3, 1, shared.clone()))
    .entry(EntryOutcome::Created);
    let before = episodes(&world);
    let world = world
        .when(import_episode(4, 0, with_media(with_guid(2, "c"), file)))
        .when(import_episode(4, 1, shared))
        .entry(EntryOutcome::Same)
        .happened(&[]);
    assert_eq!(episodes(&world), before);
}

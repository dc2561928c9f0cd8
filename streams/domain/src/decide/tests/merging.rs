//! Episodes as part of others, split off, and back.

use crate::catalog::{CatalogBody, Lane};
use crate::command::{Command, CommandBody, MergeEpisodes, SplitEpisode, UndoMerge};
use crate::event::EventBody;
use crate::id::{EpisodeId, ItemRef};
use crate::model::EpisodeFields;
use crate::testing::*;
use crate::verdict::EntryOutcome;
use uuid::Uuid;

const NEW: EpisodeId = EpisodeId(Uuid::from_u128(0x77));

fn two() -> (World, EpisodeId, EpisodeId) {
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
        import_episode(1, 1, episode_fields(2)),
    ]);
    let of = |n| {
        let made = world.events.iter().find_map(|event| match &event.body {
            EventBody::EpisodeCreated(made) if made.fields.number == Some(n) => {
                Some(made.episode_id)
            }
            _ => None,
        });
        made.unwrap()
    };
    let (one, other) = (of(1), of(2));
    (world, one, other)
}

fn merge(n: i64, from: EpisodeId, into: EpisodeId, follow: bool) -> Command {
    let reason = Some("the same".to_owned());
    let body = MergeEpisodes {
        from,
        into,
        follow,
        reason,
    };
    ask(n, CommandBody::MergeEpisodes(body))
}

fn undo(n: i64, episode_id: EpisodeId) -> Command {
    let reason = None;
    ask(n, CommandBody::UndoMerge(UndoMerge { episode_id, reason }))
}

fn seasoned(n: i32, season: i32) -> EpisodeFields {
    EpisodeFields {
        season: Some(season),
        ..episode_fields(n)
    }
}

#[test]
fn a_merged_episode_leads_to_the_one_that_stays() {
    let (world, one, other) = two();
    let world = world
        .when(merge(700, other, one, false))
        .accepted()
        .happened(&["episode_merged", "episode_absorbed"]);
    let gone = &world.catalog[&(ItemRef::episode(other), Lane::Live)].body;
    assert!(matches!(gone, CatalogBody::Removed(gone) if gone.merged_into == Some(one.0)));
    let draft = world.episode_document(other, Lane::Draft).unwrap();
    assert_eq!(draft.facts.merged_into, Some(one.0));
    let stays = world.episode_document(one, Lane::Live).unwrap();
    assert_eq!(stays.facts.same_as, [other.0]);
    assert_eq!(world.acceptance().item, ItemRef::episode(one));
}

#[test]
fn an_import_does_not_bring_a_merged_episode_back() {
    let (world, one, other) = two();
    let episodes = |world: &World| world.state.under(b"e/").count();
    let world = world
        .when(merge(700, other, one, false))
        .when(import_episode(2, 0, seasoned(2, 9)))
        .entry(EntryOutcome::Merged)
        .happened(&[]);
    assert_eq!(world.episode(PROGRAM, one).unwrap().draft.season, None);
    assert_eq!(episodes(&world), 2);
    // Under a new guid it is still known, and the new guid too.
    let renamed = EpisodeFields {
        guid: Some("renamed".to_owned()),
        ..seasoned(2, 10)
    };
    let moved = EpisodeFields {
        enclosures: Vec::new(),
        published_at: None,
        ..renamed.clone()
    };
    let world = world
        .when(import_episode(3, 0, renamed))
        .entry(EntryOutcome::Merged)
        .when(import_episode(4, 0, moved))
        .entry(EntryOutcome::Merged)
        .happened(&[]);
    assert_eq!(episodes(&world), 2);
}

#[test]
fn the_one_that_stays_goes_on_by_its_own_entries() {
    let (world, one, other) = two();
    let world = world
        .when(merge(700, other, one, false))
        .when(import_episode(2, 0, seasoned(2, 9)))
        .when(import_episode(2, 1, seasoned(1, 4)))
        .entry(EntryOutcome::Changed);
    assert_eq!(world.episode(PROGRAM, one).unwrap().draft.season, Some(4));
}

#[test]
fn it_follows_the_others_entries_where_that_is_asked() {
    let (world, one, other) = two();
    let world = world.when(merge(700, other, one, true)).accepted();
    let draft = |world: &World| world.episode(PROGRAM, one).unwrap().draft;
    assert_eq!(
        draft(&world).number,
        Some(2),
        "it takes over what the other says"
    );
    let shown = world.episode_document(one, Lane::Live).unwrap();
    assert_eq!(shown.fields.number, Some(2), "and shows it");
    let world = world
        .when(import_episode(2, 0, seasoned(1, 4)))
        .entry(EntryOutcome::Merged)
        .when(import_episode(2, 1, seasoned(2, 9)))
        .entry(EntryOutcome::Changed);
    assert_eq!(draft(&world).season, Some(9));
}

#[test]
fn undoing_restores_both_with_their_marks() {
    for follow in [false, true] {
        let (before, one, other) = two();
        let world = before
            .clone()
            .when(merge(700, other, one, follow))
            .when(undo(800, other))
            .accepted()
            .happened_at_least(&["episode_unmerged", "episode_returned"]);
        for id in [one, other] {
            let (was, is) = (
                before.episode(PROGRAM, id).unwrap(),
                world.episode(PROGRAM, id).unwrap(),
            );
            assert_eq!(is.draft, was.draft, "{follow}");
            assert_eq!(is.live_fields(), was.live_fields(), "{follow}");
            assert_eq!(is.imports, was.imports, "{follow}");
            assert!(is.merged.is_none() && is.absorbed.is_empty() && is.follows.is_none());
            assert!(world.episode_document(id, Lane::Live).is_some());
        }
        let marks = |world: &World| -> Vec<_> {
            world
                .state
                .under(b"l/")
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect()
        };
        assert_eq!(marks(&world), marks(&before), "{follow}");
        let world = world
            .when(import_episode(20, 0, seasoned(2, 9)))
            .entry(EntryOutcome::Changed);
        assert_eq!(world.episode(PROGRAM, other).unwrap().draft.season, Some(9));
    }
}

#[test]
fn undoing_keeps_what_an_editor_did_since() {
    let (world, one, other) = two();
    let patch = crate::command::UpdateEpisode {
        episode_id: one,
        patch: r#"{"season": 8}"#.to_owned(),
        publish: true,
        reason: None,
        restores: None,
    };
    let world = world
        .when(merge(700, other, one, true))
        .when(ask(750, CommandBody::UpdateEpisode(patch)))
        .accepted()
        .when(undo(800, other))
        .accepted();
    let draft = world.episode(PROGRAM, one).unwrap().draft;
    assert_eq!((draft.season, draft.number), (Some(8), Some(1)));
}

#[test]
fn a_merged_episode_is_not_changed_by_itself() {
    let (world, one, other) = two();
    let world = world.when(merge(700, other, one, false)).accepted();
    let patch = |n, id| {
        let body = crate::command::UpdateEpisode {
            episode_id: id,
            patch: r#"{"season": 8}"#.to_owned(),
            publish: false,
            reason: None,
            restores: None,
        };
        ask(n, CommandBody::UpdateEpisode(body))
    };
    assert_eq!(
        world.clone().when(patch(710, other)).refusal().code,
        "merged"
    );
    assert_eq!(
        world
            .clone()
            .when(merge(710, one, other, false))
            .refusal()
            .code,
        "target_merged"
    );
    assert_eq!(
        world
            .clone()
            .when(merge(710, one, one, false))
            .refusal()
            .code,
        "merge_with_itself"
    );
    assert_eq!(
        world.clone().when(undo(710, one)).refusal().code,
        "not_merged"
    );
    let _ = world
        .when(merge(710, other, one, false))
        .accepted()
        .happened(&[]);
}

#[test]
fn merges_of_merges_lead_to_the_last() {
    let (world, one, other) = two();
    let world = world
        .when(import_episode(2, 0, episode_fields(3)))
        .entry(EntryOutcome::Created);
    let third = EpisodeId(
        world
            .events
            .iter()
            .rev()
            .find(|e| matches!(e.body, EventBody::EpisodeCreated(_)))
            .unwrap()
            .item
            .id,
    );
    let world = world
        .when(merge(2_000, other, one, false))
        .when(merge(2_001, one, third, false))
        .accepted()
        .when(import_episode(20, 0, seasoned(2, 9)))
        .entry(EntryOutcome::Merged)
        .happened(&[])
        .when(import_episode(20, 1, seasoned(3, 9)))
        .entry(EntryOutcome::Changed);
    assert_eq!(world.episode(PROGRAM, third).unwrap().draft.season, Some(9));
    let _ = world.when(undo(90_000, one)).accepted();
}

/// An episode that took another entry of the same day and length for itself.
fn mistaken() -> (World, EpisodeId, EpisodeFields) {
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
    ]);
    let id = world.only_episode();
    let mut other = episode_fields(1);
    other.guid = Some("another".to_owned());
    other.season = Some(7);
    other.enclosures[0].url = "https://media.example.com/another.mp3".to_owned();
    let world = world
        .when(import_episode(2, 0, other.clone()))
        .entry(EntryOutcome::Merged);
    (world, id, other)
}

fn split(n: i64, id: EpisodeId, going: &EpisodeFields) -> Command {
    let body = SplitEpisode {
        episode_id: id,
        new_episode_id: NEW,
        fields: going.clone(),
        origin: origin(2, 0, &format!("{going:?}")),
        kept: Some(episode_fields(1)),
        kept_origin: Some(origin(1, 0, "first")),
        publish: true,
        reason: None,
    };
    ask(n, CommandBody::SplitEpisode(body))
}

#[test]
fn a_split_gives_the_entry_an_episode_and_the_old_one_its_own_fields_back() {
    let (world, id, other) = mistaken();
    let world = world.when(split(2_000, id, &other)).accepted();
    let old = world.episode(PROGRAM, id).unwrap();
    let new = world.episode(PROGRAM, NEW).unwrap();
    assert_eq!(
        (old.draft.season, old.draft.guid.as_deref()),
        (None, Some("crossing-1"))
    );
    assert_eq!(new.draft, other);
    assert!(!old.touch("/season").by_editor, "the source goes on");
    let shown = world.episode_document(id, Lane::Live).unwrap();
    assert_eq!(shown.fields.season, None);
    assert!(world.episode_document(NEW, Lane::Live).is_some());
    // Each goes on by its own entries, and title and day tell nothing any more.
    let world = world
        .when(import_episode(
            30,
            0,
            EpisodeFields {
                season: Some(8),
                ..other
            },
        ))
        .entry(EntryOutcome::Changed)
        .when(import_episode(30, 1, seasoned(1, 2)))
        .entry(EntryOutcome::Changed);
    assert_eq!(world.episode(PROGRAM, NEW).unwrap().draft.season, Some(8));
    assert_eq!(world.episode(PROGRAM, id).unwrap().draft.season, Some(2));
}

#[test]
fn a_split_is_undone_by_a_merge() {
    let (world, id, other) = mistaken();
    let world = world
        .when(split(2_000, id, &other))
        .when(merge(2_001, NEW, id, true))
        .accepted();
    let old = world.episode(PROGRAM, id).unwrap();
    assert_eq!(old.draft.season, Some(7));
    assert_eq!(old.draft.guid, other.guid);
}

#[test]
fn an_entry_with_no_mark_of_its_own_is_not_split_off() {
    let (world, id, _) = mistaken();
    let stranger = EpisodeFields {
        guid: Some("nobody".to_owned()),
        enclosures: Vec::new(),
        published_at: None,
        ..episode_fields(9)
    };
    assert_eq!(
        world.when(split(2_000, id, &stranger)).refusal().code,
        "nothing_to_split"
    );
}

#[test]
fn an_entry_that_is_normalised_again_counts_though_its_fetch_is_not_newer() {
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
    ]);
    let id = world.only_episode();
    let again = |hash: &str, season| {
        let mut origin = origin(1, 0, hash);
        origin.renormalised = true;
        let fields = seasoned(1, season);
        let body = CommandBody::ImportEpisode(crate::command::ImportEpisode { origin, fields });
        ask(5_000 + i64::from(season), body)
    };
    let world = world.when(again("any", 4)).accepted();
    assert_eq!(world.episode(PROGRAM, id).unwrap().draft.season, Some(4));
    let world = world.when(again("any", 4)).happened(&[]);
    // What was fetched since is not undone by it.
    let _ = world
        .when(import_episode(20, 0, seasoned(1, 6)))
        .when(again("any", 5))
        .happened(&[]);
}

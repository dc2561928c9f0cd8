//! One program as part of another, and back.

use crate::catalog::{CatalogBody, Lane};
use crate::command::{
    AbsorbProgram, AdoptEpisode, Command, CommandBody, MergeProgram, MoveEpisode, ReopenProgram,
    ReturnProgram, UndoMerge,
};
use crate::id::{EpisodeId, ItemRef, ProgramId};
use crate::ingest::import_id;
use crate::testing::*;
use crate::verdict::EntryOutcome;
use uuid::Uuid;

const OTHER: ProgramId = ProgramId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_00aa));
const ADOPTED: EpisodeId = EpisodeId(Uuid::from_u128(0xad));

fn merge(n: i64) -> Command {
    let reason = None;
    ask(
        n,
        CommandBody::MergeProgram(MergeProgram {
            into: OTHER,
            sources: Vec::new(),
            reason,
        }),
    )
}

fn adopt(n: i64) -> Command {
    let body = AdoptEpisode {
        episode_id: ADOPTED,
        from: EPISODE,
        fields: episode_fields(1),
        origin: Some(origin(1, 0, "first")),
        held: vec!["/number".to_owned()],
        publish: true,
        withdrawn: None,
    };
    ask(n, CommandBody::AdoptEpisode(body)).of_program(OTHER)
}

fn lead_away(n: i64) -> Command {
    let body = MoveEpisode {
        episode_id: EPISODE,
        into_program: OTHER,
        into: ADOPTED,
        reason: None,
    };
    ask(n, CommandBody::MoveEpisode(body))
}

fn both() -> World {
    given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
        create_program(3).of_program(OTHER),
    ])
}

fn merged() -> World {
    let note = CommandBody::AbsorbProgram(AbsorbProgram {
        from: PROGRAM,
        reason: None,
    });
    both()
        .when(merge(10))
        .accepted()
        .when(ask(11, note).of_program(OTHER))
        .accepted()
        .when(adopt(12))
        .accepted()
        .when(lead_away(13))
        .accepted()
}

#[test]
fn a_merged_program_and_its_episodes_lead_to_the_other() {
    let world = merged();
    for (item, into) in [
        (ItemRef::program(PROGRAM), OTHER.0),
        (ItemRef::episode(EPISODE), ADOPTED.0),
    ] {
        let gone = &world.catalog[&(item, Lane::Live)].body;
        assert!(
            matches!(gone, CatalogBody::Removed(gone) if gone.merged_into == Some(into)),
            "{gone:?}"
        );
    }
    let stays = world.program_document(OTHER, Lane::Live).unwrap();
    assert_eq!(stays.facts.same_as, [PROGRAM.0]);
    let adopted = world.episode_document(ADOPTED, Lane::Live).unwrap();
    assert_eq!(adopted.facts.same_as, [EPISODE.0]);
}

#[test]
fn each_half_asked_again_changes_nothing() {
    let _ = merged()
        .when(merge(20))
        .happened(&[])
        .when(adopt(21))
        .happened(&[])
        .when(lead_away(22))
        .happened(&[]);
}

#[test]
fn nothing_new_comes_into_a_merged_program() {
    let world = merged();
    let create = CommandBody::CreateEpisode(crate::command::CreateEpisode {
        episode_id: EpisodeId(Uuid::from_u128(5)),
        fields: episode_fields(5),
        publish: false,
    });
    assert_eq!(world.clone().when(ask(20, create)).refusal().code, "merged");
    assert_eq!(
        world
            .when(update_program(21, r#"{"author": "x"}"#, false))
            .refusal()
            .code,
        "merged"
    );
}

#[test]
fn an_episode_that_is_known_there_by_its_guid_is_taken_for_that_one() {
    let mut fields = episode_fields(1);
    fields.number = Some(99);
    let world = both()
        .when(import_program(1, program_fields()).of_program(OTHER))
        .when(import_episode(1, 0, fields).of_program(OTHER));
    let known = EpisodeId(world.events.last().unwrap().item.id);
    let world = world.when(adopt(2_000)).accepted();
    assert_eq!(world.acceptance().item, ItemRef::episode(known));
    let document = world.episode_document(known, Lane::Live).unwrap();
    assert_eq!(
        (document.facts.same_as.as_slice(), document.fields.number),
        ([EPISODE.0].as_slice(), Some(99))
    );
}

#[test]
fn undoing_opens_the_old_one_and_leads_the_adopted_back() {
    let reason = None;
    let back = MoveEpisode {
        episode_id: ADOPTED,
        into_program: PROGRAM,
        into: EPISODE,
        reason: None,
    };
    let give_back = CommandBody::ReturnProgram(ReturnProgram {
        from: PROGRAM,
        reason: None,
    });
    let world = merged()
        .when(ask(
            30,
            CommandBody::ReopenProgram(ReopenProgram {
                reason: reason.clone(),
            }),
        ))
        .accepted()
        .when(ask(
            31,
            CommandBody::UndoMerge(UndoMerge {
                episode_id: EPISODE,
                reason,
            }),
        ))
        .accepted()
        .when(ask(32, CommandBody::MoveEpisode(back)).of_program(OTHER))
        .accepted()
        .when(ask(33, give_back).of_program(OTHER))
        .accepted();
    assert!(world.program_document(PROGRAM, Lane::Live).is_some());
    assert!(world.episode_document(EPISODE, Lane::Live).is_some());
    assert!(world.episode_document(ADOPTED, Lane::Live).is_none());
    let other = world.program_document(OTHER, Lane::Live).unwrap();
    assert!(other.facts.same_as.is_empty());
    // And made again.
    let world = world.when(merge(40)).accepted().when(adopt(41)).accepted();
    assert!(world.episode_document(ADOPTED, Lane::Live).is_some());
}

#[test]
fn what_an_editor_held_is_held_under_the_new_id_too() {
    let item = merged().episode(OTHER, ADOPTED).unwrap();
    assert!(item.touch("/number").by_editor);
    assert!(!item.touch("/season").by_editor, "the rest is the source's");
}

/// An entry that was normalised under the old binding: a new one, told by its guid.
fn under_way(n: i64) -> Command {
    import_episode(n, 7, episode_fields(7))
}

#[test]
fn an_entry_under_way_ends_in_the_program_that_took_its_own_over() {
    let world = merged().when(under_way(2_000));
    let onward = world.goes_on();
    assert_eq!(onward.program_id, OTHER);
    let bound_anew = import_id(OTHER, SOURCE, run(2_000), 7);
    assert_eq!(
        onward.command_id, bound_anew,
        "as normalise would make it now"
    );
    let world = world.when(onward).entry(EntryOutcome::Created);
    let made = EpisodeId(world.events.last().unwrap().item.id);
    assert!(world.episode(OTHER, made).is_some());
    // The record may come twice, and by both ways.
    let world = world.when(under_way(2_000));
    let again = world.goes_on();
    let _ = world.when(again).duplicate();
}

#[test]
fn an_entry_under_way_of_an_episode_that_was_moved_changes_the_one_that_stands_for_it() {
    let mut fields = episode_fields(1);
    fields.season = Some(9);
    let world = merged().when(import_episode(2_000, 0, fields));
    let onward = world.goes_on();
    let world = world.when(onward).entry(EntryOutcome::Changed);
    assert_eq!(world.episode(OTHER, ADOPTED).unwrap().draft.season, Some(9));
}

#[test]
fn what_a_source_says_of_a_merged_program_goes_on_too_and_through_a_second_merge() {
    let third = ProgramId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_00bb));
    let further = CommandBody::MergeProgram(MergeProgram {
        into: third,
        sources: Vec::new(),
        reason: None,
    });
    let mut fields = program_fields();
    fields.author = Some("The harbour".to_owned());
    let world = merged()
        .when(create_program(20).of_program(third))
        .when(ask(21, further).of_program(OTHER))
        .accepted()
        .when(import_program(2_000, fields));
    let second = world.goes_on();
    let world = world.when(second);
    let last = world.goes_on();
    assert_eq!(last.program_id, third);
    // Editors made that one, and hold what it is: the source's word is noted beside it.
    let world = world.when(last).entry(EntryOutcome::Same);
    let held = &world.program(third).unwrap().held["/author"];
    assert!(held.value.contains("The harbour"), "{held:?}");
}

#[test]
fn what_is_normalised_again_does_not_go_on() {
    let mut command = under_way(2_000);
    command.reply_to = Some(crate::position::Partition(0));
    if let CommandBody::ImportEpisode(import) = &mut command.body {
        import.origin.renormalised = true;
    }
    let _ = merged().when(command).refused("merged");
}

#[test]
fn after_an_undone_merge_an_entry_under_way_stays_and_what_came_in_goes_home_and_back() {
    let world = merged().when(under_way(2_000));
    let onward = world.goes_on();
    let world = world.when(onward);
    let came_in = EpisodeId(world.events.last().unwrap().item.id);
    let reopen = CommandBody::ReopenProgram(ReopenProgram { reason: None });
    let home = EpisodeId(Uuid::from_u128(0xbe));
    let adopt = |n, episode_id, from, program| {
        let body = AdoptEpisode {
            episode_id,
            from,
            fields: episode_fields(7),
            origin: None,
            held: Vec::new(),
            publish: false,
            withdrawn: None,
        };
        ask(n, CommandBody::AdoptEpisode(body)).of_program(program)
    };
    let lead = |n, (episode_id, program), (into, into_program)| {
        let body = MoveEpisode {
            episode_id,
            into_program,
            into,
            reason: None,
        };
        ask(n, CommandBody::MoveEpisode(body)).of_program(program)
    };
    let world = world
        .when(ask(3_000, reopen))
        .accepted()
        .when(adopt(3_001, home, came_in, PROGRAM))
        .accepted()
        .when(lead(3_002, (came_in, OTHER), (home, PROGRAM)))
        .accepted();
    let stays = world
        .clone()
        .when(import_episode(3_003, 8, episode_fields(8)));
    let _ = stays.entry(EntryOutcome::Created);
    // Merged again, it is the one that came in first: the two do not lead to each other.
    let world = world
        .when(merge(3_010))
        .accepted()
        .when(adopt(3_011, EpisodeId(Uuid::from_u128(0xce)), home, OTHER))
        .happened(&["episode_unmerged", "episode_absorbed"]);
    assert_eq!(world.acceptance().item, ItemRef::episode(came_in));
    let world = world
        .when(lead(3_012, (home, PROGRAM), (came_in, OTHER)))
        .accepted();
    assert!(world.episode(OTHER, came_in).unwrap().merged.is_none());
    assert!(world.episode(PROGRAM, home).unwrap().merged.is_some());
}

#[test]
fn two_programs_are_not_merged_into_each_other() {
    let note = CommandBody::AbsorbProgram(AbsorbProgram {
        from: OTHER,
        reason: None,
    });
    let _ = both()
        .when(ask(10, note))
        .accepted()
        .when(merge(11))
        .refused("target_merged");
}

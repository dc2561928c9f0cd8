//! One program as part of another, and back.

use crate::catalog::{CatalogBody, Lane};
use crate::command::{
    AbsorbProgram, AdoptEpisode, Command, CommandBody, MergeProgram, MoveEpisode, ReopenProgram,
    ReturnProgram, UndoMerge,
};
use crate::id::{EpisodeId, ItemRef, ProgramId};
use crate::testing::*;
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

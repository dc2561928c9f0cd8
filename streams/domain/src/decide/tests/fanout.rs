//! A program's change in its episodes.

use crate::catalog::{CatalogBody, Lane};
use crate::command::{CommandBody, CreateEpisode};
use crate::decide::{CHUNK, decide, resume};
use crate::id::EpisodeId;
use crate::lang::Lang;
use crate::position::Partition;
use crate::testing::*;
use uuid::Uuid;

const HERE: Partition = Partition(7);

/// A program with 450 live episodes, told by their events: so many commands would take the kit long.
fn with_450_episodes() -> World {
    let mut world = given([create_program(1)]);
    for n in 0..450 {
        let body = CreateEpisode {
            episode_id: EpisodeId(Uuid::from_u128(0x0190_0000 + n)),
            fields: episode_fields(n as i32 + 1),
            publish: true,
        };
        let command = ask(10 + n as i64, CommandBody::CreateEpisode(body));
        let decision = decide(HERE, &world.state, &command).unwrap();
        world.state.apply(&decision.changes);
        world.events.extend(decision.events);
        for record in decision.catalog {
            let key = crate::testing::subject(&record.body).unwrap();
            world.catalog.insert(key, record);
        }
    }
    world
}

#[test]
fn a_rename_reaches_450_episodes_in_chunks_of_200_with_its_own_seq() {
    let world = with_450_episodes().when(update_program(
        900,
        r#"{"title":{"en":"Port Lights"}}"#,
        true,
    ));
    let sizes: Vec<_> = world
        .step()
        .chunks
        .iter()
        .map(|chunk| chunk.catalog.len())
        .collect();
    assert_eq!(CHUNK, 200);
    assert_eq!(sizes, [400, 400, 100], "two lanes an episode");
    let seq = world.events.last().unwrap().seq;
    for record in world.step().chunks.iter().flat_map(|chunk| &chunk.catalog) {
        assert_eq!((record.seq, record.decided_at), (seq, at(900)));
        let CatalogBody::Episode(document) = &record.body else {
            panic!("an episode");
        };
        assert_eq!(
            document.program.title.get(&Lang::from("en")),
            Some("Port Lights")
        );
    }
}

#[test]
fn a_change_of_the_draft_alone_leaves_what_readers_see() {
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
    ])
    .when(update_program(
        3,
        r#"{"title":{"en":"Port Lights"}}"#,
        false,
    ));
    let chunk = &world.step().chunks[0];
    assert_eq!(chunk.catalog.len(), 1);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(
        live.program.title.get(&Lang::from("en")),
        Some("Harbour Lights")
    );
    let draft = world.episode_document(EPISODE, Lane::Draft).unwrap();
    assert_eq!(
        draft.program.title.get(&Lang::from("en")),
        Some("Port Lights")
    );
}

#[test]
fn what_episodes_do_not_say_of_their_program_does_not_fan_out() {
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
    ])
    .when(update_program(3, r#"{"copyright":"2026"}"#, true))
    .happened(&["program_updated", "program_published"]);
    assert_eq!(world.step().chunks.len(), 0);
}

#[test]
fn episodes_of_other_programs_are_not_touched() {
    let other = crate::id::ProgramId(Uuid::from_u128(77));
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
        create_program(3).of_program(other),
    ])
    .when(update_program(4, r#"{"title":{"en":"Port Lights"}}"#, true).of_program(other));
    assert!(
        world
            .step()
            .chunks
            .iter()
            .all(|chunk| chunk.catalog.is_empty())
    );
}

#[test]
fn a_fan_out_that_was_interrupted_goes_on_from_its_cursor() {
    let mut world = with_450_episodes();
    let command = update_program(900, r#"{"title":{"en":"Port Lights"}}"#, true);
    let decision = decide(HERE, &world.state, &command).unwrap();
    world.state.apply(&decision.changes);
    let first = resume(HERE, &world.state).unwrap().unwrap();
    // The commit of the first chunk is lost: it comes again, the same.
    assert_eq!(resume(HERE, &world.state).unwrap().unwrap(), first);
    world.state.apply(&first.changes);
    let second = resume(HERE, &world.state).unwrap().unwrap();
    let items = |decision: &crate::decide::Decision| -> Vec<_> {
        decision
            .catalog
            .iter()
            .filter_map(|r| crate::testing::subject(&r.body))
            .collect()
    };
    assert!(
        items(&first)
            .iter()
            .all(|item| !items(&second).contains(item))
    );
}

//! Withdrawals: gone for good, with a public note, and no source brings it back.

use crate::catalog::{CatalogBody, Lane, RemovedDocument, Status, Withdrawal};
use crate::command::{
    AbsorbProgram, AdoptEpisode, Command, CommandBody, MergeEpisodes, SplitEpisode,
    WithdrawEpisode, WithdrawProgram,
};
use crate::id::{EpisodeId, ItemRef};
use crate::lang::{Lang, Localized};
use crate::model::EpisodeFields;
use crate::project::project;
use crate::testing::*;
use crate::verdict::EntryOutcome;
use crate::view::RowMeta;
use uuid::Uuid;

const OTHER: EpisodeId = EpisodeId(Uuid::from_u128(0x77));

fn note(text: &str) -> Localized {
    Localized::one(Lang::from("en"), text)
}

fn withdraw(n: i64, episode_id: EpisodeId, note: Localized) -> Command {
    let body = WithdrawEpisode {
        episode_id,
        note,
        reason: Some("a complaint".to_owned()),
    };
    ask(n, CommandBody::WithdrawEpisode(body))
}

fn withdraw_program(n: i64, note: Localized) -> Command {
    let reason = None;
    ask(
        n,
        CommandBody::WithdrawProgram(WithdrawProgram { note, reason }),
    )
}

fn on_air() -> World {
    given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
    ])
}

/// What readers are told of an item that is gone.
fn told(world: &World, item: ItemRef) -> Option<Withdrawal> {
    match &world.catalog.get(&(item, Lane::Live))?.body {
        CatalogBody::Removed(RemovedDocument { withdrawn, .. }) => withdrawn.clone(),
        _ => None,
    }
}

#[test]
fn a_withdrawn_episode_is_gone_and_says_why() {
    let world = on_air()
        .when(withdraw(10, EPISODE, note("A quotation was wrong.")))
        .accepted()
        .happened(&["episode_withdrawn"]);
    let said = Withdrawal {
        at: at(10),
        note: note("A quotation was wrong."),
    };
    assert_eq!(told(&world, ItemRef::episode(EPISODE)), Some(said.clone()));
    let draft = world.episode_document(EPISODE, Lane::Draft).unwrap();
    assert_eq!(draft.facts.status, Status::Withdrawn);
    assert_eq!(draft.facts.withdrawn, Some(said.clone()));
    // One row tells it; none of a list or another language is left.
    let rows = project(&world.catalog[&(ItemRef::episode(EPISODE), Lane::Live)]).rows;
    let [row] = rows.as_slice() else {
        panic!("one row: {rows:?}");
    };
    let (meta, body) = row.value.as_ref().unwrap();
    let meta: RowMeta = serde_json::from_slice(meta).unwrap();
    assert_eq!((meta.withdrawn, body.len()), (Some(said), 0));
}

#[test]
fn a_withdrawn_item_stays_withdrawn() {
    let merge = |from, into| {
        CommandBody::MergeEpisodes(MergeEpisodes {
            from,
            into,
            follow: false,
            reason: None,
        })
    };
    let split = CommandBody::SplitEpisode(SplitEpisode {
        episode_id: EPISODE,
        new_episode_id: OTHER,
        fields: episode_fields(3),
        origin: origin(1, 0, "x"),
        kept: None,
        kept_origin: None,
        publish: true,
        reason: None,
    });
    let other = crate::command::CreateEpisode {
        episode_id: OTHER,
        fields: episode_fields(2),
        publish: true,
    };
    let world = on_air()
        .when(ask(3, CommandBody::CreateEpisode(other)))
        .when(withdraw(10, EPISODE, note("gone")))
        .accepted();
    for (n, command) in [
        publish_episode(20),
        update_episode(21, r#"{"number":9}"#, true),
        ask(22, merge(EPISODE, OTHER)),
        ask(23, merge(OTHER, EPISODE)),
        ask(24, split),
    ]
    .into_iter()
    .enumerate()
    {
        let world = world.clone().when(command).refused("withdrawn");
        assert_eq!(
            told(&world, ItemRef::episode(EPISODE)).unwrap().at,
            at(10),
            "{n}"
        );
    }
}

#[test]
fn a_note_is_needed_where_readers_saw_it_and_put_right_afterwards() {
    let world = on_air()
        .when(withdraw(10, EPISODE, Localized::default()))
        .refused("invalid_fields")
        .broken(&[("/note", "note_missing")])
        .when(withdraw(11, EPISODE, note(" ")))
        .broken(&[("/note/en", "note_empty")])
        .when(withdraw(12, EPISODE, note("Rihgts.")))
        .accepted()
        .when(withdraw(13, EPISODE, note("Rihgts.")))
        .accepted()
        .happened(&[])
        .when(withdraw(14, EPISODE, note("Rights.")))
        .happened(&["episode_withdrawn"]);
    let said = told(&world, ItemRef::episode(EPISODE)).unwrap();
    assert_eq!((said.at, said.note), (at(12), note("Rights.")));
    let lang = |tag: &str| Localized::one(Lang::from(tag), "x");
    let _ = world
        .when(withdraw(15, EPISODE, lang("Englisch!")))
        .broken(&[("/note/Englisch!", "language_invalid")]);
}

#[test]
fn what_readers_never_saw_goes_without_a_word_to_them() {
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), false),
    ])
    .when(withdraw(10, EPISODE, Localized::default()))
    .accepted()
    .happened(&["episode_withdrawn"]);
    assert_eq!(told(&world, ItemRef::episode(EPISODE)), None);
    let draft = world.episode_document(EPISODE, Lane::Draft).unwrap();
    assert_eq!(draft.facts.status, Status::Withdrawn);
}

#[test]
fn a_withdrawal_needs_the_version_that_was_seen() {
    let _ = on_air()
        .when(withdraw(10, EPISODE, note("gone")).if_match(1))
        .refused("version_conflict")
        .when(withdraw(11, EPISODE, note("gone")).if_match(2))
        .accepted();
}

#[test]
fn a_withdrawn_program_withdraws_what_readers_see_of_its_episodes() {
    let unseen = crate::command::CreateEpisode {
        episode_id: OTHER,
        fields: episode_fields(2),
        publish: false,
    };
    let world = on_air()
        .when(ask(3, CommandBody::CreateEpisode(unseen)))
        .when(withdraw_program(10, note("The makers lost the rights.")))
        .accepted()
        .happened(&["program_withdrawn"]);
    for item in [ItemRef::program(PROGRAM), ItemRef::episode(EPISODE)] {
        let said = told(&world, item).unwrap();
        assert_eq!(said.note, note("The makers lost the rights."), "{item}");
    }
    assert_eq!(told(&world, ItemRef::episode(OTHER)), None);
    let draft = world.episode_document(EPISODE, Lane::Draft).unwrap();
    assert_eq!(
        draft.facts.status,
        Status::Published,
        "its own life is its own"
    );
    let more = crate::command::CreateEpisode {
        episode_id: EpisodeId(Uuid::from_u128(0x78)),
        fields: episode_fields(3),
        publish: true,
    };
    let absorb = AbsorbProgram {
        from: crate::id::ProgramId(Uuid::from_u128(9)),
        reason: None,
    };
    let _ = world
        .when(ask(20, CommandBody::CreateEpisode(more)))
        .refused("withdrawn")
        .when(ask(21, CommandBody::AbsorbProgram(absorb)))
        .refused("withdrawn")
        .when(publish_program(22))
        .refused("withdrawn")
        .when(update_episode(23, r#"{"number":9}"#, true))
        .refused("withdrawn");
}

#[test]
fn a_program_that_was_unpublished_before_tells_of_its_episodes_all_the_same() {
    let unpublish = crate::command::UnpublishProgram { reason: None };
    let world = on_air()
        .when(ask(5, CommandBody::UnpublishProgram(unpublish)))
        .when(withdraw_program(10, note("gone")))
        .accepted();
    assert!(told(&world, ItemRef::program(PROGRAM)).is_some());
    assert!(told(&world, ItemRef::episode(EPISODE)).is_some());
}

#[test]
fn a_source_that_still_lists_it_cannot_bring_it_back() {
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
    ]);
    let id = world.only_episode();
    let renumbered = |n| EpisodeFields {
        number: Some(n),
        ..episode_fields(1)
    };
    // First it comes under a new guid, then that one's file moves: each is known by what it had in common before.
    let renamed = EpisodeFields {
        guid: Some("renamed".to_owned()),
        ..renumbered(8)
    };
    let moved = EpisodeFields {
        enclosures: Vec::new(),
        title: Localized::one(Lang::from("en"), "Another title"),
        published_at: None,
        ..renamed.clone()
    };
    let world = world
        .when(withdraw(700, id, note("gone")))
        .when(import_episode(2, 0, renumbered(7)))
        .entry(EntryOutcome::Withdrawn)
        .happened(&[])
        .when(import_episode(3, 0, renamed))
        .entry(EntryOutcome::Withdrawn)
        .happened(&[])
        .when(import_episode(4, 0, moved))
        .entry(EntryOutcome::Withdrawn)
        .happened(&[]);
    assert_eq!(world.state.under(b"e/").count(), 1);
    assert_eq!(world.episode(PROGRAM, id).unwrap().draft, episode_fields(1));
    // Another entry of the same source comes in as ever.
    let _ = world
        .when(import_episode(5, 0, episode_fields(2)))
        .entry(EntryOutcome::Created);
}

#[test]
fn nothing_of_a_withdrawn_program_comes_in() {
    let fields = crate::model::ProgramFields {
        author: Some("Another".to_owned()),
        ..program_fields()
    };
    let world = given([
        import_program(1, program_fields()),
        import_episode(1, 0, episode_fields(1)),
    ])
    .when(withdraw_program(700, note("gone")))
    .when(import_program(2, fields))
    .entry(EntryOutcome::Withdrawn)
    .happened(&[])
    .when(import_episode(2, 0, episode_fields(2)))
    .entry(EntryOutcome::Withdrawn)
    .happened(&[]);
    assert_eq!(world.state.under(b"e/").count(), 1);
}

#[test]
fn a_program_that_takes_another_over_knows_what_was_withdrawn_there() {
    let adopt = AdoptEpisode {
        episode_id: OTHER,
        from: EPISODE,
        fields: episode_fields(1),
        origin: Some(origin(1, 0, "first")),
        held: Vec::new(),
        publish: false,
        withdrawn: Some(note("gone")),
    };
    let world = given([create_program(1)])
        .when(ask(2, CommandBody::AdoptEpisode(adopt)))
        .happened(&["episode_created", "episode_withdrawn"])
        .when(import_episode(2, 0, episode_fields(1)))
        .entry(EntryOutcome::Withdrawn)
        .happened(&[]);
    assert_eq!(told(&world, ItemRef::episode(OTHER)), None);
}

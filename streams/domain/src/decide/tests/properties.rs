//! What holds for every sequence of commands. The kit checks its invariants after each of them.

use crate::command::{
    ArchiveEpisode, ArchiveProgram, Command, CommandBody, CreateEpisode, CreateProgram,
    PublishEpisode, UnpublishEpisode, UnpublishProgram, UpdateEpisode, WithdrawEpisode,
    WithdrawProgram,
};
use crate::decide::keys;
use crate::episode::Episode;
use crate::id::{CommandId, EpisodeId, ProgramId};
use crate::item::evolve;
use crate::lang::{Lang, Localized};
use crate::model::{EpisodeFields, Policy};
use crate::program::Program;
use crate::testing::*;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use uuid::Uuid;

/// One command in small numbers, so that commands meet.
#[derive(Debug, Clone)]
struct Asked {
    what: u8,
    program: u8,
    item: u8,
    text: u8,
    publish: bool,
    expected: Option<i64>,
    key: Option<u8>,
    at: i64,
    fetch: i64,
}

prop_compose! {
    fn asked()(
        what in 0_u8..18,
        program in 0_u8..8,
        (item, text) in (0_u8..3, 0_u8..5),
        publish in any::<bool>(),
        expected in proptest::option::weighted(0.3, 0_i64..6),
        key in proptest::option::weighted(0.2, 0_u8..3),
        at in 0_i64..400_000,
        fetch in 1_i64..5,
    ) -> Asked {
        // Most is about one program.
        let program = program / 7;
        Asked { what, program, item, text, publish, expected, key, at, fetch }
    }
}

const TEXTS: [&str; 5] = ["Night", "Dawn", "", "عبور الليل", "<b>Dusk</b>"];

fn patch(asked: &Asked) -> String {
    let text = TEXTS[usize::from(asked.text)];
    match asked.item {
        0 => format!(r#"{{"title":{{"en":"{text}"}}}}"#),
        1 => format!(
            r#"{{"title":{{"ar":"{text}"}},"author":null,"availability":{{"min_age":{}}}}}"#,
            asked.text
        ),
        _ => format!(
            r#"{{"description":{{"en":"{text}"}},"author":"{text}","title":{{"ar":null}}}}"#
        ),
    }
}

fn fields(asked: &Asked) -> EpisodeFields {
    EpisodeFields {
        title: Localized::one(Lang::from("en"), TEXTS[usize::from(asked.text)]),
        guid: (asked.item != 2).then(|| format!("guid-{}", asked.item)),
        ..episode_fields(i32::from(asked.text / 2) + 1)
    }
}

fn command(n: usize, asked: &Asked) -> Command {
    // An id names one thing: no two programs have an episode of the same one.
    let id = 100 + 100 * u128::from(asked.program) + u128::from(asked.item);
    let episode_id = EpisodeId(Uuid::from_u128(id));
    let (publish, reason) = (asked.publish, None);
    let body = match asked.what {
        0 | 1 => CommandBody::CreateProgram(CreateProgram {
            fields: program_fields(),
            publish,
        }),
        2 => return addressed(update_program(0, &patch(asked), publish), n, asked),
        3 => return addressed(publish_program(0), n, asked),
        4 => CommandBody::UnpublishProgram(UnpublishProgram { reason }),
        5 => CommandBody::ArchiveProgram(ArchiveProgram { reason }),
        6 | 7 => CommandBody::CreateEpisode(CreateEpisode {
            episode_id,
            fields: fields(asked),
            publish,
        }),
        8 => CommandBody::UpdateEpisode(UpdateEpisode {
            episode_id,
            patch: patch(asked),
            publish,
            reason: None,
            restores: None,
        }),
        9 => CommandBody::PublishEpisode(PublishEpisode { episode_id, reason }),
        10 => CommandBody::UnpublishEpisode(UnpublishEpisode { episode_id, reason }),
        11 => CommandBody::ArchiveEpisode(ArchiveEpisode { episode_id, reason }),
        12 => CommandBody::WithdrawEpisode(WithdrawEpisode {
            episode_id,
            note: Localized::one(Lang::from("en"), TEXTS[usize::from(asked.text)]),
            reason,
        }),
        // Rarely: little happens afterwards.
        13 if asked.item == 0 => CommandBody::WithdrawProgram(WithdrawProgram {
            note: Localized::one(Lang::from("en"), "gone"),
            reason,
        }),
        _ => return import(asked),
    };
    addressed(ask(0, body), n, asked)
}

fn addressed(command: Command, n: usize, asked: &Asked) -> Command {
    let key = |key: u8| CommandId::of(&[b"keyed", &[key]]);
    let mut command = Command {
        command_id: asked.key.map_or(CommandId::of(&[&n.to_be_bytes()]), key),
        program_id: program(asked),
        ..command
    }
    .asked_at(asked.at);
    if let Some(version) = asked.expected {
        command = command.if_match(version);
    }
    if asked.key.is_some() {
        command = command.keyed(&format!("{:?}{:?}", asked.expected, asked.text));
    }
    command
}

fn import(asked: &Asked) -> Command {
    let mut command = match asked.what {
        12 => import_program(
            asked.fetch,
            crate::model::ProgramFields {
                author: Some(TEXTS[usize::from(asked.text)].to_owned()),
                ..program_fields()
            },
        ),
        _ => import_episode(asked.fetch, i32::from(asked.item), fields(asked)),
    };
    let policy = if asked.publish {
        Policy::Publish
    } else {
        Policy::Review
    };
    match &mut command.body {
        CommandBody::ImportProgram(import) => import.origin.policies = policies(policy, policy),
        CommandBody::ImportEpisode(import) => import.origin.policies = policies(policy, policy),
        _ => {}
    }
    // A source feeds one program: what it says of another is another source's command.
    command.command_id = CommandId::of(&[command.command_id.as_bytes(), &[asked.program]]);
    command.of_program(program(asked))
}

fn program(asked: &Asked) -> ProgramId {
    ProgramId(Uuid::from_u128(10 + u128::from(asked.program)))
}

fn lived(all: &[Asked]) -> World {
    let mut world = World::default();
    for (n, asked) in all.iter().enumerate() {
        world = world.when(command(n, asked));
        // The timer of the first remembered answer comes due now and then.
        let first = world
            .state
            .under(keys::TIMERS)
            .next()
            .map(|(key, _)| key.clone());
        if asked.what == 3
            && let Some((due, program, name)) = first.and_then(|key| keys::parse_timer(&key))
        {
            world = world.when(fire(n as i64, &name, due).of_program(program));
        }
    }
    world
}

/// The same cases in every run: a failure is found again by running it again.
pub(super) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x4d65_6469_614d_6573),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn whatever_is_asked_the_invariants_hold(all in proptest::collection::vec(asked(), 1..24)) {
        let _ = lived(&all);
    }

    #[test]
    fn no_sequence_of_events_is_too_much_for_evolve(
        all in proptest::collection::vec(asked(), 1..16),
        order in proptest::collection::vec(any::<Index>(), 0..40),
    ) {
        let events = lived(&all).events;
        prop_assume!(!events.is_empty());
        let (mut program, mut episode) = (None, None);
        for index in order {
            let event = index.get(&events);
            program = evolve::<Program>(program, event);
            episode = evolve::<Episode>(episode, event);
        }
        prop_assert!(program.as_ref().is_none_or(|item| item.version.0 > 0));
        prop_assert!(episode.as_ref().is_none_or(|item| item.version.0 > 0));
    }
}

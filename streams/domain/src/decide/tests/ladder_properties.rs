//! What holds of the ladder, whatever feeds say.

use crate::command::Command;
use crate::model::EpisodeFields;
use crate::testing::*;
use crate::verdict::{EntryOutcome, Outcome};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An entry of few guids, files and days, so that they meet often.
fn entry() -> impl Strategy<Value = EpisodeFields> {
    (
        prop_oneof![Just(None), (0..4_u8).prop_map(Some)],
        prop_oneof![Just(None), (0..3_u8).prop_map(Some)],
        0..3_i32,
        prop_oneof![Just(None), Just(Some(600_i64)), Just(Some(4_000))],
    )
        .prop_map(|(guid, file, n, duration_s)| {
            let mut fields = EpisodeFields {
                guid: guid.map(|guid| format!("guid-{guid}")),
                duration_s,
                ..episode_fields(n)
            };
            match file {
                Some(file) => {
                    fields.enclosures[0].url = format!("https://m.example.com/{file}.mp3");
                }
                None => fields.enclosures.clear(),
            }
            fields
        })
}

fn fetches() -> impl Strategy<Value = Vec<Vec<EpisodeFields>>> {
    prop::collection::vec(prop::collection::vec(entry(), 1..6), 1..5)
}

fn same_marks(a: &EpisodeFields, b: &EpisodeFields) -> bool {
    a.guid == b.guid
        || a.enclosures == b.enclosures && !a.enclosures.is_empty()
        || a.title == b.title
}

/// The item of an entry, where it was taken in.
fn taken(world: &World) -> Option<(Uuid, EntryOutcome)> {
    let verdict = world.step().decision.verdict.as_ref()?;
    match &verdict.outcome {
        Outcome::Accepted(accepted) => Some((accepted.item.id, verdict.import.as_ref()?.outcome)),
        Outcome::Refused(_) => None,
    }
}

fn play(fetches: &[Vec<EpisodeFields>]) -> World {
    let mut world = given([import_program(1, program_fields())]);
    for (n, entries) in fetches.iter().enumerate() {
        for (index, fields) in entries.iter().enumerate() {
            world = world.when(said(n, index, fields));
        }
    }
    world
}

fn said(n: usize, index: usize, fields: &EpisodeFields) -> Command {
    import_episode(n as i64 + 2, index as i32, fields.clone())
}

proptest! {
    #![proptest_config(super::properties::config(256))]

    #[test]
    fn two_entries_of_one_fetch_are_one_only_by_a_guid_that_stands_twice(fetches in fetches()) {
        let mut world = given([import_program(1, program_fields())]);
        for (n, entries) in fetches.iter().enumerate() {
            let mut seen: BTreeMap<Uuid, &EpisodeFields> = BTreeMap::new();
            for (index, fields) in entries.iter().enumerate() {
                world = world.when(said(n, index, fields));
                let Some((id, _)) = taken(&world) else { continue };
                let parted = world.step().decision.events.iter();
                if parted.map(|e| e.body.name()).any(|name| name == "episode_split") {
                    // The first got an episode of its own.
                    seen.insert(id, fields);
                }
                if let Some(first) = seen.get(&id) {
                    prop_assert_eq!(&first.guid, &fields.guid);
                    prop_assert!(fields.guid.is_some());
                    prop_assert!(same_marks(first, fields));
                }
                seen.entry(id).or_insert(fields);
            }
        }
    }

    #[test]
    fn a_fetch_that_says_the_same_again_makes_no_event(fetches in fetches()) {
        let mut distinct = fetches;
        for entries in &mut distinct {
            let mut guids = Vec::new();
            entries.retain(|fields| fields.guid.is_some() && !guids.contains(&fields.guid) && {
                guids.push(fields.guid.clone());
                true
            });
        }
        let world = play(&distinct);
        let events = world.events.len();
        let last = distinct.last().cloned().unwrap_or_default();
        let mut world = world;
        for (index, fields) in last.iter().enumerate() {
            world = world.when(said(distinct.len(), index, fields));
        }
        prop_assert_eq!(world.events.len(), events);
    }
}

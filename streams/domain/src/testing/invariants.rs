//! What must hold after every step, whatever was asked.

use super::world::{Step, World, replay_episodes, replay_programs, subject};
use crate::catalog::{CatalogBody, CatalogRecord, ItemFacts, Lane};
use crate::decide::values::encode;
use crate::decide::{CHUNK, Decision, keys};
use crate::event::Event;
use crate::id::ItemRef;
use crate::item::{Fields, Item};
use crate::lang::Localized;
use crate::position::{Seq, Version};
use crate::verdict::Outcome;
use crate::{episode, program};
use std::collections::{BTreeMap, BTreeSet};

/// What must hold of one step.
///
/// # Panics
/// Where it does not.
pub fn of_step(before: &World, step: &Step) {
    let Decision {
        events, catalog, ..
    } = &step.decision;
    let refused = step
        .decision
        .verdict
        .as_ref()
        .is_some_and(|verdict| matches!(verdict.outcome, Outcome::Refused(_)));
    if refused {
        assert_eq!(*events, [], "a refusal is no event");
        let touched = step.decision.changes.iter().map(|change| &change.key);
        for key in touched {
            let kept = key.starts_with(b"a/") || key.starts_with(keys::TIMERS);
            assert!(kept, "a refusal changes the remembered answer alone");
        }
    }
    let last = events.last().map(|event| event.seq);
    assert!(
        last.is_some() || catalog.is_empty(),
        "documents come of events"
    );
    let mut seen = BTreeSet::new();
    for record in catalog {
        assert_eq!(
            Some(record.seq),
            last,
            "a document takes in its command's events"
        );
        assert!(
            seen.insert(subject(&record.body)),
            "one document an item and lane"
        );
    }
    let before_it = before.events.last().map(|event| event.seq);
    for chunk in &step.chunks {
        assert_eq!(chunk.events, [], "a fan-out is no event");
        assert!(chunk.catalog.len() <= 2 * CHUNK, "a chunk is bounded");
        for record in &chunk.catalog {
            assert_eq!(
                Some(record.seq),
                last.or(before_it),
                "a chunk carries its change's seq"
            );
        }
    }
    for record in catalog
        .iter()
        .chain(step.chunks.iter().flat_map(|chunk| &chunk.catalog))
    {
        languages_are_shown(record);
    }
}

/// What must hold of the world between two commands.
///
/// # Panics
/// Where it does not.
pub fn of_world(world: &World) {
    numbers(&world.events);
    replay(world);
    catalogue(world);
    assert_eq!(
        world.state.0.get(keys::FANOUT),
        None,
        "every fan-out has ended"
    );
}

/// `seq` and versions have no gaps, time does not go back, ids are unique.
fn numbers(events: &[Event]) {
    let mut ids = BTreeSet::new();
    let mut versions = BTreeMap::new();
    let mut times = BTreeMap::new();
    for (n, event) in events.iter().enumerate() {
        assert_eq!(event.seq, Seq(n as i64 + 1), "seq has no gap");
        assert!(ids.insert(event.event_id), "event ids are unique");
        let version: &mut Version = versions.entry(event.item).or_default();
        assert_eq!(event.version, version.next(), "versions have no gap");
        *version = event.version;
        let last = times.entry(event.program_id).or_insert(event.decided_at);
        assert!(event.decided_at >= *last, "time does not go back");
        *last = event.decided_at;
    }
}

/// Replaying the events gives the stored aggregates, byte for byte.
fn replay(world: &World) {
    let stored = |prefix: &[u8]| -> BTreeMap<Vec<u8>, Vec<u8>> {
        world
            .state
            .under(prefix)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    let programs: BTreeMap<_, _> = replay_programs(&world.events)
        .iter()
        .map(|(id, item)| (keys::program(*id), encode(item).expect("MessagePack")))
        .collect();
    assert_eq!(programs, stored(b"p/"), "replay gives the stored programs");
    let episodes: BTreeMap<_, _> = replay_episodes(&world.events)
        .iter()
        .map(|((program, id), item)| {
            let key = keys::episode(*program, *id);
            (key, encode(item).expect("MessagePack"))
        })
        .collect();
    assert_eq!(episodes, stored(b"e/"), "replay gives the stored episodes");
    let seq = world
        .events
        .last()
        .map(|event| encode(&event.seq).expect("MessagePack"));
    assert_eq!(
        seq.as_ref(),
        world.state.0.get(keys::SEQ),
        "seq is the last event's"
    );
}

fn catalogue(world: &World) {
    for (id, item) in &replay_programs(&world.events) {
        honest(world, ItemRef::program(*id), item);
    }
    for ((_, id), item) in &replay_episodes(&world.events) {
        honest(world, ItemRef::episode(*id), item);
    }
    let newest = world.catalog.iter();
    of_catalogue(
        &world.events,
        newest
            .map(|(key, record)| (*key, record.body.clone()))
            .collect(),
    );
}

/// The newest document of each item and lane is the one that its events join to: no fan-out left one behind.
///
/// # Panics
/// Where it is not.
pub fn of_catalogue(events: &[Event], newest: BTreeMap<(ItemRef, Lane), CatalogBody>) {
    let programs = replay_programs(events);
    let mut due: BTreeMap<(ItemRef, Lane), CatalogBody> = BTreeMap::new();
    for (id, item) in &programs {
        due.extend(by_subject(program::join::documents(*id, None, item)));
    }
    for ((program, id), item) in &replay_episodes(events) {
        let documents = episode::join::documents(*program, *id, &programs[program], None, item);
        due.extend(by_subject(documents));
    }
    let mut there: BTreeMap<_, _> = newest
        .into_iter()
        .filter(|(_, body)| !matches!(body, CatalogBody::Removed(_)))
        .collect();
    // A live document keeps the version it was last written in.
    for body in due.values_mut().chain(there.values_mut()) {
        if let Some(facts) = facts_mut(body)
            && facts.lane == Lane::Live
        {
            facts.version = Version(0);
        }
    }
    assert_eq!(there, due, "the catalogue is what the aggregates join to");
}

/// A live document says nothing that is not published.
fn honest<F: Fields + std::fmt::Debug>(world: &World, item: ItemRef, now: &Item<F>) {
    let Some(record) = world.document(item, Lane::Live) else {
        return;
    };
    let live = now.live_fields().expect("what is shown is live");
    let said = match &record.body {
        CatalogBody::Program(document) => encode(&document.fields),
        CatalogBody::Episode(document) => encode(&document.fields),
        _ => return,
    };
    let mut live = live.clone();
    live.show_only(&now.live_languages);
    assert_eq!(
        said,
        encode(&live),
        "live documents hold published fields alone"
    );
}

fn languages_are_shown(record: &CatalogRecord) {
    let (facts, texts): (&ItemFacts, [&Localized; 3]) = match &record.body {
        CatalogBody::Program(d) => (
            &d.facts,
            [&d.fields.title, &d.fields.subtitle, &d.fields.description],
        ),
        CatalogBody::Episode(d) => (
            &d.facts,
            [&d.fields.title, &d.fields.subtitle, &d.fields.description],
        ),
        _ => return,
    };
    if facts.lane == Lane::Live {
        for lang in texts.iter().flat_map(|text| text.0.keys()) {
            assert!(facts.languages.contains(lang), "{lang} is not published");
        }
        assert!(!facts.unpublished_changes, "readers do not hear of drafts");
    }
}

fn by_subject(bodies: Vec<CatalogBody>) -> impl Iterator<Item = ((ItemRef, Lane), CatalogBody)> {
    bodies
        .into_iter()
        .filter_map(|body| subject(&body).map(|key| (key, body)))
}

fn facts_mut(body: &mut CatalogBody) -> Option<&mut ItemFacts> {
    match body {
        CatalogBody::Program(document) => Some(&mut document.facts),
        CatalogBody::Episode(document) => Some(&mut document.facts),
        _ => None,
    }
}

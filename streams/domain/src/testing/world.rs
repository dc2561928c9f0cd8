//! One partition without a runtime.

use super::{Memory, invariants};
use crate::catalog::{CatalogBody, CatalogRecord, Lane};
use crate::command::Command;
use crate::decide::values::put;
use crate::decide::{Decision, decide, keys, resume};
use crate::episode::Episode;
use crate::event::Event;
use crate::id::{EpisodeId, ItemKind, ItemRef, ProgramId};
use crate::item::{Item, evolve};
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::Partition;
use crate::program::Program;
use std::collections::BTreeMap;

/// What one command led to.
#[derive(Debug, Clone)]
pub struct Step {
    /// The command.
    pub command: Command,
    /// What was decided of it.
    pub decision: Decision,
    /// The chunks of its fan-out, in order.
    pub chunks: Vec<Decision>,
}

/// One partition: its state, and all that was ever said.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The state.
    pub state: Memory,
    /// All events, in order.
    pub events: Vec<Event>,
    /// The last document of each item and lane.
    pub catalog: BTreeMap<(ItemRef, Lane), CatalogRecord>,
    /// What the last command led to.
    pub last: Option<Step>,
}

/// A world in which these commands were accepted, each after the other.
///
/// # Panics
/// Where one of them is refused.
pub fn given(commands: impl IntoIterator<Item = Command>) -> World {
    let mut world = World::default();
    for command in commands {
        world = world.when(command).accepted();
    }
    world
}

const HERE: Partition = Partition(7);

impl World {
    /// A world in which these events happened.
    ///
    /// # Panics
    /// Where their aggregates cannot be written.
    #[must_use]
    pub fn after(events: &[Event]) -> Self {
        let mut state = Memory::default();
        let write = |state: &mut Memory, change| state.apply(&[change]);
        for (id, item) in replay_programs(events) {
            let change = put(keys::program(id), &item).expect("items are MessagePack");
            write(&mut state, change);
        }
        for ((program, id), item) in replay_episodes(events) {
            let change = put(keys::episode(program, id), &item).expect("items are MessagePack");
            write(&mut state, change);
        }
        for event in events {
            let at = put(keys::decided_at(event.program_id), &event.decided_at);
            write(&mut state, at.expect("times are MessagePack"));
            let seq = put(keys::SEQ.to_vec(), &event.seq);
            write(&mut state, seq.expect("numbers are MessagePack"));
        }
        Self {
            state,
            events: events.to_vec(),
            ..Self::default()
        }
    }

    /// Lets a command come, with all that it sets going; and once more, which changes nothing.
    ///
    /// # Panics
    /// Where an invariant does not hold.
    #[must_use]
    pub fn when(mut self, command: Command) -> Self {
        let decision = decide(HERE, &self.state, &command).expect("memory is readable");
        let again = decide(HERE, &self.state, &command).expect("memory is readable");
        assert_eq!(decision, again, "decide is a function of state and command");
        let before = self.clone();
        self.take(&decision);
        let mut chunks = Vec::new();
        while let Some(chunk) = resume(HERE, &self.state).expect("memory is readable") {
            self.take(&chunk);
            chunks.push(chunk);
        }
        let step = Step {
            command,
            decision,
            chunks,
        };
        invariants::of_step(&before, &step);
        invariants::of_world(&self);
        self.repeat(&step);
        self.last = Some(step);
        self
    }

    fn take(&mut self, decision: &Decision) {
        self.state.apply(&decision.changes);
        self.events.extend(decision.events.iter().cloned());
        for record in &decision.catalog {
            if let Some(key) = subject(&record.body) {
                self.catalog.insert(key, record.clone());
            }
        }
    }

    fn repeat(&self, step: &Step) {
        let repeated = decide(HERE, &self.state, &step.command).expect("memory is readable");
        assert_eq!(repeated.events, [], "the same command again: no event");
        assert_eq!(repeated.catalog, [], "the same command again: no document");
        let mut after = self.state.clone();
        after.apply(&repeated.changes);
        assert_eq!(after, self.state, "the same command again: the same state");
        if let (Some(first), Some(second)) = (&step.decision.verdict, &repeated.verdict) {
            let accepted = |outcome: &crate::verdict::Outcome| {
                matches!(outcome, crate::verdict::Outcome::Accepted(_))
            };
            assert_eq!(
                accepted(&first.outcome),
                accepted(&second.outcome),
                "the same command again is answered alike"
            );
        }
    }

    /// A program's aggregate.
    ///
    /// # Panics
    /// Where it cannot be read.
    #[must_use]
    pub fn program(&self, id: ProgramId) -> Option<Item<ProgramFields>> {
        crate::decide::values::read(&self.state, &keys::program(id)).expect("memory is readable")
    }

    /// An episode's aggregate.
    ///
    /// # Panics
    /// Where it cannot be read.
    #[must_use]
    pub fn episode(&self, program: ProgramId, id: EpisodeId) -> Option<Item<EpisodeFields>> {
        crate::decide::values::read(&self.state, &keys::episode(program, id))
            .expect("memory is readable")
    }

    /// The last document of an item in a lane; none where it was removed or never there.
    #[must_use]
    pub fn document(&self, item: ItemRef, lane: Lane) -> Option<&CatalogRecord> {
        self.catalog
            .get(&(item, lane))
            .filter(|record| !matches!(record.body, CatalogBody::Removed(_)))
    }
}

/// The item and the lane that a document is about.
#[must_use]
pub fn subject(body: &CatalogBody) -> Option<(ItemRef, Lane)> {
    match body {
        CatalogBody::Program(document) => Some((document.facts.item, document.facts.lane)),
        CatalogBody::Episode(document) => Some((document.facts.item, document.facts.lane)),
        CatalogBody::Removed(removed) => Some((removed.item, removed.lane)),
        CatalogBody::Progress(_) => None,
    }
}

/// The programs that events make.
pub(super) fn replay_programs(events: &[Event]) -> BTreeMap<ProgramId, Item<ProgramFields>> {
    let mut programs = BTreeMap::new();
    for event in of_kind(events, ItemKind::Program) {
        let id = ProgramId(event.item.id);
        if let Some(item) = evolve::<Program>(programs.remove(&id), event) {
            programs.insert(id, item);
        }
    }
    programs
}

/// The episodes that events make.
pub(super) fn replay_episodes(
    events: &[Event],
) -> BTreeMap<(ProgramId, EpisodeId), Item<EpisodeFields>> {
    let mut episodes = BTreeMap::new();
    for event in of_kind(events, ItemKind::Episode) {
        let id = (event.program_id, EpisodeId(event.item.id));
        if let Some(item) = evolve::<Episode>(episodes.remove(&id), event) {
            episodes.insert(id, item);
        }
    }
    episodes
}

fn of_kind(events: &[Event], kind: ItemKind) -> impl Iterator<Item = &Event> {
    events.iter().filter(move |event| event.item.kind == kind)
}

//! Where one command lies while it is judged: the state it may read and what is decided so far.

use super::values::{put, read, removal};
use super::{answers, fanout, keys};
use crate::catalog::{CatalogBody, CatalogRecord};
use crate::command::{Command, CommandBody, ImportOrigin};
use crate::episode::Episode;
use crate::event::{Event, EventBody, ImportFact, Rung};
use crate::id::{CommandId, EpisodeId, EventId, ItemRef};
use crate::item::{Entity, Fields, Item, evolve};
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::{Partition, Seq, Version};
use crate::program::Program;
use crate::run::RepairCount;
use crate::state::{Change, StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::{Accepted, EntryOutcome, ImportOutcome, Outcome, Refusal, Verdict};
use crate::{episode, program};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// What becomes of a command, as data: the runtime commits all of it or nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// Changes of the partition's state.
    pub changes: Vec<Change>,
    /// Events, in order.
    pub events: Vec<Event>,
    /// Documents of the items that changed.
    pub catalog: Vec<CatalogRecord>,
    /// The answer, where somebody waits for it or a run counts it.
    pub verdict: Option<Verdict>,
    /// The command that it becomes for another program, where this one is part of that: it is put on the log.
    pub onward: Option<Box<Command>>,
    /// Whether the command was decided before.
    pub duplicate: bool,
}

impl Decision {
    /// A command that is for another program to decide.
    pub(crate) fn onward(command: Box<Command>) -> Self {
        Self {
            onward: Some(command),
            ..Self::default()
        }
    }

    /// A record that came again: nothing is said twice.
    pub(crate) fn duplicate() -> Self {
        Self {
            duplicate: true,
            ..Self::default()
        }
    }
}

/// One command on the desk.
pub(crate) struct Desk<'a> {
    /// The command.
    pub command: &'a Command,
    partition: Partition,
    state: &'a dyn StateView,
    program: Held<ProgramFields>,
    episodes: Vec<(EpisodeId, Held<EpisodeFields>)>,
    seq: Seq,
    decided_at: Timestamp,
    decision: Decision,
}

/// An item as it stands now, with this command's events, and as it stood before the first of them.
struct Held<F> {
    now: Option<Item<F>>,
    /// Absent while the item is as it was: an import of an episode never copies its program.
    before: Option<Option<Item<F>>>,
}

impl<F: Fields> Held<F> {
    fn read(now: Option<Item<F>>) -> Self {
        Self { now, before: None }
    }

    fn version(&self) -> Version {
        self.now.as_ref().map_or(Version(0), |item| item.version)
    }

    fn evolve<E: Entity<Fields = F>>(&mut self, event: &Event) {
        if self.before.is_none() {
            self.before = Some(self.now.clone());
        }
        self.now = evolve::<E>(self.now.take(), event);
    }

    /// The item before and now, where an event has changed it.
    fn change(&self) -> Option<(Option<&Item<F>>, &Item<F>)> {
        self.before
            .as_ref()
            .map(Option::as_ref)
            .zip(self.now.as_ref())
    }
}

impl<'a> Desk<'a> {
    /// Takes a command up.
    pub fn open(
        partition: Partition,
        state: &'a dyn StateView,
        command: &'a Command,
    ) -> Result<Self, Unreadable> {
        let last: Option<Timestamp> = read(state, &keys::decided_at(command.program_id))?;
        let seq: Option<Seq> = read(state, keys::SEQ)?;
        Ok(Self {
            command,
            partition,
            state,
            program: Held::read(read(state, &keys::program(command.program_id))?),
            episodes: Vec::new(),
            seq: seq.unwrap_or_default(),
            decided_at: command.at.max(last.unwrap_or(command.at)),
            decision: Decision::default(),
        })
    }

    /// Reads a value of the partition's state.
    pub fn read<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, Unreadable> {
        read(self.state, key)
    }

    /// Changes a value of the partition's state.
    pub fn write<T: Serialize>(&mut self, key: Vec<u8>, value: &T) -> Result<(), Unreadable> {
        self.decision.changes.push(put(key, value)?);
        Ok(())
    }

    /// Removes a value of the partition's state.
    pub fn remove(&mut self, key: Vec<u8>) {
        self.decision.changes.push(removal(key));
    }

    /// When the command is decided.
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at
    }

    /// The program as it stands now.
    pub fn program(&self) -> Option<&Item<ProgramFields>> {
        self.program.now.as_ref()
    }

    /// An episode as it stands now.
    pub fn episode(&mut self, id: EpisodeId) -> Result<Option<&Item<EpisodeFields>>, Unreadable> {
        Ok(self.held_episode(id)?.now.as_ref())
    }

    fn held_episode(&mut self, id: EpisodeId) -> Result<&mut Held<EpisodeFields>, Unreadable> {
        let at = match self.episodes.iter().position(|(held, _)| *held == id) {
            Some(at) => at,
            None => {
                let held = Held::read(self.read(&keys::episode(self.command.program_id, id))?);
                self.episodes.push((id, held));
                self.episodes.len() - 1
            }
        };
        Ok(&mut self.episodes[at].1)
    }

    /// Gives an event its numbers and lets it change the program.
    pub fn program_event(&mut self, entity: Program, body: EventBody) {
        let event = self.stamp(entity.item(), self.program.version(), body);
        self.program.evolve::<Program>(&event);
        self.decision.events.push(event);
    }

    /// Gives an event its numbers and lets it change the episode.
    pub fn episode_event(&mut self, entity: Episode, body: EventBody) -> Result<(), Unreadable> {
        let version = self.held_episode(entity.0)?.version();
        let event = self.stamp(entity.item(), version, body);
        self.held_episode(entity.0)?.evolve::<Episode>(&event);
        self.decision.events.push(event);
        Ok(())
    }

    fn stamp(&mut self, item: ItemRef, before: Version, body: EventBody) -> Event {
        self.seq = self.seq.next();
        Event {
            event_id: event_id(self.command.command_id, item, before.next()),
            seq: self.seq,
            program_id: self.command.program_id,
            item,
            version: before.next(),
            decided_at: self.decided_at,
            command_id: self.command.command_id,
            principal: self.command.principal.clone(),
            correlation_id: self.command.correlation_id.clone(),
            body,
        }
    }

    /// The acceptance of what was decided about an item that stands so now.
    pub fn accepted(&self, item: ItemRef, (version, seq): (Version, Seq)) -> Accepted {
        let ids = self.decision.events.iter().map(|event| event.event_id);
        Accepted {
            item,
            version,
            events: ids.collect(),
            partition: self.partition,
            seq,
            rebased_on: None,
            warnings: Vec::new(),
        }
    }

    /// Ends with an acceptance.
    pub fn accept(mut self, accepted: Accepted) -> Result<Decision, Unreadable> {
        self.finish()?;
        self.answer(Outcome::Accepted(accepted), None)
    }

    /// Ends with an entry taken in.
    pub fn accept_entry(
        mut self,
        outcome: EntryOutcome,
        accepted: Accepted,
    ) -> Result<Decision, Unreadable> {
        self.finish()?;
        self.answer(Outcome::Accepted(accepted), Some(outcome))
    }

    /// Ends with a refusal: nothing of what was decided so far happens.
    pub fn refuse(mut self, refusal: Refusal) -> Result<Decision, Unreadable> {
        self.decision = Decision::default();
        self.answer(Outcome::Refused(refusal), Some(EntryOutcome::Refused))
    }

    /// Ends without an answer.
    pub fn quietly(self) -> Decision {
        self.decision
    }

    fn finish(&mut self) -> Result<(), Unreadable> {
        if self.decision.events.is_empty() {
            return Ok(());
        }
        let id = self.command.program_id;
        let mut changes = Vec::with_capacity(5);
        let mut documents = Vec::new();
        if let Some((before, now)) = self.program.change() {
            changes.push(put(keys::program(id), now)?);
            documents.extend(program::join::documents(id, before, now));
            changes.extend(self.spread(before, now)?);
        }
        for (episode_id, held) in &self.episodes {
            let Some((before, now)) = held.change() else {
                continue;
            };
            changes.push(put(keys::episode(id, *episode_id), now)?);
            if let Some(program) = self.program() {
                documents.extend(episode::join::documents(
                    id,
                    *episode_id,
                    program,
                    before,
                    now,
                ));
            }
        }
        changes.push(put(keys::decided_at(id), &self.decided_at)?);
        changes.push(put(keys::SEQ.to_vec(), &self.seq)?);
        self.decision.changes.extend(changes);
        self.publish_documents(documents);
        Ok(())
    }

    /// Sets the fan-out going where episodes say something of the program that has changed.
    fn spread(
        &self,
        before: Option<&Item<ProgramFields>>,
        now: &Item<ProgramFields>,
    ) -> Result<Option<Change>, Unreadable> {
        let Some(before) = before else {
            return Ok(None);
        };
        let draft = program::join::draft_card(before) != program::join::draft_card(now);
        let live = program::join::live_card(before) != program::join::live_card(now)
            || before.withdrawn != now.withdrawn;
        if !draft && !live {
            return Ok(None);
        }
        let pending = fanout::Fanout {
            program_id: self.command.program_id,
            seq: self.seq,
            decided_at: self.decided_at,
            correlation_id: self.command.correlation_id.clone(),
            after: None,
            draft,
            live,
        };
        put(keys::FANOUT.to_vec(), &pending).map(Some)
    }

    fn publish_documents(&mut self, documents: Vec<CatalogBody>) {
        for body in documents {
            self.decision.catalog.push(CatalogRecord {
                seq: self.seq,
                decided_at: self.decided_at,
                correlation_id: self.command.correlation_id.clone(),
                body,
            });
        }
    }

    /// The mark by which an entry was found to be a known episode, where that was found out.
    fn matched_by(&self) -> Option<Rung> {
        let mut bodies = self.decision.events.iter().map(|event| &event.body);
        bodies.find_map(|body| match body {
            EventBody::EpisodeMatched(matched) => Some(matched.rung),
            _ => None,
        })
    }

    fn answer(
        mut self,
        outcome: Outcome,
        entry: Option<EntryOutcome>,
    ) -> Result<Decision, Unreadable> {
        // What is normalised again is no entry of a run that comes in now.
        let import = origin(&self.command.body)
            .filter(|origin| !origin.renormalised)
            .zip(entry)
            .map(|(origin, outcome)| ImportOutcome {
                source_id: origin.source_id,
                run_id: origin.run_id,
                index: origin.order.index,
                outcome,
                repairs: i32::try_from(origin.repairs.len()).unwrap_or(i32::MAX),
                repaired: RepairCount::of(&origin.repairs),
                matched_by: self.matched_by(),
            });
        let verdict = Verdict {
            command_id: self.command.command_id,
            program_id: Some(self.command.program_id),
            command: self.command.body.name().to_owned(),
            decided_at: self.decided_at,
            correlation_id: self.command.correlation_id.clone(),
            import,
            outcome,
        };
        answers::remember(&mut self, &verdict)?;
        if self.command.reply_to.is_some() || verdict.import.is_some() {
            self.decision.verdict = Some(verdict);
        }
        Ok(self.decision)
    }
}

/// An event's id: of its command and the version it makes. A key that is used again after its answer is
/// forgotten gives the same command's id, and still another event.
fn event_id(command: CommandId, item: ItemRef, version: Version) -> EventId {
    let name = [
        item.kind.as_str().as_bytes(),
        item.id.as_bytes(),
        &version.0.to_be_bytes(),
    ]
    .concat();
    EventId(Uuid::new_v5(&command.0, &name))
}

fn origin(body: &CommandBody) -> Option<&ImportOrigin> {
    match body {
        CommandBody::ImportProgram(import) => Some(&import.origin),
        CommandBody::ImportEpisode(import) => Some(&import.origin),
        _ => None,
    }
}

/// What an event keeps of an import's origin.
pub(crate) fn import_fact(origin: &ImportOrigin) -> ImportFact {
    ImportFact {
        source_id: origin.source_id,
        run_id: origin.run_id,
        order: origin.order,
        raw_hash: origin.raw_hash.clone(),
        repairs: origin.repairs.clone(),
    }
}

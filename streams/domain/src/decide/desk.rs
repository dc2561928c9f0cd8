//! Where one command lies while it is judged: the state it may read and what is decided so far.

use super::{answers, fanout, keys};
use crate::catalog::{CatalogBody, CatalogRecord};
use crate::command::{Command, CommandBody, ImportOrigin};
use crate::episode::Episode;
use crate::event::{Event, EventBody, ImportFact};
use crate::id::{EpisodeId, EventId, ProgramId};
use crate::item::{Entity, Item, evolve};
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::{Partition, Seq, Version};
use crate::program::Program;
use crate::state::{Change, StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::{Accepted, EntryOutcome, ImportOutcome, Outcome, Refusal, Verdict};
use crate::{episode, program};
use serde::Serialize;
use serde::de::DeserializeOwned;

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
    /// Whether the command was decided before.
    pub duplicate: bool,
}

impl Decision {
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
    /// The program as it stands now, with this command's events.
    pub program: Option<Item<ProgramFields>>,
    partition: Partition,
    state: &'a dyn StateView,
    program_before: Option<Item<ProgramFields>>,
    episode: Option<EpisodeChange>,
    seq: Seq,
    decided_at: Timestamp,
    decision: Decision,
}

/// The one episode that a command may change.
struct EpisodeChange {
    id: EpisodeId,
    before: Option<Item<EpisodeFields>>,
    now: Option<Item<EpisodeFields>>,
}

impl<'a> Desk<'a> {
    /// Takes a command up.
    pub fn open(
        partition: Partition,
        state: &'a dyn StateView,
        command: &'a Command,
    ) -> Result<Self, Unreadable> {
        let program: Option<Item<ProgramFields>> = read(state, &keys::program(command.program_id))?;
        let last: Option<Timestamp> = read(state, &keys::decided_at(command.program_id))?;
        let seq: Option<Seq> = read(state, keys::SEQ)?;
        Ok(Self {
            command,
            program_before: program.clone(),
            program,
            partition,
            state,
            episode: None,
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
        let value = Some(encode(value)?);
        self.decision.changes.push(Change { key, value });
        Ok(())
    }

    /// Removes a value of the partition's state.
    pub fn remove(&mut self, key: Vec<u8>) {
        self.decision.changes.push(Change { key, value: None });
    }

    /// When the command is decided.
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at
    }

    /// An episode as it stands now.
    pub fn episode(&mut self, id: EpisodeId) -> Result<Option<&Item<EpisodeFields>>, Unreadable> {
        if self.episode.as_ref().is_none_or(|change| change.id != id) {
            let now: Option<Item<EpisodeFields>> =
                self.read(&keys::episode(self.command.program_id, id))?;
            self.episode = Some(EpisodeChange {
                id,
                before: now.clone(),
                now,
            });
        }
        Ok(self.episode.as_ref().and_then(|change| change.now.as_ref()))
    }

    /// Gives an event its numbers and lets it change the program.
    pub fn program_event(&mut self, entity: Program, body: EventBody) {
        let version = self
            .program
            .as_ref()
            .map_or(Version(0), |item| item.version);
        let event = self.stamp(entity.item(), version, body);
        self.program = evolve::<Program>(self.program.take(), &event);
        self.decision.events.push(event);
    }

    /// Gives an event its numbers and lets it change the episode that was read last.
    pub fn episode_event(&mut self, entity: Episode, body: EventBody) -> Result<(), Unreadable> {
        let version = self
            .episode(entity.0)?
            .map_or(Version(0), |item| item.version);
        let event = self.stamp(entity.item(), version, body);
        if let Some(change) = &mut self.episode {
            change.now = evolve::<Episode>(change.now.take(), &event);
        }
        self.decision.events.push(event);
        Ok(())
    }

    fn stamp(&mut self, item: crate::id::ItemRef, before: Version, body: EventBody) -> Event {
        self.seq = self.seq.next();
        let n = self.decision.events.len() as u32;
        Event {
            event_id: EventId(self.command.command_id.derive(0x1_0000 + n)),
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

    /// The acceptance of what was decided about an item.
    pub fn accepted<F: crate::item::Fields>(
        &self,
        entity: &impl Entity,
        item: &Item<F>,
    ) -> Accepted {
        Accepted {
            item: entity.item(),
            version: item.version,
            events: self
                .decision
                .events
                .iter()
                .map(|event| event.event_id)
                .collect(),
            partition: self.partition,
            seq: item.seq,
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
        let program_changed = self.program != self.program_before;
        if program_changed && let Some(program) = self.program.clone() {
            self.write(keys::program(id), &program)?;
            let before = self.program_before.as_ref();
            let documents = program::join::documents(id, before, &program);
            self.publish_documents(documents);
            self.spread(id, &program)?;
        }
        if let Some(change) = self.episode.take()
            && change.now != change.before
            && let Some(now) = &change.now
        {
            self.write(keys::episode(id, change.id), now)?;
            if let Some(program) = &self.program {
                let documents =
                    episode::join::documents(id, change.id, program, change.before.as_ref(), now);
                self.publish_documents(documents);
            }
        }
        self.write(keys::decided_at(id), &self.decided_at.clone())?;
        self.write(keys::SEQ.to_vec(), &self.seq.clone())
    }

    /// Sets the fan-out going where episodes say something of the program that has changed.
    fn spread(&mut self, id: ProgramId, program: &Item<ProgramFields>) -> Result<(), Unreadable> {
        let Some(before) = &self.program_before else {
            return Ok(());
        };
        let draft = program::join::draft_card(before) != program::join::draft_card(program);
        let live = program::join::live_card(before) != program::join::live_card(program);
        if draft || live {
            let pending = fanout::Fanout {
                program_id: id,
                seq: self.seq,
                decided_at: self.decided_at,
                correlation_id: self.command.correlation_id.clone(),
                after: None,
                draft,
                live,
            };
            self.write(keys::FANOUT.to_vec(), &pending)?;
        }
        Ok(())
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

    fn answer(
        mut self,
        outcome: Outcome,
        entry: Option<EntryOutcome>,
    ) -> Result<Decision, Unreadable> {
        let import = origin(&self.command.body)
            .zip(entry)
            .map(|(origin, outcome)| ImportOutcome {
                source_id: origin.source_id,
                run_id: origin.run_id,
                index: origin.order.index,
                outcome,
                repairs: i32::try_from(origin.repairs.len()).unwrap_or(i32::MAX),
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

/// Reads a value of the state: MessagePack with names, so that builds may add fields.
pub(crate) fn read<T: DeserializeOwned>(
    state: &dyn StateView,
    key: &[u8],
) -> Result<Option<T>, Unreadable> {
    state.get(key)?.map(|bytes| decode(&bytes)).transpose()
}

/// Reads a value's bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    rmp_serde::from_slice(bytes).map_err(|error| Unreadable(error.to_string()))
}

/// Writes a value's bytes.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Unreadable> {
    rmp_serde::to_vec_named(value).map_err(|error| Unreadable(error.to_string()))
}

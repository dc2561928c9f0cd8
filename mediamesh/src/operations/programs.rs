//! Merging programs and undoing it: a row of commands on both programs' keys and on the sources.
//!
//! The ids of episodes in the other program follow from the two programs and the episode, and each command finds
//! what was done before it: a merge that was cut short is begun again and goes on where it was.

mod drafts;

use self::drafts::Drafts;
use super::Tell;
use crate::instance::{Instance, new_id};
use anyhow::{Context as _, bail};
use mediamesh_domain::catalog::{EpisodeDocument, Status};
use mediamesh_domain::command::{
    AbsorbProgram, AdoptEpisode, CommandBody, MergeProgram, MoveEpisode, ReopenProgram,
    ReturnProgram, UndoMerge,
};
use mediamesh_domain::control::{ControlBody, UpdateSource};
use mediamesh_domain::episode::parting;
use mediamesh_domain::event::EventBody;
use mediamesh_domain::id::{CommandId, EpisodeId, ItemRef, ProgramId, SourceId};
use mediamesh_ports::control::Control as _;
use serde_json::{Value, json};

/// Makes a program part of another.
pub(super) async fn merge(
    instance: &Instance,
    from: ProgramId,
    into: ProgramId,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let pair = Pair {
        instance,
        from,
        into,
    };
    let reason = None;
    let absorb = CommandBody::AbsorbProgram(AbsorbProgram { from, reason: None });
    pair.ask(into, "absorb", absorb).await?;
    let sources = pair.rebind(from, into).await?;
    let mut drafts = Drafts::of(instance, from);
    let mut moved = 0_u64;
    while let Some(page) = drafts.next().await? {
        for id in page {
            pair.move_over(&drafts, id).await?;
            moved += 1;
        }
        tell.progress("moving episodes", moved, None).await;
    }
    let close = MergeProgram {
        into,
        sources: sources.clone(),
        reason,
    };
    pair.ask(from, "merge", CommandBody::MergeProgram(close))
        .await?;
    super::ingest::settle(instance).await?;
    Ok(json!({ "from": from, "into": into, "episodes": moved, "sources": sources }))
}

/// Undoes a merge: the program is itself again with its episodes and sources.
pub(super) async fn unmerge(
    instance: &Instance,
    from: ProgramId,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let (into, sources) = merged_into(instance, from).await?;
    let pair = Pair {
        instance,
        from,
        into,
    };
    let reopen = CommandBody::ReopenProgram(ReopenProgram { reason: None });
    pair.ask(from, "reopen", reopen).await?;
    for source in &sources {
        pair.bind(*source, from).await?;
    }
    let mut drafts = Drafts::of(instance, into);
    let mut returned = 0_u64;
    while let Some(page) = drafts.next().await? {
        for id in page {
            returned += pair.move_back(&drafts, id).await?;
        }
        tell.progress("returning episodes", returned, None).await;
    }
    let give_back = CommandBody::ReturnProgram(ReturnProgram { from, reason: None });
    pair.ask(into, "return", give_back).await?;
    super::ingest::settle(instance).await?;
    Ok(json!({ "from": from, "into": into, "episodes": returned, "sources": sources }))
}

/// The program that this one was merged into, with the sources that went with it.
async fn merged_into(
    instance: &Instance,
    from: ProgramId,
) -> anyhow::Result<(ProgramId, Vec<SourceId>)> {
    let mut events = drafts::history(instance, ItemRef::program(from)).await?;
    events.sort_by_key(|event| std::cmp::Reverse(event.version));
    let merged = events.into_iter().find_map(|event| match event.body {
        EventBody::ProgramMerged(merged) => Some((merged.into, merged.sources)),
        _ => None,
    });
    merged.with_context(|| format!("the program {from} was never merged"))
}

struct Pair<'i> {
    instance: &'i Instance,
    from: ProgramId,
    into: ProgramId,
}

impl Pair<'_> {
    async fn ask(
        &self,
        program: ProgramId,
        what: &str,
        body: CommandBody,
    ) -> anyhow::Result<ItemRef> {
        // The halves of a merge that was undone are asked for anew: what decides is the state, not the id.
        let id = CommandId(new_id());
        let accepted = self.instance.decide_content(id, program, body).await;
        Ok(accepted
            .with_context(|| format!("{what} of {program}"))?
            .item)
    }

    /// Lets the sources of a program feed another.
    async fn rebind(&self, from: ProgramId, to: ProgramId) -> anyhow::Result<Vec<SourceId>> {
        let control = self.instance.control.current();
        let bound = control.sources.iter().filter(|(id, entry)| {
            entry.fields.program_id.unwrap_or_else(|| id.own_program()) == from
        });
        let bound: Vec<SourceId> = bound.map(|(id, _)| *id).collect();
        for source in &bound {
            self.bind(*source, to).await?;
        }
        Ok(bound)
    }

    async fn bind(&self, source_id: SourceId, program: ProgramId) -> anyhow::Result<()> {
        let own = source_id.own_program() == program;
        let program = if own { Value::Null } else { json!(program) };
        let patch = json!({ "program_id": program }).to_string();
        let body = ControlBody::UpdateSource(UpdateSource { source_id, patch });
        self.instance
            .decide_control(CommandId(new_id()), body)
            .await?;
        Ok(())
    }

    /// Lets an episode stand in the other program, and its address lead there.
    async fn move_over(&self, drafts: &Drafts<'_>, id: EpisodeId) -> anyhow::Result<()> {
        let Some(document) = drafts.document(id).await? else {
            return Ok(());
        };
        if document.facts.merged_into.is_some() {
            return Ok(());
        }
        let events = drafts::history(self.instance, ItemRef::episode(id)).await?;
        let adopt = adoption(self.new_id(id), id, document, parting::last_import(&events));
        let item = self
            .ask(self.into, "adopt", CommandBody::AdoptEpisode(adopt))
            .await?;
        let lead = MoveEpisode {
            episode_id: id,
            into_program: self.into,
            into: EpisodeId(item.id),
            reason: None,
        };
        self.ask(self.from, "move", CommandBody::MoveEpisode(lead))
            .await?;
        Ok(())
    }

    /// The id of an episode in the other program: the same whenever it is asked for.
    fn new_id(&self, episode: EpisodeId) -> EpisodeId {
        let parts: [&[u8]; 4] = [
            b"adopt",
            self.from.as_bytes(),
            self.into.as_bytes(),
            episode.as_bytes(),
        ];
        EpisodeId(CommandId::of(&parts).derive(0))
    }

    /// Gives the episodes of the one that ended back that this one stands for; how many there were.
    async fn move_back(&self, drafts: &Drafts<'_>, id: EpisodeId) -> anyhow::Result<u64> {
        let Some(document) = drafts.document(id).await? else {
            return Ok(0);
        };
        let mut returned = 0;
        for old in document.facts.same_as.iter().copied().map(EpisodeId) {
            let Some(before) = drafts.document(old).await? else {
                continue;
            };
            if before.facts.program_id != self.from {
                continue;
            }
            if before.facts.merged_into.is_some() {
                let undo = UndoMerge {
                    episode_id: old,
                    reason: None,
                };
                self.ask(self.from, "unmerge", CommandBody::UndoMerge(undo))
                    .await?;
            }
            if self.new_id(old) == id {
                let lead = MoveEpisode {
                    episode_id: id,
                    into_program: self.from,
                    into: old,
                    reason: None,
                };
                self.ask(self.into, "move", CommandBody::MoveEpisode(lead))
                    .await?;
            }
            returned += 1;
        }
        Ok(returned)
    }
}

fn adoption(
    episode_id: EpisodeId,
    from: EpisodeId,
    document: EpisodeDocument,
    origin: Option<mediamesh_domain::command::ImportOrigin>,
) -> AdoptEpisode {
    let held = document.provenance.iter().flat_map(|provenance| {
        let fields = provenance.fields.iter();
        fields
            .filter(|(_, origin)| origin.held)
            .map(|(at, _)| at.clone())
    });
    AdoptEpisode {
        episode_id,
        from,
        held: held.collect(),
        publish: document.facts.status == Status::Published,
        fields: document.fields,
        origin,
    }
}

/// Reads a program's id from the command line.
pub(crate) fn id(text: &str) -> anyhow::Result<ProgramId> {
    match mediamesh_domain::item::id_of(text) {
        Some(id) => Ok(ProgramId(id)),
        None => match text.parse() {
            Ok(id) => Ok(id),
            Err(_) => bail!("{text} is no program's id or slug"),
        },
    }
}

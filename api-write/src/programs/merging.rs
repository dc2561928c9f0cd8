//! Merging programs and undoing it: a row of commands on both programs' keys and on the sources.
//!
//! The ids of episodes in the other program follow from the two programs and the episode, and each command finds
//! what was done before it: a merge that was cut short is begun again and goes on where it was.

mod asking;
mod drafts;

use self::asking::Asking;
use self::drafts::Drafts;
use crate::api::WriteApi;
use mediamesh_domain::catalog::{EpisodeDocument, ItemFacts, Status};
use mediamesh_domain::command::{
    AbsorbProgram, AdoptEpisode, CommandBody, ImportOrigin, MergeProgram, MoveEpisode, Principal,
    ReopenProgram, ReturnProgram, UndoMerge,
};
use mediamesh_domain::episode::parting;
use mediamesh_domain::event::{Event, EventBody};
use mediamesh_domain::id::{CommandId, EpisodeId, ItemRef, ProgramId, SourceId};
use mediamesh_domain::position::Position;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::View;
use mediamesh_edge::problem::{Problem, kind};
use serde::Serialize;

/// How often the episodes are gone through: what came in meanwhile moves, too.
const PASSES: usize = 3;

/// Who merges, and why.
#[derive(Clone, Debug)]
pub struct Merger {
    /// Who asks.
    pub principal: Principal,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// What a merge of programs, or its undoing, did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramsMerged {
    /// The program that ends, or is itself again.
    pub from: ProgramId,
    /// The program that stays.
    pub into: ProgramId,
    /// How many episodes were moved or given back; those of an earlier request are not counted again.
    pub episodes: u64,
    /// The sources that feed the other program now.
    pub sources: Vec<SourceId>,
    /// The position of what was done.
    #[serde(skip)]
    pub position: Position,
}

/// Hears how many episodes are done.
pub type Heard<'h> = &'h (dyn Fn(u64) + Send + Sync);

impl WriteApi {
    /// Makes a program part of another; what was done by an earlier request is not done again.
    ///
    /// # Errors
    /// Why it cannot be done, or not now: then the same request goes on where this one was.
    pub async fn merge_programs(
        &self,
        merger: Merger,
        from: ProgramId,
        into: ProgramId,
        heard: Heard<'_>,
    ) -> Result<ProgramsMerged, Problem> {
        let _guard = self.begin_merge(from)?;
        may_merge(self.program_facts(from).await?.as_ref(), from, into)?;
        let mut pair = Pair::new(self, merger, from, into);
        let reason = pair.reason();
        let absorb = CommandBody::AbsorbProgram(AbsorbProgram { from, reason });
        pair.asking.content(into, absorb).await?;
        let sources = pair.rebind().await?;
        let mut moved = 0;
        for _ in 0..PASSES {
            let before = moved;
            moved = pair.pass(moved, heard).await?;
            if moved == before {
                break;
            }
            pair.settle().await;
        }
        let close = MergeProgram {
            into,
            sources: sources.clone(),
            reason: pair.reason(),
        };
        pair.asking
            .content(from, CommandBody::MergeProgram(close))
            .await?;
        // What came in before it was closed moves, too; what comes after goes on by itself.
        pair.settle().await;
        moved = pair.pass(moved, heard).await?;
        Ok(pair.done(moved, sources))
    }

    /// Undoes a merge: the program is itself again with its episodes and sources.
    ///
    /// # Errors
    /// As [`WriteApi::merge_programs`].
    pub async fn unmerge_programs(
        &self,
        merger: Merger,
        from: ProgramId,
        heard: Heard<'_>,
    ) -> Result<ProgramsMerged, Problem> {
        let _guard = self.begin_merge(from)?;
        let (into, sources) = self.merged_into(from).await?;
        let mut pair = Pair::new(self, merger, from, into);
        let visitors = pair.visitors(&sources).await?;
        let reason = pair.reason();
        let reopen = CommandBody::ReopenProgram(ReopenProgram { reason });
        pair.asking.content(from, reopen).await?;
        for source in &sources {
            pair.bind(*source, from).await?;
        }
        let mut returned = 0;
        let mut drafts = Drafts::of(self, into);
        while let Some(page) = drafts.next().await? {
            for id in page {
                returned += pair.move_back(&drafts, id, &visitors).await?;
            }
            heard(returned);
        }
        let reason = pair.reason();
        let give_back = CommandBody::ReturnProgram(ReturnProgram { from, reason });
        pair.asking.content(into, give_back).await?;
        Ok(pair.done(returned, sources))
    }

    /// What the desk says of a program, with all that this node wrote of it.
    async fn program_facts(&self, program: ProgramId) -> Result<Option<ItemFacts>, Problem> {
        let (progress, wait) = (&self.ports().progress, self.limits().own_writes);
        // Where it does not come in time, the older state is judged; the decider has the last word.
        let _ = progress.reach(View::Catalog, &self.written(), wait).await;
        self.draft_facts(ItemRef::program(program)).await
    }

    /// The program that this one was merged into last, with the sources that went with it.
    async fn merged_into(&self, from: ProgramId) -> Result<(ProgramId, Vec<SourceId>), Problem> {
        if self.program_facts(from).await?.is_none() {
            return Err(no_program(from));
        }
        let events = drafts::history(self, ItemRef::program(from)).await?;
        let merges = events.into_iter().filter_map(|event| match event.body {
            EventBody::ProgramMerged(merged) => Some((event.version, merged.into, merged.sources)),
            _ => None,
        });
        let last = merges.max_by_key(|(version, ..)| *version);
        last.map(|(_, into, sources)| (into, sources))
            .ok_or_else(|| {
                let detail = format!("the program {from} was never merged with another");
                Problem::new(kind::CONFLICT, detail).code("not_merged")
            })
    }
}

/// Whether a program can become part of another; what is not known here, the decider says.
fn may_merge(facts: Option<&ItemFacts>, from: ProgramId, into: ProgramId) -> Result<(), Problem> {
    if from == into {
        let message = "a program is not merged with itself: name another";
        return Err(Problem::invalid("/into", "merge_with_itself", message));
    }
    let facts = facts.ok_or_else(|| no_program(from))?;
    if facts.withdrawn.is_some() {
        let detail = format!("{from} was withdrawn for good: its addresses lead nowhere");
        return Err(Problem::new(kind::CONFLICT, detail).code("withdrawn"));
    }
    match facts.merged_into {
        Some(other) if other != into.0 => {
            let detail = format!("{from} is part of {other} already: undo that first");
            Err(Problem::new(kind::CONFLICT, detail).code("merged"))
        }
        _ => Ok(()),
    }
}

fn no_program(program: ProgramId) -> Problem {
    let detail = format!("there is no program {program}");
    Problem::new(kind::NOT_FOUND, detail).code("not_found")
}

struct Pair<'a> {
    api: &'a WriteApi,
    asking: Asking<'a>,
    from: ProgramId,
    into: ProgramId,
}

impl<'a> Pair<'a> {
    fn new(api: &'a WriteApi, merger: Merger, from: ProgramId, into: ProgramId) -> Self {
        let asking = Asking::new(api, merger);
        Self {
            api,
            asking,
            from,
            into,
        }
    }

    fn reason(&self) -> Option<String> {
        self.asking.merger.reason.clone()
    }

    /// Waits a little until the views have what was done, so that the next look sees it.
    async fn settle(&self) {
        let (progress, wait) = (&self.api.ports().progress, self.api.limits().verdict);
        // Where they stay behind, what was done is found done: no harm is in looking twice.
        let reached = progress.reach(View::Catalog, &self.asking.position, wait);
        let _ = reached.await;
    }

    fn done(self, episodes: u64, sources: Vec<SourceId>) -> ProgramsMerged {
        self.api.note_written(&self.asking.position);
        ProgramsMerged {
            from: self.from,
            into: self.into,
            episodes,
            sources,
            position: self.asking.position,
        }
    }

    /// Lets the sources of the one that ends feed the other; those that an earlier request bound are told with them,
    /// as far as they were its own.
    async fn rebind(&self) -> Result<Vec<SourceId>, Problem> {
        let control = self.api.ports().control.current();
        let mut sources = Vec::new();
        for (id, entry) in &control.sources {
            let feeds = entry.fields.program_id.unwrap_or_else(|| id.own_program());
            if feeds == self.from {
                self.bind(*id, self.into).await?;
            } else if feeds != self.into || id.own_program() != self.from {
                continue;
            }
            sources.push(*id);
        }
        Ok(sources)
    }

    async fn bind(&self, source: SourceId, program: ProgramId) -> Result<(), Problem> {
        let own = source.own_program() == program;
        self.asking.bind(source, (!own).then_some(program)).await
    }

    /// One pass over the episodes of the one that ends; how many have moved by then.
    async fn pass(&mut self, mut moved: u64, heard: Heard<'_>) -> Result<u64, Problem> {
        let mut drafts = Drafts::of(self.api, self.from);
        while let Some(page) = drafts.next().await? {
            moved += self.move_over(self.there(), page).await?;
            heard(moved);
        }
        Ok(moved)
    }

    fn there(&self) -> Way {
        Way {
            from: self.from,
            into: self.into,
        }
    }

    fn home(&self) -> Way {
        Way {
            from: self.into,
            into: self.from,
        }
    }

    /// Lets episodes stand in another program, and their addresses lead there; how many they were.
    async fn move_over(&mut self, way: Way, page: Vec<EpisodeId>) -> Result<u64, Problem> {
        let (mut ids, mut adopts) = (Vec::new(), Vec::new());
        for id in page {
            let Some(document) = drafts::document(self.api, id).await? else {
                continue;
            };
            if document.facts.merged_into.is_some() {
                continue;
            }
            let events = drafts::history(self.api, ItemRef::episode(id)).await?;
            let adopt = adoption(way.new_id(id), id, document, parting::last_import(&events));
            ids.push((id, adopt.withdrawn.is_some()));
            adopts.push(CommandBody::AdoptEpisode(adopt));
        }
        let adopted = self.asking.contents(way.into, adopts).await?;
        // What was withdrawn is known there as well, and its own address goes on saying so.
        let moving = ids.iter().zip(adopted).filter(|((_, stays), _)| !stays);
        let moves = moving.map(|((id, _), item)| {
            CommandBody::MoveEpisode(MoveEpisode {
                episode_id: *id,
                into_program: way.into,
                into: EpisodeId(item.id),
                reason: self.reason(),
            })
        });
        let moves: Vec<CommandBody> = moves.collect();
        let moved = moves.len() as u64;
        self.asking.contents(way.from, moves).await?;
        Ok(moved)
    }

    /// Which episodes came into the other program only because it was merged: by its sources, since then. A source that
    /// has a rule for the other program sends it entries of its own accord; they stay.
    async fn visitors(&self, sources: &[SourceId]) -> Result<Visitors, Problem> {
        let control = self.api.ports().control.current();
        let by_rule = |id: &SourceId| {
            let rules = control.sources.get(id).map(|entry| &entry.fields.rules);
            rules.is_some_and(|rules| {
                rules
                    .iter()
                    .any(|rule| rule.then.program_id == Some(self.into))
            })
        };
        let events = drafts::history(self.api, ItemRef::program(self.into)).await?;
        let absorbed = events.iter().filter(|event| {
            matches!(&event.body, EventBody::ProgramAbsorbed(absorbed) if absorbed.from == self.from)
        });
        Ok(Visitors {
            sources: sources.iter().copied().filter(|id| !by_rule(id)).collect(),
            since: absorbed.map(|event| event.decided_at).max(),
        })
    }

    /// Gives the episodes of the one that ended back that this one stands for, and those that came in by its sources;
    /// how many there were.
    async fn move_back(
        &mut self,
        drafts: &Drafts<'_>,
        id: EpisodeId,
        visitors: &Visitors,
    ) -> Result<u64, Problem> {
        let Some(document) = drafts::document(drafts.api(), id).await? else {
            return Ok(0);
        };
        if document.facts.merged_into.is_none() && document.facts.same_as.is_empty() {
            let events = drafts::history(drafts.api(), ItemRef::episode(id)).await?;
            if visitors.has(&events) {
                return self.move_over(self.home(), vec![id]).await;
            }
        }
        let mut returned = 0;
        for old in document.facts.same_as.iter().copied().map(EpisodeId) {
            let Some(before) = drafts::document(drafts.api(), old).await? else {
                continue;
            };
            if before.facts.program_id != self.from {
                continue;
            }
            if before.facts.merged_into.is_some() {
                let undo = UndoMerge {
                    episode_id: old,
                    reason: self.reason(),
                };
                let undo = CommandBody::UndoMerge(undo);
                self.asking.content(self.from, undo).await?;
            }
            if self.there().new_id(old) == id || self.home().new_id(id) == old {
                let lead = MoveEpisode {
                    episode_id: id,
                    into_program: self.from,
                    into: old,
                    reason: self.reason(),
                };
                let lead = CommandBody::MoveEpisode(lead);
                self.asking.content(self.into, lead).await?;
            }
            returned += 1;
        }
        Ok(returned)
    }
}

/// From which program to which episodes go.
#[derive(Clone, Copy)]
struct Way {
    from: ProgramId,
    into: ProgramId,
}

impl Way {
    /// The id of an episode in the other program: the same whenever it is asked for.
    fn new_id(self, episode: EpisodeId) -> EpisodeId {
        let parts: [&[u8]; 4] = [
            b"adopt",
            self.from.as_bytes(),
            self.into.as_bytes(),
            episode.as_bytes(),
        ];
        EpisodeId(CommandId::of(&parts).derive(0))
    }
}

/// What came into a program only because another was part of it.
struct Visitors {
    /// The sources of the other one.
    sources: Vec<SourceId>,
    /// When it became part; none: that is not known, and nothing is taken for a visitor.
    since: Option<Timestamp>,
}

impl Visitors {
    /// Whether an episode with this history is one.
    fn has(&self, events: &[Event]) -> bool {
        let made = events.iter().find_map(|event| match &event.body {
            EventBody::EpisodeCreated(made) => Some((event.decided_at, made.import.as_ref()?)),
            _ => None,
        });
        made.is_some_and(|(at, import)| {
            self.since.is_some_and(|since| at >= since) && self.sources.contains(&import.source_id)
        })
    }
}

fn adoption(
    episode_id: EpisodeId,
    from: EpisodeId,
    document: EpisodeDocument,
    origin: Option<ImportOrigin>,
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
        withdrawn: document.facts.withdrawn.map(|withdrawn| withdrawn.note),
        fields: document.fields,
        origin,
    }
}

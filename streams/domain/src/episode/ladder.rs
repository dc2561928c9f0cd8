//! Which episode an imported entry is: guid, then media address, then title, day, length and kind.
//!
//! Two entries of one fetch are never made one by the weaker marks; the mark that told is kept as evidence.
//! (The order and the third mark follow what podcast clients found to work; see ARCHITECTURE.md.)

use crate::command::ImportOrigin;
use crate::decide::desk::Desk;
use crate::decide::keys;
use crate::event::Rung;
use crate::id::{EpisodeId, RunId, SourceId};
use crate::item::main_lang;
use crate::model::{EpisodeFields, EpisodeKind};
use crate::repair;
use crate::state::Unreadable;
use serde::{Deserialize, Serialize};

/// Two lengths of one episode differ by less than this, in seconds.
const SAME_LENGTH_S: i64 = 600;

/// What a mark leads to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Marked {
    /// The episode.
    episode_id: EpisodeId,
    /// The source and the fetch in which the mark was last seen.
    source_id: SourceId,
    run_id: RunId,
    /// The length of the episode then.
    duration_s: Option<i64>,
}

/// The marks of an entry, strongest first.
pub(crate) struct Marks {
    marks: Vec<(Rung, String)>,
    duration_s: Option<i64>,
}

/// The marks of an entry.
pub(crate) fn marks(fields: &EpisodeFields) -> Marks {
    let mut marks = Vec::with_capacity(3);
    if let Some(guid) = &fields.guid {
        marks.push((Rung::Guid, guid.clone()));
    }
    if let Some(url) = media_mark(fields) {
        marks.push((Rung::MediaUrl, url));
    }
    if let Some(day) = fields.published_at.map(crate::time::Timestamp::day) {
        let title: String = fields
            .title
            .get(&main_lang(fields))
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        if !title.is_empty() {
            let kind = match fields.kind {
                EpisodeKind::Full => "full",
                EpisodeKind::Trailer => "trailer",
                EpisodeKind::Bonus => "bonus",
            };
            marks.push((Rung::TitleDay, format!("{title}/{day}/{kind}")));
        }
    }
    Marks {
        marks,
        duration_s: fields.duration_s,
    }
}

/// The media address as a mark: without volatile parameters.
pub(crate) fn media_mark(fields: &EpisodeFields) -> Option<String> {
    fields
        .enclosures
        .first()
        .and_then(|file| repair::url::canonical_media(&file.url))
}

/// What the ladder needs of the state.
pub(crate) trait LadderState {
    /// What a mark leads to.
    fn marked(&self, rung: Rung, value: &str) -> Result<Option<Marked>, Unreadable>;
    /// Lets a mark lead to an episode.
    fn mark(&mut self, rung: Rung, value: &str, to: &Marked) -> Result<(), Unreadable>;
}

impl LadderState for Desk<'_> {
    fn marked(&self, rung: Rung, value: &str) -> Result<Option<Marked>, Unreadable> {
        self.read(&keys::mark(self.command.program_id, rung, value))
    }
    fn mark(&mut self, rung: Rung, value: &str, to: &Marked) -> Result<(), Unreadable> {
        self.write(keys::mark(self.command.program_id, rung, value), to)
    }
}

/// The episode that an entry is, and the mark that told.
pub(crate) fn find(
    state: &impl LadderState,
    marks: &Marks,
    origin: &ImportOrigin,
) -> Result<Option<(EpisodeId, Rung)>, Unreadable> {
    for (rung, value) in &marks.marks {
        let Some(marked) = state.marked(*rung, value)? else {
            continue;
        };
        let same_fetch = marked.run_id == origin.run_id && marked.source_id == origin.source_id;
        let fits = match rung {
            Rung::Guid => true,
            Rung::MediaUrl => !same_fetch,
            Rung::TitleDay => !same_fetch && lengths_agree(marked.duration_s, marks.duration_s),
        };
        if fits {
            return Ok(Some((marked.episode_id, *rung)));
        }
    }
    Ok(None)
}

fn lengths_agree(a: Option<i64>, b: Option<i64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < SAME_LENGTH_S,
        _ => true,
    }
}

/// Lets all marks of an entry lead to its episode.
pub(crate) fn remember(
    state: &mut impl LadderState,
    marks: &Marks,
    episode_id: EpisodeId,
    origin: &ImportOrigin,
) -> Result<(), Unreadable> {
    let marked = Marked {
        episode_id,
        source_id: origin.source_id,
        run_id: origin.run_id,
        duration_s: marks.duration_s,
    };
    for (rung, value) in &marks.marks {
        state.mark(*rung, value, &marked)?;
    }
    Ok(())
}

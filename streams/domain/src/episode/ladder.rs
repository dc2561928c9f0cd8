//! Which episode an imported entry is: guid, then media address, then title, day, length and kind.
//!
//! Two entries of one fetch are never made one by the weaker marks, and a weak mark that two episodes share
//! tells nothing; the mark that told is kept as evidence.
//! (The order and the third mark follow what podcast clients found to work; see ARCHITECTURE.md.)

use crate::command::ImportOrigin;
use crate::decide::desk::Desk;
use crate::decide::{Stop, keys, sightings};
use crate::episode::Episode;
use crate::event::Rung;
use crate::id::EpisodeId;
use crate::item::main_lang;
use crate::model::{EpisodeFields, EpisodeKind};
use crate::repair;
use crate::state::Unreadable;
use serde::{Deserialize, Serialize};

/// Two lengths of one episode differ by less than this, in seconds.
const SAME_LENGTH_S: u64 = 600;

/// What a mark leads to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Marked {
    /// The episode.
    episode_id: EpisodeId,
    /// The length of the episode then.
    duration_s: Option<i64>,
    /// Whether another episode bears it too.
    shared: bool,
}

/// A mark of an entry and what it leads to.
struct Mark {
    rung: Rung,
    key: Vec<u8>,
    leads_to: Option<Marked>,
}

/// How far an entry came on the ladder.
pub(crate) struct Climb {
    /// The episode that it is, and the mark that told.
    pub found: Option<(EpisodeId, Rung)>,
    marks: Vec<Mark>,
    duration_s: Option<i64>,
}

/// Looks for the episode that an entry is.
pub(crate) fn climb(
    desk: &mut Desk<'_>,
    fields: &EpisodeFields,
    origin: &ImportOrigin,
) -> Result<Climb, Stop> {
    let mut climb = Climb {
        found: None,
        marks: Vec::with_capacity(3),
        duration_s: fields.duration_s,
    };
    for (rung, value) in marks(fields) {
        let key = keys::mark(desk.command.program_id, rung, &value);
        let leads_to: Option<Marked> = desk.read(&key)?;
        if climb.found.is_none()
            && let Some(marked) = &leads_to
            && climb.is(desk, rung, marked, origin)?
        {
            climb.found = Some((marked.episode_id, rung));
        }
        climb.marks.push(Mark {
            rung,
            key,
            leads_to,
        });
    }
    Ok(climb)
}

impl Climb {
    /// Whether the mark tells that the entry is the episode it leads to.
    fn is(
        &self,
        desk: &mut Desk<'_>,
        rung: Rung,
        marked: &Marked,
        origin: &ImportOrigin,
    ) -> Result<bool, Stop> {
        if rung == Rung::Guid {
            return Ok(true);
        }
        if marked.shared
            || (rung == Rung::TitleDay && !lengths_agree(marked.duration_s, self.duration_s))
        {
            return Ok(false);
        }
        let last = sightings::last(desk, Episode(marked.episode_id), origin.source_id)?;
        // The very record that was taken in last comes again, or another fetch: not a neighbour in one fetch.
        Ok(last.is_none_or(|last| last.order == origin.order || last.run_id != origin.run_id))
    }

    /// The first mark that the entry has.
    pub fn strongest(&self) -> Option<Rung> {
        self.marks.first().map(|mark| mark.rung)
    }

    /// Lets all marks of the entry lead to its episode.
    pub fn remember(
        &mut self,
        desk: &mut Desk<'_>,
        episode_id: EpisodeId,
    ) -> Result<(), Unreadable> {
        for mark in self.marks.drain(..) {
            let others = mark
                .leads_to
                .as_ref()
                .is_some_and(|marked| marked.shared || marked.episode_id != episode_id);
            let marked = Marked {
                episode_id,
                duration_s: self.duration_s,
                shared: others && mark.rung != Rung::Guid,
            };
            if mark.leads_to.as_ref() != Some(&marked) {
                desk.write(mark.key, &marked)?;
            }
        }
        Ok(())
    }
}

/// The marks of an entry, strongest first.
fn marks(fields: &EpisodeFields) -> Vec<(Rung, String)> {
    let mut marks = Vec::with_capacity(3);
    if let Some(guid) = fields.guid.as_ref().filter(|guid| !guid.is_empty()) {
        marks.push((Rung::Guid, guid.clone()));
    }
    if let Some(url) = media_mark(fields) {
        marks.push((Rung::MediaUrl, url));
    }
    if let Some(title_day) = title_day_mark(fields) {
        marks.push((Rung::TitleDay, title_day));
    }
    marks
}

/// The media address as a mark: without volatile parameters.
pub(crate) fn media_mark(fields: &EpisodeFields) -> Option<String> {
    fields
        .enclosures
        .first()
        .and_then(|file| repair::url::canonical_media(&file.url))
}

fn title_day_mark(fields: &EpisodeFields) -> Option<String> {
    let day = fields.published_at?.day();
    let title: String = fields
        .title
        .get(&main_lang(fields))?
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let kind = match fields.kind {
        EpisodeKind::Full => "full",
        EpisodeKind::Trailer => "trailer",
        EpisodeKind::Bonus => "bonus",
    };
    (!title.is_empty()).then(|| format!("{title}/{day}/{kind}"))
}

fn lengths_agree(a: Option<i64>, b: Option<i64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.abs_diff(b) < SAME_LENGTH_S,
        _ => true,
    }
}

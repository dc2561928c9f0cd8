//! What makes a match of an entry with an episode worth a look.

use crate::event::{EpisodeMatched, Evidence, Rung};
use crate::id::{EpisodeId, ItemRef, ProgramId, RunId, SourceId};
use crate::position::Version;
use crate::time::Timestamp;
use crate::verdict::Finding;
use serde::{Deserialize, Serialize};

/// Lengths that differ by more than this, in seconds, are worth a look.
const LENGTH_S: u64 = 60;

/// Why a match is worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// Nothing but title, day, length and kind told.
    WeakMark,
    /// The guid is another.
    GuidDiffers,
    /// The file is another.
    MediaDiffers,
    /// The title is another.
    TitleDiffers,
    /// The day is another.
    DayDiffers,
    /// The length is another, by more than a minute.
    LengthDiffers,
}

/// An entry that was taken for an episode known under other marks, with what speaks for and against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Match {
    /// The episode.
    pub episode_id: EpisodeId,
    /// Its program.
    pub program_id: ProgramId,
    /// The episode's version that the match made: name it to split the entry off.
    pub version: Version,
    /// When it was decided.
    pub at: Timestamp,
    /// The source.
    pub source_id: SourceId,
    /// The fetch.
    pub run_id: RunId,
    /// The entry's place in the fetch.
    pub index: i32,
    /// The mark that told.
    pub rung: Rung,
    /// Why it is worth a look; empty where nothing speaks against it.
    pub suspicions: Vec<Suspicion>,
    /// What the entry says of itself.
    pub entry: Option<Evidence>,
    /// What was known of the episode then.
    pub known: Option<Evidence>,
}

/// What speaks against a match.
#[must_use]
pub fn suspicions(matched: &EpisodeMatched) -> Vec<Suspicion> {
    let mut found = Vec::new();
    if matched.rung == Rung::TitleDay {
        found.push(Suspicion::WeakMark);
    }
    let (Some(entry), Some(known)) = (&matched.entry, &matched.known) else {
        return found;
    };
    let mut note = |differs: bool, suspicion| {
        if differs {
            found.push(suspicion);
        }
    };
    note(
        both(&entry.guid, &known.guid, |a, b| a != b),
        Suspicion::GuidDiffers,
    );
    note(
        both(&entry.media_url, &known.media_url, |a, b| a != b),
        Suspicion::MediaDiffers,
    );
    note(
        both(&entry.title, &known.title, |a, b| a != b),
        Suspicion::TitleDiffers,
    );
    let day = |at: &Timestamp, other: &Timestamp| at.day() != other.day();
    note(
        both(&entry.published_at, &known.published_at, day),
        Suspicion::DayDiffers,
    );
    let length = |a: &i64, b: &i64| a.abs_diff(*b) > LENGTH_S;
    note(
        both(&entry.duration_s, &known.duration_s, length),
        Suspicion::LengthDiffers,
    );
    found
}

/// The code of a warning about a match that is worth a look.
const CODE: &str = "merge_suspicious";

/// What speaks against a match, as warnings of its verdict, each at the field that it is about.
#[must_use]
pub fn findings(matched: &EpisodeMatched) -> Vec<Finding> {
    let found = suspicions(matched).into_iter();
    found
        .map(|suspicion| {
            let (pointer, message) = suspicion.words();
            Finding::new(pointer, CODE, message)
        })
        .collect()
}

/// Whether the warnings of a verdict say that its entry was taken for an episode though something speaks against it:
/// the one meaning of a suspicious merge, in runs, health, trials and the report of a source.
#[must_use]
pub fn is_suspicious(warnings: &[Finding]) -> bool {
    warnings.iter().any(|warning| warning.code == CODE)
}

impl Suspicion {
    /// The field that it is about, and what is to be looked at.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::WeakMark => (
                "",
                "it was taken for the episode by title, day and length alone: split it off where that is wrong",
            ),
            Self::GuidDiffers => ("/guid", "the episode has another guid"),
            Self::MediaDiffers => ("/enclosures", "the episode has another media file"),
            Self::TitleDiffers => ("/title", "the episode has another title"),
            Self::DayDiffers => ("/published_at", "the episode is of another day"),
            Self::LengthDiffers => ("/duration_s", "the episode has another length"),
        }
    }
}

fn both<T>(a: &Option<T>, b: &Option<T>, differ: impl Fn(&T, &T) -> bool) -> bool {
    a.as_ref()
        .zip(b.as_ref())
        .is_some_and(|(a, b)| differ(a, b))
}

/// The report of a match.
#[must_use]
pub fn report(event: &crate::event::Event, matched: &EpisodeMatched) -> Match {
    debug_assert_eq!(event.item, ItemRef::episode(matched.episode_id));
    Match {
        episode_id: matched.episode_id,
        program_id: event.program_id,
        version: event.version,
        at: event.decided_at,
        source_id: matched.import.source_id,
        run_id: matched.import.run_id,
        index: matched.import.order.index,
        rung: matched.rung,
        suspicions: suspicions(matched),
        entry: matched.entry.clone(),
        known: matched.known.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventBody;
    use crate::testing::{
        at, episode_fields, given, import_episode, import_program, program_fields,
    };

    #[test]
    fn a_match_says_what_speaks_against_it() {
        let mut other = episode_fields(1);
        other.guid = Some("another".to_owned());
        other.duration_s = Some(2_000);
        other.published_at = Some(at(-3 * 86_400));
        let world = given([
            import_program(1, program_fields()),
            import_episode(1, 0, episode_fields(1)),
        ])
        .when(import_episode(2, 0, other));
        let event = world.events.last().unwrap();
        let EventBody::EpisodeMatched(matched) = &event.body else {
            panic!("{event:#?}");
        };
        let report = report(event, matched);
        assert_eq!(report.rung, Rung::MediaUrl);
        use Suspicion::{DayDiffers, GuidDiffers, LengthDiffers};
        assert_eq!(report.suspicions, [GuidDiffers, DayDiffers, LengthDiffers]);
        assert_eq!(report.known.unwrap().guid.as_deref(), Some("crossing-1"));
        let warned = findings(matched);
        assert_eq!(warned.len(), 3);
        assert!(is_suspicious(&warned) && !is_suspicious(&[]));
        let verdict = world
            .last
            .as_ref()
            .and_then(|last| last.decision.verdict.as_ref());
        let verdict = verdict.unwrap();
        let crate::verdict::Outcome::Accepted(accepted) = &verdict.outcome else {
            panic!("{verdict:#?}");
        };
        assert_eq!(accepted.warnings, warned, "the verdict says the same");
    }
}

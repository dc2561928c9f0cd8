//! The score of a document, in whole numbers.

use serde::{Deserialize, Serialize};

use super::document::SearchDocument;
use super::fields::TextField;
use super::hits::{Hit, Hits, Quality};
use super::query::Query;
use super::tier::TierKind;

/// The most each weak part of a score adds; together they stay below one step of relevance.
const PROXIMITY: u64 = 30_000;
const COVERAGE: u64 = 20_000;
const RECENCY: u64 = 30_000;
const POPULARITY: u64 = 19_999;
/// A step of relevance, and of class.
const RELEVANCE_STEP: u64 = 100_000;
const CLASS_STEP: u64 = 1_000_000_000;
/// The age at which recency has halved.
const HALF_AGE_DAYS: u64 = 180;
const DAY_US: u64 = 24 * 60 * 60 * 1_000_000;
/// Doublings of popularity up to which more counts.
const POPULARITY_DOUBLINGS: u64 = 24;

/// What a score is made of; see the module for the order of the parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoreParts {
    /// 1 (with typing errors) to 8 (is the title).
    pub class: u64,
    /// 0 to 1,000: kind of text and quality of the match, mean over the terms.
    pub relevance: u64,
    /// 0 to 30,000: how near to each other the terms stand.
    pub proximity: u64,
    /// 0 to 20,000: how much of the title the query covers.
    pub coverage: u64,
    /// 0 to 30,000: how new it is.
    pub recency: u64,
    /// 0 to 19,999: how much it is used.
    pub popularity: u64,
}

impl ScoreParts {
    pub(super) fn of(
        query: &Query,
        document: &SearchDocument,
        hits: &Hits,
        tier: TierKind,
        now_us: Option<i64>,
    ) -> Self {
        Self {
            class: class(tier, hits.is_title),
            relevance: relevance(query, hits),
            proximity: proximity(query, hits),
            coverage: coverage(hits),
            recency: recency(document.published_at_us, now_us),
            popularity: popularity(document.popularity),
        }
    }

    pub(super) fn score(&self) -> u64 {
        let weak = self.proximity + self.coverage + self.recency + self.popularity;
        self.class * CLASS_STEP + self.relevance * RELEVANCE_STEP + weak
    }
}

/// As written and folded are one class: an Arabic title found by its other spelling is a better answer
/// than the same spelling deep in a description.
fn class(tier: TierKind, is_title: bool) -> u64 {
    match tier {
        TierKind::TitlePhrase if is_title => 8,
        TierKind::TitlePhrase => 7,
        TierKind::Exact | TierKind::Folded => 5,
        TierKind::Stem => 4,
        TierKind::Transliteration => 3,
        TierKind::Spelling => 2,
        TierKind::Fuzzy => 1,
    }
}

/// How much a hit is worth, 0 to 10,000: kind of text times quality.
pub(super) fn worth(hit: &Hit) -> u64 {
    let field = match hit.field {
        TextField::Title => 100,
        TextField::People => 80,
        TextField::Tags => 60,
        TextField::Description => 25,
    };
    let quality = match hit.quality {
        Quality::Exact => 100,
        Quality::Folded => 95,
        Quality::Stem => 80,
        Quality::Transliteration => 75,
        Quality::Prefix => 70,
        Quality::Spelling => 50,
        Quality::Fuzzy(1) => 40,
        Quality::Fuzzy(_) => 25,
    };
    field * quality
}

fn relevance(query: &Query, hits: &Hits) -> u64 {
    let mut best = vec![0; query.terms.len()];
    for hit in &hits.hits {
        best[hit.term] = worth(hit).max(best[hit.term]);
    }
    let asked = query
        .terms
        .iter()
        .zip(best)
        .filter(|(term, _)| query.asks_for(term));
    let (count, sum) = asked.fold((0, 0), |(count, sum), (_, worth)| (count + 1, sum + worth));
    sum / u64::max(count, 1) / 10
}

/// The narrowest stretch of one text that has all the terms.
fn proximity(query: &Query, hits: &Hits) -> u64 {
    let asked = query
        .terms
        .iter()
        .filter(|term| query.asks_for(term))
        .count() as u64;
    if asked < 2 {
        return PROXIMITY;
    }
    let values = hits.hits.chunk_by(|a, b| a.value == b.value);
    let narrowest = values
        .filter_map(|value| narrowest(query, value, asked as usize))
        .min();
    narrowest.map_or(0, |words| PROXIMITY * asked / words.max(asked))
}

/// Words from the first to the last of the narrowest stretch with all asked terms, if there is one.
fn narrowest(query: &Query, hits: &[Hit], asked: usize) -> Option<u64> {
    let mut by_position: Vec<(u32, usize)> = hits
        .iter()
        .filter(|hit| query.asks_for(&query.terms[hit.term]))
        .map(|hit| (hit.position, hit.term))
        .collect();
    by_position.sort_unstable();
    let mut counts = vec![0_u32; query.terms.len()];
    let (mut present, mut from, mut best) = (0, 0, None);
    for (position, term) in &by_position {
        counts[*term] += 1;
        present += usize::from(counts[*term] == 1);
        while present == asked {
            let (first, leaving) = by_position[from];
            let words = u64::from(position - first) + 1;
            best = Some(best.map_or(words, |best: u64| best.min(words)));
            counts[leaving] -= 1;
            present -= usize::from(counts[leaving] == 0);
            from += 1;
        }
    }
    best
}

fn coverage(hits: &Hits) -> u64 {
    let mut words: Vec<(usize, u32)> = hits
        .hits
        .iter()
        .filter(|hit| hit.field == TextField::Title)
        .map(|hit| (hit.value, hit.position))
        .collect();
    words.sort_unstable();
    words.dedup();
    let title = hits.title_words.max(1);
    COVERAGE * words.len().min(title) as u64 / title as u64
}

fn recency(published_at_us: Option<i64>, now_us: Option<i64>) -> u64 {
    let (Some(published), Some(now)) = (published_at_us, now_us) else {
        return 0;
    };
    let days = now.saturating_sub(published).max(0).unsigned_abs() / DAY_US;
    RECENCY * HALF_AGE_DAYS / (HALF_AGE_DAYS + days)
}

fn popularity(count: i64) -> u64 {
    let doublings = u64::from((count.max(0).unsigned_abs() + 1).ilog2());
    POPULARITY * doublings.min(POPULARITY_DOUBLINGS) / POPULARITY_DOUBLINGS
}

//! Which program an imported entry goes to: its source's, unless a rule of the source sends it elsewhere.
//!
//! Pure, and decided where the command is made, so that a replay of the log depends on no binding.

use super::{Element, RawEntry};
use crate::id::ProgramId;
use crate::model::{BindingWhen, EpisodeFields, SourceFields, SourceFormat};
use crate::repair;
use url::Url;

/// By which names an entry says that it is in a playlist.
const PLAYLIST: [&str; 2] = ["yt:playlistId", "playlistId"];

/// Where an entry goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The program.
    pub program_id: ProgramId,
    /// The season that stands instead of what the entry says.
    pub season: Option<i32>,
    /// The slug of the category that comes first.
    pub category: Option<String>,
}

/// The program that a source feeds where no rule says otherwise.
#[must_use]
pub fn program(raw: &RawEntry, source: &SourceFields) -> ProgramId {
    source
        .program_id
        .unwrap_or_else(|| raw.source_id.own_program())
}

/// Where an entry goes: by the first rule that holds for it, else to the source's program.
#[must_use]
pub fn target(
    raw: &RawEntry,
    entry: &Element,
    fields: &EpisodeFields,
    source: &SourceFields,
) -> Target {
    let rule = source
        .rules
        .iter()
        .find(|rule| !rule.when.is_empty() && holds(&rule.when, entry, fields, source));
    let then = rule.map(|rule| rule.then.clone()).unwrap_or_default();
    Target {
        program_id: then.program_id.unwrap_or_else(|| program(raw, source)),
        season: then.season,
        category: then.category,
    }
}

/// Puts what the rules say into the fields; gives the program.
pub fn bind(
    raw: &RawEntry,
    entry: &Element,
    fields: &mut EpisodeFields,
    source: &SourceFields,
) -> ProgramId {
    let target = target(raw, entry, fields, source);
    fields.season = target.season.or(fields.season);
    if let Some(category) = target.category {
        fields.categories.retain(|other| *other != category);
        fields.categories.insert(0, category);
    }
    target.program_id
}

fn holds(
    when: &BindingWhen,
    entry: &Element,
    fields: &EpisodeFields,
    source: &SourceFields,
) -> bool {
    let playlist = || {
        when.playlist
            .as_ref()
            .is_none_or(|id| plays(id, entry, source))
    };
    let category = || {
        when.category
            .as_ref()
            .is_none_or(|word| is_of(word, fields))
    };
    let season = when.season.is_none() || when.season == fields.season;
    let titled = || {
        when.title_prefix
            .as_ref()
            .is_none_or(|prefix| begins(prefix, fields))
    };
    season && titled() && category() && playlist()
}

/// Whether an entry stands in a playlist: as it says itself, or as its source's address does. It may stand in several.
fn plays(id: &str, entry: &Element, source: &SourceFields) -> bool {
    let id = id.trim();
    let mut said = PLAYLIST.iter().flat_map(|name| entry.all(name));
    said.any(|list| list.text.trim() == id) || is_of_playlist(&source.url, id)
}

/// Whether an address is that of a playlist.
fn is_of_playlist(url: &str, id: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        url.query_pairs()
            .any(|(name, value)| matches!(&*name, "playlist_id" | "list") && value == id)
    })
}

/// Whether entries of a source can say that they are in a playlist, or its address does: the Data API of YouTube is
/// asked for the playlists that rules name, what is pushed and any JSON may have a member for it, a feed has none.
#[must_use]
pub fn knows_playlist(source: &SourceFields, id: &str) -> bool {
    let url = Url::parse(&source.url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let is_youtube = host == "youtube.com" || host.ends_with(".youtube.com");
    is_of_playlist(&source.url, id.trim())
        || match source.format {
            SourceFormat::Rss
            | SourceFormat::Atom
            | SourceFormat::JsonFeed
            | SourceFormat::Opml => false,
            SourceFormat::Auto => !is_youtube,
            SourceFormat::Youtube => source.url.is_empty() || source.secret_name.is_some(),
            SourceFormat::Json | SourceFormat::Push => true,
        }
}

/// Whether an entry has a category: by its slug, or by a word that means it or has no slug at all.
fn is_of(word: &str, fields: &EpisodeFields) -> bool {
    let same = |other: &String| other.to_lowercase() == word.trim().to_lowercase();
    let mapped = repair::category::map(word);
    fields.categories.iter().chain(&fields.tags).any(same)
        || (mapped.known && fields.categories.contains(&mapped.slug))
}

fn begins(prefix: &str, fields: &EpisodeFields) -> bool {
    let prefix = prefix.trim().to_lowercase();
    let mut titles = fields.title.0.values();
    titles.any(|title| title.trim().to_lowercase().starts_with(&prefix))
}

#[cfg(test)]
mod tests;

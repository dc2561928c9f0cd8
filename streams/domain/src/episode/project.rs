//! An episode's rows and search documents.

use crate::catalog::{EpisodeDocument, Lane};
use crate::id::{EpisodeId, ProgramId};
use crate::item::main_lang;
use crate::lang::Lang;
use crate::model::{EpisodeKind, Fallback, Person};
use crate::position::Seq;
use crate::project::{
    ArtworkView, EpisodeView, ProgramRef, all_episodes_in_key, also_in, artwork, categories, dir,
    document_row, enclosures, episodes_in_key, episodes_key, is_listed, list_row, newest_first,
    one_artwork, rich,
};
use crate::repair;
use crate::text::{DocumentKind, SearchDocument, TextField};
use crate::time::Timestamp;
use crate::view::{RowWrite, Table, Window};
use serde::Serialize;
use std::borrow::Cow;

/// An episode in a list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeCardView<'a> {
    /// Always `episode`.
    pub kind: &'static str,
    /// Its id.
    pub id: EpisodeId,
    /// Its program's id.
    pub program_id: ProgramId,
    /// Its public name.
    pub slug: &'a str,
    /// Where it stands in its life.
    pub status: &'static str,
    /// Its version.
    pub version: i64,
    /// The language of the texts.
    pub lang: &'a Lang,
    /// How the texts run.
    pub dir: &'static str,
    /// The languages that there are.
    pub languages: &'a [Lang],
    /// The title.
    pub title: &'a str,
    /// One line about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<&'a str>,
    /// What it is to its program.
    pub episode_type: EpisodeKind,
    /// When it was first published, as its publisher says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Length in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<i64>,
    /// The number of its season.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<i32>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i32>,
    /// Whether it is not for children.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// Its first picture, else its program's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artwork: Option<ArtworkView<'a>>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The rows of an episode's document.
#[must_use]
pub fn rows(seq: Seq, document: &EpisodeDocument) -> Vec<RowWrite> {
    let facts = &document.facts;
    let main = main_lang(&document.fields);
    let strict = document.program.fallback == Fallback::Strict;
    let available = document
        .fields
        .availability
        .within(&document.program.availability);
    let window = Window::from(&available);
    let mut rows = Vec::with_capacity(facts.languages.len() + 2);
    match facts.lane {
        Lane::Draft => {
            let shown = (false, window);
            rows.push(document_row(seq, facts, &main, &main, shown, document));
        }
        Lane::Live => {
            for lang in &facts.languages {
                let (view, shown) = (view(document, lang), (strict, window));
                rows.push(document_row(seq, facts, lang, &main, shown, &view));
            }
        }
    }
    if is_listed(facts) {
        let und = [Lang::undetermined()];
        let langs = if facts.languages.is_empty() {
            &und
        } else {
            facts.languages.as_slice()
        };
        let cards: Vec<_> = langs
            .iter()
            .map(|lang| (lang, card(document, lang)))
            .collect();
        let at = document.fields.published_at.unwrap_or(facts.created_at);
        let key = newest_first(Some(at), facts.item.id);
        let partition = episodes_key(facts.lane, facts.program_id);
        let shown = (&main, strict, window);
        let listed = list_row(Table::Episodes, partition, key, seq, shown, &cards);
        if facts.lane == Lane::Draft {
            let of_program = episodes_in_key(facts.program_id, facts.status);
            rows.push(also_in(&listed, of_program));
            rows.push(also_in(&listed, all_episodes_in_key(facts.status)));
        }
        rows.push(listed);
    }
    rows
}

fn view<'a>(document: &'a EpisodeDocument, lang: &'a Lang) -> EpisodeView<'a> {
    let (facts, fields) = (&document.facts, &document.fields);
    EpisodeView {
        kind: "episode",
        id: EpisodeId(facts.item.id),
        program: program_ref(document, lang),
        slug: &facts.slug,
        status: facts.status.as_str(),
        lang,
        dir: dir(lang),
        languages: &facts.languages,
        title: fields.title.get(lang).unwrap_or_default(),
        subtitle: fields.subtitle.get(lang),
        description: rich(&fields.description, lang),
        episode_type: fields.kind,
        published_at: fields.published_at,
        updated_at: facts.updated_at,
        duration_s: fields.duration_s,
        season: fields.season,
        season_name: fields.season_name.as_deref(),
        number: fields.number,
        number_label: fields.number_label.as_deref(),
        spoken_languages: &fields.languages,
        categories: categories(
            own_or(&fields.categories, &document.program.categories),
            lang,
        ),
        tags: &fields.tags,
        author: fields
            .author
            .as_deref()
            .or(document.program.author.as_deref()),
        persons: persons(document),
        artwork: artwork(&fields.artwork, lang),
        enclosures: enclosures(&fields.enclosures),
        chapters: &fields.chapters,
        chapters_url: fields.chapters_url.as_deref(),
        transcripts: &fields.transcripts,
        soundbites: &fields.soundbites,
        explicit: fields.explicit.or(document.program.explicit),
        live: fields.live.as_ref(),
        guid: fields.guid.as_deref(),
        external_ids: &fields.external_ids,
        links: &fields.links,
        licence: fields.licence.as_ref(),
        value: &fields.value,
        places: &fields.places,
        social: &fields.social,
        availability: Cow::Owned(fields.availability.within(&document.program.availability)),
        same_as: &facts.same_as,
    }
}

fn program_ref<'a>(document: &'a EpisodeDocument, lang: &'a Lang) -> ProgramRef<'a> {
    let program = &document.program;
    ProgramRef {
        id: document.facts.program_id,
        slug: &program.slug,
        title: program
            .title
            .best(lang)
            .map(|(_, title)| title)
            .unwrap_or_default(),
        author: program.author.as_deref(),
        artwork: program
            .artwork
            .as_ref()
            .map(|picture| one_artwork(picture, lang)),
    }
}

fn card<'a>(document: &'a EpisodeDocument, lang: &'a Lang) -> EpisodeCardView<'a> {
    let (facts, fields) = (&document.facts, &document.fields);
    let picture = fields.artwork.first().or(document.program.artwork.as_ref());
    EpisodeCardView {
        kind: "episode",
        id: EpisodeId(facts.item.id),
        program_id: facts.program_id,
        slug: &facts.slug,
        status: facts.status.as_str(),
        version: facts.version.0,
        lang,
        dir: dir(lang),
        languages: &facts.languages,
        title: fields.title.get(lang).unwrap_or_default(),
        subtitle: fields.subtitle.get(lang),
        episode_type: fields.kind,
        published_at: fields.published_at,
        duration_s: fields.duration_s,
        season: fields.season,
        number: fields.number,
        explicit: fields.explicit.or(document.program.explicit),
        artwork: picture.map(|picture| one_artwork(picture, lang)),
        updated_at: facts.updated_at,
    }
}

/// The search documents of an episode's document: one a language; archived ones are not found.
#[must_use]
pub fn search(seq: Seq, document: &EpisodeDocument) -> Vec<SearchDocument> {
    let (facts, fields) = (&document.facts, &document.fields);
    if !is_listed(facts) {
        return Vec::new();
    }
    let one = |lang: &Lang| {
        let mut found = SearchDocument::new(
            facts.item.id,
            DocumentKind::Episode,
            facts.program_id.0,
            lang.as_str(),
        )
        .with_text(TextField::Title, fields.title.get(lang).unwrap_or_default());
        if let Some(html) = fields.description.get(lang) {
            found = found.with_text(TextField::Description, repair::html::plain(html));
        }
        let people = persons(document).iter().map(|person| &person.name);
        for name in fields.author.iter().chain(people) {
            found = found.with_text(TextField::People, name.as_str());
        }
        for tag in &fields.tags {
            found = found.with_text(TextField::Tags, tag.as_str());
        }
        found.state = facts.status.as_str().to_owned();
        found.categories = own_or(&fields.categories, &document.program.categories).to_vec();
        found.tags.clone_from(&fields.tags);
        found.published_at_us = fields.published_at.map(|at| at.0);
        found.duration_s = fields.duration_s;
        found.explicit = fields.explicit.or(document.program.explicit);
        found.seq = seq.0;
        found
    };
    facts.languages.iter().map(one).collect()
}

/// The episode's people; where it names none, the program's.
fn persons(document: &EpisodeDocument) -> &[Person] {
    own_or(&document.fields.persons, &document.program.persons)
}

fn own_or<'a, T>(own: &'a [T], others: &'a [T]) -> &'a [T] {
    if own.is_empty() { others } else { own }
}

//! A program's rows and search documents.

use crate::catalog::{Lane, ProgramDocument};
use crate::id::ProgramId;
use crate::item::main_lang;
use crate::lang::Lang;
use crate::model::Fallback;
use crate::position::Seq;
use crate::project::{
    ArtworkView, ProgramView, also_in, artwork, categories, dir, document_row, is_listed, list_row,
    newest_first, programs_in_key, programs_key, rich,
};
use crate::repair;
use crate::text::{DocumentKind, SearchDocument, TextField};
use crate::time::Timestamp;
use crate::view::{RowWrite, Table, Window};
use serde::Serialize;

/// A program in a list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramCardView<'a> {
    /// Always `program`.
    pub kind: &'static str,
    /// Its id.
    pub id: ProgramId,
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
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<&'a str>,
    /// Slugs of its categories.
    pub categories: &'a [String],
    /// Its first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artwork: Option<ArtworkView<'a>>,
    /// When it was first live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The rows of a program's document.
#[must_use]
pub fn rows(seq: Seq, document: &ProgramDocument) -> Vec<RowWrite> {
    let facts = &document.facts;
    let main = main_lang(&document.fields);
    let strict = document.fields.fallback == Fallback::Strict;
    let window = Window::from(&document.fields.availability);
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
        let key = newest_first(
            Some(facts.first_published_at.unwrap_or(facts.created_at)),
            facts.item.id,
        );
        let partition = programs_key(facts.lane);
        let shown = (&main, strict, window);
        let listed = list_row(Table::Programs, partition, key, seq, shown, &cards);
        if facts.lane == Lane::Draft {
            rows.push(also_in(&listed, programs_in_key(facts.status)));
        }
        rows.push(listed);
    }
    rows
}

fn view<'a>(document: &'a ProgramDocument, lang: &'a Lang) -> ProgramView<'a> {
    let (facts, fields) = (&document.facts, &document.fields);
    ProgramView {
        kind: "program",
        id: facts.program_id,
        slug: &facts.slug,
        status: facts.status.as_str(),
        lang,
        dir: dir(lang),
        languages: &facts.languages,
        title: fields.title.get(lang).unwrap_or_default(),
        subtitle: fields.subtitle.get(lang),
        description: rich(&fields.description, lang),
        medium: fields.medium,
        show_type: fields.show_type,
        spoken_languages: &fields.languages,
        categories: categories(&fields.categories, lang),
        tags: &fields.tags,
        author: fields.author.as_deref(),
        persons: &fields.persons,
        artwork: artwork(&fields.artwork, lang),
        explicit: fields.explicit,
        complete: fields.complete,
        guid: fields.guid.as_deref(),
        external_ids: &fields.external_ids,
        links: &fields.links,
        licence: fields.licence.as_ref(),
        copyright: fields.copyright.as_deref(),
        funding: &fields.funding,
        value: &fields.value,
        places: &fields.places,
        social: &fields.social,
        remote_items: &fields.remote_items,
        availability: &fields.availability,
        same_as: &facts.same_as,
        published_at: facts.first_published_at,
        updated_at: facts.updated_at,
    }
}

fn card<'a>(document: &'a ProgramDocument, lang: &'a Lang) -> ProgramCardView<'a> {
    let (facts, fields) = (&document.facts, &document.fields);
    ProgramCardView {
        kind: "program",
        id: facts.program_id,
        slug: &facts.slug,
        status: facts.status.as_str(),
        version: facts.version.0,
        lang,
        dir: dir(lang),
        languages: &facts.languages,
        title: fields.title.get(lang).unwrap_or_default(),
        subtitle: fields.subtitle.get(lang),
        author: fields.author.as_deref(),
        categories: &fields.categories,
        artwork: fields
            .artwork
            .first()
            .map(|picture| crate::project::one_artwork(picture, lang)),
        published_at: facts.first_published_at,
        updated_at: facts.updated_at,
    }
}

/// The search documents of a program's document: one a language; archived ones are not found.
#[must_use]
pub fn search(seq: Seq, document: &ProgramDocument) -> Vec<SearchDocument> {
    let (facts, fields) = (&document.facts, &document.fields);
    if !is_listed(facts) {
        return Vec::new();
    }
    let one = |lang: &Lang| {
        let mut found = SearchDocument::new(
            facts.item.id,
            DocumentKind::Program,
            facts.program_id.0,
            lang.as_str(),
        )
        .with_text(TextField::Title, fields.title.get(lang).unwrap_or_default());
        if let Some(html) = fields.description.get(lang) {
            found = found.with_text(TextField::Description, repair::html::plain(html));
        }
        for name in fields
            .author
            .iter()
            .chain(fields.persons.iter().map(|person| &person.name))
        {
            found = found.with_text(TextField::People, name.as_str());
        }
        for tag in &fields.tags {
            found = found.with_text(TextField::Tags, tag.as_str());
        }
        found.state = facts.status.as_str().to_owned();
        found.categories.clone_from(&fields.categories);
        found.tags.clone_from(&fields.tags);
        found.published_at_us = facts.first_published_at.map(|at| at.0);
        found.explicit = fields.explicit;
        found.seq = seq.0;
        found
    };
    facts.languages.iter().map(one).collect()
}

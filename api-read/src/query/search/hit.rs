//! A hit as it is shown: texts and marks from the index, the rest from the item's row.
//!
//! A hit whose row is gone, or may not be shown now, is left out: what is taken from the readers is gone from
//! the search with the faster of the two views.

use super::ask::Asked;
use super::order::{Found, What};
use crate::api::ReadApi;
use crate::language::Wish;
use crate::query::document::{self, Document};
use futures::future::try_join_all;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::project::{ArtworkView, ProgramRef};
use mediamesh_domain::repair::language::{Direction, direction};
use mediamesh_domain::text::{
    ByteRange, DocumentKind, Explanation, SearchDocument, TextField, TierKind, marked, snippet,
};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::View;
use mediamesh_edge::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// Characters of a description that a hit shows.
const SNIPPET: usize = 200;

/// A program or an episode that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    /// What it is.
    pub kind: DocumentKind,
    /// Its id.
    pub id: Uuid,
    /// Its program's id.
    pub program_id: Uuid,
    /// Its public name.
    pub slug: String,
    /// Where it stands in its life.
    pub status: String,
    /// The language of the texts.
    pub lang: String,
    /// How the texts run: `ltr` or `rtl`.
    pub dir: &'static str,
    /// The languages that there are.
    pub languages: Vec<String>,
    /// The title.
    pub title: String,
    /// The texts as HTML with the words that were found marked.
    pub highlights: Highlights,
    /// Slugs of its categories.
    pub categories: Vec<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Length in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<i64>,
    /// Whether it is not for children.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// Its first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ArtworkView<'static>>)]
    pub artwork: Option<Box<RawValue>>,
    /// What an episode says of its program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProgramRef<'static>>)]
    pub program: Option<Box<RawValue>>,
    /// How it was found: the best tier; absent without words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<TierKind>,
    /// Why it was found and why it stands here, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// Texts of a hit as HTML: escaped, and what was found between `<mark>` and `</mark>`.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Highlights {
    /// The title.
    pub title: String,
    /// The piece of the description that shows most of what was found, else its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// People that were found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Tags that were found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// The hits of a page.
pub(super) async fn hits(
    api: &ReadApi,
    lane: Lane,
    asked: &Asked,
    wish: &Wish,
    found: Vec<Found>,
) -> Result<Vec<Hit>, Problem> {
    let shown = found.into_iter().map(|found| async move {
        let row = row(api, lane, found.document()).await?;
        let row =
            row.filter(|row| lane == Lane::Draft || is_for(wish, &found.document().lang, row));
        Ok::<_, Problem>(row.map(|row| hit(lane, asked, &found, row)))
    });
    Ok(try_join_all(shown).await?.into_iter().flatten().collect())
}

/// The row that a hit is shown from.
async fn row(
    api: &ReadApi,
    lane: Lane,
    document: &SearchDocument,
) -> Result<Option<Document>, Problem> {
    let view = api.active(View::Catalog);
    let kind = match document.kind {
        DocumentKind::Program => ItemKind::Program,
        DocumentKind::Episode => ItemKind::Episode,
    };
    if lane == Lane::Draft {
        return document::draft_row(api, view, kind, document.id).await;
    }
    match document::main_row(api, view, kind, document.id).await? {
        Some(main) if main.meta.lang != document.lang => {
            document::other_language(api, view, kind, document.id, &document.lang).await
        }
        main => Ok(main),
    }
}

/// Whether a reader sees a text in this language: of a strict item, only the language that is named.
fn is_for(wish: &Wish, lang: &str, row: &Document) -> bool {
    wish.pick(&[lang], lang, row.meta.strict).is_some()
}

fn hit(lane: Lane, asked: &Asked, found: &Found, row: Document) -> Hit {
    let document = found.document();
    let shown = match lane {
        Lane::Live => Shown::of(&row.row.body),
        Lane::Draft => Shown::default(),
    };
    let (matched, explanation) = match &found.what {
        What::Ranked(ranked) => {
            let explanation = asked.explain.then(|| ranked.explain(&asked.terms.query));
            (Some(ranked.tier), explanation)
        }
        What::Plain(_) => (None, None),
    };
    Hit {
        kind: document.kind,
        id: document.id,
        program_id: document.program_id,
        slug: row.meta.slug,
        status: document.state.clone(),
        lang: document.lang.clone(),
        dir: match direction(&document.lang) {
            Direction::Ltr => "ltr",
            Direction::Rtl => "rtl",
        },
        languages: row.meta.languages,
        title: document
            .texts(TextField::Title)
            .next()
            .unwrap_or_default()
            .to_owned(),
        highlights: highlights(asked, found),
        categories: document.categories.clone(),
        tags: document.tags.clone(),
        published_at: document.published_at_us.map(Timestamp),
        duration_s: document.duration_s,
        explicit: document.explicit,
        artwork: shown.artwork.first().map(|first| (*first).to_owned()),
        program: shown.program.map(ToOwned::to_owned),
        matched,
        explanation,
    }
}

/// What a hit shows of a live document.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown<'a> {
    #[serde(borrow)]
    artwork: Vec<&'a RawValue>,
    #[serde(borrow)]
    program: Option<&'a RawValue>,
}

impl<'a> Shown<'a> {
    fn of(body: &'a [u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}

fn highlights(asked: &Asked, found: &Found) -> Highlights {
    let document = found.document();
    let ranges = match &found.what {
        What::Ranked(ranked) => ranked.highlights(&asked.terms.query),
        What::Plain(_) => Vec::new(),
    };
    let mut shown = Highlights::default();
    for (value, text) in document.text.iter().enumerate() {
        let of_value = ranges.iter().find(|highlight| highlight.value == value);
        let ranges = of_value.map_or(&[][..], |highlight| &highlight.ranges);
        let mark = || marked(&text.text, ranges, "<mark>", "</mark>");
        match text.field {
            TextField::Title => shown.title = mark(),
            TextField::Description => shown.description = Some(piece(&text.text, ranges)),
            TextField::People if !ranges.is_empty() => shown.people.push(mark()),
            TextField::Tags if !ranges.is_empty() => shown.tags.push(mark()),
            TextField::People | TextField::Tags => {}
        }
    }
    shown
}

fn piece(text: &str, ranges: &[ByteRange]) -> String {
    let piece = snippet(text, ranges, SNIPPET);
    let marked = marked(piece.text, &piece.ranges, "<mark>", "</mark>");
    let cut = |cut| if cut { "…" } else { "" };
    format!("{}{marked}{}", cut(piece.cut_before), cut(piece.cut_after))
}

//! One item in one language: one look-up where the reader wants the item's own language, else two.

use crate::address::Address;
use crate::api::{ReadApi, Reading};
use crate::language::Wish;
use crate::reply::internal;
use mediamesh_domain::catalog::{Lane, Withdrawal};
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::lang::Lang;
use mediamesh_domain::position::Version;
use mediamesh_domain::project::{dir, document_key};
use mediamesh_domain::view::{Row, RowMeta, ViewVersion};
use mediamesh_edge::conditional::ETag;
use mediamesh_edge::problem::{Problem, ProblemWithdrawn, kind};
use mediamesh_ports::view_store::{Order, Range};
use uuid::Uuid;

/// More rows than an item has languages.
const MOST_LANGUAGES: usize = 100;

/// A document's row with what its meta says.
#[derive(Debug)]
pub struct Document {
    /// The row: its body is what is served.
    pub row: Row,
    /// What a reader must know of it first.
    pub meta: RowMeta,
    is_main: bool,
}

/// What an address leads to.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a document is the rule, and a box would only move it"
)]
pub enum Found {
    /// A document.
    Document(Document),
    /// The same item under today's slug, or the id of the one that it is part of.
    Elsewhere(String),
}

impl Document {
    /// `"<item version>.<seq>"`; other languages than the main one name themselves, because one address may
    /// answer in each of them.
    #[must_use]
    pub fn etag(&self) -> ETag {
        let tag = ETag::public(Version(self.meta.version), self.row.seq);
        if self.is_main {
            return tag;
        }
        let plain = |byte: &char| byte.is_ascii_alphanumeric() || *byte == '-';
        let lang: String = self.meta.lang.chars().filter(plain).collect();
        ETag::strong(format!("{}.{lang}", tag.opaque))
    }
}

/// The 404 of an item that is not there, or not for this reader.
#[must_use]
pub fn not_found(kind_of: ItemKind) -> Problem {
    let name = kind_of.as_str();
    Problem::new(kind::NOT_FOUND, format!("there is no such {name}")).code("no_such_item")
}

/// The 410 of an item that was withdrawn, with its public note in the language that is wished for.
#[must_use]
pub fn gone(item: ItemKind, withdrawn: &Withdrawal, wish: &Wish) -> Problem {
    let name = item.as_str();
    let there: Vec<&str> = withdrawn.note.0.keys().map(Lang::as_str).collect();
    let main = there.first().copied().unwrap_or_default();
    let lang = wish.pick(&there, main, false).map(Lang::from);
    let note = lang.and_then(|lang| Some((withdrawn.note.get(&lang)?.to_owned(), lang)));
    let dir = note.as_ref().map(|(_, lang)| dir(lang).to_owned());
    let detail = format!("this {name} was withdrawn and does not come back: `withdrawn` says why");
    let (note, lang) = note.map(|(note, lang)| (note, lang.0)).unzip();
    Problem::new(kind::GONE, detail)
        .code("withdrawn")
        .withdrawn(ProblemWithdrawn {
            at: withdrawn.at,
            note,
            lang,
            dir,
        })
}

/// The live document that an address leads to, in the language that is wished for.
///
/// # Errors
/// 404 where nothing is live there now, or not in a language that a strict item is asked for; 410 where it was
/// withdrawn.
pub async fn find(
    api: &ReadApi,
    reading: &Reading,
    item: ItemKind,
    name: &str,
    wish: &Wish,
) -> Result<Found, Problem> {
    let address = Address::parse(name).ok_or_else(|| not_found(item))?;
    let main = row(api, reading.version, Lane::Live, item, address.id, "")
        .await?
        .ok_or_else(|| not_found(item))?;
    if let Some(into) = main.meta.merged_into {
        return Ok(Found::Elsewhere(into.to_string()));
    }
    if let Some(withdrawn) = &main.meta.withdrawn {
        return Err(gone(item, withdrawn, wish));
    }
    if !main.meta.window.contains(api.now()) {
        return Err(not_found(item));
    }
    if address.is_out_of_date(&main.meta.slug) {
        return Ok(Found::Elsewhere(main.meta.slug));
    }
    let there: Vec<&str> = main.meta.languages.iter().map(String::as_str).collect();
    match wish.pick(&there, &main.meta.lang, main.meta.strict) {
        None => Err(language_missing(&main.meta, item)),
        Some(lang) if lang == main.meta.lang => Ok(Found::Document(main)),
        Some(lang) => other_language(api, reading.version, item, address.id, lang)
            .await
            // It was just taken away: the main language is what is there.
            .map(|other| Found::Document(other.unwrap_or(main))),
    }
}

/// The live document of an item in its main language, where it may be shown now.
///
/// # Errors
/// 503 where the store fails.
pub async fn main_row(
    api: &ReadApi,
    view: ViewVersion,
    item: ItemKind,
    id: Uuid,
) -> Result<Option<Document>, Problem> {
    let found = row(api, view, Lane::Live, item, id, "").await?;
    Ok(found.filter(|document| {
        let meta = &document.meta;
        let is_there = meta.merged_into.is_none() && meta.withdrawn.is_none();
        is_there && meta.window.contains(api.now())
    }))
}

/// The item that one leads to which was merged.
///
/// # Errors
/// 410 where it was withdrawn, 503 where the store fails.
pub async fn leads_to(
    api: &ReadApi,
    view: ViewVersion,
    (item, id): (ItemKind, Uuid),
    wish: &Wish,
) -> Result<Option<Uuid>, Problem> {
    let Some(found) = row(api, view, Lane::Live, item, id, "").await? else {
        return Ok(None);
    };
    match (found.meta.merged_into, &found.meta.withdrawn) {
        (None, Some(withdrawn)) => Err(gone(item, withdrawn, wish)),
        (into, _) => Ok(into),
    }
}

/// Whether the rows of an item's live documents tell that it was withdrawn, and show nothing of it.
///
/// # Errors
/// 503 where the store fails.
pub async fn is_gone(
    api: &ReadApi,
    view: ViewVersion,
    item: ItemKind,
    id: Uuid,
) -> Result<bool, Problem> {
    let key = document_key(Lane::Live, item, id, "");
    let range = Range {
        table: key.table,
        partition_key: key.partition_key,
        after: None,
        order: Order::Ascending,
        limit: MOST_LANGUAGES,
    };
    let rows = api.rows(view, &range).await?;
    Ok(rows.iter().all(|(_, row)| row.body.is_empty()))
}

/// The live document of an item in another than its main language.
///
/// # Errors
/// 503 where the store fails.
pub async fn other_language(
    api: &ReadApi,
    view: ViewVersion,
    item: ItemKind,
    id: Uuid,
    lang: &str,
) -> Result<Option<Document>, Problem> {
    let found = row(api, view, Lane::Live, item, id, lang).await?;
    Ok(found.filter(|document| document.meta.window.contains(api.now())))
}

/// The draft document of an item: facts and all languages.
///
/// # Errors
/// 404 where there is none, 503 where the store fails.
pub async fn draft(
    api: &ReadApi,
    view: ViewVersion,
    item: ItemKind,
    name: &str,
) -> Result<Document, Problem> {
    let address = Address::parse(name).ok_or_else(|| not_found(item))?;
    draft_row(api, view, item, address.id)
        .await?
        .ok_or_else(|| not_found(item))
}

/// The draft document of an id.
///
/// # Errors
/// 503 where the store fails.
pub async fn draft_row(
    api: &ReadApi,
    view: ViewVersion,
    item: ItemKind,
    id: Uuid,
) -> Result<Option<Document>, Problem> {
    row(api, view, Lane::Draft, item, id, "").await
}

async fn row(
    api: &ReadApi,
    view: ViewVersion,
    lane: Lane,
    item: ItemKind,
    id: Uuid,
    clustering: &str,
) -> Result<Option<Document>, Problem> {
    let key = document_key(lane, item, id, clustering);
    let Some(row) = api.row(view, &key).await? else {
        return Ok(None);
    };
    let meta = serde_json::from_slice(&row.meta).map_err(|error| {
        tracing::error!(item.id = %id, error = %error, "the meta of a row cannot be read");
        internal()
    })?;
    let is_main = clustering.is_empty();
    Ok(Some(Document { row, meta, is_main }))
}

fn language_missing(meta: &RowMeta, item: ItemKind) -> Problem {
    let there = meta.languages.join(", ");
    let detail = format!(
        "this {} is not published in that language; there are: {there}",
        item.as_str()
    );
    Problem::new(kind::NOT_FOUND, detail).code("language_not_published")
}

//! Lists: rows of cards under keys that sort newest first, a page at a time.
//!
//! A cursor is the key of the last row that was looked at, so pages neither skip nor repeat what stays where
//! it is, whatever comes in or goes meanwhile.

use super::page::{Links, PageRequest};
use crate::api::{ReadApi, Reading};
use crate::language::Wish;
use crate::params::ListParams;
use crate::reply::internal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::try_join_all;
use mediamesh_domain::project::ListMeta;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{Row, Table};
use mediamesh_edge::problem::Problem;
use mediamesh_ports::view_store::{Order, Range};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Rounds of reading at most until a page is full: rows that may not be shown are passed over.
const MOST_ROUNDS: usize = 8;

/// A list: the rows under one or several partition keys of a table, in an order.
#[derive(Debug, Clone)]
pub struct List {
    /// The table.
    pub table: Table,
    /// The partition keys whose rows make up the list, in the order of their clustering keys.
    pub partition_keys: Vec<Vec<u8>>,
    /// In which order.
    pub order: Order,
    /// Whether rows are shown that readers may not see now.
    pub shows_all: bool,
}

impl List {
    /// The page of this list that parameters ask for; `path` is the list's, percent-encoded.
    ///
    /// # Errors
    /// 400 where the limit is not 1 to 100.
    pub(crate) fn request<'a>(
        &self,
        path: &'a str,
        query: Option<&'a str>,
        params: &'a ListParams,
    ) -> Result<PageRequest<'a>, Problem> {
        let list = self.partition_keys.join(&b' ');
        let list = String::from_utf8_lossy(&list);
        let scope = format!("{path}?sort={:?}&list={list}", params.sort);
        PageRequest::new(path, query, params.limit, params.cursor.as_deref(), scope)
    }

    /// The next rows of all its partition keys together. A clustering key ends with the item's id, so no two rows of
    /// two items have the same; an item that changed its place between two reads stands in one of them twice.
    async fn rows(
        &self,
        api: &ReadApi,
        reading: &Reading,
        after: Option<&Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Row)>, Problem> {
        let ranges: Vec<Range> = self
            .partition_keys
            .iter()
            .map(|key| Range {
                table: self.table,
                partition_key: key.clone(),
                after: after.cloned(),
                order: self.order,
                limit,
            })
            .collect();
        let reads = ranges.iter().map(|range| api.rows(reading.version, range));
        let mut rows = try_join_all(reads).await?.concat();
        if self.partition_keys.len() > 1 {
            rows.sort_by(|(a, x), (b, y)| match self.order {
                Order::Ascending => a.cmp(b).then(y.seq.cmp(&x.seq)),
                Order::Descending => b.cmp(a).then(y.seq.cmp(&x.seq)),
            });
            rows.dedup_by(|(b, _), (a, _)| a == b);
            rows.truncate(limit);
        }
        Ok(rows)
    }
}

/// A page of cards.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The cards as they are stored.
    pub data: Vec<Box<RawValue>>,
    /// What the page is.
    pub meta: PageMeta,
    /// Where it is.
    pub links: Links,
}

/// What a page is.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageMeta {
    /// At most so many items.
    pub limit: usize,
    /// The language that was named; absent where each card is in the reader's or its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}

/// A page of a list.
///
/// # Errors
/// 400 and 410 of the cursor, 503 where the store fails.
pub async fn page(
    api: &ReadApi,
    reading: &Reading,
    list: &List,
    request: &PageRequest<'_>,
    wish: &Wish,
) -> Result<Page, Problem> {
    let after: Option<Key> = request.after(api, reading.version.version)?;
    let cards = cards(api, reading, list, request.limit, after, wish).await?;
    Ok(Page {
        data: cards.shown,
        meta: PageMeta {
            limit: request.limit,
            lang: wish.named().map(str::to_owned),
        },
        links: request.links(api, reading.version.version, cards.next.as_ref()),
    })
}

/// A clustering key; base64 where it stands in a cursor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(pub Vec<u8>);

impl From<Key> for String {
    fn from(Key(key): Key) -> Self {
        URL_SAFE_NO_PAD.encode(key)
    }
}

impl TryFrom<String> for Key {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        URL_SAFE_NO_PAD.decode(text).map(Self)
    }
}

struct Cards {
    shown: Vec<Box<RawValue>>,
    /// The key of the last row looked at, where there are more.
    next: Option<Key>,
}

async fn cards(
    api: &ReadApi,
    reading: &Reading,
    list: &List,
    limit: usize,
    after: Option<Key>,
    wish: &Wish,
) -> Result<Cards, Problem> {
    let now = (!list.shows_all).then(|| api.now());
    let mut after = after.map(|Key(key)| key);
    let mut shown = Vec::with_capacity(limit);
    for _ in 0..MOST_ROUNDS {
        let rows = list.rows(api, reading, after.as_ref(), limit + 1).await?;
        let was_last = rows.len() < limit + 1;
        for (key, row) in rows {
            // A full page and one row more: there is a next page, whether or not that row may be shown.
            if shown.len() == limit {
                let next = after.map(Key);
                return Ok(Cards { shown, next });
            }
            shown.extend(card(&row, wish, now)?);
            after = Some(key);
        }
        if was_last {
            return Ok(Cards { shown, next: None });
        }
    }
    let next = after.map(Key);
    Ok(Cards { shown, next })
}

/// The card of a row in the language that is wished for; none where it is not for this reader now.
fn card(row: &Row, wish: &Wish, now: Option<Timestamp>) -> Result<Option<Box<RawValue>>, Problem> {
    let unreadable = |error: serde_json::Error| {
        tracing::error!(error = %error, "a row of a list cannot be read");
        internal()
    };
    let meta: ListMeta = serde_json::from_slice(&row.meta).map_err(unreadable)?;
    if now.is_some_and(|now| !meta.window.contains(now)) {
        return Ok(None);
    }
    let cards: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&row.body).map_err(unreadable)?;
    let there: Vec<&str> = cards.keys().map(String::as_str).collect();
    let main = if cards.contains_key(&meta.main) {
        meta.main.as_str()
    } else {
        there.first().copied().unwrap_or_default()
    };
    let lang = wish.pick(&there, main, meta.strict && now.is_some());
    Ok(lang
        .and_then(|lang| cards.get(lang))
        .map(|card| (*card).to_owned()))
}

//! What all pages have in common: their place in the list, and the links around them.

use crate::api::ReadApi;
use crate::params;
use mediamesh_edge::cursor;
use mediamesh_edge::problem::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded::{Serializer, parse};
use utoipa::ToSchema;

/// Bytes of a query at most; it comes back in the links.
const LONGEST_QUERY: usize = 8192;

/// Where a page is and where the next one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Links {
    /// This page.
    #[serde(rename = "self")]
    pub this: String,
    /// The next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A page that is asked for.
#[derive(Debug, Clone)]
pub struct PageRequest<'a> {
    /// The path of the list, percent-encoded.
    pub path: &'a str,
    /// The query as it came.
    pub query: Option<&'a str>,
    /// At most so many items.
    pub limit: usize,
    /// The cursor, where it is not the first page.
    pub cursor: Option<&'a str>,
    /// What the cursor belongs to: the list and its filters.
    pub scope: String,
}

impl<'a> PageRequest<'a> {
    /// A page of the list that `scope` names.
    ///
    /// # Errors
    /// 400 where the limit is not 1 to 100, or the query is longer than any that is meant.
    pub fn new(
        path: &'a str,
        query: Option<&'a str>,
        limit: Option<u16>,
        cursor: Option<&'a str>,
        scope: String,
    ) -> Result<Self, Problem> {
        if query.is_some_and(|query| query.len() > LONGEST_QUERY) {
            let detail = format!("the query is longer than {LONGEST_QUERY} bytes");
            return Err(params::wrong("query_too_long", detail));
        }
        Ok(Self {
            path,
            query,
            limit: params::limit(limit)?,
            cursor,
            scope,
        })
    }

    /// The place after which the page begins.
    ///
    /// # Errors
    /// 400 where the cursor is none of this list, 410 where its view was replaced.
    pub fn after<T: DeserializeOwned>(
        &self,
        api: &ReadApi,
        view_version: i32,
    ) -> Result<Option<T>, Problem> {
        let Some(token) = self.cursor else {
            return Ok(None);
        };
        let place = api.cursors().open(&self.scope, token)?;
        if place.view_version != view_version {
            return Err(cursor::expired());
        }
        Ok(Some(place.at))
    }

    /// The links of the page; `next` is the place after which the next one begins.
    #[must_use]
    pub fn links<T: Serialize>(&self, api: &ReadApi, view_version: i32, next: Option<&T>) -> Links {
        let seal = |at| api.cursors().seal(&self.scope, view_version, at);
        Links {
            this: self.address(self.cursor),
            next: next.map(|at| self.address(Some(&seal(at)))),
        }
    }

    fn address(&self, cursor: Option<&str>) -> String {
        let asked = parse(self.query.unwrap_or_default().as_bytes());
        let mut query = Serializer::new(String::new());
        query.extend_pairs(asked.filter(|(name, _)| name != "cursor"));
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", self.path)
    }
}

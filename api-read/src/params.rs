//! The parameters of queries, read and checked.

use crate::language::{NotALanguage, Wish};
use http::HeaderMap;
use mediamesh_domain::catalog::Status;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::view_store::Order;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The most items of one page.
const MOST: u16 = 100;
/// The items of a page where nobody says.
const USUAL: u16 = 20;

/// A wrong parameter, with a stable code and what to write instead.
pub(crate) fn wrong(code: &str, detail: impl Into<String>) -> Problem {
    Problem::new(kind::BAD_PARAMETER, detail.into()).code(code)
}

/// How many items a page may have.
///
/// # Errors
/// 400 where it is not 1 to 100.
pub(crate) fn limit(asked: Option<u16>) -> Result<usize, Problem> {
    match asked.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(usize::from(limit)),
        _ => Err(wrong("limit_out_of_range", format!("limit is 1 to {MOST}"))),
    }
}

/// The languages that a request wishes for.
///
/// # Errors
/// 400 where the address names none that can be.
pub(crate) fn wish(lang: Option<&str>, headers: &HeaderMap) -> Result<Wish, Problem> {
    Wish::of(lang, headers)
        .map_err(|error: NotALanguage| wrong("bad_language", format!("lang is {error}")))
}

/// The language of a document.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DocumentParams {
    /// The language to read, a BCP 47 tag; else Accept-Language, else the item's own.
    pub lang: Option<String>,
}

/// A page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ListParams {
    /// The language of the cards, a BCP 47 tag; else Accept-Language, else each item's own.
    pub lang: Option<String>,
    /// Items of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the list goes on: taken from `links.next`.
    pub cursor: Option<String>,
    /// In which order; newest first where it is left out.
    #[param(inline)]
    pub sort: ListSort,
}

/// A page of a list of the desk.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeskListParams {
    /// Only items that stand so in their life.
    pub state: Option<Status>,
    /// The language of the cards, a BCP 47 tag; else Accept-Language, else each item's own.
    pub lang: Option<String>,
    /// Items of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the list goes on: taken from `links.next`.
    pub cursor: Option<String>,
    /// In which order; newest first where it is left out.
    #[param(inline)]
    pub sort: ListSort,
}

impl DeskListParams {
    /// What they say of any list; the state chooses the list itself.
    pub(crate) fn of_list(&self) -> ListParams {
        ListParams {
            lang: self.lang.clone(),
            limit: self.limit,
            cursor: self.cursor.clone(),
            sort: self.sort,
        }
    }
}

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ListSort {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
}

impl ListSort {
    /// In which order rows are read: their keys sort newest first.
    pub(crate) fn order(self) -> Order {
        match self {
            Self::Newest => Order::Ascending,
            Self::Oldest => Order::Descending,
        }
    }
}

/// A page of records that have no language.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PageParams {
    /// Entries of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the list goes on: taken from `links.next`.
    pub cursor: Option<String>,
}

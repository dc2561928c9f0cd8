//! What everybody may read: lane `live` alone. No handler here names another lane.

pub(crate) mod episodes;
pub(crate) mod programs;
pub(crate) mod search;

use crate::address::{Address, encoded};
use crate::api::ReadApi;
use crate::params::{DocumentParams, wish};
use crate::query::document::{self, Found};
use crate::query::list::PageMeta;
use crate::query::page::Links;
use crate::reply;
use axum::response::Response;
use http::{HeaderMap, Uri};
use mediamesh_domain::episode::project::EpisodeCardView;
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::program::project::ProgramCardView;
use mediamesh_domain::view::View;
use mediamesh_edge::problem::Problem;
use utoipa::ToSchema;

/// A page of programs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is served as stored bytes")]
pub(crate) struct ProgramPage {
    /// The programs, in order.
    data: Vec<ProgramCardView<'static>>,
    /// What the page is.
    meta: PageMeta,
    /// Where it is.
    links: Links,
}

/// A page of episodes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is served as stored bytes")]
pub(crate) struct EpisodePage {
    /// The episodes, in order.
    data: Vec<EpisodeCardView<'static>>,
    /// What the page is.
    meta: PageMeta,
    /// Where it is.
    links: Links,
}

/// Answers with an item, or with where it is today; `root` is the path of its kind.
async fn item(
    api: &ReadApi,
    (item, root): (ItemKind, &str),
    name: &str,
    params: &DocumentParams,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Response, Problem> {
    let wish = wish(params.lang.as_deref(), headers)?;
    let reading = api.begin(headers, View::Catalog).await?;
    if let Some(address) = Address::parse(name) {
        api.refuse_held(headers, address.of(item))?;
    }
    match document::find(api, &reading, item, name, &wish).await? {
        Found::Document(document) => reply::document(&reading, headers, document),
        Found::Elsewhere(slug) => {
            let query = uri
                .query()
                .map_or_else(String::new, |query| format!("?{query}"));
            reply::moved(&format!("{root}/{}{query}", encoded(&slug)))
        }
    }
}

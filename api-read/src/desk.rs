//! The desk's reads: lane `draft`, histories, sources and runs, for keys that may read drafts.

pub(crate) mod episodes;
pub(crate) mod identity;
pub(crate) mod programs;
pub(crate) mod records;
pub(crate) mod runs;
pub(crate) mod search;
pub(crate) mod sources;
pub(crate) mod versions;
pub(crate) mod withdrawals;

use crate::address::Address;
use crate::api::{DeskApi, Reading};
use crate::params::{DeskListParams, wish};
use crate::query::document::{self, Document};
use crate::query::list::{self, List};
use crate::reply;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Uri};
use mediamesh_domain::id::ItemKind;
use mediamesh_domain::position::Version;
use mediamesh_domain::view::View;
use mediamesh_edge::conditional::ETag;
use mediamesh_edge::held::{self, HELD};
use mediamesh_edge::problem::Problem;

/// Lets in who may read drafts; around every route of the desk, so that none can forget to ask.
pub(crate) async fn admit(
    State(api): State<DeskApi>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    api.admit(request.headers())?;
    Ok(next.run(request).await)
}

/// A page of a list. What is wrong with a parameter is told before the views are asked.
async fn listed(
    api: &DeskApi,
    list: &List,
    path: &str,
    asked: (&Uri, DeskListParams),
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (uri, params) = (asked.0, asked.1.of_list());
    let request = list.request(path, uri.query(), &params)?;
    let wish = wish(params.lang.as_deref(), headers)?;
    let reading = api.read.begin(headers, View::Catalog).await?;
    let page = list::page(&api.read, &reading, list, &request, &wish).await?;
    reply::desk_page(&reading.position, &page.links, &page)
}

/// An item's draft document: the row's bytes under the item's version. Where a newer state of it is held back, `Held`
/// says so, and so does the 404 of one that was never seen.
async fn draft(
    api: &DeskApi,
    kind: ItemKind,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let reading = api.read.begin(headers, View::Catalog).await?;
    let item = Address::parse(name)
        .ok_or_else(|| document::not_found(kind))?
        .of(kind);
    api.read.refuse_held(headers, item)?;
    let held = api.read.held(item);
    let found = document::draft(&api.read, reading.version, kind, name).await;
    let Some(held) = held else {
        return answered(&reading, headers, found?);
    };
    let found = found.map_err(|problem| problem.adding(&held::phrase(&held)).held(&held))?;
    let mut response = answered(&reading, headers, found)?;
    response.headers_mut().insert(HELD, held::header(&held));
    Ok(response)
}

fn answered(
    reading: &Reading,
    headers: &HeaderMap,
    document: Document,
) -> Result<Response, Problem> {
    let etag = ETag::version(Version(document.meta.version));
    reply::desk_versioned(&reading.position, headers, &etag, document.row.body.into())
}

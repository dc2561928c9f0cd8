//! The desk's reads: lane `draft`, histories, sources and runs, for keys that may read drafts.

pub(crate) mod episodes;
pub(crate) mod identity;
pub(crate) mod programs;
pub(crate) mod records;
pub(crate) mod runs;
pub(crate) mod search;
pub(crate) mod sources;

use crate::api::{DeskApi, Reading};
use crate::query::document::Document;
use crate::reply;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use mediamesh_domain::position::Version;
use mediamesh_edge::conditional::ETag;
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

/// A draft document: the row's bytes under the item's version.
fn draft(reading: &Reading, headers: &HeaderMap, document: Document) -> Result<Response, Problem> {
    let etag = ETag::version(Version(document.meta.version));
    reply::desk_versioned(&reading.position, headers, &etag, document.row.body.into())
}

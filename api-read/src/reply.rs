//! Replies: the bytes of a row as they are, pages around cards, and the headers of both.

use crate::api::Reading;
use crate::query::document::Document;
use crate::query::page::Links;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, LINK, LOCATION, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use mediamesh_domain::position::Position;
use mediamesh_edge::conditional::{self, ETag};
use mediamesh_edge::position::{POSITION, header};
use mediamesh_edge::problem::{Problem, kind};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Caches may keep it and must ask each time: an item that is taken from the readers is gone at once.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("public, no-cache");
/// What only a key opens is kept nowhere.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const OPML: HeaderValue = HeaderValue::from_static("text/x-opml; charset=utf-8");
const BY_LANGUAGE: HeaderValue = HeaderValue::from_static("Accept-Language");

/// An item as readers see it: its row's bytes, or 304 where the caller has them.
pub(crate) fn document(
    reading: &Reading,
    headers: &HeaderMap,
    document: Document,
) -> Result<Response, Problem> {
    let mut response = conditional_json(headers, &document.etag(), document.row.body.into())?;
    let fields = response.headers_mut();
    public(fields, &reading.position);
    if let Ok(lang) = HeaderValue::from_str(&document.meta.lang) {
        fields.insert(CONTENT_LANGUAGE, lang);
    }
    Ok(response)
}

/// Where an item's page is today.
pub(crate) fn moved(location: &str) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(location).map_err(|_| internal())?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let fields = response.headers_mut();
    fields.insert(LOCATION, location);
    // A title may go back to what it was: a browser that keeps the way for ever would walk in a circle.
    fields.insert(CACHE_CONTROL, ASK_EACH_TIME);
    Ok(response)
}

/// A page that everybody may read.
pub(crate) fn page<T: Serialize>(
    reading: &Reading,
    headers: &HeaderMap,
    links: &Links,
    page: &T,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(page).map_err(|_| internal())?;
    let mut response = conditional_json(headers, &content_tag(&body), body.into())?;
    let fields = response.headers_mut();
    public(fields, &reading.position);
    link(fields, links);
    Ok(response)
}

/// A page of the desk.
pub(crate) fn desk_page<T: Serialize>(
    position: &Position,
    links: &Links,
    page: &T,
) -> Result<Response, Problem> {
    let mut response = desk_json(position, page)?;
    link(response.headers_mut(), links);
    Ok(response)
}

/// An answer of the desk.
pub(crate) fn desk_json<T: Serialize>(
    position: &Position,
    answer: &T,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(answer).map_err(|_| internal())?;
    let mut response = json(body.into());
    desk(response.headers_mut(), position);
    Ok(response)
}

/// A list of feeds, as a file of its own where a browser asks.
pub(crate) fn desk_opml(position: &Position, list: String) -> Response {
    let mut response = Response::new(Body::from(list));
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, OPML);
    fields.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"sources.opml\""),
    );
    desk(fields, position);
    response
}

/// An answer of the desk whose item has a version, and more in it that changes by itself.
pub(crate) fn desk_tagged<T: Serialize>(
    position: &Position,
    etag: &ETag,
    answer: &T,
) -> Result<Response, Problem> {
    let mut response = desk_json(position, answer)?;
    response.headers_mut().insert(ETAG, etag.header());
    Ok(response)
}

/// An answer of the desk with a version: `ETag` is what `If-Match` of a write names.
pub(crate) fn desk_versioned(
    position: &Position,
    headers: &HeaderMap,
    etag: &ETag,
    body: Bytes,
) -> Result<Response, Problem> {
    let mut response = conditional_json(headers, etag, body)?;
    desk(response.headers_mut(), position);
    Ok(response)
}

fn conditional_json(headers: &HeaderMap, etag: &ETag, body: Bytes) -> Result<Response, Problem> {
    let mut response = if conditional::not_modified(headers, etag)? {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        json(body)
    };
    response.headers_mut().insert(ETAG, etag.header());
    Ok(response)
}

fn json(body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

fn public(fields: &mut HeaderMap, position: &Position) {
    fields.insert(CACHE_CONTROL, ASK_EACH_TIME);
    fields.insert(VARY, BY_LANGUAGE);
    fields.insert(POSITION, header(position));
}

fn desk(fields: &mut HeaderMap, position: &Position) {
    fields.insert(CACHE_CONTROL, NO_STORE);
    fields.insert(POSITION, header(position));
}

fn link(fields: &mut HeaderMap, links: &Links) {
    let next = links
        .next
        .as_ref()
        .map(|next| format!("<{next}>; rel=\"next\""));
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        fields.insert(LINK, next);
    }
}

/// The tag of a body by what it holds: the same on every node, and after a replay.
fn content_tag(body: &[u8]) -> ETag {
    let hash = Sha256::digest(body);
    let hex = hash[..16].iter().map(|byte| format!("{byte:02x}"));
    ETag::strong(hex.collect::<String>())
}

/// Something stored or made here cannot be what it is.
pub(crate) fn internal() -> Problem {
    Problem::new(
        kind::INTERNAL,
        "what is stored cannot be read; quote the trace_id when asking an operator",
    )
}

//! Extractors whose refusals are problems.

use crate::problem::{Problem, kind};
use axum::extract::{FromRequestParts, rejection::PathRejection, rejection::QueryRejection};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The parameters of a query; give `T` `deny_unknown_fields`, so that a misspelt one is told.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|error: QueryRejection| {
                // What it says of the source is about the caller's own text.
                let why =
                    std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
                Problem::new(
                    kind::BAD_PARAMETER,
                    format!("the query cannot be read: {why}"),
                )
                .code("bad_query")
            })
    }
}

/// The parameters of a path; one that cannot be read names nothing, so it is not found.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(path)| Self(path))
            .map_err(|_: PathRejection| {
                Problem::new(kind::NOT_FOUND, "the path names nothing: an id is a UUID")
                    .code("bad_id")
            })
    }
}

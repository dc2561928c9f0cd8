//! Problems (RFC 9457): the body of every answer from 400 on.
//!
//! A [`Kind`] is what clients tell problems apart by: a stable `type` address, one title, one status. What is
//! particular stands in the members beside it. [`map`] is the only place that turns refusals and failures of
//! ports into problems.

mod body;
pub mod kind;
mod map;
#[cfg(test)]
mod tests;

pub use body::{ProblemBody, ProblemConflict, ProblemError, ProblemWithdrawn};
pub use kind::Kind;
pub(crate) use map::of_status;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue};
use mediamesh_domain::parked::HeldKey;
use mediamesh_domain::position::Version;
use mediamesh_domain::verdict::{FieldConflict, Finding};
use std::borrow::Cow;

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The start of every problem's `type`; the problem's [`Kind::slug`] follows.
pub const TYPE_BASE: &str = "https://mediamesh.invalid/problems/";

/// An answer that says what went wrong and what to do; return it as a handler's error.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: Kind,
    body: ProblemBody,
    headers: HeaderMap,
}

impl Problem {
    /// A problem of a kind; `detail` says what is wrong here and what to change, without internals.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        let body = ProblemBody::new(kind, detail.into().into_owned());
        Self(Box::new(Inner {
            kind,
            body,
            headers: HeaderMap::new(),
        }))
    }

    /// One broken rule, with its field's JSON pointer.
    #[must_use]
    pub fn invalid(pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        let finding = Finding::new(pointer, code, message);
        Self::new(kind::INVALID_FIELDS, finding.message.clone()).errors(vec![finding])
    }

    /// With a stable code of what exactly it is.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        self.0.body.code = Some(code.to_owned());
        self
    }

    /// With every broken rule.
    #[must_use]
    pub fn errors(mut self, errors: Vec<Finding>) -> Self {
        self.0.body.errors = errors.into_iter().map(ProblemError::from).collect();
        self
    }

    /// With both sides of each field that somebody else changed.
    #[must_use]
    pub fn conflicts(mut self, conflicts: Vec<FieldConflict>) -> Self {
        self.0.body.conflicts = conflicts.into_iter().map(ProblemConflict::from).collect();
        self
    }

    /// With the version that the item has now.
    #[must_use]
    pub fn current_version(mut self, version: Option<Version>) -> Self {
        self.0.body.current_version = version;
        self
    }

    /// With what a view holds back of the item: that the caller sees an older state is why, and trying again is no
    /// way out.
    #[must_use]
    pub fn held(mut self, held: &HeldKey) -> Self {
        self.0.body.held = Some(held.code.clone());
        self
    }

    /// With when the item was withdrawn, and why.
    #[must_use]
    pub fn withdrawn(mut self, withdrawn: ProblemWithdrawn) -> Self {
        self.0.body.withdrawn = Some(withdrawn);
        self
    }

    /// With more in its detail.
    #[must_use]
    pub fn adding(mut self, more: &str) -> Self {
        self.0.body.detail = format!("{}; {more}", self.0.body.detail);
        self
    }

    /// With the command whose fate is not known, and where to ask for it.
    #[must_use]
    pub fn command(mut self, id: impl ToString, status_url: String) -> Self {
        self.0.body.command_id = Some(id.to_string());
        self.0.body.status_url = Some(status_url);
        self
    }

    /// With the seconds after which to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &ProblemBody {
        &self.0.body
    }

    /// With the request it is about; `frame` calls it on every problem.
    #[must_use]
    pub(crate) fn about(mut self, instance: &str, trace_id: &str) -> Self {
        self.0.body.instance = Some(instance.to_owned());
        self.0.body.trace_id = Some(trace_id.to_owned());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let bytes = serde_json::to_vec(&self.0.body).unwrap_or_default();
        let mut response = Response::new(bytes.into());
        *response.status_mut() = self.0.kind.status;
        response.headers_mut().extend(self.0.headers.clone());
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response.extensions_mut().insert(self);
        response
    }
}

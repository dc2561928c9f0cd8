//! What was accepted and is held: a view cannot take a record, so readers do not see what it says.
//!
//! Whoever asked is told so, with the code, wherever they would else wait or try again without end.

use crate::problem::{Problem, kind};
use http::{HeaderName, HeaderValue};
use mediamesh_domain::parked::HeldKey;
use mediamesh_domain::view::View;
use serde::Serialize;
use utoipa::ToSchema;

/// The code of what a view holds back of the item that is answered.
pub const HELD: HeaderName = HeaderName::from_static("held");

/// What was accepted and is held back, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldBack {
    /// `accepted, held: <code>`.
    pub status: String,
    /// The view that does not show it.
    pub view: View,
    /// The stable code of what is wrong.
    pub code: String,
}

impl From<&HeldKey> for HeldBack {
    fn from(held: &HeldKey) -> Self {
        Self {
            status: phrase(held),
            view: held.place.view,
            code: held.code.clone(),
        }
    }
}

/// `accepted, held: <code>`.
#[must_use]
pub fn phrase(held: &HeldKey) -> String {
    format!("accepted, held: {}", held.code)
}

/// The value of a `Held` header.
#[must_use]
pub fn header(held: &HeldKey) -> HeaderValue {
    HeaderValue::from_str(&held.code).unwrap_or(HeaderValue::from_static("held"))
}

/// The 412 of a read that must include what is held.
#[must_use]
pub fn problem(held: &HeldKey) -> Problem {
    let view = held.place.view.as_str();
    let detail = format!(
        "{}; the view {view} shows an older state until an operator has looked (mediamesh dlt list): waiting or \
         writing again does not help, reading without If-Position-At-Least gives what there is",
        phrase(held)
    );
    Problem::new(kind::HELD, detail)
        .code("held")
        .held(held)
        .header(HELD, header(held))
}

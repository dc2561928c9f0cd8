//! What both APIs say of HTTP, once: problems, conditions, positions, cursors, keys, correlation ids.
//!
//! An API is an [`utoipa_axum::router::OpenApiRouter`] of thin handlers; [`frame::serve`] puts around it what is
//! the same everywhere. Handlers take their input by [`extract`] and [`body`] and fail with a
//! [`problem::Problem`]. Nothing here knows what a program or an episode is.

pub mod body;
pub mod bulkhead;
pub mod clock;
pub mod conditional;
pub mod correlation;
pub mod cursor;
pub mod extract;
pub mod frame;
mod headers;
pub mod held;
pub mod ids;
pub mod keys;
pub mod limit;
mod list_header;
pub mod openapi;
mod page;
pub mod position;
pub mod prefer;
pub mod problem;
pub mod tokens;

pub use correlation::CorrelationId;
pub use problem::Problem;

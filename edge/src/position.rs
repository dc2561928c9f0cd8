//! Positions in headers: `Position` on answers, `If-Position-At-Least` on requests, and the waiting between.

use crate::problem::{Problem, kind};
use http::{HeaderMap, HeaderName, HeaderValue};
use mediamesh_domain::position::Position;
use mediamesh_domain::view::View;
use mediamesh_ports::progress::Progress;
use std::time::Duration;

/// How far a view had come when it answered, or the position of what was written.
pub const POSITION: HeaderName = HeaderName::from_static("position");

/// The position that a read must include.
pub const IF_POSITION_AT_LEAST: HeaderName = HeaderName::from_static("if-position-at-least");

/// How long a read waits for a position at most.
pub const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The value of a `Position` header.
///
/// # Panics
/// Never: a position's token is letters, digits, dots and dashes.
#[must_use]
pub fn header(position: &Position) -> HeaderValue {
    HeaderValue::from_str(&position.to_string()).expect("a position's token is visible ASCII")
}

/// The position that a request asks for.
///
/// # Errors
/// A 400 problem where the header is not a position.
pub fn at_least(headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    headers
        .get(IF_POSITION_AT_LEAST)
        .map(|value| {
            let token = value.to_str().unwrap_or("?");
            let position = Position::parse(token)?;
            if position.0.is_empty() {
                return Err(mediamesh_domain::position::NotAPosition.into());
            }
            Ok(position)
        })
        .transpose()
}

/// Waits, at most `wait`, until a view includes the position that a request asks for, and says where it is.
///
/// # Errors
/// A 400 problem where the header is not a position; a 412 problem, with where the view is in its `Position`
/// header, where it did not come that far in time.
pub async fn reach(
    headers: &HeaderMap,
    progress: &dyn Progress,
    view: View,
    wait: Duration,
) -> Result<Position, Problem> {
    let Some(asked) = at_least(headers)? else {
        return Ok(progress.current(view));
    };
    progress
        .reach(view, &asked, wait.min(LONGEST_WAIT))
        .await
        .map_err(|here| {
            let detail = format!(
                "the view {} is at {here}, not yet at {asked}: try again in a moment",
                view.as_str()
            );
            Problem::new(kind::POSITION_NOT_REACHED, detail)
                .code("position_not_reached")
                .header(POSITION, header(&here))
                .retry_after(1)
        })
}

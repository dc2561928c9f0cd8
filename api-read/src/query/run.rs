//! Runs: what came of each fetch or push of a source, and of each of its entries.
//!
//! What the connector saw is a row of the view `runs`; what became of the entries, and how many ended how, are rows
//! of the view `verdicts`. A run is under way as long as the second says less than the first.

mod entries;
mod list;
mod show;

pub use entries::{EntriesRequest, RunMeta, RunPage, page};
pub use list::{RunListPage, RunListRequest, list};
pub use show::{RunView, counts, of_event, report};

use mediamesh_edge::problem::{Problem, kind};

/// The 404 of a run of which nothing is known.
#[must_use]
pub fn not_found() -> Problem {
    Problem::new(
        kind::NOT_FOUND,
        "there is no such run, or nothing of it was decided yet",
    )
    .code("no_such_run")
}

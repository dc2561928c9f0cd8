//! Rows of the views that readers query: what `project` says and every view store keeps.
//!
//! A table is addressed as CQL addresses one: a partition key that is looked up whole and a clustering key
//! that rows are ordered by. Keys are bytes compared as bytes. Each row carries the `seq` it was written at;
//! a store keeps the newest and never goes back.

use crate::catalog::Withdrawal;
use crate::model::Availability;
use crate::position::{Partition, Seq};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The tables, one per question that readers ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// An item by lane and id: one row a language, the default one under the empty clustering key.
    Documents,
    /// A lane's programs, newest first.
    Programs,
    /// A program's episodes in a lane, newest first.
    Episodes,
    /// An item's events, by version.
    History,
    /// A command's verdict, by its id.
    Verdicts,
    /// The entries of a run and what became of them.
    Runs,
    /// Which rows a catalogue document last wrote.
    RowKeys,
    /// When each view had come how far, by view and partition, then `seq`.
    Timeline,
    /// What became of a run's entries, counted: one row a partition of verdicts.
    RunTallies,
    /// A run as its connector told of it, by its id.
    RunReports,
    /// The runs of all sources or of one, newest first.
    RunLists,
    /// How a source fares, as its runs tell.
    SourceHealth,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 12] = [
        Self::Documents,
        Self::Programs,
        Self::Episodes,
        Self::History,
        Self::Verdicts,
        Self::Runs,
        Self::RowKeys,
        Self::Timeline,
        Self::RunTallies,
        Self::RunReports,
        Self::RunLists,
        Self::SourceHealth,
    ];

    /// The table's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Programs => "programs",
            Self::Episodes => "episodes",
            Self::History => "history",
            Self::Verdicts => "verdicts",
            Self::Runs => "runs",
            Self::RowKeys => "row_keys",
            Self::Timeline => "timeline",
            Self::RunTallies => "run_tallies",
            Self::RunReports => "run_reports",
            Self::RunLists => "run_lists",
            Self::SourceHealth => "source_health",
        }
    }
}

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowKey {
    /// The table.
    pub table: Table,
    /// The partition key, looked up whole.
    #[serde(with = "serde_bytes")]
    pub partition_key: Vec<u8>,
    /// The clustering key that rows of one partition key are ordered by.
    #[serde(with = "serde_bytes")]
    pub clustering_key: Vec<u8>,
}

impl RowKey {
    /// The key of a row.
    #[must_use]
    pub fn new(
        table: Table,
        partition: impl Into<Vec<u8>>,
        clustering: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            table,
            partition_key: partition.into(),
            clustering_key: clustering.into(),
        }
    }
}

/// A row as it is stored and read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The `seq` it was written at.
    pub seq: Seq,
    /// What a reader must know before it looks into the body; JSON, [`RowMeta`] on documents.
    pub meta: Vec<u8>,
    /// The bytes that are served.
    pub body: Vec<u8>,
}

/// A row to write, or to remove where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWrite {
    /// Where.
    pub key: RowKey,
    /// The `seq` of the document that says so.
    pub seq: Seq,
    /// The row's meta and body; absent: the row is withdrawn.
    pub value: Option<(Vec<u8>, Vec<u8>)>,
}

/// The meta of rows in [`Table::Documents`].
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowMeta {
    /// The item's version.
    pub version: i64,
    /// The language of the body.
    pub lang: String,
    /// The languages that there are.
    pub languages: Vec<String>,
    /// Whether a reader whose language is missing gets nothing.
    pub strict: bool,
    /// The public name, for redirects.
    pub slug: String,
    /// When it may be shown.
    #[serde(default, skip_serializing_if = "Window::is_always")]
    pub window: Window,
    /// The item that the address leads to; there is no body then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// That the item was withdrawn; there is no body then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawal>,
}

/// When an item may be shown, as rows carry it: a reader asks the clock, not the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Window {
    /// Not before this time, in microseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_us: Option<i64>,
    /// Not from this time on, in microseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_us: Option<i64>,
}

impl Window {
    /// Whether it leaves no time out.
    #[must_use]
    pub fn is_always(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a time lies within it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from_us.is_none_or(|from| from <= at.0)
            && self.until_us.is_none_or(|until| at.0 < until)
    }
}

impl From<&Availability> for Window {
    fn from(availability: &Availability) -> Self {
        Self {
            from_us: availability.from.map(|at| at.0),
            until_us: availability.until.map(|at| at.0),
        }
    }
}

/// The views: each is fed by one topic and can be rebuilt from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Documents and lists, from `catalog`.
    Catalog,
    /// The search index, from `catalog`.
    Search,
    /// Items' events, from `content.events`.
    History,
    /// Commands' verdicts and runs' entries, from `command.verdicts`.
    Verdicts,
    /// Runs and how sources fare, from `ingest.events`.
    Runs,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 5] = [
        Self::Catalog,
        Self::Search,
        Self::History,
        Self::Verdicts,
        Self::Runs,
    ];

    /// The view's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Search => "search",
            Self::History => "history",
            Self::Verdicts => "verdicts",
            Self::Runs => "runs",
        }
    }

    /// The tables that its rows stand in, so that a store can make them before the first row comes.
    #[must_use]
    pub fn tables(self) -> &'static [Table] {
        match self {
            Self::Catalog => &[
                Table::Documents,
                Table::Programs,
                Table::Episodes,
                Table::RowKeys,
                Table::Timeline,
            ],
            Self::Search => &[Table::Timeline],
            Self::History => &[Table::History, Table::Timeline],
            Self::Verdicts => &[
                Table::Verdicts,
                Table::Runs,
                Table::RunTallies,
                Table::Timeline,
            ],
            Self::Runs => &[
                Table::RunReports,
                Table::RunLists,
                Table::SourceHealth,
                Table::Timeline,
            ],
        }
    }

    /// The view with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.as_str() == name)
    }
}

/// A view in one of its versions: a rebuild writes the next one beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewVersion {
    /// The view.
    pub view: View,
    /// Its version, from 1.
    pub version: i32,
}

impl ViewVersion {
    /// A version of a view.
    #[must_use]
    pub fn new(view: View, version: i32) -> Self {
        Self { view, version }
    }
}

impl std::fmt::Display for ViewVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.v{}", self.view.as_str(), self.version)
    }
}

/// What a view has flushed: a record of `view.progress`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewProgress {
    /// The view.
    pub view: View,
    /// Its version.
    pub version: i32,
    /// The partition of its input.
    pub partition: Partition,
    /// The last `seq` that it has taken in and flushed.
    pub seq: Seq,
    /// When it was flushed.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_opens_at_its_first_moment_and_closes_before_its_last() {
        let window = Window::from(&Availability {
            from: Some(Timestamp(10)),
            until: Some(Timestamp(20)),
            ..Availability::default()
        });
        let open: Vec<bool> = [9, 10, 19, 20]
            .map(|us| window.contains(Timestamp(us)))
            .into();
        assert_eq!(open, [false, true, true, false]);
        assert!(Window::default().contains(Timestamp(i64::MIN)));
    }

    #[test]
    fn rows_written_before_there_were_windows_are_always_shown() {
        let meta = r#"{"version":1,"lang":"ar","languages":["ar"],"strict":false,"slug":"s"}"#;
        let meta: RowMeta = serde_json::from_str(meta).unwrap();
        assert!(meta.window.is_always());
        assert!(!serde_json::to_string(&meta).unwrap().contains("window"));
    }
}

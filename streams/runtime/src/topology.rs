//! The topology as data: which stages there are, what each reads, writes and keeps.
//!
//! Groups, stores and the picture in docs/topology.md all follow from this one list.

mod picture;

pub use picture::picture;

use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_ports::event_log::{GroupSpec, Sees};
use mediamesh_schemas::Topic;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The store that a stage keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// None.
    Nothing,
    /// A state of this name, one per partition.
    State(&'static str),
    /// The keys that its sink has parked.
    Parked,
}

/// One stage of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Its name: of its group, or of its groups where it writes a view.
    pub name: &'static str,
    /// What it does, in a few words.
    pub what: &'static str,
    /// The topic it reads.
    pub input: Topic,
    /// The topics it writes, dead letters apart.
    pub outputs: &'static [Topic],
    /// What it keeps.
    pub store: Store,
    /// The view it writes.
    pub view: Option<View>,
    /// Which records it may see.
    pub sees: Sees,
}

/// From raw entries to commands.
pub const NORMALISE: Stage = Stage {
    name: "normalise",
    what: "makes a command of each raw entry, at most 200 undecided per partition",
    input: Topic::IngestRaw,
    outputs: &[Topic::ContentCommands, Topic::CommandVerdicts],
    store: Store::Nothing,
    view: None,
    sees: Sees::Written,
};

/// From commands to events, documents and verdicts.
pub const DECIDE: Stage = Stage {
    name: "decide",
    what: "decides each command, evolves and joins the items, fires their timers, hands on what is for a program that took another over",
    input: Topic::ContentCommands,
    outputs: &[
        Topic::ContentEvents,
        Topic::Catalog,
        Topic::CommandVerdicts,
        Topic::ContentCommands,
    ],
    store: Store::State("decide"),
    view: None,
    sees: Sees::Written,
};

/// From control commands to control events.
pub const CONTROL: Stage = Stage {
    name: "control",
    what: "decides about sources, API keys, users, sessions and view switches",
    input: Topic::ControlCommands,
    outputs: &[
        Topic::ControlEvents,
        Topic::Accounts,
        Topic::CommandVerdicts,
    ],
    store: Store::State("control"),
    view: None,
    sees: Sees::Written,
};

/// From the catalogue to rows.
pub const MATERIALISE: Stage = sink(
    "materialise",
    "writes the rows of each document, withdraws those no longer due",
    Topic::Catalog,
    View::Catalog,
);

/// From the catalogue to the search index.
pub const INDEX: Stage = sink(
    "index",
    "writes the search documents of each document",
    Topic::Catalog,
    View::Search,
);

/// From events to histories.
pub const HISTORY: Stage = sink(
    "history",
    "writes each event into its item's history",
    Topic::ContentEvents,
    View::History,
);

/// From verdicts to what became of each command.
pub const VERDICTS: Stage = sink(
    "verdicts",
    "writes what became of each command and of each entry of a run",
    Topic::CommandVerdicts,
    View::Verdicts,
);

/// From runs to lists of them and to how sources fare.
pub const RUNS: Stage = sink(
    "runs",
    "writes each run into its lists, folds them into how its source fares",
    Topic::IngestEvents,
    View::Runs,
);

/// Every stage, in the order of the flow.
pub const STAGES: [Stage; 8] = [
    NORMALISE,
    DECIDE,
    CONTROL,
    MATERIALISE,
    INDEX,
    HISTORY,
    VERDICTS,
    RUNS,
];

const fn sink(name: &'static str, what: &'static str, input: Topic, view: View) -> Stage {
    Stage {
        name,
        what,
        input,
        outputs: &[Topic::ViewProgress, Topic::ViewParked],
        store: Store::Parked,
        view: Some(view),
        sees: Sees::Durable,
    }
}

impl Stage {
    /// The stage that writes a view.
    #[must_use]
    pub const fn of_view(view: View) -> Self {
        match view {
            View::Catalog => MATERIALISE,
            View::Search => INDEX,
            View::History => HISTORY,
            View::Verdicts => VERDICTS,
            View::Runs => RUNS,
        }
    }

    /// The group of a stage that writes no view.
    #[must_use]
    pub fn group(&self) -> GroupSpec {
        let store = match self.store {
            Store::Nothing => None,
            Store::State(name) => Some(name),
            Store::Parked => Some(parked_store(self.name, 1)),
        };
        GroupSpec {
            name: self.name.to_owned(),
            input: self.input,
            store,
            sees: self.sees,
        }
    }
}

/// The group of the sink that writes a version of a view: `<stage>.v<version>`.
#[must_use]
pub fn sink_group(view: ViewVersion) -> GroupSpec {
    let stage = Stage::of_view(view.view);
    GroupSpec {
        name: format!("{}.v{}", stage.name, view.version),
        input: stage.input,
        store: Some(parked_store(stage.name, view.version)),
        sees: stage.sees,
    }
}

/// The name of the store for a sink's parked keys. Versions are few in the life of a process, so each name is
/// made once and kept.
fn parked_store(stage: &str, version: i32) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let name = format!("parked-{stage}-v{version}");
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name.as_str()) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into_boxed_str());
    names.insert(kept);
    kept
}

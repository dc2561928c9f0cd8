//! Trying a source out: what would come of its raw entries, decided over a copy of the state that is thrown away.

use crate::overlay::Overlay;
use crate::topology::{DECIDE, Store};
use mediamesh_domain::ingest::RawEntry;
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::position::Partition;
use mediamesh_domain::run::{TriedEntry, command_of, try_entry};
use mediamesh_domain::state::Unreadable;
use mediamesh_ports::event_log::partition_of_program;
use mediamesh_ports::state_store::ReadState;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// How far an entry is followed whose program is part of another, which is part of another.
const HOPS: usize = 16;

/// What would become of each entry, in their order. Without a state everything is new.
///
/// Nothing is appended and no state is changed: what one entry changes only the later ones see.
///
/// # Errors
/// [`Unreadable`] where the state cannot be read.
pub fn try_entries(
    state: Option<&Arc<dyn ReadState>>,
    source: &SourceFields,
    entries: &[RawEntry],
) -> Result<Vec<TriedEntry>, Unreadable> {
    let mut overlays: HashMap<Partition, Overlay> = HashMap::new();
    let mut tried = Vec::with_capacity(entries.len());
    for raw in entries {
        let mut command = match command_of(source, raw) {
            Ok(command) => command,
            Err(refused) => {
                tried.push(*refused);
                continue;
            }
        };
        let mut entry = None;
        for _ in 0..HOPS {
            let partition = partition_of_program(command.program_id);
            let overlay = match overlays.entry(partition) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(over(state, partition)?),
            };
            let look = try_entry(partition, overlay, raw.index, &command)?;
            overlay.apply(look.changes);
            entry = Some(look.entry);
            match look.onward {
                Some(next) => command = *next,
                None => break,
            }
        }
        tried.extend(entry);
    }
    Ok(tried)
}

fn over(state: Option<&Arc<dyn ReadState>>, partition: Partition) -> Result<Overlay, Unreadable> {
    let Store::State(store) = DECIDE.store else {
        return Ok(Overlay::over(None));
    };
    let base = match state {
        Some(state) => state
            .state(store, partition)
            .map_err(|error| Unreadable(error.to_string()))?,
        None => None,
    };
    Ok(Overlay::over(base))
}

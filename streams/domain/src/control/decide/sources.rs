//! Sources: one an address, each with a name of its own.
//!
//! A source keeps its id when its address changes; the addresses that it had are kept with it, and no
//! other source is made at the one it has.

mod address;
mod check;

pub use check::{SHORTEST_INTERVAL_S, check_source};

use super::{Decided, Held, name_key, name_taken};
use crate::command::Expectation;
use crate::control::{ControlFact, CreateSource, SourceState, UpdateSource};
use crate::decide::values::{put, read, removal};
use crate::decide::{Stop, refusal};
use crate::id::SourceId;
use crate::item::{self, Fields};
use crate::lang::{Lang, Localized};
use crate::model::SourceFields;
use crate::position::Seq;
use crate::state::StateView;
use crate::verdict::RefusalKind;

pub(super) fn create(
    state: &dyn StateView,
    body: &CreateSource,
    seq: Seq,
) -> Result<Decided, Stop> {
    let (id, fields) = (body.source_id, &body.fields);
    if let Some(held) = read::<Held<SourceFields>>(state, &key(id))? {
        // The same address again is the same source: it stays as it is.
        return Ok(Decided::nothing(id.0, &held));
    }
    check::check(fields)?;
    name_is_free(state, &fields.name, id)?;
    address::is_free(state, &fields.url, id)?;
    let held = Held::first(seq, fields.clone());
    let mut changes = vec![
        put(key(id), &held)?,
        put(name_key(NAMES, &fields.name), &id)?,
    ];
    changes.extend(address::taken(&fields.url, id)?);
    let fact = ControlFact::SourceCreated(SourceState {
        source_id: id,
        fields: fields.clone(),
    });
    Ok(Decided::happens(id.0, &held, fact, changes))
}

pub(super) fn update(
    state: &dyn StateView,
    body: &UpdateSource,
    expected: Option<Expectation>,
    seq: Seq,
) -> Result<Decided, Stop> {
    let id = body.source_id;
    let Some(held) = read::<Held<SourceFields>>(state, &key(id))? else {
        let message = format!("there is no source {id}");
        return Err(refusal::new(RefusalKind::NotFound, "not_found", message).into());
    };
    if let Some(expected) = expected.filter(|expected| expected.version != held.version) {
        return Err(refusal::other_version(expected, held.version, Vec::new()).into());
    }
    let patched: SourceFields =
        item::apply(&held.value, &body.patch).map_err(refusal::bad_patch)?;
    if patched == held.value {
        return Ok(Decided::nothing(id.0, &held));
    }
    check::check(&patched)?;
    let fields = address::moved(&held.value, patched);
    name_is_free(state, &fields.name, id)?;
    address::is_free(state, &fields.url, id)?;
    let now = held.next(seq, fields.clone());
    let mut changes = vec![put(key(id), &now)?];
    if fields.name != held.value.name {
        changes.push(removal(name_key(NAMES, &held.value.name)));
        changes.push(put(name_key(NAMES, &fields.name), &id)?);
    }
    if fields.url != held.value.url {
        changes.extend(address::given_up(state, &held.value.url, id)?);
        changes.extend(address::taken(&fields.url, id)?);
    }
    let fact = ControlFact::SourceUpdated(SourceState {
        source_id: id,
        fields,
    });
    Ok(Decided::happens(id.0, &now, fact, changes))
}

fn name_is_free(state: &dyn StateView, name: &str, owner: SourceId) -> Result<(), Stop> {
    match read::<SourceId>(state, &name_key(NAMES, name))? {
        Some(other) if other != owner => Err(name_taken("source", name).into()),
        _ => Ok(()),
    }
}

/// The prefix of sources' names.
const NAMES: &[u8] = b"n/";

fn key(id: SourceId) -> Vec<u8> {
    [b"c/", id.as_bytes().as_slice()].concat()
}

/// A source has no texts per language; patches work on it as on other fields.
impl Fields for SourceFields {
    fn title(&self) -> &Localized {
        static NONE: Localized = Localized(std::collections::BTreeMap::new());
        &NONE
    }
    fn default_lang(&self) -> Option<&Lang> {
        None
    }
    fn show_only(&mut self, _: &[Lang]) {}
}

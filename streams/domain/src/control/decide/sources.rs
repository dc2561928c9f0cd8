//! Sources: one an address, each with a name of its own.

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
use crate::rules::Findings;
use crate::state::StateView;
use crate::verdict::RefusalKind;

/// The shortest time between two polls of a source, in seconds.
pub const SHORTEST_INTERVAL_S: i64 = 60;

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
    check(fields)?;
    name_is_free(state, &fields.name, id)?;
    let held = Held::first(seq, fields.clone());
    let changes = vec![
        put(key(id), &held)?,
        put(name_key(NAMES, &fields.name), &id)?,
    ];
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
    let fields: SourceFields = item::apply(&held.value, &body.patch).map_err(refusal::bad_patch)?;
    if fields == held.value {
        return Ok(Decided::nothing(id.0, &held));
    }
    check(&fields)?;
    name_is_free(state, &fields.name, id)?;
    let now = held.next(seq, fields.clone());
    let mut changes = vec![put(key(id), &now)?];
    if fields.name != held.value.name {
        changes.push(removal(name_key(NAMES, &held.value.name)));
        changes.push(put(name_key(NAMES, &fields.name), &id)?);
    }
    let fact = ControlFact::SourceUpdated(SourceState {
        source_id: id,
        fields,
    });
    Ok(Decided::happens(id.0, &now, fact, changes))
}

fn check(fields: &SourceFields) -> Result<(), Stop> {
    let mut found = Findings::default();
    if fields.name.trim().is_empty() {
        found.error("/name", "name_missing", "a source needs a name");
    }
    if !fields.url.is_empty() {
        found.url("/url", &fields.url);
    }
    if fields.interval_s != 0 && fields.interval_s < SHORTEST_INTERVAL_S {
        let message =
            format!("a source is polled every {SHORTEST_INTERVAL_S} seconds at most, or never: 0");
        found.error("/interval_s", "interval_too_short", message);
    }
    let errors = found.checked().errors;
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal::invalid(errors, None).into())
    }
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

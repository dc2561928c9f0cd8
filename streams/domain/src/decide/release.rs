//! Fields that an editor gives back to the sources, one by one.

use super::desk::Desk;
use super::edit::{OnDesk, accepted, current};
use super::{Stop, refusal};
use crate::catalog::Status;
use crate::item::{self, Item, Live, Release};
use crate::verdict::{Accepted, Finding};

/// Gives fields back: what a source last said of them applies at once where it is known.
pub(super) fn fields<E: OnDesk>(
    desk: &mut Desk<'_>,
    entity: E,
    pointers: &[String],
) -> Result<Accepted, Stop> {
    check::<E>(pointers)?;
    let item = current(desk, entity)?;
    let given_back = held(item, pointers);
    if given_back.is_empty() {
        // None of them is an editor's: there is nothing to give back.
        return accepted(desk, entity, Vec::new());
    }
    let mut fields = item.draft.clone();
    for pointer in &given_back {
        if let Some(said) = item.held.get(pointer) {
            fields = item::set(&fields, pointer, &said.value).map_err(refusal::bad_patch)?;
        }
    }
    let checked = E::check(&fields);
    if !checked.errors.is_empty() {
        return Err(refusal::invalid(checked.errors, Some(item.version)).into());
    }
    let release = Release {
        changed: item::changed(&item.draft, &fields),
        fields,
        pointers: given_back,
    };
    entity.happen(desk, entity.released(release))?;
    accepted(desk, entity, checked.warnings)
}

/// Every pointer names a field, or a text in a language.
fn check<E: OnDesk>(pointers: &[String]) -> Result<(), Stop> {
    let unknown = |(_, at): &(usize, &String)| !item::is_field::<E::Fields>(at);
    let mut errors: Vec<Finding> = pointers
        .iter()
        .enumerate()
        .filter(unknown)
        .map(|(n, at)| {
            let message = format!("{at} is no field: name one, for example /title or /title/ar");
            Finding::new(format!("/pointers/{n}"), "pointer_unknown", message)
        })
        .collect();
    if pointers.is_empty() {
        let message = "name the fields to give back";
        errors.push(Finding::new("/pointers", "pointers_missing", message));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal::invalid(errors, None).into())
    }
}

/// The fields that an editor holds at or within these pointers.
fn held<F: item::Fields>(item: &Item<F>, pointers: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for asked in pointers {
        let within = |at: &&String| *at == asked || item::is_within(at, asked);
        let known = item.touched.keys().chain(item.held.keys()).filter(within);
        all.extend(known.filter(|at| item.touch(at).by_editor).cloned());
        if item.touch(asked).by_editor {
            all.push(asked.clone());
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Whether readers see the draft as it is, so that a change that is asked for goes live with it.
pub(super) fn is_shown_as_it_is<F: PartialEq>(item: &Item<F>) -> bool {
    item.status == Status::Published && item.live == Live::Draft
}

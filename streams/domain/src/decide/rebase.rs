//! Patches against an older version: taken where no field they change has changed since.

use super::{Stop, refusal};
use crate::command::Expectation;
use crate::item::{self, Fields, Item};
use crate::position::Version;
use crate::verdict::FieldConflict;

/// The version a patch is rebased from; none where it was made against the version there is.
///
/// `patched` is the draft with the patch in it: a field that it leaves as it stands is no conflict.
pub(super) fn onto<F: Fields>(
    item: &Item<F>,
    expected: Expectation,
    patch: &str,
    patched: &F,
) -> Result<Option<Version>, Stop> {
    if expected.version == item.version {
        return Ok(None);
    }
    if expected.version > item.version || expected.version < Version(1) {
        return Err(refusal::other_version(expected, item.version, Vec::new()).into());
    }
    let effect = item::changed(&item.draft, patched);
    let mut conflicts = Vec::new();
    for (pointer, yours) in item::touched_by(patch).map_err(refusal::bad_patch)? {
        let touch = item.touch(&pointer);
        if touch.version > expected.version && item::any_within(&effect, &pointer) {
            conflicts.push(FieldConflict {
                yours: yours.to_string(),
                theirs: item::value_at(&item.draft, &pointer),
                since: touch.version,
                pointer,
            });
        }
    }
    if conflicts.is_empty() {
        return Ok(Some(expected.version));
    }
    Err(refusal::other_version(expected, item.version, conflicts).into())
}

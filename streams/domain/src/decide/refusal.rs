//! Refusals in words: what is wrong and what to change.

use crate::command::{Expectation, ExpectationKind};
use crate::id::ItemRef;
use crate::item::PatchError;
use crate::position::Version;
use crate::verdict::{FieldConflict, Finding, Refusal, RefusalKind};
use uuid::Uuid;

pub(crate) fn new(kind: RefusalKind, code: &str, message: impl Into<String>) -> Refusal {
    Refusal {
        kind,
        code: code.to_owned(),
        message: message.into(),
        errors: Vec::new(),
        current_version: None,
        conflicts: Vec::new(),
    }
}

pub(crate) fn invalid(errors: Vec<Finding>, version: Option<Version>) -> Refusal {
    let message = match errors.as_slice() {
        [only] => only.message.clone(),
        all => format!("{} rules are broken", all.len()),
    };
    Refusal {
        errors,
        current_version: version,
        ..new(RefusalKind::Invalid, "invalid_fields", message)
    }
}

pub(crate) fn bad_patch(error: PatchError) -> Refusal {
    invalid(
        vec![Finding::new(error.pointer, "patch_invalid", error.message)],
        None,
    )
}

pub(crate) fn not_found(item: ItemRef) -> Refusal {
    new(
        RefusalKind::NotFound,
        "not_found",
        format!("there is no {} {}", item.kind.as_str(), item.id),
    )
}

pub(crate) fn conflict(code: &str, message: impl Into<String>, version: Version) -> Refusal {
    Refusal {
        current_version: Some(version),
        ..new(RefusalKind::Conflict, code, message)
    }
}

/// The item is part of another.
pub(crate) fn merged(into: Uuid, version: Version) -> Refusal {
    let message = format!("it is part of {into}: change that one, or undo the merge first");
    conflict("merged", message, version)
}

/// The item, or its program, was withdrawn.
pub(crate) fn withdrawn(version: Version) -> Refusal {
    let message = "it was withdrawn for good: make a new one";
    conflict("withdrawn", message, version)
}

/// The caller saw another version than there is.
pub(crate) fn other_version(
    expected: Expectation,
    current: Version,
    conflicts: Vec<FieldConflict>,
) -> Refusal {
    let kind = match expected.kind {
        ExpectationKind::IfMatch => RefusalKind::PreconditionFailed,
        ExpectationKind::InBody => RefusalKind::Conflict,
    };
    let message = if conflicts.is_empty() {
        format!(
            "the version is {current}, not {}: read it again",
            expected.version
        )
    } else {
        format!(
            "{} of the fields changed since version {}: compare both sides and send again with version {current}",
            conflicts.len(),
            expected.version
        )
    };
    Refusal {
        current_version: Some(current),
        conflicts,
        ..new(kind, "version_conflict", message)
    }
}

/// An Idempotency-Key came with another request.
pub(crate) fn key_reused() -> Refusal {
    new(
        RefusalKind::IdempotencyMismatch,
        "idempotency_key_reused",
        "this Idempotency-Key was used for another request: use a new one",
    )
}

//! Where each field comes from, and what sources say of those that an editor holds.

use super::{Item, Stamp, Touch};
use crate::catalog::{FieldOrigin, Provenance, SourceValue};
use crate::command::Principal;
use crate::event::{HeldField, ImportFact};
use crate::item::Fields;
use crate::item::patch::{is_within, value_at};

impl Stamp<'_> {
    /// Where fields come from that its event sets: the import, else who asked.
    pub(super) fn origin(&self, import: Option<&ImportFact>) -> FieldOrigin {
        FieldOrigin {
            at: self.at,
            by: import.map_or_else(
                || self.by.clone(),
                |import| Principal::source(import.source_id),
            ),
            run_id: import.map(|import| import.run_id),
            held: import.is_none(),
        }
    }
}

impl<F: Fields> Item<F> {
    /// Fields go back to the sources; some take at once what a source last said of them.
    pub fn released(
        &mut self,
        stamp: Stamp<'_>,
        fields: F,
        pointers: &[String],
        changed: &[String],
    ) {
        for pointer in pointers {
            let touch = Touch {
                by_editor: false,
                ..self.touch(pointer)
            };
            let origin = match self.held.remove(pointer) {
                Some(said) => said.origin,
                None => FieldOrigin {
                    held: false,
                    ..self.origin(pointer)
                },
            };
            self.touched.insert(pointer.clone(), touch);
            self.origins.insert(pointer.clone(), origin);
        }
        for pointer in changed {
            let origin = self.origin(pointer);
            self.replace(
                stamp,
                fields.clone(),
                std::slice::from_ref(pointer),
                &origin,
            );
        }
        self.stamp(stamp);
    }

    /// An editor held these fields in the item that it stands for.
    pub fn held_from_the_start(&mut self, stamp: Stamp<'_>, pointers: &[String]) {
        let touch = Touch {
            version: stamp.version,
            by_editor: true,
        };
        for pointer in pointers {
            self.touched.insert(pointer.clone(), touch);
            self.origins.insert(pointer.clone(), stamp.origin(None));
        }
    }

    /// Where the value of a field comes from.
    #[must_use]
    pub fn origin(&self, pointer: &str) -> FieldOrigin {
        let around = || {
            let mut around = self.origins.iter();
            around.find_map(|(outer, origin)| is_within(pointer, outer).then_some(origin))
        };
        self.origins
            .get(pointer)
            .or_else(around)
            .or(self.made.as_ref())
            .cloned()
            // An item of a time when nobody wrote it down.
            .unwrap_or_else(|| FieldOrigin {
                at: self.created_at,
                by: Principal::system("unknown"),
                run_id: None,
                held: self.by_editor,
            })
    }

    /// Where all fields come from.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        Provenance {
            made: self.origin(""),
            fields: self.origins.clone(),
            overridden: self.held.clone(),
        }
    }

    /// Keeps what a source said of fields that an editor sets now.
    pub(super) fn lay_aside(&mut self, changed: &[String]) {
        let theirs = changed.iter().filter(|at| !self.touch(at).by_editor);
        let said: Vec<(String, SourceValue)> = theirs
            .map(|pointer| {
                let said = SourceValue {
                    value: value_at(&self.draft, pointer),
                    origin: self.origin(pointer),
                };
                (pointer.clone(), said)
            })
            .collect();
        self.held.extend(said);
    }

    /// Keeps what an import says of fields that an editor holds.
    pub(super) fn hold(
        &mut self,
        stamp: Stamp<'_>,
        import: Option<&ImportFact>,
        held: &[HeldField],
    ) {
        for field in held {
            let said = SourceValue {
                value: field.value.clone(),
                origin: stamp.origin(import),
            };
            self.held.insert(field.pointer.clone(), said);
        }
    }
}

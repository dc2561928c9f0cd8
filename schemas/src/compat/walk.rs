//! Walks two schemas side by side.

use super::Incompatibility;
use apache_avro::Schema;
use apache_avro::schema::{
    EnumSchema, FixedSchema, NamesRef, RecordField, RecordSchema, ResolvedSchema, UnionSchema,
    UuidSchema,
};
use std::collections::HashSet;

type Checked = Result<(), Incompatibility>;

/// Whether `new` may follow `old`.
pub(super) fn compare(old: &Schema, new: &Schema) -> Checked {
    let resolve = |schema| {
        ResolvedSchema::try_from(schema).map_err(|error| Incompatibility {
            path: String::new(),
            reason: format!("a named type is not defined: {error}"),
        })
    };
    let (old_names, new_names) = (resolve(old)?, resolve(new)?);
    let mut walk = Walk {
        old: old_names.get_names(),
        new: new_names.get_names(),
        seen: HashSet::new(),
        path: new
            .name()
            .map(|n| n.name().to_owned())
            .into_iter()
            .collect(),
    };
    walk.types(old, new)
}

struct Walk<'a> {
    old: &'a NamesRef<'a>,
    new: &'a NamesRef<'a>,
    /// The records that were compared, or are being compared further up.
    seen: HashSet<String>,
    path: Vec<String>,
}

impl<'a> Walk<'a> {
    fn types(&mut self, old: &'a Schema, new: &'a Schema) -> Checked {
        let (old, new) = (follow(old, self.old), follow(new, self.new));
        match (old, new) {
            (Schema::Record(old), Schema::Record(new)) => self.records(old, new),
            (Schema::Enum(old), Schema::Enum(new)) => self.enums(old, new),
            (Schema::Union(old), Schema::Union(new)) => self.unions(old, new),
            (Schema::Array(old), Schema::Array(new)) => self.types(&old.items, &new.items),
            (Schema::Map(old), Schema::Map(new)) => self.types(&old.types, &new.types),
            (Schema::Fixed(old), Schema::Fixed(new)) => self.fixed(old, new),
            (Schema::Uuid(UuidSchema::Fixed(old)), Schema::Uuid(UuidSchema::Fixed(new))) => {
                self.fixed(old, new)
            }
            _ if kind(old) == kind(new) => Ok(()),
            _ => self.clash(format!(
                "its type changes from {} to {}",
                kind(old),
                kind(new)
            )),
        }
    }

    fn records(&mut self, old: &'a RecordSchema, new: &'a RecordSchema) -> Checked {
        let name = new.name.fullname(None);
        if old.name != new.name {
            let before = old.name.fullname(None);
            return self.clash(format!("its type changes from {before} to {name}"));
        }
        if !self.seen.insert(name) {
            return Ok(());
        }
        if stands_for_kind(old) != stands_for_kind(new)
            || (stands_for_kind(new) && new.fields.len() != 1)
        {
            return self
                .clash("a record that stands for one kind of a union has one field for ever");
        }
        for field in &new.fields {
            match find(old, field) {
                Some(before) => self.at(&field.name, |walk| {
                    walk.types(&before.schema, &field.schema)
                })?,
                None if field.default.is_some() => {}
                None => self.at(&field.name, |walk| {
                    walk.clash("a new field needs a default, or older records cannot be read")
                })?,
            }
        }
        for field in &old.fields {
            if find(new, field).is_none() && field.default.is_none() {
                self.at(&field.name, |walk| {
                    walk.clash("a field without a default cannot go: older builds need it")
                })?;
            }
        }
        Ok(())
    }

    fn enums(&mut self, old: &EnumSchema, new: &EnumSchema) -> Checked {
        if old.name != new.name {
            return self.clash(format!(
                "the enum is renamed from {}",
                old.name.fullname(None)
            ));
        }
        for (place, symbol) in old.symbols.iter().enumerate() {
            if new.symbols.get(place) != Some(symbol) {
                return self.clash(format!(
                    "symbol `{symbol}` must keep its place: new symbols come at the end"
                ));
            }
        }
        Ok(())
    }

    fn unions(&mut self, old: &'a UnionSchema, new: &'a UnionSchema) -> Checked {
        let (old, new) = (old.variants(), new.variants());
        // Structs hold a union of null and one more type as an option, which is no list of kinds.
        let option = |variants: &[Schema]| variants.len() == 2 && variants.contains(&Schema::Null);
        if option(old) != option(new) {
            return self.clash("an optional value stays one, and becomes no list of kinds");
        }
        for (place, before) in old.iter().enumerate() {
            let Some(now) = new.get(place) else {
                return self.clash(format!("kind {} cannot go", label(before, self.old)));
            };
            let (before_label, now_label) = (label(before, self.old), label(now, self.new));
            if before_label != now_label {
                return self.clash(format!(
                    "{before_label} must keep its place, where {now_label} stands: new kinds come at the end"
                ));
            }
            if option(new) {
                self.types(before, now)?;
            } else {
                self.at(&now_label, |walk| walk.types(before, now))?;
            }
        }
        Ok(())
    }

    fn fixed(&self, old: &FixedSchema, new: &FixedSchema) -> Checked {
        if old.size == new.size && old.name == new.name {
            Ok(())
        } else {
            self.clash(format!(
                "its type changes from {} of {} bytes to {} of {}",
                old.name.fullname(None),
                old.size,
                new.name.fullname(None),
                new.size
            ))
        }
    }

    fn at(&mut self, step: &str, check: impl FnOnce(&mut Self) -> Checked) -> Checked {
        self.path.push(step.to_owned());
        check(self)?;
        self.path.pop();
        Ok(())
    }

    fn clash(&self, reason: impl Into<String>) -> Checked {
        Err(Incompatibility {
            path: self.path.join("."),
            reason: reason.into(),
        })
    }
}

fn follow<'a>(schema: &'a Schema, names: &NamesRef<'a>) -> &'a Schema {
    match schema {
        Schema::Ref { name } => names.get(name).copied().unwrap_or(schema),
        _ => schema,
    }
}

fn find<'a>(record: &'a RecordSchema, field: &RecordField) -> Option<&'a RecordField> {
    record.fields.iter().find(|other| other.name == field.name)
}

/// Whether a record is there only because a union cannot hold one type twice: serde sees its one field alone.
fn stands_for_kind(record: &RecordSchema) -> bool {
    let mark = record
        .attributes
        .get("org.apache.avro.rust.union_of_records");
    mark.and_then(serde_json::Value::as_bool) == Some(true)
}

/// A type's kind with its logical type.
fn kind(schema: &Schema) -> String {
    format!("{:?}", apache_avro::schema::SchemaKind::from(schema)).to_lowercase()
}

/// What a branch of a union is called: its local name, or its kind.
fn label(schema: &Schema, names: &NamesRef<'_>) -> String {
    let schema = follow(schema, names);
    schema
        .name()
        .map_or_else(|| kind(schema), |name| name.name().to_owned())
}

/// Whether a schema mentions a record inside itself, so that values can be nested without end.
pub(crate) fn is_recursive(schema: &Schema) -> bool {
    fn inside(schema: &Schema, names: &NamesRef<'_>, open: &mut Vec<String>) -> bool {
        match follow(schema, names) {
            Schema::Record(record) => {
                let name = record.name.fullname(None);
                if open.contains(&name) {
                    return true;
                }
                open.push(name);
                let found = record
                    .fields
                    .iter()
                    .any(|field| inside(&field.schema, names, open));
                open.pop();
                found
            }
            Schema::Array(array) => inside(&array.items, names, open),
            Schema::Map(map) => inside(&map.types, names, open),
            Schema::Union(union) => union.variants().iter().any(|v| inside(v, names, open)),
            _ => false,
        }
    }
    // What cannot be resolved cannot be read either; to guard it costs nothing.
    ResolvedSchema::try_from(schema)
        .is_ok_and(|resolved| inside(schema, resolved.get_names(), &mut Vec::new()))
}

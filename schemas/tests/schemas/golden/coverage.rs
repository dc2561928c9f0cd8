//! What the golden records hold of what their schemas allow.

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::schema::{NamesRef, ResolvedSchema};
use apache_avro::types::Value;
use std::collections::BTreeSet;

/// Points that some record must have: `<record>.<field>: null`, `: filled`, `: true`, `<enum>: <symbol>`.
#[derive(Default)]
pub struct Coverage {
    required: BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Coverage {
    /// Adds what a schema allows.
    pub fn require(&mut self, schema: &str) {
        let schema = Schema::parse_str(schema).expect("a schema");
        let resolved = ResolvedSchema::try_from(&schema).expect("whole");
        let names = resolved.get_names();
        self.allow(&schema, "", names, &mut BTreeSet::new());
    }

    /// Adds what a record has.
    pub fn note(&mut self, schema: &str, record: &[u8]) {
        let schema = Schema::parse_str(schema).expect("a schema");
        let reader = GenericDatumReader::builder(&schema).build().expect("whole");
        let value = reader.read_value(&mut &record[5..]).expect("a record");
        let resolved = ResolvedSchema::try_from(&schema).expect("whole");
        self.find(&schema, &value, "", resolved.get_names());
    }

    /// What no record has, but for what cannot be.
    pub fn missing(&self, impossible: &[&str]) -> Vec<&String> {
        self.required
            .difference(&self.found)
            .filter(|point| !impossible.contains(&point.as_str()))
            .collect()
    }

    fn allow(
        &mut self,
        schema: &Schema,
        place: &str,
        names: &NamesRef<'_>,
        seen: &mut BTreeSet<String>,
    ) {
        let mut need = |what: &str| self.required.insert(format!("{place}: {what}"));
        match follow(schema, names) {
            Schema::Boolean => {
                need("true");
                need("false");
            }
            Schema::Array(array) => {
                need("filled");
                need("empty");
                self.allow(&array.items, place, names, seen);
            }
            Schema::Map(map) => {
                need("filled");
                need("empty");
                self.allow(&map.types, place, names, seen);
            }
            Schema::Union(union) => {
                for variant in union.variants() {
                    need(&label(variant, names));
                }
                for variant in union.variants() {
                    self.allow(variant, place, names, seen);
                }
            }
            Schema::Enum(schema) => {
                let name = schema.name.fullname(None);
                let all = schema.symbols.iter().map(|s| format!("{name}: {s}"));
                self.required.extend(all);
            }
            Schema::Record(record) => {
                let name = record.name.fullname(None);
                if seen.insert(name.clone()) {
                    for field in &record.fields {
                        let place = format!("{name}.{}", field.name);
                        self.allow(&field.schema, &place, names, seen);
                    }
                }
            }
            _ => {}
        }
    }

    fn find(&mut self, schema: &Schema, value: &Value, place: &str, names: &NamesRef<'_>) {
        let mut has = |what: &str| self.found.insert(format!("{place}: {what}"));
        let filled = |empty: bool| if empty { "empty" } else { "filled" };
        match (follow(schema, names), value) {
            (Schema::Boolean, Value::Boolean(value)) => {
                has(&value.to_string());
            }
            (Schema::Array(array), Value::Array(items)) => {
                has(filled(items.is_empty()));
                for item in items {
                    self.find(&array.items, item, place, names);
                }
            }
            (Schema::Map(_), Value::Map(entries)) => {
                has(filled(entries.is_empty()));
            }
            (Schema::Union(union), Value::Union(index, value)) => {
                let variant = &union.variants()[*index as usize];
                has(&label(variant, names));
                self.find(variant, value, place, names);
            }
            (Schema::Enum(schema), Value::Enum(_, symbol)) => {
                let name = schema.name.fullname(None);
                self.found.insert(format!("{name}: {symbol}"));
            }
            (Schema::Record(record), Value::Record(values)) => {
                let name = record.name.fullname(None);
                for (field, (_, value)) in record.fields.iter().zip(values) {
                    let place = format!("{name}.{}", field.name);
                    self.find(&field.schema, value, &place, names);
                }
            }
            _ => {}
        }
    }
}

fn follow<'a>(schema: &'a Schema, names: &NamesRef<'a>) -> &'a Schema {
    match schema {
        Schema::Ref { name } => names[name],
        _ => schema,
    }
}

fn label(schema: &Schema, names: &NamesRef<'_>) -> String {
    let schema = follow(schema, names);
    schema
        .name()
        .map_or_else(|| format!("{schema:?}"), |name| name.name().to_owned())
}

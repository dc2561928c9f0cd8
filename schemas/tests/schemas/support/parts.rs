//! A schema taken apart into its named types, so that one of them can be changed, and put together again.

use serde_json::Value;
use std::collections::BTreeMap;

/// The named types of a schema, in which others are mentioned by full name only.
#[derive(Clone)]
pub struct Parts {
    root: String,
    /// Each named type by its full name.
    pub types: BTreeMap<String, Value>,
}

impl Parts {
    /// Takes a schema apart.
    pub fn of(text: &str) -> Self {
        let mut types = BTreeMap::new();
        let mut schema = serde_json::from_str(text).expect("JSON");
        take(&mut schema, &mut types);
        let root = schema.as_str().expect("a named type").to_owned();
        Self { root, types }
    }

    /// Puts it together: each type is defined where it is first mentioned.
    pub fn text(&self) -> String {
        let mut schema = Value::String(self.root.clone());
        put(&mut schema, &mut self.types.clone());
        schema.to_string()
    }

    /// The records.
    pub fn records(&self) -> impl Iterator<Item = (&String, &Vec<Value>)> {
        self.types
            .iter()
            .filter_map(|(name, schema)| Some((name, schema["fields"].as_array()?)))
    }

    /// A record's fields.
    pub fn fields(&mut self, record: &str) -> &mut Vec<Value> {
        let schema = self.types.get_mut(record).expect("a type");
        schema["fields"].as_array_mut().expect("a record")
    }
}

fn each_type(schema: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    match schema {
        Value::Array(union) => union.iter_mut().for_each(visit),
        Value::Object(object) => {
            for inner in ["items", "values"] {
                if let Some(schema) = object.get_mut(inner) {
                    visit(schema);
                }
            }
            if let Some(Value::Array(fields)) = object.get_mut("fields") {
                fields
                    .iter_mut()
                    .for_each(|field| visit(&mut field["type"]));
            }
        }
        _ => {}
    }
}

fn take(schema: &mut Value, types: &mut BTreeMap<String, Value>) {
    each_type(schema, &mut |inner| take(inner, types));
    if let Some(name) = schema.get("name").and_then(Value::as_str) {
        let space = schema["namespace"]
            .as_str()
            .expect("every type has its own");
        let name = format!("{space}.{name}");
        types.insert(name.clone(), std::mem::replace(schema, Value::String(name)));
    }
}

fn put(schema: &mut Value, types: &mut BTreeMap<String, Value>) {
    if let Some(definition) = schema.as_str().and_then(|name| types.remove(name)) {
        *schema = definition;
    }
    each_type(schema, &mut |inner| put(inner, types));
}

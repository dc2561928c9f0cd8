//! Where each field of a draft comes from, and what sources say of those that an editor holds.

use super::document::Document;
use crate::reply::internal;
use mediamesh_domain::catalog::{FieldOrigin, Provenance};
use mediamesh_domain::command::PrincipalKind;
use mediamesh_domain::id::RunId;
use mediamesh_domain::position::Version;
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Where the fields of an item come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProvenanceView {
    /// The item's version.
    pub version: Version,
    /// Each field that says anything, by pointer.
    pub data: Vec<FieldView>,
}

/// A field and where its value comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldView {
    /// JSON pointer of the field.
    pub pointer: String,
    /// Its value.
    #[schema(value_type = Object)]
    pub value: Value,
    /// Since when it stands.
    pub at: Timestamp,
    /// What kind of actor set it.
    pub by: PrincipalKind,
    /// Its id: an editor's key, a source.
    pub by_id: String,
    /// The fetch that brought it, where a source did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// Whether an editor holds it: imports leave it alone until it is released.
    pub held: bool,
    /// What a source says of it meanwhile, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceSide>,
}

/// What a source says of a field that an editor holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceSide {
    /// Its value.
    #[schema(value_type = Option<Object>)]
    pub value: Option<Box<RawValue>>,
    /// The source.
    pub source_id: String,
    /// Since when it says so.
    pub at: Timestamp,
    /// The fetch that said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
}

/// What is read of a draft document.
#[derive(Deserialize)]
struct Draft {
    fields: Map<String, Value>,
    provenance: Option<Provenance>,
}

/// Texts per language have a pointer a language.
const LOCALIZED: [&str; 3] = ["title", "subtitle", "description"];

/// Where the fields of a draft come from; of the overridden alone where that is asked.
///
/// # Errors
/// 500 where the document cannot be read.
pub fn view(document: &Document, overridden: bool) -> Result<ProvenanceView, Problem> {
    let draft: Draft = serde_json::from_slice(&document.row.body).map_err(|error| {
        tracing::error!(%error, "a draft document cannot be read");
        internal()
    })?;
    let Some(provenance) = draft.provenance else {
        return Err(Problem::new(
            mediamesh_edge::problem::kind::NOT_FOUND,
            "where its fields come from was not written down yet: rebuild the view `catalog`",
        )
        .code("provenance_unknown"));
    };
    let data = pointers(&draft.fields, &provenance)
        .into_iter()
        .map(|pointer| field(pointer, &draft.fields, &provenance))
        .filter(|field| !overridden || field.held && field.source.is_some());
    Ok(ProvenanceView {
        version: Version(document.meta.version),
        data: data.collect(),
    })
}

/// The fields that have a value, or had one that somebody took away.
fn pointers(fields: &Map<String, Value>, provenance: &Provenance) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = provenance.fields.keys().cloned().collect();
    all.extend(provenance.overridden.keys().cloned());
    for (name, value) in fields {
        match value {
            Value::Object(texts) if LOCALIZED.contains(&name.as_str()) => {
                all.extend(texts.keys().map(|lang| format!("/{name}/{lang}")));
            }
            Value::Null => {}
            Value::Array(list) if list.is_empty() => {}
            _ => {
                all.insert(format!("/{name}"));
            }
        }
    }
    all
}

fn field(pointer: String, fields: &Map<String, Value>, provenance: &Provenance) -> FieldView {
    let mut names = pointer.split('/').skip(1);
    let value = names.next().and_then(|name| fields.get(name));
    let value = match (names.next(), value) {
        (Some(lang), Some(texts)) => texts.get(lang),
        (_, value) => value,
    };
    let origin: &FieldOrigin = provenance.fields.get(&pointer).unwrap_or(&provenance.made);
    let said = provenance.overridden.get(&pointer);
    FieldView {
        value: value.cloned().unwrap_or(Value::Null),
        at: origin.at,
        by: origin.by.kind,
        by_id: origin.by.id.clone(),
        run_id: origin.run_id,
        held: origin.held,
        source: said.map(|said| SourceSide {
            value: RawValue::from_string(said.value.clone()).ok(),
            source_id: said.origin.by.id.clone(),
            at: said.origin.at,
            run_id: said.origin.run_id,
        }),
        pointer,
    }
}

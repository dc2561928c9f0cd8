//! JSON merge patches (RFC 7396) over typed fields, and which fields a change touched.
//!
//! Pointers go one level deep, and two into texts per language: `/duration_s`, `/title/ar`. So two editors of
//! two languages do not meet.

use super::Fields;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

/// Why a patch cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatchError {
    /// JSON pointer of the field, empty for the patch as a whole.
    pub pointer: String,
    /// What is wrong, in words.
    pub message: String,
}

/// The fields after a patch.
///
/// # Errors
/// [`PatchError`] where the patch is not a JSON object, names a field that there is not, or gives a field a
/// value of another shape.
pub fn apply<F: Fields>(fields: &F, patch: &str) -> Result<F, PatchError> {
    let patch = parse(patch)?;
    let mut document = to_object(fields);
    for (name, value) in patch {
        if !document.contains_key(&name) {
            return Err(PatchError {
                pointer: pointer(&[&name]),
                message: format!("there is no field {name:?}; remove it or check its spelling"),
            });
        }
        merge_member(&mut document, name, value);
    }
    from_object(document)
}

/// The pointers that a patch speaks of, whether or not it changes them, in order.
///
/// # Errors
/// [`PatchError`] where the patch is not a JSON object.
pub fn touched_by(patch: &str) -> Result<Vec<(String, Value)>, PatchError> {
    let mut touched = Vec::new();
    for (name, value) in parse(patch)? {
        match value {
            Value::Object(inner) if is_localized(&name) => {
                for (lang, text) in inner {
                    touched.push((pointer(&[&name, &lang]), text));
                }
            }
            value => touched.push((pointer(&[&name]), value)),
        }
    }
    touched.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(touched)
}

/// The pointers at which two states of the fields differ, in order.
#[must_use]
pub fn changed<F: Fields>(before: &F, after: &F) -> Vec<String> {
    let (before, after) = (to_object(before), to_object(after));
    let mut pointers = Vec::new();
    for (name, new) in &after {
        let old = before.get(name).unwrap_or(&Value::Null);
        if old == new {
            continue;
        }
        match (old, new) {
            (Value::Object(old), Value::Object(new)) if is_localized(name) => {
                let langs = old
                    .keys()
                    .chain(new.keys().filter(|lang| !old.contains_key(*lang)));
                for lang in langs.filter(|lang| old.get(*lang) != new.get(*lang)) {
                    pointers.push(pointer(&[name, lang]));
                }
            }
            _ => pointers.push(pointer(&[name])),
        }
    }
    // The order of a JSON object's members is a matter of the build.
    pointers.sort();
    pointers
}

/// The merge patch that makes the one state of the fields of the other.
#[must_use]
pub fn patch_between<F: Fields>(from: &F, to: &F) -> String {
    let patch = difference(&to_object(from), to_object(to));
    Value::Object(patch).to_string()
}

/// The members in which objects differ, with what they become; what goes is null (RFC 7396).
fn difference(from: &Map<String, Value>, to: Map<String, Value>) -> Map<String, Value> {
    let gone = from.keys().filter(|name| !to.contains_key(*name));
    let mut patch: Map<String, Value> = gone.map(|name| (name.clone(), Value::Null)).collect();
    for (name, new) in to {
        match (from.get(&name), new) {
            (Some(old), new) if *old == new => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                patch.insert(name, Value::Object(difference(old, new)));
            }
            (_, new) => {
                patch.insert(name, new);
            }
        }
    }
    patch
}

/// The value at a pointer of one or two levels, as JSON text; `null` where there is none.
#[must_use]
pub fn value_at<F: Fields>(fields: &F, at: &str) -> String {
    let document = Value::Object(to_object(fields));
    document.pointer(at).unwrap_or(&Value::Null).to_string()
}

/// `ours` with the values of `theirs` at all pointers where `keep` does not hold.
///
/// # Errors
/// [`PatchError`] where the result is not a state of the fields; it cannot happen for two states of one kind.
pub fn overlay<F: Fields>(
    ours: &F,
    theirs: &F,
    keep: impl Fn(&str) -> bool,
) -> Result<F, PatchError> {
    let mut document = to_object(ours);
    let theirs_object = to_object(theirs);
    for at in changed(ours, theirs).iter().filter(|at| !keep(at)) {
        let mut names = at.split('/').skip(1).map(unescape);
        let (Some(name), inner) = (names.next(), names.next()) else {
            continue;
        };
        let source = theirs_object.get(&name).cloned().unwrap_or(Value::Null);
        match (inner, document.get_mut(&name)) {
            (Some(lang), Some(Value::Object(texts))) => match source.get(&lang) {
                Some(text) => {
                    texts.insert(lang, text.clone());
                }
                None => {
                    texts.remove(&lang);
                }
            },
            _ => {
                document.insert(name, source);
            }
        }
    }
    from_object(document)
}

/// The fields with the value at a pointer of one or two levels replaced by this JSON text; `null` takes it out.
///
/// # Errors
/// [`PatchError`] where the value is not JSON or none of the field.
pub fn set<F: Fields>(fields: &F, at: &str, value: &str) -> Result<F, PatchError> {
    let value: Value = serde_json::from_str(value).map_err(|error| PatchError {
        pointer: at.to_owned(),
        message: error.to_string(),
    })?;
    let mut names = at.split('/').skip(1).map(unescape).collect::<Vec<_>>();
    let mut patch = value;
    while let Some(name) = names.pop() {
        patch = Value::Object(Map::from_iter([(name, patch)]));
    }
    let mut document = to_object(fields);
    if let Value::Object(members) = patch {
        for (name, value) in members {
            match value {
                Value::Object(_) if !is_localized(&name) => {
                    document.insert(name, value);
                }
                value => merge_member(&mut document, name, value),
            }
        }
    }
    from_object(document)
}

/// Whether a pointer names a field, or a text of one in a language.
#[must_use]
pub fn is_field<F: Fields>(at: &str) -> bool {
    let mut names = at.split('/').skip(1).map(unescape);
    let (Some(name), inner, None) = (names.next(), names.next(), names.next()) else {
        return false;
    };
    at.starts_with('/')
        && to_object(&F::default()).contains_key(&name)
        && inner.is_none_or(|lang| is_localized(&name) && !lang.is_empty())
}

/// Whether one of these pointers is, or points into, what `outer` points at.
#[must_use]
pub fn any_within(pointers: &[String], outer: &str) -> bool {
    pointers
        .iter()
        .any(|pointer| pointer == outer || is_within(pointer, outer))
}

/// Whether `inner` points into what `outer` points at.
pub fn is_within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.starts_with('/'))
}

fn parse(patch: &str) -> Result<Map<String, Value>, PatchError> {
    let whole = |message: String| PatchError {
        pointer: String::new(),
        message,
    };
    match serde_json::from_str(patch) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(whole("a merge patch is a JSON object".to_owned())),
        Err(error) => Err(whole(format!("not JSON: {error}"))),
    }
}

fn merge_member(document: &mut Map<String, Value>, name: String, value: Value) {
    match value {
        // RFC 7396 removes the member; a field that is always there falls back to its default.
        Value::Null => {
            document.remove(&name);
        }
        Value::Object(inner) => {
            let target = document.entry(name).or_insert(Value::Null);
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            if let Value::Object(members) = target {
                for (inner_name, inner_value) in inner {
                    merge_member(members, inner_name, inner_value);
                }
            }
        }
        other => {
            document.insert(name, other);
        }
    }
}

fn to_object<F: Fields>(fields: &F) -> Map<String, Value> {
    match serde_json::to_value(fields) {
        Ok(Value::Object(members)) => members,
        // Fields are structs of strings, numbers and lists: they always are a JSON object.
        _ => Map::new(),
    }
}

fn from_object<F: Fields>(document: Map<String, Value>) -> Result<F, PatchError> {
    serde_path_to_error::deserialize(Value::Object(document)).map_err(|error| PatchError {
        pointer: path_pointer(error.path()),
        message: error.into_inner().to_string(),
    })
}

fn path_pointer(path: &Path) -> String {
    let mut at = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => at.push_str(&pointer(&[key])),
            Segment::Seq { index } => at.push_str(&pointer(&[&index.to_string()])),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    at
}

/// Texts per language: the fields whose members are languages.
fn is_localized(name: &str) -> bool {
    matches!(name, "title" | "subtitle" | "description")
}

fn pointer(names: &[&str]) -> String {
    names.iter().fold(String::new(), |mut pointer, name| {
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        pointer
    })
}

fn unescape(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

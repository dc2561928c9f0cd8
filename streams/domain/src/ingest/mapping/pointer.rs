//! JSON pointers into raw elements, which have no arrays: an array is its child repeated.

use crate::ingest::Element;
use serde::{Deserialize, Serialize};

/// The most steps of a pointer.
const STEPS: usize = 32;

/// A JSON pointer (RFC 6901). An array on the way stands for each of its elements, unless a number follows.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct Pointer(Vec<String>);

/// A text that is no pointer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no JSON pointer: write /name/name, ~1 for / and ~0 for ~, at most 32 steps")]
pub struct NoPointer(String);

impl TryFrom<String> for Pointer {
    type Error = NoPointer;

    fn try_from(text: String) -> Result<Self, NoPointer> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let steps = text
            .strip_prefix('/')
            .map(|rest| rest.split('/').map(unescaped));
        let steps: Option<Vec<String>> = steps.and_then(Iterator::collect);
        match steps {
            Some(steps) if steps.len() <= STEPS => Ok(Self(steps)),
            _ => Err(NoPointer(text.chars().take(80).collect())),
        }
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        let escaped = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        pointer.0.iter().map(escaped).collect()
    }
}

/// A step without escapes; none where one is wrong.
fn unescaped(step: &str) -> Option<String> {
    let mut parts = step.split('~');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        out.push(match part.as_bytes().first()? {
            b'0' => '~',
            b'1' => '/',
            _ => return None,
        });
        out.push_str(&part[1..]);
    }
    Some(out)
}

impl Pointer {
    /// To a member of the outermost value.
    pub(super) fn to(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// The names of the members on the way.
    #[must_use]
    pub fn steps(&self) -> &[String] {
        &self.0
    }

    /// What stands there: nothing, one element, or those of an array.
    #[must_use]
    pub fn find<'e>(&self, from: &'e Element) -> Vec<&'e Element> {
        let mut found = vec![from];
        for step in &self.0 {
            let named: Vec<&Element> = found
                .iter()
                .flat_map(|one| &one.children)
                .filter(|child| child.name == *step)
                .collect();
            found = match (named.is_empty(), step.parse::<usize>()) {
                (true, Ok(nth)) => found.get(nth).copied().into_iter().collect(),
                _ => named,
            };
        }
        found
    }
}

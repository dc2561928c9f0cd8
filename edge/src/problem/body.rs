//! The members of a problem's JSON.

use super::{Kind, TYPE_BASE};
use mediamesh_domain::position::Version;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::{FieldConflict, Finding};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A problem (RFC 9457) as it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A stable address that names the kind of problem; `docs/api.md` lists them.
    #[serde(rename = "type")]
    #[schema(
        format = "uri",
        examples("https://mediamesh.invalid/problems/invalid-fields")
    )]
    pub kind: String,
    /// The kind in words, always the same for one `type`.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong in this request and what to change.
    pub detail: String,
    /// A stable code of what exactly it is, where a kind knows several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The path of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The request's correlation id: quote it when asking an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Every broken rule with its field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
    /// Both sides of each field that somebody else changed since the version that was named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ProblemConflict>,
    /// The version that the item has now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_version: Option<Version>,
    /// What is accepted and not seen yet, where that is why: the code of what a view holds back of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// That the item was withdrawn for good, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<ProblemWithdrawn>,
    /// The command whose fate is not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<String>,
    /// Where to ask what became of the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
}

impl ProblemBody {
    pub(super) fn new(kind: Kind, detail: String) -> Self {
        Self {
            kind: format!("{TYPE_BASE}{}", kind.slug),
            title: kind.title.to_owned(),
            status: kind.status.as_u16(),
            detail,
            code: None,
            instance: None,
            trace_id: None,
            errors: Vec::new(),
            conflicts: Vec::new(),
            current_version: None,
            held: None,
            withdrawn: None,
            command_id: None,
            status_url: None,
        }
    }
}

/// That an item was withdrawn for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemWithdrawn {
    /// Since when.
    pub at: Timestamp,
    /// The public note in the reader's language, else in another; absent where nobody wrote one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The language of the note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// How the note runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
}

/// A rule that a field breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemError {
    /// JSON pointer (RFC 6901) of the field in the request's body.
    pub pointer: String,
    /// A stable code.
    pub code: String,
    /// What is wrong and what to change.
    pub message: String,
}

impl From<Finding> for ProblemError {
    fn from(finding: Finding) -> Self {
        Self {
            pointer: finding.pointer,
            code: finding.code,
            message: finding.message,
        }
    }
}

/// Both sides of a field that somebody else changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemConflict {
    /// JSON pointer of the field.
    pub pointer: String,
    /// The value that was sent.
    pub yours: Value,
    /// The value that stands.
    pub theirs: Value,
    /// The version in which it came to stand.
    pub since: Version,
}

impl From<FieldConflict> for ProblemConflict {
    fn from(conflict: FieldConflict) -> Self {
        // Verdicts carry values as JSON text; one that is none is shown as the text it is.
        let value = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            pointer: conflict.pointer,
            yours: value(conflict.yours),
            theirs: value(conflict.theirs),
            since: conflict.since,
        }
    }
}

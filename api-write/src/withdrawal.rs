//! What a withdrawal says: a public note, in the body or, for clients that send none with DELETE, in the query.

use crate::ask::Ask;
use crate::patch;
use crate::programs::reason;
use mediamesh_domain::lang::{Lang, Localized};
use mediamesh_domain::repair::language::canonical;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::problem::{Problem, kind};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// A note in one language.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WithdrawalParams {
    /// The public note, where it is not in the body.
    pub note: Option<String>,
    /// The language of the note, a BCP 47 tag.
    pub lang: Option<String>,
}

/// Why an item is withdrawn; an empty body where readers never saw it, or where the query has the note.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewWithdrawal {
    /// The public note in each language: what was wrong, or why it is gone.
    pub note: Localized,
    /// Why, for the history; 1,000 characters at most.
    pub reason: Option<String>,
    /// The version that you saw, where you do not send If-Match.
    #[schema(value_type = Option<i64>)]
    pub version: Option<Value>,
}

/// The note, the reason, and the ask with the version that is expected.
///
/// # Errors
/// 400 where body and query both have a note, or the query's language is none.
pub(crate) fn read(
    ask: Ask,
    params: WithdrawalParams,
    body: &Body,
) -> Result<(Ask, Localized, Option<String>), Problem> {
    let said: NewWithdrawal = body.parse(Takes::JsonOrNothing)?;
    let expected = said.version.map(patch::version).transpose()?;
    let note = match params.note {
        None => said.note,
        Some(_) if !said.note.is_empty() => {
            let detail = "the note stands in the query and in the body: send one of them";
            return Err(Problem::new(kind::BAD_PARAMETER, detail).code("two_notes"));
        }
        Some(note) => Localized::one(language(params.lang.as_deref())?, note),
    };
    Ok((ask.expecting(expected)?, note, reason(said.reason)?))
}

fn language(tag: Option<&str>) -> Result<Lang, Problem> {
    let Some(tag) = tag else {
        return Ok(Lang::undetermined());
    };
    canonical(tag).map(Lang).ok_or_else(|| {
        let detail = "lang is not a language: use a BCP 47 tag such as ar or en-GB";
        Problem::new(kind::BAD_PARAMETER, detail).code("bad_language")
    })
}

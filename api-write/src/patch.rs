//! Merge patches (RFC 7396): their shape is checked here, their rules by the decider.

use mediamesh_domain::command::{Expectation, ExpectationKind};
use mediamesh_domain::item::Fields;
use mediamesh_domain::position::Version;
use mediamesh_edge::body::{self, Body, Takes};
use mediamesh_edge::problem::Problem;
use serde_json::{Map, Value};

/// The member of a patch, and of other bodies, that names the version the caller saw.
const VERSION: &str = "version";

/// A patch of the shape of some fields.
#[derive(Debug)]
pub(crate) struct Patch {
    /// The patch without its version, as JSON text.
    pub text: String,
    /// The version that it names.
    pub expected: Option<Expectation>,
}

/// The patch in a body: a JSON object whose members are fields of `F`, or null to reset one.
///
/// # Errors
/// Those of [`Body::parse`]; 422 with the pointer of a member that `F` does not have or of another shape.
pub(crate) fn read<F: Fields>(body: &Body) -> Result<Patch, Problem> {
    let mut members: Map<String, Value> = body.parse(Takes::MergePatch)?;
    let expected = members.shift_remove(VERSION).map(version).transpose()?;
    // All fields have defaults, so what remains of a patch without its nulls is itself a state of the fields.
    let mut shape = Value::Object(members.clone());
    without_nulls(&mut shape);
    body::shape::<F>(shape)?;
    let known = serde_json::to_value(F::default()).unwrap_or_default();
    if let Some(name) = members
        .keys()
        .find(|name| known.get(name.as_str()).is_none())
    {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let message = format!("there is no field {name:?}; remove it or check its spelling");
        return Err(Problem::invalid(pointer, "unknown_field", message));
    }
    Ok(Patch {
        text: Value::Object(members).to_string(),
        expected,
    })
}

/// The expectation of a version in a body.
pub(crate) fn version(value: Value) -> Result<Expectation, Problem> {
    match value.as_i64() {
        Some(version) if version > 0 => Ok(Expectation {
            kind: ExpectationKind::InBody,
            version: Version(version),
        }),
        _ => Err(Problem::invalid(
            "/version",
            "wrong_shape",
            "version is the number of the version that you saw, from 1",
        )),
    }
}

/// Takes out the members that a merge patch resets; lists are values as they are.
fn without_nulls(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, member| !member.is_null());
        members.values_mut().for_each(without_nulls);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::FromRequest;
    use mediamesh_domain::model::{EpisodeFields, ProgramFields};

    async fn patch<F: Fields>(text: &str) -> Result<Patch, (u16, String)> {
        let request = http::Request::builder()
            .header(
                "content-type",
                "application/merge-patch+json; charset=utf-8",
            )
            .body(axum::body::Body::from(text.to_owned()))
            .unwrap();
        let body = Body::from_request(request, &()).await.unwrap();
        read::<F>(&body).map_err(|problem| {
            let pointer = problem.body().errors.first().map(|e| e.pointer.clone());
            (problem.body().status, pointer.unwrap_or_default())
        })
    }

    #[tokio::test]
    async fn the_version_is_taken_out_and_the_rest_kept_in_order() {
        let patch = patch::<ProgramFields>(r#"{"tags":["b","a"],"version":3,"author":null}"#)
            .await
            .unwrap();
        assert_eq!(patch.text, r#"{"tags":["b","a"],"author":null}"#);
        assert_eq!(patch.expected.map(|e| e.version), Some(Version(3)));
    }

    #[tokio::test]
    async fn nulls_reset_at_any_depth_of_objects() {
        for text in [
            r#"{"title":{"en":null,"ar":"x"}}"#,
            r#"{"licence":{"url":null},"availability":null}"#,
            r#"{"titel":null}"#,
        ] {
            let read = patch::<EpisodeFields>(text).await;
            match text.contains("titel") {
                true => assert_eq!(read.unwrap_err(), (422, "/titel".into())),
                false => assert!(read.is_ok(), "{text}"),
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_patch_of_these_fields_is_told_by_its_pointer() {
        for (text, pointer) in [
            (r#"{"id":"x"}"#, "/id"),
            (r#"{"status":"published"}"#, "/status"),
            (r#"{"title":{"en":5}}"#, "/title/en"),
            (r#"{"links":[{"rel":null}]}"#, "/links/0/rel"),
            (r#"{"version":"3"}"#, "/version"),
            (r#"{"version":0}"#, "/version"),
            ("[]", ""),
        ] {
            let refused = patch::<ProgramFields>(text).await.unwrap_err();
            assert_eq!(refused, (422, pointer.to_owned()), "{text}");
        }
        assert_eq!(patch::<ProgramFields>("{").await.unwrap_err().0, 400);
    }
}

use super::*;
use mediamesh_domain::model::ProgramFields;
use serde::Deserialize;

fn body(media_type: Option<&str>, text: &str) -> Body {
    Body {
        bytes: Bytes::from(text.to_owned()),
        media_type: media_type.map(str::to_owned),
    }
}

fn refused_program(text: &str) -> Problem {
    body(Some("application/json"), text)
        .parse::<ProgramFields>(Takes::Json)
        .unwrap_err()
}

fn pointer_and_code(problem: &Problem) -> (&str, &str) {
    let error = &problem.body().errors[0];
    (&error.pointer, &error.code)
}

#[test]
fn what_is_not_json_is_told_by_line_and_column() {
    let problem = refused_program("{\n  \"title\": {\"en\": \"A\",}\n}");
    assert_eq!(problem.kind(), kind::MALFORMED_JSON);
    let detail = &problem.body().detail;
    assert!(detail.contains("line 2, column"), "{detail}");
    for text in ["", "{", "{} {}", "\u{feff}{}", "nul", &"[".repeat(100_000)] {
        let problem = refused_program(text);
        assert_eq!(problem.kind(), kind::MALFORMED_JSON, "{text:.20}");
    }
}

#[test]
fn an_unknown_member_is_told_by_its_pointer() {
    assert_eq!(
        pointer_and_code(&refused_program(r#"{"titel": {}}"#)),
        ("/titel", "unknown_field")
    );
    assert_eq!(
        pointer_and_code(&refused_program(
            r#"{"links": [{"rel": "x"}, {"a/b~": 1}]}"#
        )),
        ("/links/1/a~1b~0", "unknown_field")
    );
}

#[test]
fn a_wrong_shape_is_told_by_its_pointer() {
    for (text, pointer) in [
        (r#"{"title": {"en": 5}}"#, "/title/en"),
        (r#"{"complete": "yes"}"#, "/complete"),
        (r#"{"medium": "radio"}"#, "/medium"),
        ("[]", ""),
        ("null", ""),
    ] {
        let problem = refused_program(text);
        assert_eq!(problem.kind(), kind::INVALID_FIELDS, "{text}");
        assert_eq!(pointer_and_code(&problem).0, pointer, "{text}");
    }
}

#[test]
fn another_media_type_is_refused_naming_the_right_one() {
    for media_type in [
        None,
        Some("text/plain"),
        Some("application/merge-patch+json"),
    ] {
        let problem = body(media_type, "{}")
            .parse::<ProgramFields>(Takes::Json)
            .unwrap_err();
        assert_eq!(problem.kind(), kind::UNSUPPORTED_MEDIA_TYPE);
    }
    let patch = body(Some("application/merge-patch+json"), "{}");
    assert!(patch.parse::<ProgramFields>(Takes::MergePatch).is_ok());
}

#[test]
fn nothing_reads_as_an_empty_object_where_a_body_is_optional() {
    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Optional {
        reason: Option<String>,
    }
    let nothing = body(None, " ").parse::<Optional>(Takes::JsonOrNothing);
    assert_eq!(nothing.unwrap(), Optional::default());
    assert!(
        body(None, "{}")
            .parse::<Optional>(Takes::JsonOrNothing)
            .is_err()
    );
}

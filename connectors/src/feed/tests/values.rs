//! JSON as elements: the natural form, and what breaks it.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn elements(text: &str) -> Result<Vec<String>, ParseError> {
    let found = json::elements("v", text, &Limits::default())?;
    Ok(found.iter().map(sketch).collect())
}

#[test]
fn a_value_has_one_natural_form() {
    for (text, expected) in [
        ("{\"a\": 1, \"b\": {\"c\": \"x\"}}", &["v{a=1 b{c=x}}"][..]),
        (
            "[1, \"two\", true, null, -3.5e2]",
            &["v=1", "v=two", "v=true", "v=-3.5e2"],
        ),
        (
            "{\"a\": [1, [2, 3], {\"b\": []}]}",
            &["v{a=1 a{item=2 item=3} a}"],
        ),
        ("null", &[]),
        (
            "\"\\u0633\\u0644\\u0627\\u0645 \\ud83c\\udf0a \\\"x\\\" \\/\"",
            &["v=سلام 🌊 \"x\" /"],
        ),
        (
            "\"\\ud83c \\udf0a \\u12 \\x\"",
            &["v=\u{fffd} \u{fffd} \\u12 \\x"],
        ),
        ("\"a\\r\\nb &amp; <c>\"", &["v=a\nb &amp; <c>"]),
    ] {
        assert_eq!(elements(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn what_json_does_not_allow_is_read_or_refused() {
    for text in ["[1,]", "{\"a\":1,}", "[1,,2]", "\"a\tb\""] {
        assert!(elements(text).is_ok(), "{text}");
    }
    for (text, code) in [
        ("", "feed.truncated"),
        ("{\"a\": [1, 2", "feed.truncated"),
        ("\"a\\", "feed.truncated"),
        ("{\"a\" 1}", "feed.ill_formed"),
        ("{a: 1}", "feed.ill_formed"),
        ("[1 2]", "feed.ill_formed"),
        ("nul", "feed.truncated"),
        ("[nul]", "feed.ill_formed"),
        ("[}", "feed.ill_formed"),
        ("1 2", "feed.ill_formed"),
    ] {
        assert_eq!(elements(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn what_is_nested_too_deeply_is_text_and_then_too_much() {
    let nested = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let found = json::elements("v", &nested(100), &Limits::default()).unwrap();
    let (mut level, mut levels) = (&found[0], 1);
    while let Some(child) = level.children.first() {
        (level, levels) = (child, levels + 1);
    }
    assert!(
        levels <= limits::KEPT_DEPTH && level.text.starts_with("[["),
        "{levels}"
    );
    for text in [nested(100_000), "{\"a\":".repeat(100_000)] {
        assert_eq!(elements(&text).unwrap_err().code(), "feed.limit");
    }
}

/// Any value, as deep as elements go.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[a-z]{1,3}", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_read_before_gives_the_same_elements(value in value()) {
        let text = value.to_string();
        let read = json::elements("v", &text, &Limits::default()).unwrap();
        prop_assert_eq!(read, json::of_value("v", &value));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}:,\"\\\\0-9truefalsnu \u{0}-\u{1f}س]{0,60}") {
        let _either = elements(&text);
        let _either = read(format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{text}}}"));
    }
}

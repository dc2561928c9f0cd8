//! Reads whether a feed calls itself or an episode explicit.

use super::fold;

/// Reads `yes`, `true`, `explicit`, `clean`, `no`, `false` and their like; `None` for what says neither.
pub fn parse(text: &str) -> Option<bool> {
    let trimmed = text.trim();
    if trimmed.len() > 32 {
        return None;
    }
    match fold::key(trimmed).as_ref() {
        "yes" | "true" | "explicit" | "1" | "y" | "t" | "on" | "adult" | "mature" | "نعم" => {
            Some(true)
        }
        "ytagerestricted" => Some(true),
        "no" | "false" | "clean" | "cleaned" | "0" | "n" | "f" | "off" | "nonadult" | "none"
        | "لا" => Some(false),
        "notexplicit" | "not explicit" | "non-explicit" | "not-explicit" | "not_explicit" => {
            Some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn every_way_to_say_yes_or_no_is_understood() {
        for text in ["yes", "True", " EXPLICIT\n", "1", "نعم"] {
            assert_eq!(parse(text), Some(true), "{text}");
        }
        for text in ["no", "FALSE", "clean", "0", "notExplicit", "لا"] {
            assert_eq!(parse(text), Some(false), "{text}");
        }
    }

    #[test]
    fn anything_else_is_not_guessed() {
        for text in ["", "maybe", "yes and no", "2", "<b>yes</b>"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"yes".repeat(10_000)), None);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}") {
            parse(&text);
        }
    }
}

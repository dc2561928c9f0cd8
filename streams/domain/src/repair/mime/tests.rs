use super::{Repair, repair};
use proptest::prelude::*;

#[track_caller]
fn becomes(given: Option<&str>, url: &str, name: &str, repairs: &[Repair]) {
    let media = repair(given, url).expect("a type");
    assert_eq!(
        (media.value.as_str(), media.repairs.as_slice()),
        (name, repairs)
    );
}

#[test]
fn a_right_type_is_left_alone() {
    becomes(
        Some("audio/mpeg"),
        "https://x.example/a.mp3",
        "audio/mpeg",
        &[],
    );
    becomes(
        Some("audio/mp4"),
        "https://x.example/a.mp4",
        "audio/mp4",
        &[],
    );
    becomes(
        Some("audio/mpeg"),
        "https://x.example/play?id=1",
        "audio/mpeg",
        &[],
    );
    becomes(
        Some("video/ogg"),
        "https://x.example/a.ogg",
        "video/ogg",
        &[],
    );
}

#[test]
fn a_missing_type_follows_from_the_extension() {
    let missing = &[Repair::MimeMissing];
    becomes(
        None,
        "https://x.example/a.MP3?x=1.mp4#t",
        "audio/mpeg",
        missing,
    );
    becomes(Some(" "), "https://x.example/a.m4a", "audio/mp4", missing);
}

#[test]
fn other_names_become_the_registered_one() {
    let alias = &[Repair::MimeAlias];
    becomes(
        Some("audio/mpeg3"),
        "https://x.example/play",
        "audio/mpeg",
        alias,
    );
    becomes(
        Some("audio/x-mp3"),
        "https://x.example/a.mp3",
        "audio/mpeg",
        alias,
    );
    becomes(
        Some("Audio/MPEG; charset=x"),
        "https://x.example/a.mp3",
        "audio/mpeg",
        alias,
    );
    becomes(
        Some("audio/x-m4a"),
        "https://x.example/a.m4a",
        "audio/mp4",
        alias,
    );
}

#[test]
fn a_type_that_contradicts_the_file_is_replaced() {
    let wrong = &[Repair::MimeWrong];
    becomes(
        Some("audio/mpeg"),
        "https://x.example/a.m4a",
        "audio/mp4",
        wrong,
    );
    becomes(
        Some("audio/mpeg"),
        "https://x.example/a.mp4",
        "audio/mp4",
        wrong,
    );
    becomes(
        Some("video/mp4"),
        "https://x.example/a.mp3",
        "audio/mpeg",
        wrong,
    );
    becomes(
        Some("text/html"),
        "https://x.example/a.mp3",
        "audio/mpeg",
        wrong,
    );
    becomes(Some("mp3"), "https://x.example/a.mp3", "audio/mpeg", wrong);
    becomes(
        Some("application/octet-stream"),
        "https://x.example/a.webm",
        "video/webm",
        wrong,
    );
}

#[test]
fn nothing_is_guessed_from_nothing() {
    for (given, url) in [
        (None, "https://x.example/play"),
        (None, ""),
        (None, "https://x.example/a.php"),
        (Some("audio"), "https://x.example/play"),
        (Some("audio/"), "https://x.example/play"),
        (Some("audio/x\r\nset-cookie: a"), "https://x.example/play"),
        (Some("application/octet-stream"), "https://x.example/play"),
    ] {
        assert_eq!(repair(given, url), None, "{given:?} {url}");
    }
}

proptest! {
    #[test]
    fn repairing_never_panics_and_is_idempotent(
        given in proptest::option::of("(audio|video|x)/(mp3|mpeg|mp4|ogg|octet-stream)|\\PC{0,20}"),
        url in "https://x/\\PC{0,10}(\\.(mp3|mp4|ogg|m4a|webm|x))?",
    ) {
        if let Some(once) = repair(given.as_deref(), &url) {
            let again = repair(Some(&once.value), &url);
            prop_assert_eq!(again, Some(super::Repaired::clean(once.value)));
        }
    }
}

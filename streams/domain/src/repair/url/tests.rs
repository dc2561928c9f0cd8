use super::{canonical_feed, canonical_media, repair};
use crate::repair::Repair;
use proptest::prelude::*;

fn mended(raw: &str) -> Option<String> {
    repair(raw, Some("https://show.example/feeds/main.xml")).map(|url| url.value)
}

fn codes(raw: &str) -> Vec<&'static str> {
    let repairs = repair(raw, Some("https://show.example/feeds/main.xml")).map(|url| url.repairs);
    repairs
        .unwrap_or_default()
        .into_iter()
        .map(Repair::code)
        .collect()
}

#[test]
fn a_sound_url_is_left_alone() {
    for raw in [
        "https://a.example/b.mp3?x=1&y=%20#z",
        "http://a.example:8080/",
        "http://[2001:db8::1]/a",
    ] {
        let url = repair(raw, None).expect(raw);
        assert_eq!((url.value.as_str(), url.is_clean()), (raw, true));
    }
}

#[test]
fn what_is_wrong_with_a_url_is_mended_and_named() {
    for (raw, expected, code) in [
        (
            " https://a.example/b \n",
            "https://a.example/b",
            "url_whitespace",
        ),
        (
            "https://a.example/\nb",
            "https://a.example/b",
            "url_whitespace",
        ),
        (
            "www.a.example/b",
            "https://www.a.example/b",
            "url_missing_scheme",
        ),
        (
            "a.example:8080/b",
            "https://a.example:8080/b",
            "url_missing_scheme",
        ),
        ("//a.example/b", "https://a.example/b", "url_missing_scheme"),
        ("/b.mp3", "https://show.example/b.mp3", "url_relative"),
        ("b.mp3", "https://show.example/feeds/b.mp3", "url_relative"),
        (
            "cover.jpg",
            "https://show.example/feeds/cover.jpg",
            "url_relative",
        ),
        (
            "https://a.example/b c.mp3",
            "https://a.example/b%20c.mp3",
            "url_encoded",
        ),
        (
            "https://a.example/حلقة",
            "https://a.example/%D8%AD%D9%84%D9%82%D8%A9",
            "url_encoded",
        ),
        (
            "https://a.example/?b=1&amp;c=2",
            "https://a.example/?b=1&c=2",
            "url_entities",
        ),
        ("feed://a.example/b", "https://a.example/b", "url_scheme"),
        (
            "feed:http://a.example/b",
            "http://a.example/b",
            "url_scheme",
        ),
        ("http:/a.example/b", "https://a.example/b", "url_scheme"),
        ("htps://a.example/b", "https://a.example/b", "url_scheme"),
    ] {
        assert_eq!(mended(raw).as_deref(), Some(expected), "{raw}");
        assert_eq!(codes(raw), [code], "{raw}");
    }
}

#[test]
fn only_the_web_is_let_through() {
    for raw in [
        "",
        " ",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "mailto:a@b.example",
        "http://",
        "https://",
        "http://[::1",
        "feed:javascript:alert(1)",
        "magnet:?xt=x",
        "https://a b.example/",
        "https://%00/",
        "gopher://127.0.0.1:6379/_x",
    ] {
        assert_eq!(mended(raw), None, "{raw}");
    }
    assert_eq!(repair("/b.mp3", None), None);
    assert_eq!(repair("/b.mp3", Some("nonsense")), None);
    assert_eq!(repair("/b.mp3", Some("data:text/html,x")), None);
    assert_eq!(
        mended(&format!("https://a.example/{}", "a".repeat(100_000))),
        None
    );
}

#[test]
fn one_medium_has_one_canonical_url() {
    let expected = Some("https://cdn.example/a/Ep.mp3?b=1&c=2");
    for raw in [
        "https://cdn.example/a/Ep.mp3?b=1&c=2",
        "http://CDN.example:80/a/Ep.mp3?c=2&b=1#t=10",
        "https://user:secret@cdn.example:443/a/./Ep.mp3?b=1&c=2&utm_source=x&token=abc",
        "https://cdn.example/a/%45p.mp3?b=1&c=2&Expires=1&Signature=x&Key-Pair-Id=y&Policy=z",
        "https://cdn.example/a/Ep.mp3?X-Amz-Date=1&X-Amz-Signature=2&b=1&c=2&_=3&ts=4",
        "https://cdn.example/a/Ep.mp3?awCollectionId=1&awEpisodeId=2&b=1&c=2&rss_browser=x",
        "https://dts.podtrac.com/redirect.mp3/cdn.example/a/Ep.mp3?b=1&c=2",
        "https://op3.dev/e/cdn.example/a/Ep.mp3?c=2&b=1",
        "https://op3.dev/e,pg=0000/https://cdn.example/a/Ep.mp3?b=1&c=2",
        "https://chtbl.com/track/12345/cdn.example/a/Ep.mp3?b=1&c=2",
        "https://media.blubrry.com/show/cdn.example/a/Ep.mp3?b=1&c=2",
        "https://pdst.fm/e/chrt.fm/track/9/www.podtrac.com/pts/redirect.aac/cdn.example/a/Ep.mp3?b=1&c=2",
        "https://pscrb.fm/rss/p/mgln.ai/e/77/cdn.example/a/Ep.mp3?b=1&c=2",
        "https://anchor.fm/s/1/podcast/play/2/https%3A%2F%2Fcdn.example%2Fa%2FEp.mp3%3Fb%3D1%26c%3D2",
    ] {
        assert_eq!(canonical_media(raw).as_deref(), expected, "{raw}");
    }
}

#[test]
fn different_media_stay_apart() {
    let different = [
        "https://cdn.example/a.mp3",
        "https://cdn.example/A.mp3",
        "https://cdn.example/a.mp3?id=1",
        "https://cdn.example/a.mp3?id=2",
        "https://cdn.example:8080/a.mp3",
        "https://cdn.example/a%2Fb.mp3",
        "https://cdn.example/a/b.mp3",
        "https://media.blubrry.com/show/a.mp3",
    ];
    let canonical: std::collections::BTreeSet<_> =
        different.iter().map(|raw| canonical_media(raw)).collect();
    assert_eq!(canonical.len(), different.len());
    assert!(!canonical.contains(&None));
}

#[test]
fn one_feed_has_one_address_that_can_be_fetched() {
    let expected = Some("https://show.example/feed?id=2&a=1");
    for raw in [
        "https://show.example/feed?id=2&a=1",
        " HTTPS://SHOW.example:443/feed?id=2&a=1#top",
        "feed://show.example/feed?id=2&utm_medium=rss&a=1",
        "show.example./feed?id=2&a=1",
        "itpc:https://show.example/feed?id=2&amp;a=1",
    ] {
        assert_eq!(canonical_feed(raw).as_deref(), expected, "{raw}");
    }
    assert_eq!(
        canonical_feed("http://show.example"),
        Some("http://show.example/".to_owned())
    );
    assert_eq!(canonical_feed("https://me:secret@show.example/feed"), None);
    assert_eq!(canonical_feed("not a url"), None);
}

proptest! {
    #[test]
    fn the_short_way_gives_what_the_long_way_gives(
        raw in "https?://[a-z0-9.-]{1,14}(:[0-9]{1,3})?(/[a-zA-Z0-9._~/?&=+,;:@!$*%#-]{0,24}|/(\\.{1,2}/)?[a-z&;amp]{0,8})?"
    ) {
        let long = super::mend::mend(&raw, None).map(|url| url.map(String::from));
        prop_assert_eq!(super::repair(&raw, None), long);
    }
}

proptest! {
    #[test]
    fn mending_never_panics_and_is_idempotent(raw in "(https?:/{0,3}|feed:|//)?\\PC{0,40}") {
        if let Some(once) = repair(&raw, Some("https://show.example/a/b")) {
            prop_assert!(once.value.is_ascii());
            prop_assert!(once.value.starts_with("http://") || once.value.starts_with("https://"));
            let again = repair(&once.value, None).expect("still a URL");
            prop_assert_eq!(&again.value, &once.value);
        }
    }

    #[test]
    fn canonical_forms_are_fixed_points(
        raw in "https?://(op3\\.dev/e/|chtbl\\.com/track/1/|[a-z]\\.fm/)?(a\\.example|B\\.example\\.)(:80|:443|:1)?(/|/%4[0-9a-zA-Z%]|/\\.\\./|/x y|/é){0,4}(\\?(b=1|&|utm_x=1|token|=|a=%2f|amp;){0,5})?(#x)?"
    ) {
        for canonical in [canonical_media, canonical_feed] {
            if let Some(once) = canonical(&raw) {
                prop_assert_eq!(canonical(&once), Some(once));
            }
        }
    }
}

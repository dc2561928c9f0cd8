//! Marks in the original text.

use proptest::prelude::*;

use super::super::{ByteRange, Query, highlight, marked, snippet};
use super::samples;

fn mark(text: &str, query: &str) -> String {
    marked(text, &highlight(text, &Query::parse(query)), "[", "]")
}

#[test]
fn hits_are_marked_in_the_original_spelling() {
    assert_eq!(
        mark("حكايات القاهِرَة القديمة", "القاهره"),
        "حكايات [القاهِرَة] القديمة"
    );
    assert_eq!(
        mark("The Running Man runs", "run "),
        "The [Running] Man [runs]"
    );
    assert_eq!(
        mark("لقاء مع مـحمد صلاح", "Mohamed Salah"),
        "لقاء مع [مـحمد] [صلاح]"
    );
    assert_eq!(mark("Cafe\u{301} ﬁlm", "café film"), "[Cafe\u{301}] [ﬁlm]");
}

#[test]
fn a_prefix_marks_the_whole_word() {
    assert_eq!(mark("Podcasting for all", "podc"), "[Podcasting] for all");
}

#[test]
fn a_typing_error_is_marked_only_where_nothing_better_is() {
    assert_eq!(mark("tecnology today", "technology"), "[tecnology] today");
    assert_eq!(
        mark("tecnology technology", "technology"),
        "tecnology [technology]"
    );
}

#[test]
fn words_without_a_topic_are_marked_beside_others_only() {
    assert_eq!(
        mark("The history of the tea", "the history "),
        "[The] [history] of the tea"
    );
    assert_eq!(mark("The Who", "the who"), "[The] [Who]");
}

#[test]
fn a_quoted_phrase_is_marked_as_a_phrase() {
    assert_eq!(
        mark("tea house and house of tea", "\"tea house\""),
        "[tea] [house] and house of tea"
    );
}

#[test]
fn the_rest_of_the_text_is_escaped() {
    assert_eq!(
        mark("<b>Tea</b> & \"milk\" it's", "tea"),
        "&lt;b&gt;[Tea]&lt;/b&gt; &amp; &quot;milk&quot; it&#39;s"
    );
}

#[test]
fn ranges_that_are_not_of_the_text_do_no_harm() {
    let ranges =
        [(4, 9), (0, 1), (3, 2), (1, 5), (70, 90)].map(|(start, end)| ByteRange { start, end });
    assert_eq!(marked("شاي", &ranges, "[", "]"), "[شاي]");
}

#[test]
fn a_snippet_is_cut_between_words_around_the_hits() {
    let text = format!(
        "{} the history of tea in Japan {}",
        "word ".repeat(50),
        "tail ".repeat(50)
    );
    let ranges = highlight(&text, &Query::parse("tea history "));
    let piece = snippet(&text, &ranges, 40);
    assert!(piece.text.contains("history of tea"), "{}", piece.text);
    assert!(piece.text.chars().count() <= 40);
    assert!(piece.text.split_whitespace().all(|word| {
        ["word", "the", "history", "of", "tea", "in", "Japan", "tail"].contains(&word)
    }));
    assert!(piece.cut_before && piece.cut_after);
    assert_eq!(
        marked(piece.text, &piece.ranges, "[", "]")
            .matches('[')
            .count(),
        2
    );
}

#[test]
fn a_short_text_is_its_own_snippet() {
    let piece = snippet("A cup of tea", &[], 40);
    assert_eq!(
        (piece.text, piece.cut_before, piece.cut_after),
        ("A cup of tea", false, false)
    );
}

#[test]
fn a_snippet_without_hits_is_the_beginning() {
    let piece = snippet("one two three four", &[], 9);
    assert_eq!(
        (piece.text, piece.cut_before, piece.cut_after),
        ("one two", false, true)
    );
}

#[test]
fn a_snippet_does_not_part_a_letter_from_its_marks() {
    let text = "e\u{301}".repeat(100);
    let piece = snippet(&text, &[], 7);
    assert!(piece.text.ends_with('\u{301}'), "{:?}", piece.text);
}

proptest! {
    #[test]
    fn marking_and_unmarking_gives_the_text_back(text in any::<String>(), query in samples::query()) {
        let text = format!("{text} podcast محمد");
        let ranges = highlight(&text, &Query::parse(&query));
        let html = marked(&text, &ranges, "\u{1}", "\u{2}");
        let unescaped = html
            .replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
        if !text.contains(['\u{1}', '\u{2}']) {
            prop_assert_eq!(unescaped.replace(['\u{1}', '\u{2}'], ""), text);
        }
    }

    #[test]
    fn a_snippet_is_a_piece_of_the_text_and_not_too_long(
        text in "[a-zم ́ -  ]{0,80}",
        hits in proptest::collection::vec((0_u32..120, 1_u32..9), 0..5),
        max in 0_usize..40,
    ) {
        let mut ranges: Vec<ByteRange> = hits.into_iter()
            .map(|(start, len)| ByteRange { start, end: start + len })
            .filter(|r| text.get(r.start as usize..r.end as usize).is_some())
            .collect();
        ranges.sort_unstable();
        let piece = snippet(&text, &ranges, max);
        prop_assert!(text.contains(piece.text));
        prop_assert!(piece.text.chars().count() <= max);
        prop_assert!(piece.ranges.iter().all(|r| piece.text.get(r.start as usize..r.end as usize).is_some()));
    }
}

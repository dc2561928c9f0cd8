//! Texts made to hurt.

use super::super::analyse;

#[test]
fn a_flood_of_combining_marks_does_not_hide_the_word() {
    let flood: String = "hello"
        .chars()
        .flat_map(|c| std::iter::once(c).chain(std::iter::repeat_n('\u{489}', 500)))
        .collect();
    let zalgo: String = "hello"
        .chars()
        .flat_map(|c| std::iter::once(c).chain(std::iter::repeat_n('\u{301}', 500)))
        .collect();
    assert_eq!(analyse(&zalgo).folded.as_str(), "hello");
    assert_eq!(analyse(&flood).folded.len(), 1);
}

#[test]
fn bidi_marks_and_joiners_do_not_part_a_word() {
    let text = "\u{202e}\u{2067}مح\u{200f}مد\u{2069} pod\u{ad}cast \u{feff}x";
    let analysis = analyse(text);
    assert_eq!(analysis.exact.as_str(), "محمد podcast x");
    assert_eq!(
        analysis.exact.get(0).map(|t| (t.start, t.end)),
        Some((6, 17))
    );
}

#[test]
fn emoji_sequences_and_nulls_part_words_and_are_none() {
    let text = "one👩\u{200d}👩\u{200d}👧two\0three 1\u{fe0f}\u{20e3}";
    assert_eq!(analyse(text).folded.as_str(), "one two three 1");
}

#[test]
fn a_megabyte_of_one_character_is_one_short_token() {
    for c in [
        'a',
        'م',
        '\u{301}',
        'ﷺ',
        '漢',
        '\u{1f600}',
        '\'',
        '\u{e000}',
    ] {
        let text: String = std::iter::repeat_n(c, 1 << 20).collect();
        let analysis = analyse(&text);
        assert!(analysis.exact.len() <= 4096);
        assert!(analysis.exact.iter().all(|t| t.text.chars().count() <= 64));
    }
}

#[test]
fn the_number_of_words_is_bounded() {
    let analysis = analyse(&"a b ".repeat(5000));
    assert_eq!(analysis.exact.len(), 4096);
}

#[test]
fn a_long_word_is_cut_and_its_range_is_not() {
    let text = format!("{} end", "w".repeat(300));
    let analysis = analyse(&text);
    let word = analysis.exact.get(0).expect("a word");
    assert_eq!((word.text.len(), word.start, word.end), (64, 0, 300));
    assert_eq!(analysis.exact.get(1).map(|t| t.text), Some("end"));
}

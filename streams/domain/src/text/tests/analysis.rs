//! Words, layers, positions and ranges.

use proptest::prelude::*;

use super::super::{Script, Tokens, analyse};

fn texts(tokens: &Tokens) -> Vec<&str> {
    tokens.iter().map(|token| token.text).collect()
}

fn originals<'a>(text: &'a str, tokens: &Tokens) -> Vec<&'a str> {
    tokens
        .iter()
        .map(|token| &text[token.start as usize..token.end as usize])
        .collect()
}

#[test]
fn an_english_title_has_four_layers() {
    let analysis = analyse("The History of Running Shoes");
    assert_eq!(analysis.exact.as_str(), "the history of running shoes");
    assert_eq!(analysis.folded.as_str(), "the history of running shoes");
    assert_eq!(analysis.stem.as_str(), "histori run shoe");
    assert_eq!(texts(&analysis.translit)[0], "hstr");
}

#[test]
fn an_arabic_title_has_four_layers() {
    let analysis = analyse("تاريخ القاهرة في العصور الوسطى");
    assert_eq!(analysis.exact.as_str(), "تاريخ القاهرة في العصور الوسطى");
    assert_eq!(analysis.folded.as_str(), "تاريخ القاهره في العصور الوسطي");
    assert_eq!(analysis.stem.len(), 4, "{}", analysis.stem.as_str());
    assert_eq!(texts(&analysis.translit)[0], "trx");
}

#[test]
fn arabic_words_with_article_conjunction_and_plural_share_a_stem() {
    let stem = |word: &str| analyse(word).stem.as_str().to_owned();
    assert_eq!(stem("القاهرة"), stem("قاهره"));
    assert_eq!(stem("والكتاب"), stem("كتاب"));
    assert_eq!(stem("للكتاب"), stem("كتاب"));
    assert_eq!(stem("بالقاهرة"), stem("القاهرة"));
    assert_eq!(stem("الحلقات"), stem("الحلقة"));
    assert_eq!(stem("بودكاستات"), stem("بودكاست"));
    assert_eq!(stem("مهندسون"), stem("مهندسين"));
}

#[test]
fn the_exact_layer_keeps_what_folding_forgives() {
    let analysis = analyse("مُحَمَّد أحمد Café don’t");
    assert_eq!(analysis.exact.as_str(), "مُحَمَّد أحمد café don't");
    assert_eq!(analysis.folded.as_str(), "محمد احمد cafe dont");
}

#[test]
fn stop_words_are_left_out_of_stems_as_they_are_written() {
    assert_eq!(analyse("the who").stem.as_str(), "");
    assert_eq!(analyse("من هو").stem.as_str(), "");
    assert_eq!(analyse("على").stem.as_str(), "");
    assert_eq!(analyse("علي").stem.as_str(), "علي");
}

#[test]
fn a_mixed_title_is_cut_into_words_of_both_scripts() {
    let text = "بودكاست Tech: حلقة #12 (Live)";
    let analysis = analyse(text);
    assert_eq!(
        originals(text, &analysis.exact),
        ["بودكاست", "Tech", "حلقة", "12", "Live"]
    );
    let scripts: Vec<Script> = analysis.exact.iter().map(|token| token.script).collect();
    use Script::{Arabic, Latin, Other};
    assert_eq!(scripts, [Arabic, Latin, Arabic, Other, Latin]);
}

#[test]
fn positions_are_those_of_the_words_also_where_words_are_dropped() {
    let positions = |tokens: &Tokens| tokens.iter().map(|t| t.position).collect::<Vec<_>>();
    let analysis = analyse("the history of the city");
    assert_eq!(positions(&analysis.exact), [0, 1, 2, 3, 4]);
    assert_eq!(positions(&analysis.stem), [1, 4]);
}

#[test]
fn ranges_point_into_the_original_also_where_it_was_normalised() {
    let text = "ﻣﺤﻤﺪ Cafe\u{301} ﬁlm… ＡＢ ﷺ x";
    let analysis = analyse(text);
    let words = originals(text, &analysis.folded);
    assert_eq!(
        words,
        [
            "ﻣﺤﻤﺪ",
            "Cafe\u{301}",
            "ﬁlm",
            "ＡＢ",
            "ﷺ",
            "ﷺ",
            "ﷺ",
            "ﷺ",
            "x"
        ]
    );
    assert_eq!(
        analysis.folded.as_str(),
        "محمد cafe film ab صلي الله عليه وسلم x"
    );
}

#[test]
fn hyphens_part_words_and_apostrophes_inside_do_not() {
    assert_eq!(
        analyse("al-Qahira O'Neil's 'quoted' rock'n'roll")
            .exact
            .as_str(),
        "al qahira o'neil's quoted rock'n'roll"
    );
}

#[test]
fn a_trade_mark_sign_is_not_part_of_the_name() {
    assert_eq!(analyse("Podcast™ Studio®").exact.as_str(), "podcast studio");
}

#[test]
fn chinese_and_japanese_characters_are_words() {
    assert_eq!(
        analyse("播客 ポッド 한국어").exact.as_str(),
        "播 客 ポ ッ ド 한국어"
    );
}

#[test]
fn a_text_without_words_has_no_tokens() {
    for text in [
        "",
        " ",
        "🎧 — !",
        "\0",
        "\u{64e}\u{640}",
        "'",
        "\u{200f}\u{202e}",
    ] {
        assert!(analyse(text).exact.is_empty(), "{text:?}");
    }
}

/// Texts of the scripts at hand with everything that makes them hard.
fn tricky() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zA-Z0-9 ]{1,8}",
        8 => "[\u{621}-\u{64a}]{1,8}",
        4 => "[\u{64b}-\u{670} ]{1,3}",
        3 => "[\u{600}-\u{6ff}]{1,3}",
        3 => "[\u{8a0}-\u{8ff}\u{fb50}-\u{fdff}\u{fe70}-\u{fefc}]{1,3}",
        3 => "[\u{c0}-\u{24f}\u{370}-\u{3ff}\u{1e00}-\u{1fff}]{1,3}",
        3 => "[\u{300}-\u{36f}]{1,9}",
        2 => "['’ʿ\"-]",
        2 => "[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\0 ]",
        2 => "[\u{1100}-\u{11ff}\u{ac00}-\u{ac80}\u{3040}-\u{30ff}\u{ff00}-\u{ffef}]{1,3}",
        1 => "[\u{900}-\u{dff}]{1,4}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn ranges_lie_in_the_text_on_character_boundaries_and_in_order(text in tricky()) {
        let analysis = analyse(&text);
        for tokens in [&analysis.exact, &analysis.folded, &analysis.stem, &analysis.translit] {
            let mut before = (0, 0, 0);
            for token in tokens.iter() {
                let word = text.get(token.start as usize..token.end as usize);
                prop_assert!(word.is_some_and(|word| !word.is_empty()), "{:?}", token);
                let here = (token.position, token.start, token.end);
                prop_assert!(before <= here, "{:?} before {:?}", before, here);
                before = here;
            }
        }
    }

    #[test]
    fn tokens_hold_no_space_and_no_value_break(text in tricky()) {
        let analysis = analyse(&text);
        for tokens in [&analysis.exact, &analysis.folded, &analysis.stem, &analysis.translit] {
            prop_assert_eq!(tokens.as_str().split(' ').filter(|t| !t.is_empty()).count(), tokens.len());
            for token in tokens.iter() {
                prop_assert!(!token.text.contains(|c: char| c.is_whitespace() || c == '|'));
            }
        }
    }

    #[test]
    fn every_word_has_one_exact_and_one_folded_token(text in tricky()) {
        let analysis = analyse(&text);
        prop_assert_eq!(analysis.exact.len(), analysis.folded.len());
        for (index, token) in analysis.folded.iter().enumerate() {
            prop_assert_eq!(token.position as usize, index);
        }
    }

    #[test]
    fn folding_what_is_folded_changes_nothing(text in tricky()) {
        let once = analyse(&text).folded;
        let twice = analyse(once.as_str()).folded;
        prop_assert_eq!(once.as_str(), twice.as_str());
    }

    #[test]
    fn any_text_is_analysed(text in any::<String>()) {
        let once = analyse(&text).folded;
        let twice = analyse(once.as_str()).folded;
        prop_assert_eq!(once.as_str(), twice.as_str());
    }

    #[test]
    fn words_with_equal_folds_have_equal_stems_and_keys(word in "[\u{621}-\u{652}]{1,9}") {
        let plain = analyse(&word);
        let again = analyse(plain.folded.as_str());
        if plain.stem.len() == again.stem.len() {
            prop_assert_eq!(plain.stem.as_str(), again.stem.as_str());
            prop_assert_eq!(plain.translit.as_str(), again.translit.as_str());
        }
    }
}

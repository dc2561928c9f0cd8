//! What the analyser knows about Arabic letters.

use super::fold::Folding;

/// The stroke that stretches a word and means nothing.
pub(super) const TATWEEL: char = '\u{640}';

/// Vowel signs, shadda, sukun, superscript alef and the marks of the Quran.
pub(super) fn is_tashkeel(c: char) -> bool {
    matches!(c,
        '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{8ca}'..='\u{8e1}' | '\u{8e3}'..='\u{8ff}')
}

/// The letters of Arabic itself, as folding leaves them.
pub(super) fn is_letter(c: char) -> bool {
    matches!(c, '\u{621}'..='\u{63a}' | '\u{641}'..='\u{64a}')
}

/// Any letter of the Arabic script.
pub(super) fn is_script(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{63f}' | '\u{641}'..='\u{64a}' | '\u{66e}'..='\u{6d5}'
        | '\u{6ee}' | '\u{6ef}' | '\u{6fa}'..='\u{6ff}' | '\u{750}'..='\u{77f}'
        | '\u{8a0}'..='\u{8c9}')
}

/// What folding makes of a character of the Arabic blocks: the letter it becomes (`None`: it goes) and
/// the name of the rule, or `None` when it stays.
///
/// | written | becomes | rule | why |
/// |---|---|---|---|
/// | آ أ إ ٱ ٲ ٳ | ا | alef form | the hamza of an alef is left out as often as not |
/// | ؤ ئ ء | و ي (gone) | hamza form | typed without hamza, or on another seat |
/// | ى ی ې ے | ي | ya form | final ya has no dots in Egypt, ya none in Persian keyboards |
/// | ة ۃ | ه | ta marbuta | the dots are left out in quick writing |
/// | ک گ ڭ پ چ ڤ ژ ہ ھ ... | ك ك ك ب ج ف ز ه ه | loan letter | keyboards of Arabic lack them |
/// | ٠-٩ ۰-۹ | 0-9 | digits | both are typed |
/// | vowel signs, ـ | (gone) | tashkeel, tatweel | searched without |
pub(super) fn fold(c: char) -> Option<(Option<char>, Folding)> {
    let to = |c, rule| Some((Some(c), rule));
    match c {
        'آ' | 'أ' | 'إ' | 'ٱ' | 'ٲ' | 'ٳ' => to('ا', Folding::AlefForm),
        'ؤ' => to('و', Folding::HamzaForm),
        'ئ' => to('ي', Folding::HamzaForm),
        'ء' => Some((None, Folding::HamzaForm)),
        'ى' | 'ی' | 'ې' | 'ے' | 'ۍ' | 'ێ' => to('ي', Folding::YaForm),
        'ة' | 'ۃ' => to('ه', Folding::TaMarbuta),
        'ک' | 'ڪ' | 'گ' | 'ڭ' | 'ݣ' => to('ك', Folding::LoanLetter),
        'پ' => to('ب', Folding::LoanLetter),
        'چ' => to('ج', Folding::LoanLetter),
        'ڤ' | 'ڥ' => to('ف', Folding::LoanLetter),
        'ژ' => to('ز', Folding::LoanLetter),
        'ہ' | 'ھ' | 'ە' | 'ۀ' | 'ۂ' | 'ۿ' => to('ه', Folding::LoanLetter),
        'ۆ' | 'ۇ' | 'ۋ' => to('و', Folding::LoanLetter),
        '\u{660}'..='\u{669}' => to(digit(c, 0x660), Folding::Digits),
        '\u{6f0}'..='\u{6f9}' => to(digit(c, 0x6f0), Folding::Digits),
        TATWEEL => Some((None, Folding::Tatweel)),
        _ if is_tashkeel(c) => Some((None, Folding::Tashkeel)),
        _ => None,
    }
}

/// The ASCII digit for one of ten digits that begin at `zero`.
fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c).wrapping_sub(zero), 10).unwrap_or(c)
}

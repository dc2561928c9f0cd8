//! How Arabic letters are heard.

use super::{Keys, Readings};

/// Adds the keys of a folded word of Arabic letters.
pub(super) fn keys(word: &str, keys: &mut Keys) {
    if let Some(bare) = word.strip_prefix("ال")
        && bare.chars().nth(2).is_some()
    {
        keys.add(&read_arabic(bare));
    }
    keys.add(&read_arabic(word));
}

fn read_arabic(word: &str) -> Readings {
    let mut readings = Readings::new();
    let mut chars = word.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if at > 0 && &word[at..] == "لله" {
            readings.push(b"lh");
            return readings;
        }
        let last = chars.peek().is_none();
        match c {
            'ا' | 'ع' if at == 0 => readings.push(b"a"),
            'و' if at == 0 => readings.push(b"w"),
            'ي' if at == 0 => readings.push(b"y"),
            'ه' | 'ح' if last && at > 0 => readings.push_soft_h(),
            'ت' if chars.next_if(|(_, next)| *next == 'ش').is_some() => {
                readings.branch(b"c", b"tc");
            }
            'ث' => readings.branch(b"t", b"s"),
            'ذ' | 'ظ' => readings.branch(b"d", b"z"),
            _ => readings.push(arabic_letter(c)),
        }
    }
    readings
}

fn arabic_letter(letter: char) -> &'static [u8] {
    match letter {
        'ب' => b"b",
        'ت' | 'ط' => b"t",
        'ج' | 'غ' => b"j",
        'ح' | 'ه' => b"h",
        'خ' => b"x",
        'د' | 'ض' => b"d",
        'ر' => b"r",
        'ز' => b"z",
        'س' | 'ص' => b"s",
        'ش' => b"c",
        'ف' => b"f",
        'ق' | 'ك' => b"k",
        'ل' => b"l",
        'م' => b"m",
        'ن' => b"n",
        _ => b"",
    }
}

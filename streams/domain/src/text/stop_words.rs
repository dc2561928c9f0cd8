//! Words that carry no topic: dropped from stems and keys, and not asked for when other words are there.
//!
//! They are compared as written (exact layer), not folded: "على" is a stop word, the name "علي" is not.
//! The Latin article (al, el) is one, since it is written apart as often as not. Common spellings without
//! hamza are listed on their own.

/// Whether a word of the exact layer is a stop word of English or Arabic.
pub(super) fn is_stop_word(word: &str) -> bool {
    let bytes = word.as_bytes();
    if bytes.is_empty() || bytes.len() > LONGEST {
        return false;
    }
    let letter = first_letter(bytes);
    let (from, to) = (STARTS[letter], STARTS[letter + 1]);
    WORDS[from as usize..to as usize].contains(&word)
}

/// Bytes of the longest stop word.
const LONGEST: usize = 14;
/// Numbers of [`first_letter`], one over for words of other scripts.
const LETTERS: usize = 32 + 128;

/// Where the words of each first letter begin in [`WORDS`]: comparing the few words of a letter is
/// faster than searching all, and every word of every text comes here.
const STARTS: [u16; LETTERS + 2] = {
    let mut starts = [0; LETTERS + 2];
    let (mut letter, mut word) = (0, 0);
    while letter <= LETTERS {
        while word < WORDS.len() && first_letter(WORDS[word].as_bytes()) == letter {
            word += 1;
        }
        letter += 1;
        starts[letter] = word as u16;
    }
    starts
};

/// A number for the first letter of a word, rising in the order of the list.
const fn first_letter(word: &[u8]) -> usize {
    match word {
        [b @ b'a'..=b'z', ..] => (*b - b'a') as usize,
        [b @ (0xd8 | 0xd9), next, ..] => 32 + ((*b & 1) as usize) * 64 + (*next & 0x3f) as usize,
        _ => LETTERS,
    }
}

/// In the order of their bytes.
#[rustfmt::skip] // a list of words reads better as a block
const WORDS: [&str; 301] = [
    "a", "about", "above", "after", "again", "al", "all", "also", "am", "an", "and", "any", "are",
    "aren't", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "can't", "cannot", "could", "couldn't", "did", "didn't", "do", "does",
    "doesn't", "doing", "don't", "down", "during", "each", "el", "few", "for", "from", "further", "had",
    "hadn't", "has", "hasn't", "have", "haven't", "having", "he", "her", "here", "hers", "herself",
    "him", "himself", "his", "how", "i", "i'm", "if", "in", "into", "is", "isn't", "it", "it's",
    "its", "itself", "just", "let's", "me", "more", "most", "my", "myself", "no", "nor", "not",
    "of", "off", "on", "once", "only", "or", "other", "our", "ours", "out", "over", "own", "same",
    "she", "should", "shouldn't", "so", "some", "such", "than", "that", "that's", "the", "their",
    "theirs", "them", "themselves", "then", "there", "there's", "these", "they", "they're", "this",
    "those", "through", "to", "too", "under", "until", "up", "us", "very", "was", "wasn't", "we",
    "were", "weren't", "what", "what's", "when", "where", "which", "while", "who", "whom", "why",
    "will", "with", "won't", "would", "wouldn't", "you", "you're", "your", "yours", "yourself",
    "أم", "أن", "أنا", "أنت", "أنتم", "أنه", "أنها", "أو", "أولئك", "أي", "أيضا", "أيضًا", "أين",
    "إذ", "إذا", "إلى", "إليه", "إليها", "إن", "إنه", "إنها", "اذ", "اذا", "التي", "الذي", "الذين",
    "اللتان", "اللذان", "اللواتي", "الى", "اليه", "اليها", "ان", "انا", "انت", "انتم", "انه",
    "انها", "او", "اولئك", "اي", "ايضا", "اين", "بأن", "بان", "بعد", "بعض", "بل", "بما", "به",
    "بها", "بين", "تكون", "تلك", "ثم", "حتى", "حول", "حيث", "خلال", "دون", "ذات", "ذلك", "سوى",
    "ضد", "على", "عليه", "عليها", "عليهم", "عن", "عند", "عندما", "عنه", "عنها", "غير", "في", "فيه",
    "فيها", "فيهم", "قبل", "قد", "كان", "كانت", "كانوا", "كذلك", "كل", "كم", "كما", "كيف", "لأن",
    "لا", "لان", "لدى", "لقد", "لكن", "لم", "لماذا", "لن", "له", "لها", "لهم", "لو", "ليس", "ليست",
    "ما", "ماذا", "متى", "مثل", "مع", "معه", "معها", "من", "منذ", "منه", "منها", "منهم", "نحن",
    "هؤلاء", "هذا", "هذه", "هل", "هم", "هن", "هنا", "هناك", "هو", "هي", "وأن", "وإلى", "وإن",
    "والى", "وان", "وعلى", "وعن", "وفي", "وقد", "وكان", "وكانت", "ولا", "ولكن", "ولم", "ولن", "وما",
    "ومع", "ومن", "وهذا", "وهذه", "وهم", "وهو", "وهي", "يا", "يكون",
];

#[cfg(test)]
mod tests {
    use super::{LONGEST, WORDS, is_stop_word};

    #[test]
    fn every_listed_word_is_found_and_others_are_not() {
        assert!(WORDS.is_sorted());
        for word in WORDS {
            assert!(is_stop_word(word), "{word}");
            assert!(
                !is_stop_word(&format!("{word}x")) && word.len() <= LONGEST,
                "{word}"
            );
        }
        for word in ["", "z", "zebra", "علي", "متحف", "\u{6ff}", "é", "9", "'"] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}

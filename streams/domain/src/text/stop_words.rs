//! Words that carry no topic: dropped from stems and keys, and not asked for when other words are there.
//!
//! They are compared as written (exact layer), not folded: "على" is a stop word, the name "علي" is not.
//! The Latin article (al, el) is one, since it is written apart as often as not. Common spellings without hamza are listed on their own. Sorted, for binary search.

use super::token::Script;

/// Whether a word of the exact layer is a stop word of English or Arabic.
pub(super) fn is_stop_word(word: &str, script: Script) -> bool {
    match script {
        Script::Latin => word.len() <= 10 && ENGLISH.binary_search(&word).is_ok(),
        Script::Arabic => word.len() <= 14 && ARABIC.binary_search(&word).is_ok(),
        Script::Other => false,
    }
}

#[rustfmt::skip] // a list of words reads better as a block
const ENGLISH: &[&str] = &[
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
];

#[rustfmt::skip] // a list of words reads better as a block
const ARABIC: &[&str] = &[
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
    use super::{ARABIC, ENGLISH};

    #[test]
    fn the_lists_are_sorted_and_within_the_lengths_looked_at() {
        for (list, longest) in [(ENGLISH, 10), (ARABIC, 14)] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(list.iter().all(|word| word.len() <= longest));
        }
    }
}

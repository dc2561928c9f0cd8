//! Edit distance as the engines' automata count it.

use super::words::MAX_WORD_CHARS;

/// Whether two words are at most `limit` edits apart and share their first `prefix` characters.
///
/// An edit inserts, removes or replaces a character, or swaps two neighbours (optimal string alignment:
/// swapped characters are not edited again). `None` when they are farther apart.
pub(super) fn within(left: &str, right: &str, limit: u8, prefix: u8) -> Option<u8> {
    let prefix = usize::from(prefix);
    if !left.chars().take(prefix).eq(right.chars().take(prefix)) {
        return None;
    }
    if left.len().abs_diff(right.len()) > usize::from(limit) * 4 {
        return None;
    }
    let (left, left_len) = letters(left);
    let (right, right_len) = letters(right);
    let distance = distance(&left[..left_len], &right[..right_len]);
    (distance <= limit).then_some(distance)
}

/// The characters of a word, which the analyser has kept short.
fn letters(word: &str) -> ([char; MAX_WORD_CHARS], usize) {
    let mut letters = ['\0'; MAX_WORD_CHARS];
    let mut len = 0;
    for (slot, c) in letters.iter_mut().zip(word.chars()) {
        *slot = c;
        len += 1;
    }
    (letters, len)
}

fn distance(left: &[char], right: &[char]) -> u8 {
    let mut rows = [[0_u8; MAX_WORD_CHARS + 1]; 3];
    for (j, cell) in rows[0].iter_mut().enumerate().take(right.len() + 1) {
        *cell = j as u8;
    }
    for i in 1..=left.len() {
        let (now, before, older) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i as u8;
        for j in 1..=right.len() {
            let same = u8::from(left[i - 1] != right[j - 1]);
            let mut best = (rows[before][j - 1] + same)
                .min(rows[before][j] + 1)
                .min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[older][j - 2] + 1);
            }
            rows[now][j] = best;
        }
    }
    rows[left.len() % 3][right.len()]
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn one_edit_is_a_letter_more_less_other_or_swapped() {
        for other in ["podcast", "podcasts", "podcat", "podcost", "podacst"] {
            let expected = u8::from(other != "podcast");
            assert_eq!(within("podcast", other, 2, 2), Some(expected), "{other}");
        }
    }

    #[test]
    fn the_first_letters_are_fixed() {
        assert_eq!(within("podcast", "bodcast", 2, 2), None);
        assert_eq!(within("podcast", "opdcast", 2, 2), None);
    }

    #[test]
    fn words_farther_apart_than_the_limit_are_not_near() {
        assert_eq!(within("القاهره", "القهاه", 1, 2), None);
        assert_eq!(within("القاهره", "القهاه", 2, 2), Some(2));
        assert_eq!(within("ab", "abcdefghijklmnop", 2, 2), None);
    }
}

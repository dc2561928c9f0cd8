//! An automaton over a term dictionary: words within an edit distance of another.
//!
//! It follows the meaning of `Clause::Fuzzy` (optimal string alignment over characters, leading
//! characters fixed) and prunes the dictionary as soon as a beginning is too far off. Only a band of
//! `2 * distance + 1` cells of the distance table is kept, so a state is a few words on the stack.

use tantivy_fst::Automaton;

/// The largest distance there is.
const MAX_DISTANCE: usize = 2;
/// The cells of a row that can still lead to a match.
const BAND: usize = 2 * MAX_DISTANCE + 1;
/// More edits than any limit.
const FAR: u8 = MAX_DISTANCE as u8 + 1;

/// Accepts the words that are near to one word.
#[derive(Debug, Clone)]
pub(super) struct Near {
    prefix: Vec<u8>,
    /// The characters after the fixed ones.
    rest: Vec<char>,
    distance: usize,
}

/// How far a word has been read.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    /// In the fixed beginning, so many bytes.
    Prefix(usize),
    /// After it.
    Rest(Row),
    /// Too far off, whatever comes.
    Dead,
}

/// A row of the distance table, and what the next one needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Characters read after the fixed ones.
    read: usize,
    /// Cell `k` is the distance to the first `read + k - distance` characters of the rest.
    cells: [u8; BAND],
    /// The row before, for swaps.
    before: [u8; BAND],
    last: char,
    /// The bytes of a character that has not ended.
    bytes: [u8; 4],
    len: u8,
}

impl Near {
    /// Words within `distance` edits (2 at most) of `text`, its first `prefix_len` characters fixed.
    pub(super) fn new(text: &str, distance: u8, prefix_len: u8) -> Self {
        let cut = text.char_indices().nth(usize::from(prefix_len));
        let (prefix, rest) = text.split_at(cut.map_or(text.len(), |(at, _)| at));
        Self {
            prefix: prefix.as_bytes().to_vec(),
            rest: rest.chars().collect(),
            distance: usize::from(distance).min(MAX_DISTANCE),
        }
    }

    /// The bytes every accepted word starts with.
    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Where a row's cell stands in the rest of the word: `None` outside it.
    fn column(&self, read: usize, cell: usize) -> Option<usize> {
        let column = (read + cell).checked_sub(self.distance)?;
        (column <= self.rest.len()).then_some(column)
    }

    fn first_row(&self) -> Row {
        let mut cells = [FAR; BAND];
        for (k, cell) in cells.iter_mut().enumerate().take(2 * self.distance + 1) {
            if let Some(column) = self.column(0, k) {
                *cell = column as u8;
            }
        }
        Row {
            read: 0,
            cells,
            before: [FAR; BAND],
            last: '\0',
            bytes: [0; 4],
            len: 0,
        }
    }

    /// The row after one more character.
    fn next_row(&self, row: &Row, c: char) -> Row {
        let read = row.read + 1;
        let mut cells = [FAR; BAND];
        for k in 0..=2 * self.distance {
            let Some(column) = self.column(read, k) else {
                continue;
            };
            let mut best = FAR;
            if k + 1 < BAND {
                best = best.min(row.cells[k + 1] + 1);
            }
            if k > 0 {
                best = best.min(cells[k - 1] + 1);
            }
            if column > 0 {
                let other = u8::from(self.rest[column - 1] != c);
                best = best.min(row.cells[k] + other);
            }
            let swapped = read > 1
                && column > 1
                && self.rest[column - 2] == c
                && self.rest[column - 1] == row.last;
            if swapped {
                best = best.min(row.before[k] + 1);
            }
            cells[k] = best.min(FAR);
        }
        Row {
            read,
            cells,
            before: row.cells,
            last: c,
            bytes: [0; 4],
            len: 0,
        }
    }

    fn accept_rest(&self, mut row: Row, byte: u8) -> State {
        let len = usize::from(row.len);
        if len == row.bytes.len() {
            return State::Dead;
        }
        row.bytes[len] = byte;
        row.len += 1;
        let read = &row.bytes[..=len];
        match std::str::from_utf8(read) {
            Ok(text) => match text.chars().next() {
                Some(c) => self.alive(self.next_row(&row, c)),
                None => State::Rest(row),
            },
            Err(error) if error.error_len().is_none() => State::Rest(row),
            Err(_) => State::Dead,
        }
    }

    fn alive(&self, row: Row) -> State {
        let near = row.cells.iter().any(|cell| self.is_near(*cell));
        if near { State::Rest(row) } else { State::Dead }
    }

    fn is_near(&self, cell: u8) -> bool {
        usize::from(cell) <= self.distance
    }
}

impl Automaton for Near {
    type State = State;

    fn start(&self) -> State {
        if self.prefix.is_empty() {
            State::Rest(self.first_row())
        } else {
            State::Prefix(0)
        }
    }

    fn is_match(&self, state: &State) -> bool {
        let State::Rest(row) = state else {
            return false;
        };
        let cell = (self.rest.len() + self.distance).checked_sub(row.read);
        row.len == 0
            && cell.is_some_and(|k| row.cells.get(k).is_some_and(|cell| self.is_near(*cell)))
    }

    fn can_match(&self, state: &State) -> bool {
        !matches!(state, State::Dead)
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        match state {
            State::Prefix(read) if self.prefix[*read] != byte => State::Dead,
            State::Prefix(read) if read + 1 == self.prefix.len() => State::Rest(self.first_row()),
            State::Prefix(read) => State::Prefix(read + 1),
            State::Rest(row) => self.accept_rest(*row, byte),
            State::Dead => State::Dead,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::text::{
        Clause, DocumentKind, IndexField, Layer, SearchDocument, TextField,
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    fn accepts(near: &Near, word: &str) -> bool {
        let read = |state, byte: &u8| near.accept(&state, *byte);
        near.is_match(&word.as_bytes().iter().fold(near.start(), read))
    }

    /// What the domain says the clause means.
    fn means(text: &str, distance: u8, prefix_len: u8, word: &str) -> bool {
        let document = SearchDocument::new(Uuid::nil(), DocumentKind::Program, Uuid::nil(), "en")
            .with_text(TextField::Title, word);
        let clause = Clause::Fuzzy {
            field: IndexField::new(TextField::Title, Layer::Exact),
            text: text.to_owned(),
            distance,
            prefix_len,
        };
        clause.matches(&document.indexed())
    }

    #[test]
    fn a_swap_of_two_neighbours_is_one_edit() {
        let near = Near::new("podcast", 1, 2);
        for word in ["podcast", "podacst", "podcasts", "podcat", "pocast"] {
            assert!(accepts(&near, word), "{word}");
        }
        for word in ["opdcast", "pdocast", "podca", "podcastss", "padcast"] {
            assert!(!accepts(&near, word), "{word}");
        }
    }

    proptest! {
        #[test]
        fn it_accepts_what_the_clause_means(
            text in "[abcد]{2,8}",
            word in "[abcد]{2,10}",
            distance in 1_u8..=2,
            prefix_len in 0_u8..=2,
        ) {
            let near = Near::new(&text, distance, prefix_len);
            prop_assert_eq!(accepts(&near, &word), means(&text, distance, prefix_len, &word));
        }
    }
}

//! Remembers what names were found to mean: feeds use a few dozen, thousands of times.
//!
//! A name has one place; another one there takes it over. So no choice of names makes it slow.

/// The places; a power of two, several times what feeds use.
const PLACES: usize = 256;

/// What names mean while the same namespaces are in force.
#[derive(Debug)]
pub(super) struct Cache<'t, M> {
    places: Vec<Option<Entry<'t, M>>>,
    generation: u64,
}

#[derive(Debug)]
struct Entry<'t, M> {
    raw: &'t str,
    generation: u64,
    meaning: M,
}

impl<M> Default for Cache<'_, M> {
    fn default() -> Self {
        Self {
            places: std::iter::repeat_with(|| None).take(PLACES).collect(),
            generation: 0,
        }
    }
}

impl<'t, M> Cache<'t, M> {
    /// Other namespaces are in force: nothing that is remembered holds.
    pub(super) fn forget(&mut self) {
        self.generation += 1;
    }

    /// The meaning of a name; what is not known is found first.
    pub(super) fn get(&mut self, raw: &'t str, find: impl FnOnce() -> M) -> &M {
        let generation = self.generation;
        let place = &mut self.places[place(raw)];
        let known = |entry: &Entry<'_, M>| entry.generation == generation && entry.raw == raw;
        if !place.as_ref().is_some_and(known) {
            *place = None;
        }
        let entry = place.get_or_insert_with(|| Entry {
            raw,
            generation,
            meaning: find(),
        });
        &entry.meaning
    }
}

/// The place of a name, by its length and its last bytes: prefixes are the same too often.
fn place(raw: &str) -> usize {
    let bytes = raw.as_bytes();
    let mut hash = bytes.len() as u64;
    for byte in bytes.iter().rev().take(12) {
        hash = hash.wrapping_mul(0x100_0000_01b3) ^ u64::from(*byte);
    }
    (hash ^ (hash >> 29)) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_until_another_takes_its_place_or_all_is_forgotten() {
        let mut cache = Cache::default();
        let long = "n".repeat(10_000);
        for (found, name) in ["itunes:title", "title", "x", "", &long]
            .into_iter()
            .enumerate()
        {
            assert_eq!(cache.get(name, || found), &found);
            assert_eq!(cache.get(name, || 99), &found);
        }
        assert_eq!(
            cache.get(&long[1..], || 7),
            &7,
            "another name of the same letters"
        );
        cache.forget();
        assert_eq!(cache.get("title", || 8), &8);
    }
}

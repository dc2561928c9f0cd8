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

    /// Whether the meaning of a name is known.
    pub(super) fn knows(&self, raw: &str) -> bool {
        let entry = self.places[place(raw)].as_ref();
        entry.is_some_and(|entry| entry.generation == self.generation && entry.raw == raw)
    }

    /// The meaning that stands in the place of a name, after [`Cache::knows`] or [`Cache::put`].
    pub(super) fn get(&self, raw: &str) -> Option<&M> {
        self.places[place(raw)].as_ref().map(|entry| &entry.meaning)
    }

    pub(super) fn put(&mut self, raw: &'t str, meaning: M) {
        self.places[place(raw)] = Some(Entry {
            raw,
            generation: self.generation,
            meaning,
        });
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
        for name in ["itunes:title", "title", "x", ""] {
            assert!(!cache.knows(name));
            cache.put(name, name.len());
            assert!(cache.knows(name));
            assert_eq!(cache.get(name), Some(&name.len()));
        }
        cache.forget();
        assert!(!cache.knows("title"));
        let long = "n".repeat(10_000);
        cache.put(&long, 1);
        assert!(cache.knows(&long) && !cache.knows(&long[1..]));
    }
}

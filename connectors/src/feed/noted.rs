//! The repairs that a document as a whole needed, each once.

use mediamesh_domain::repair::Repair;

/// A set of repairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Noted(u128);

impl Noted {
    pub(super) fn note(&mut self, repair: Repair) {
        self.0 |= bit(repair);
    }

    pub(super) fn has(self, repair: Repair) -> bool {
        self.0 & bit(repair) != 0
    }

    /// Takes in those of another set.
    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Their stable codes, in the order of the list of all repairs.
    pub(super) fn codes(self) -> Vec<&'static str> {
        let noted = Repair::ALL.iter().filter(|repair| self.has(**repair));
        noted.map(|repair| repair.code()).collect()
    }
}

fn bit(repair: Repair) -> u128 {
    1 << (repair as u32 % u128::BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repair_has_a_place_of_its_own() {
        let mut all = Noted::default();
        assert!(all.codes().is_empty());
        for (nth, repair) in Repair::ALL.iter().enumerate() {
            assert!(!all.has(*repair), "{repair:?}");
            all.note(*repair);
            assert_eq!(all.codes().len(), nth + 1);
        }
        let mut more = Noted::default();
        more.add(all);
        assert_eq!(more, all);
    }
}

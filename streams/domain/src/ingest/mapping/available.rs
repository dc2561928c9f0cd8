//! When and to whom an item may be shown: feeds have no words for it, mappings do.

use crate::ingest::{Reading, parsed_text};
use crate::model::{Availability, limits};

/// Where words that no feed has stand between the mapping and the reading.
pub(super) const FROM: &str = "mapped:from";
pub(super) const UNTIL: &str = "mapped:until";
pub(super) const PLATFORM: &str = "mapped:platform";
pub(super) const MIN_AGE: &str = "mapped:min_age";

/// Adds what the mapping found.
pub(super) fn read(reading: &mut Reading<'_>, availability: &mut Availability) {
    availability.from = reading.time("/availability/from", &[FROM]);
    availability.until = reading.time("/availability/until", &[UNTIL]);
    availability.min_age = parsed_text(reading.element, MIN_AGE);
    let platforms = reading.element.all(PLATFORM).take(limits::LIST);
    let platforms = platforms.map(|platform| platform.text.trim().to_owned());
    availability.platforms = platforms.filter(|name| !name.is_empty()).collect();
}

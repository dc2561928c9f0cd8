//! Parking: where a sink cannot take a record, the record's key waits, and the partition goes on.
//!
//! The record and the later ones of its key are kept in the state of the sink's group until somebody, having
//! mended the cause, asks for a redrive, or gives the first record up. [`Parking`] is what a process knows of all
//! that, its own sinks and others': it hears `view.parked`, answers whether a key is held, and says what is asked of
//! the sinks that run here.

mod held;

pub(crate) use held::{KeptRecord, ParkedState};

use mediamesh_domain::parked::{About, HeldKey, ParkedAsk, ParkedBody, ParkedPlace, ParkedRecord};
use mediamesh_domain::position::Partition;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::event_log::NewRecord;
use mediamesh_schemas::{Codec, EncodeError, Topic};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is parked anywhere, and what was asked and is not done.
#[derive(Debug, Default)]
pub struct Parking {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    held: BTreeMap<ParkedPlace, HeldKey>,
    asked: BTreeMap<ParkedPlace, ParkedAsk>,
}

impl Parking {
    /// Takes in what `view.parked` says, in its order.
    pub fn hear(&self, told: ParkedRecord) {
        let mut known = self.lock();
        match told.body {
            ParkedBody::Held(held) => known.hold(held),
            // Nothing is asked of a key that is not held: it was let go meanwhile.
            ParkedBody::Asked(ask) if known.held.contains_key(&ask.place) => {
                known.asked.insert(ask.place.clone(), ask);
            }
            ParkedBody::Asked(_) => {}
        }
    }

    /// What is parked, by view and key.
    #[must_use]
    pub fn list(&self) -> Vec<HeldKey> {
        self.lock().held.values().cloned().collect()
    }

    /// What is known of a key, where it is held.
    #[must_use]
    pub fn at(&self, place: &ParkedPlace) -> Option<HeldKey> {
        self.lock().held.get(place).cloned()
    }

    /// Why what a view tells of something is held: what an answer `accepted, held: <code>` says.
    #[must_use]
    pub fn held(&self, view: ViewVersion, about: About) -> Option<HeldKey> {
        let known = self.lock();
        let mut of_view = known
            .held
            .iter()
            .filter(|(place, _)| place.view_version() == view);
        of_view
            .find(|(place, _)| about.is_told_by(view.view, &place.key))
            .map(|(_, held)| held.clone())
    }

    /// What is asked of the sink of a view's version and not done yet.
    #[must_use]
    pub fn asked(&self, view: ViewVersion) -> Vec<ParkedAsk> {
        let known = self.lock();
        let of_view = |ask: &&ParkedAsk| ask.place.view_version() == view;
        known.asked.values().filter(of_view).cloned().collect()
    }

    /// Hears at once what a sink of this process holds in a partition; `view.parked` tells the others.
    pub(crate) fn replace(&self, view: ViewVersion, partition: Partition, keys: Vec<HeldKey>) {
        let mut known = self.lock();
        known.held.retain(|place, _| {
            place.view_version() != view
                || place.partition != partition
                || keys.iter().any(|held| held.place == *place)
        });
        keys.into_iter().for_each(|held| known.hold(held));
        let Known { held, asked } = &mut *known;
        asked.retain(|place, _| held.contains_key(place));
    }

    /// Hears at once what became of a key of which something was asked.
    pub(crate) fn settle(&self, held: &HeldKey) {
        self.lock().hold(held.clone());
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn hold(&mut self, mut held: HeldKey) {
        let before = self.held.get(&held.place);
        held.answers = held.answers.or(before.and_then(|before| before.answers));
        let is_answer = |ask: &ParkedAsk| Some(ask.command_id) == held.answers;
        if held.records == 0 || self.asked.get(&held.place).is_some_and(is_answer) {
            self.asked.remove(&held.place);
        }
        if held.records == 0 {
            self.held.remove(&held.place);
        } else {
            self.held.insert(held.place.clone(), held);
        }
    }
}

/// The record of `view.parked` that says something.
///
/// # Errors
/// Where it does not fit its schema.
pub fn parked_record(
    codec: &Codec,
    body: ParkedBody,
    at: Timestamp,
) -> Result<NewRecord, EncodeError> {
    let told = ParkedRecord { at, body };
    Ok(NewRecord {
        topic: Topic::ViewParked,
        partition: Partition(0),
        key: told.key().into_bytes(),
        value: Some(codec.encode(&told)?),
        headers: Vec::new(),
        timestamp: at,
    })
}

#[cfg(test)]
mod tests;

//! Parked keys: what sinks hold back and what is asked of them, as `view.parked` tells every process.
//!
//! A sink that cannot take a record holds back its key. It says so here in the step that does it, and again when that
//! changes; whoever wants the key tried again, or its first record given up, asks here too. So each process knows what
//! is held, and the one that runs the sink what is asked, whichever it is.

use crate::command::Principal;
use crate::id::{CommandId, ItemRef, ProgramId};
use crate::position::{Offset, Partition};
use crate::time::Timestamp;
use crate::view::{View, ViewVersion};
use serde::{Deserialize, Serialize};

/// One record of `view.parked`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParkedRecord {
    /// When it was said.
    pub at: Timestamp,
    /// What is said.
    pub body: ParkedBody,
}

/// What is said. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParkedBody {
    /// A sink holds a key back, or holds it no longer.
    Held(HeldKey),
    /// Somebody asks something of a key that is held.
    Asked(ParkedAsk),
}

/// Which key of which view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParkedPlace {
    /// The view that the sink writes.
    pub view: View,
    /// Its version.
    pub version: i32,
    /// The partition of its input.
    pub partition: Partition,
    /// The key of the records, as text.
    pub key: String,
}

/// A key as a sink holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldKey {
    /// Which key.
    pub place: ParkedPlace,
    /// The stable code of what is wrong with the first record.
    pub code: String,
    /// What is wrong, in words.
    pub reason: String,
    /// How many records are held; 0: the key is held no longer.
    pub records: i64,
    /// The offset of the first.
    pub first_offset: Offset,
    /// What was asked and is hereby done, as well as it could be.
    pub answers: Option<CommandId>,
}

/// Something that is asked of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParkedAsk {
    /// The id of what is asked.
    pub command_id: CommandId,
    /// Who asks.
    pub principal: Principal,
    /// Which key.
    pub place: ParkedPlace,
    /// What is asked.
    pub wish: ParkedWish,
    /// The first record that was held when it was asked: a record that came to stand first later is not given up.
    pub first_offset: Offset,
}

/// What can be asked of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParkedWish {
    /// Try its records again, in order.
    Redrive,
    /// Give up its first record, then try those behind it.
    Drop,
}

/// What a reader or a writer wants to know of being held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An item.
    Item(ItemRef),
    /// All that is told of a program.
    Program(ProgramId),
    /// What became of a command.
    Command(CommandId),
}

impl ParkedRecord {
    /// The record's key: a key's last word stays, and so does everything that was asked.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.body {
            ParkedBody::Held(held) => held.place.to_string(),
            ParkedBody::Asked(ask) => format!("ask/{}", ask.command_id),
        }
    }
}

impl ParkedPlace {
    /// The version of the view.
    #[must_use]
    pub fn view_version(&self) -> ViewVersion {
        ViewVersion::new(self.view, self.version)
    }

    /// The place that a text names, as [`ParkedPlace`] displays it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        let (view, version) = parts.next()?.rsplit_once(".v")?;
        Some(Self {
            view: View::by_name(view)?,
            version: version.parse().ok()?,
            partition: Partition(parts.next()?.parse().ok()?),
            key: parts.next()?.to_owned(),
        })
    }
}

impl std::fmt::Display for ParkedPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.view_version(), self.partition, self.key)
    }
}

impl About {
    /// Whether a key of a view's input tells of it.
    #[must_use]
    pub fn is_told_by(self, view: View, key: &str) -> bool {
        match (view, self) {
            (View::Catalog | View::Search, Self::Item(item)) => key.contains(&format!("/{item}/")),
            (View::History, Self::Program(program)) => key == program.to_string(),
            (View::Verdicts, Self::Command(command)) => key == command.to_string(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Lane, key};
    use crate::id::EpisodeId;
    use uuid::Uuid;

    #[test]
    fn a_place_is_read_back_from_what_it_is_called() {
        let place = ParkedPlace {
            view: View::Catalog,
            version: 2,
            partition: Partition(11),
            key: "a/episode/b/live".to_owned(),
        };
        assert_eq!(place.to_string(), "catalog.v2/11/a/episode/b/live");
        assert_eq!(ParkedPlace::parse(&place.to_string()), Some(place));
        for wrong in [
            "",
            "catalog",
            "catalog.v2/1",
            "catalogue.v2/1/a",
            "catalog.vx/1/a",
        ] {
            assert_eq!(ParkedPlace::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_program_is_not_held_by_an_episode_of_it() {
        let program = ProgramId(Uuid::from_u128(1));
        let episode = ItemRef::episode(EpisodeId(Uuid::from_u128(2)));
        let held = key(program, episode, Lane::Draft);
        assert!(About::Item(episode).is_told_by(View::Catalog, &held));
        let whole = About::Item(ItemRef::program(program));
        assert!(!whole.is_told_by(View::Catalog, &held));
        let own = key(program, ItemRef::program(program), Lane::Live);
        assert!(whole.is_told_by(View::Search, &own));
        assert!(!whole.is_told_by(View::History, &own));
        assert!(About::Program(program).is_told_by(View::History, &program.to_string()));
    }
}

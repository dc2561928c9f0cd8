//! What an archive is made of: parts, each a file of its own.

use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::GroupSpec;
use mediamesh_runtime::topology::{CONTROL, DECIDE};
use mediamesh_schemas::Topic;
use std::fmt;
use std::str::FromStr;

/// A part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Objects of a family, so many at once.
    Objects(Family, u32),
    /// The records of a topic's partition.
    Topic(Topic, Partition),
    /// The state of a decider's partition.
    State(Keeper, Partition),
}

/// Objects that are kept alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    /// Raw entries: an object never changes, and holds bytes that name schemas.
    RawArchive,
    /// What is named by its hash and never changes.
    Bodies,
    /// What connectors remember of sources: it changes in place.
    Memory,
}

/// Who keeps a state that cannot be made again from the events alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Keeper {
    /// The decider of content.
    Content,
    /// The decider of control.
    Control,
}

/// Whether a topic's records are moved.
///
/// Commands and raw entries are not: all of them are decided before an export begins, and the raw entries of every
/// item stand in the archive of raw entries. How far views have come, and what they hold back, is the target's own.
pub(super) const fn is_moved(topic: Topic) -> bool {
    match topic {
        Topic::ContentEvents
        | Topic::ControlEvents
        | Topic::Accounts
        | Topic::Catalog
        | Topic::CommandVerdicts
        | Topic::IngestEvents
        | Topic::IngestRawDlt
        | Topic::ContentCommandsDlt
        | Topic::ControlCommandsDlt => true,
        Topic::IngestRaw
        | Topic::ContentCommands
        | Topic::ControlCommands
        | Topic::ViewProgress
        | Topic::ViewParked => false,
    }
}

/// The partitions of a topic.
pub(super) fn partitions(topic: Topic) -> impl Iterator<Item = Partition> {
    (0..topic.spec().partitions).map(Partition)
}

impl Keeper {
    pub(super) const ALL: [Self; 2] = [Self::Content, Self::Control];

    /// The group whose state it is.
    pub(super) fn group(self) -> GroupSpec {
        match self {
            Self::Content => DECIDE.group(),
            Self::Control => CONTROL.group(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Content => "decide",
            Self::Control => "control",
        }
    }
}

impl Family {
    pub(super) const ALL: [Self; 3] = [Self::Memory, Self::RawArchive, Self::Bodies];

    const fn name(self) -> &'static str {
        match self {
            Self::RawArchive => "raw-archive",
            Self::Bodies => "bodies",
            Self::Memory => "memory",
        }
    }

    /// The family of an object; none where it is not moved.
    ///
    /// Keys are secrets of the deployment that made them. A hub tells news to the address that subscribed: the
    /// target subscribes for itself.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name.split('/').next() {
            Some("keys" | "websub" | "moving") => None,
            Some("raw-archive") => Some(Self::RawArchive),
            Some("raw") => Some(Self::Bodies),
            _ => Some(Self::Memory),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Objects(family, number) => write!(f, "objects/{}/{number:05}", family.name()),
            Self::Topic(topic, partition) => write!(f, "topics/{topic}/{:05}", partition.0),
            Self::State(keeper, partition) => {
                write!(f, "states/{}/{:05}", keeper.name(), partition.0)
            }
        }
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("this build knows no part {text:?}");
        let mut pieces = text.split('/');
        let (Some(kind), Some(of), Some(number), None) =
            (pieces.next(), pieces.next(), pieces.next(), pieces.next())
        else {
            return Err(unknown());
        };
        let number: u32 = number.parse().map_err(|_| unknown())?;
        let partition = Partition(i32::try_from(number).map_err(|_| unknown())?);
        let part = match kind {
            "objects" => {
                let mut families = Family::ALL.into_iter();
                families
                    .find(|family| family.name() == of)
                    .map(|family| Self::Objects(family, number))
            }
            "topics" => Topic::by_name(of)
                .filter(|topic| is_moved(*topic) && partition.0 < topic.spec().partitions)
                .map(|topic| Self::Topic(topic, partition)),
            "states" => {
                let mut keepers = Keeper::ALL.into_iter();
                keepers
                    .find(|keeper| keeper.name() == of)
                    .filter(|keeper| partition.0 < keeper.group().input.spec().partitions)
                    .map(|keeper| Self::State(keeper, partition))
            }
            _ => None,
        };
        // A name that is written otherwise than we write it could name another file.
        part.filter(|part| part.to_string() == text)
            .ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_known_by_its_name_and_no_other_name_is_a_part() {
        for part in [
            Part::Objects(Family::RawArchive, 3),
            Part::Topic(Topic::ContentEvents, Partition(11)),
            Part::State(Keeper::Control, Partition(0)),
        ] {
            assert_eq!(part.to_string().parse(), Ok(part));
        }
        for text in [
            "",
            "topics/content.events/00012",
            "topics/content.events/1",
            "topics/content.commands/00001",
            "topics/../00001",
            "states/control/00001",
            "objects/keys/00000",
            "objects/memory/+0001",
            "objects/memory/00000/x",
        ] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }

    #[test]
    fn secrets_and_subscriptions_stay_where_they_are() {
        assert_eq!(Family::of("keys/cursor/1"), None);
        assert_eq!(Family::of("websub/1"), None);
        assert_eq!(Family::of("moving/import"), None);
        assert_eq!(Family::of("fetch-state/1"), Some(Family::Memory));
        assert_eq!(Family::of("raw-archive/000/1"), Some(Family::RawArchive));
    }
}

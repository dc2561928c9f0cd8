//! What this build's schemas would change in a registry, and the change itself.

use super::{Error, Registry};
use mediamesh_schemas::registry::may_follow;
use mediamesh_schemas::shipped::{self, Shipped, subject};
use mediamesh_schemas::topics::Topic;

/// What becomes of one shipped schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is registered.
    Present {
        /// Its id.
        id: u32,
    },
    /// It is to be registered.
    New,
    /// It cannot follow what the registry has.
    Incompatible {
        /// The version that it clashes with, counted from 1.
        before: i32,
        /// Which field, and why.
        reason: String,
    },
}

/// One shipped schema, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The topic.
    pub topic: Topic,
    /// The version, as this build counts it.
    pub version: i32,
    /// The subject, as the port names it; a registry may put a prefix before it.
    pub subject: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What [`apply`] would do, in the order of the shipped files. It changes nothing.
///
/// # Errors
/// [`Error::Transient`].
pub fn plan(registry: &dyn Registry) -> Result<Vec<Planned>, Error> {
    let one = |shipped: &Shipped| {
        Ok(Planned {
            topic: shipped.topic,
            version: shipped.version,
            subject: subject(shipped.topic),
            fate: fate(registry, shipped)?,
        })
    };
    in_order().map(one).collect()
}

/// Registers what is missing, or nothing at all where one of the schemas cannot follow.
///
/// # Errors
/// [`Error::Incompatible`] for the first that cannot, [`Error::Transient`].
pub fn apply(registry: &dyn Registry) -> Result<Vec<(Topic, i32, u32)>, Error> {
    for planned in plan(registry)? {
        if let Fate::Incompatible { before, reason } = planned.fate {
            return Err(Error::Incompatible {
                subject: planned.subject,
                version: planned.version,
                before,
                reason,
            });
        }
    }
    register_all(registry)
}

/// Registers every shipped schema and answers the ids, as [`mediamesh_schemas::Codec::new`] takes them.
///
/// # Errors
/// [`Error::Incompatible`] naming the field, [`Error::Transient`].
pub fn register_all(registry: &dyn Registry) -> Result<Vec<(Topic, i32, u32)>, Error> {
    let one = |shipped: &Shipped| {
        let id = registry.register(&subject(shipped.topic), shipped.text)?;
        Ok((shipped.topic, shipped.version, id))
    };
    in_order().map(one).collect()
}

/// The shipped files by topic, the versions of each oldest first.
fn in_order() -> impl Iterator<Item = &'static Shipped> {
    Topic::ALL
        .iter()
        .flat_map(|topic| shipped::versions(*topic))
}

fn fate(registry: &dyn Registry, shipped: &Shipped) -> Result<Fate, Error> {
    let subject = subject(shipped.topic);
    if let Some(id) = registry.find(&subject, shipped.text)? {
        return Ok(Fate::Present { id });
    }
    let ids = registry.versions(&subject)?;
    let texts = ids.into_iter().map(|id| registry.schema(id));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let versions = (1..).zip(texts.iter().map(String::as_str));
    let versions: Vec<(i32, &str)> = versions.collect();
    match may_follow(&subject, shipped.text, versions.into_iter()).map_err(Error::from) {
        Ok(()) => Ok(Fate::New),
        Err(Error::Incompatible { before, reason, .. }) => {
            Ok(Fate::Incompatible { before, reason })
        }
        Err(other) => Err(other),
    }
}

//! Carrying a plan out.

use super::cluster::Cluster;
use super::{Change, Error};
use crate::settings::Settings;
use std::collections::BTreeMap;

/// Carries a plan out; what is done stays done where a later step fails. Blocks.
///
/// # Errors
/// [`Error::Cluster`].
pub fn apply(settings: &Settings, changes: &[Change]) -> Result<(), Error> {
    settings.check()?;
    if changes.is_empty() {
        return Ok(());
    }
    let cluster = Cluster::of(settings)?;
    let mut created = Vec::new();
    let mut configured: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for change in changes {
        match change {
            Change::Create(wanted) => created.push(wanted),
            Change::Configure { topic, key, to, .. } => {
                let keys = configured.entry(topic).or_default();
                keys.insert(key, to);
            }
        }
    }
    cluster.create(&created)?;
    cluster.await_topics(&created)?;
    for (topic, keys) in &configured {
        cluster.configure(topic, keys)?;
    }
    cluster.await_configs(&configured)
}

//! The note of an import, kept with the objects of the deployment that it fills: nobody serves what is half there.

use anyhow::{Context as _, bail};
use mediamesh_ports::objects::Objects;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The folder of the note; nothing else stands there.
const NAME: &str = "moving/import";

/// How far an import has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportNote {
    /// The archive that is taken in.
    pub(crate) archive: String,
    /// The parts that are here.
    pub(crate) parts: BTreeSet<String>,
    /// Whether all is here, and the views are built.
    pub(crate) finished: bool,
}

impl ImportNote {
    /// The note; none where nothing was ever imported.
    ///
    /// # Errors
    /// Where the store does not answer, or the note is damaged.
    pub(crate) async fn load(objects: &dyn Objects) -> anyhow::Result<Option<Self>> {
        let Some(bytes) = objects.get(NAME).await? else {
            return Ok(None);
        };
        let note = serde_json::from_slice(&bytes);
        note.map(Some)
            .with_context(|| format!("the object {NAME} is damaged"))
    }

    /// Keeps the note.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub(crate) async fn save(&self, objects: &dyn Objects) -> anyhow::Result<()> {
        Ok(objects.put(NAME, serde_json::to_vec(self)?).await?)
    }
}

/// Refuses a deployment whose import was not finished.
///
/// # Errors
/// What to do about it.
pub(super) async fn refuse(objects: &dyn Objects) -> anyhow::Result<()> {
    match ImportNote::load(objects).await? {
        Some(note) if !note.finished => bail!(
            "an import into this deployment was not finished: run `mediamesh import` with the same folder again, or \
             begin with empty stores"
        ),
        _ => Ok(()),
    }
}

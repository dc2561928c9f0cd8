//! The drafts that a normalisation is compared with: a program's episodes by the marks they are known by.

use crate::instance::Instance;
use mediamesh_domain::catalog::{EpisodeDocument, Lane, ProgramDocument};
use mediamesh_domain::id::{EpisodeId, ItemKind, ItemRef, ProgramId};
use mediamesh_domain::ingest::{FieldChange, Known, marks_of};
use mediamesh_domain::model::{EpisodeFields, ProgramFields};
use mediamesh_domain::project::{document_key, episodes_key};
use mediamesh_domain::view::{Table, View};
use mediamesh_ports::progress::Progress as _;
use mediamesh_ports::view_store::{Order, Range};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use uuid::Uuid;

/// Rows read at once.
const PAGE: usize = 500;

/// An item with what would change of it.
type Found = Option<(ItemRef, Vec<FieldChange>)>;

/// Programs that are held at once.
const HELD: usize = 32;

/// The drafts of a few programs at a time.
pub(super) struct Catalogue<'i> {
    instance: &'i Instance,
    programs: HashMap<ProgramId, Drafts>,
}

/// The drafts of a program's episodes.
#[derive(Default)]
struct Drafts {
    episodes: Vec<(EpisodeId, Known<EpisodeFields>)>,
    marks: HashMap<String, usize>,
}

impl<'i> Catalogue<'i> {
    pub(super) fn of(instance: &'i Instance) -> Self {
        Self {
            instance,
            programs: HashMap::new(),
        }
    }

    /// A program, and what these fields would change of it.
    pub(super) async fn program(
        &self,
        id: ProgramId,
        fields: &ProgramFields,
    ) -> anyhow::Result<Found> {
        let document: Option<ProgramDocument> = self.draft(ItemKind::Program, id.0).await?;
        Ok(document.map(|document| {
            let known = Known {
                draft: document.fields,
                provenance: document.provenance,
            };
            (ItemRef::program(id), known.changes(fields))
        }))
    }

    /// The episode that an entry is by its marks, and what these fields would change of it.
    pub(super) async fn episode(
        &mut self,
        program: ProgramId,
        fields: &EpisodeFields,
    ) -> anyhow::Result<Found> {
        if !self.programs.contains_key(&program) {
            if self.programs.len() >= HELD {
                self.programs.clear();
            }
            let drafts = self.load(program).await?;
            self.programs.insert(program, drafts);
        }
        let Some(drafts) = self.programs.get(&program) else {
            return Ok(None);
        };
        let marks = marks_of(program, fields);
        let at = marks.iter().find_map(|mark| drafts.marks.get(mark));
        Ok(at
            .and_then(|at| drafts.episodes.get(*at))
            .map(|(id, known)| (ItemRef::episode(*id), known.changes(fields))))
    }

    async fn load(&self, program: ProgramId) -> anyhow::Result<Drafts> {
        let mut drafts = Drafts::default();
        let view = self.instance.progress.active(View::Catalog);
        let mut range = Range {
            table: Table::Episodes,
            partition_key: episodes_key(Lane::Draft, program),
            after: None,
            order: Order::Ascending,
            limit: PAGE,
        };
        loop {
            let page = self.instance.stores.rows.range(view, &range).await?;
            range.after = page.last().map(|(key, _)| key.clone());
            let full = page.len() == PAGE;
            for (key, _) in page {
                // The key of a list ends with the item's id.
                let id = key.last_chunk::<16>().map(|id| Uuid::from_bytes(*id));
                if let Some(id) = id {
                    self.learn(&mut drafts, program, EpisodeId(id)).await?;
                }
            }
            if !full {
                return Ok(drafts);
            }
        }
    }

    async fn learn(
        &self,
        drafts: &mut Drafts,
        program: ProgramId,
        id: EpisodeId,
    ) -> anyhow::Result<()> {
        let document: Option<EpisodeDocument> = self.draft(ItemKind::Episode, id.0).await?;
        let Some(document) = document else {
            return Ok(());
        };
        for mark in marks_of(program, &document.fields) {
            drafts.marks.entry(mark).or_insert(drafts.episodes.len());
        }
        let known = Known {
            draft: document.fields,
            provenance: document.provenance,
        };
        drafts.episodes.push((id, known));
        Ok(())
    }

    async fn draft<T: DeserializeOwned>(
        &self,
        kind: ItemKind,
        id: Uuid,
    ) -> anyhow::Result<Option<T>> {
        let view = self.instance.progress.active(View::Catalog);
        let key = document_key(Lane::Draft, kind, id, "");
        let row = self.instance.stores.rows.get(view, &key).await?;
        Ok(row
            .map(|row| serde_json::from_slice(&row.body))
            .transpose()?)
    }
}

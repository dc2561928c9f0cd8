//! The limits of the same run: what the stores do with nothing of ours around them.

use mediamesh_ports::event_log::NewRecord;
use std::time::{Duration, Instant};
use tantivy::schema::{STORED, Schema, TEXT};
use tantivy::{Index, TantivyDocument};

/// Records in one batch.
const BATCH: usize = 500;

/// The same raw bytes into a bare fjall keyspace, synced batch by batch.
pub fn bare_fjall(records: &[NewRecord]) -> anyhow::Result<Duration> {
    let directory = tempfile::tempdir()?;
    let database = fjall::Database::builder(directory.path()).open()?;
    let keyspace = database.keyspace("log", fjall::KeyspaceCreateOptions::default)?;
    let from = Instant::now();
    for (n, batch) in records.chunks(BATCH).enumerate() {
        let mut write = database.batch();
        for (k, record) in batch.iter().enumerate() {
            let key = ((n * BATCH + k) as u64).to_be_bytes();
            write.insert(&keyspace, key, record.value.as_deref().unwrap_or_default());
        }
        write.commit()?;
        database.persist(fjall::PersistMode::SyncData)?;
    }
    Ok(from.elapsed())
}

/// Titles and texts of the same size into a bare tantivy index, with its own analyser, committed once.
pub fn bare_tantivy(count: usize) -> anyhow::Result<Duration> {
    let directory = tempfile::tempdir()?;
    let mut schema = Schema::builder();
    let title = schema.add_text_field("title", TEXT | STORED);
    let text = schema.add_text_field("text", TEXT | STORED);
    let index = Index::create_in_dir(directory.path(), schema.build())?;
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 48_000_000)?;
    let from = Instant::now();
    for n in 0..count {
        let mut document = TantivyDocument::default();
        document.add_text(title, format!("a title of some words {n}"));
        document.add_text(
            text,
            "river letters harbour winter market voices memory garden ".repeat(9),
        );
        writer.add_document(document)?;
    }
    writer.commit()?;
    Ok(from.elapsed())
}

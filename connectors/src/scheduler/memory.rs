//! What a scheduler knows of each source, kept over restarts: one small object a source.

use std::sync::Arc;

use async_trait::async_trait;
use mediamesh_domain::id::SourceId;
use mediamesh_ports::objects::Objects;

use super::health::Health;

/// Keeps how each source fares.
#[async_trait]
pub trait Memory: Send + Sync {
    /// What is kept of a source; none where nothing is, or nothing that can be read.
    async fn load(&self, source: SourceId) -> Option<Health>;
    /// Keeps it. A failure is not the poll's: it costs what a restart would forget.
    async fn save(&self, source: SourceId, health: &Health);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgets;

#[async_trait]
impl Memory for Forgets {
    async fn load(&self, _: SourceId) -> Option<Health> {
        None
    }

    async fn save(&self, _: SourceId, _: &Health) {}
}

/// Keeps it in the object store.
pub struct InObjects(pub Arc<dyn Objects>);

#[async_trait]
impl Memory for InObjects {
    async fn load(&self, source: SourceId) -> Option<Health> {
        match self.0.get(&name(source)).await {
            Ok(bytes) => serde_json::from_slice(&bytes?).ok(),
            Err(error) => {
                tracing::warn!(source.id = %source, error.message = %error, "how a source fared \
                    before is not known");
                None
            }
        }
    }

    async fn save(&self, source: SourceId, health: &Health) {
        let bytes = serde_json::to_vec(health).unwrap_or_default();
        if let Err(error) = self.0.put(&name(source), bytes).await {
            tracing::warn!(source.id = %source, error.message = %error, "how a source fares is \
                not kept");
        }
    }
}

fn name(source: SourceId) -> String {
    format!("source-health/{source}")
}

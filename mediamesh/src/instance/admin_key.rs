//! The first start's admin key: made here, shown once, kept by its hash alone.

use super::{Instance, new_id};
use mediamesh_domain::control::{ControlBody, CreateApiKey};
use mediamesh_domain::id::CommandId;
use mediamesh_edge::keys;
use mediamesh_ports::control::Control as _;

/// A key as it is shown once.
pub struct AdminKey(String);

impl AdminKey {
    /// The key of a data directory that has none yet; none where it has one.
    ///
    /// # Errors
    /// Where the control decider does not take it.
    pub async fn first(instance: &Instance) -> anyhow::Result<Option<Self>> {
        if !instance.control.current().api_keys.is_empty() {
            return Ok(None);
        }
        let made = keys::generate(rand::random(), rand::random());
        let body = ControlBody::CreateApiKey(CreateApiKey {
            prefix: made.prefix.clone(),
            secret_hash: made.secret_hash.to_vec(),
            name: "admin of the first start".to_owned(),
            scopes: vec!["admin".to_owned()],
            sources: Vec::new(),
            expires_at: None,
        });
        instance.decide_control(CommandId(new_id()), body).await?;
        Ok(Some(Self(made.key)))
    }

    /// The key, to be shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

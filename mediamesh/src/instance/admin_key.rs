//! The first start's admin key: made here, shown once, kept by its hash alone.

use super::{Instance, new_id};
use mediamesh_domain::control::{ControlBody, CreateApiKey};
use mediamesh_domain::id::CommandId;
use mediamesh_edge::keys;
use mediamesh_ports::control::Control as _;
use std::time::Duration;

/// How long it takes at most to hear what another process did.
const LOOK: Duration = Duration::from_secs(5);

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
        match instance.decide_control(CommandId(new_id()), body).await {
            Ok(_) => Ok(Some(Self(made.key))),
            // Of several processes that start at once, one made it: no two keys have one name.
            Err(_) if made_by_another(instance).await => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The key, to be shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

async fn made_by_another(instance: &Instance) -> bool {
    let mut control = instance.control.watch();
    let made = control.wait_for(|control| !control.api_keys.is_empty());
    !instance.stores.is_alone() && tokio::time::timeout(LOOK, made).await.is_ok()
}

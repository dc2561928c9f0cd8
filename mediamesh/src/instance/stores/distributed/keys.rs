//! A secret that all processes of a deployment share and none of them was given.

use anyhow::{Context as _, anyhow};
use mediamesh_ports::objects::Objects;
use std::time::Duration;
use uuid::Uuid;

/// Longer than a bucket takes to show an object that was written: so two processes that start at once see both keys
/// and take the same.
const SETTLE: Duration = Duration::from_secs(1);

/// The key of a name: the first that the bucket lists, made where it lists none.
///
/// # Errors
/// Where the bucket is away, or the key there is damaged.
pub(in crate::instance) async fn shared_key(
    objects: &dyn Objects,
    name: &str,
) -> anyhow::Result<[u8; 32]> {
    let prefix = format!("keys/{name}/");
    let found = match first(objects, &prefix).await? {
        Some(found) => found,
        None => {
            let key: [u8; 32] = rand::random();
            // Ids of this kind sort by time: who comes later does not take over from those that run.
            let made = format!("{prefix}{}", Uuid::now_v7());
            objects.put(&made, key.to_vec()).await?;
            tokio::time::sleep(SETTLE).await;
            first(objects, &prefix).await?.unwrap_or(made)
        }
    };
    let bytes = objects.get(&found).await?.unwrap_or_default();
    let key = bytes.try_into();
    key.map_err(|_| {
        anyhow!(
            "the object {found} is damaged: remove it, and all cursors and links made with it end"
        )
    })
}

async fn first(objects: &dyn Objects, prefix: &str) -> anyhow::Result<Option<String>> {
    let listed = objects.list(prefix, "", 1).await;
    let listed = listed.context("a key that all processes share")?;
    Ok(listed.into_iter().next())
}

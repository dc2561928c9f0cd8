//! The keys that tokens are signed with: objects of the deployment, shared by all its processes, and never exported.
//!
//! Each is an object of its own, so that two that are made at once are both there. A new one is published a while
//! before it signs, and every process looks for new ones more often than that: so no token is refused meanwhile.

use super::now;
use anyhow::Context as _;
use mediamesh_edge::tokens::{KeyRing, SETTLE_S, SigningKey, Tokens};
use mediamesh_ports::objects::Objects;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The folder of the keys.
const FOLDER: &str = "keys/tokens/";
/// More keys than a deployment ever has at once.
const AT_MOST: usize = 1_000;
/// How often a process looks for new keys.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Longer than a bucket takes to show an object that was written: so two processes that start at once see both keys.
const SETTLE: Duration = Duration::from_secs(1);

/// The keys of the deployment; where it has none, the first is made.
///
/// # Errors
/// Where the store does not answer, or a key there is damaged.
pub(super) async fn open(objects: &dyn Objects, is_alone: bool) -> anyhow::Result<KeyRing> {
    let ring = load(objects).await?;
    if !ring.is_empty() {
        return Ok(ring);
    }
    keep(objects, &SigningKey::generate(Uuid::now_v7(), now())?).await?;
    if !is_alone {
        tokio::time::sleep(SETTLE).await;
    }
    load(objects).await
}

/// Publishes a new key, which signs once everybody can have heard of it, and removes those whose time is over.
///
/// # Errors
/// Where the store does not answer.
pub(crate) async fn rotate(objects: &dyn Objects) -> anyhow::Result<SigningKey> {
    let next = SigningKey::generate(Uuid::now_v7(), now().plus_seconds(SETTLE_S))?;
    keep(objects, &next).await?;
    for id in load(objects).await?.retired(now()) {
        objects.delete(&name(id)).await?;
    }
    Ok(next)
}

/// Looks for new keys until the token is cancelled.
pub(super) async fn follow(objects: Arc<dyn Objects>, tokens: Tokens, cancel: CancellationToken) {
    while cancel
        .run_until_cancelled(tokio::time::sleep(LOOK_EVERY))
        .await
        .is_some()
    {
        match load(&*objects).await {
            Ok(ring) if !ring.is_empty() => tokens.replace(ring),
            Ok(_) => tracing::warn!("the keys of tokens are gone; those that are known go on"),
            Err(error) => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "the keys of tokens cannot be read"
                );
            }
        }
    }
}

async fn load(objects: &dyn Objects) -> anyhow::Result<KeyRing> {
    let names = objects.list(FOLDER, "", AT_MOST).await?;
    let mut keys = Vec::with_capacity(names.len());
    for name in names {
        // One that was removed meanwhile is none.
        if let Some(bytes) = objects.get(&name).await? {
            let key = SigningKey::from_bytes(&bytes);
            keys.push(key.with_context(|| format!("the object {name} is damaged: remove it"))?);
        }
    }
    Ok(KeyRing::new(keys))
}

async fn keep(objects: &dyn Objects, key: &SigningKey) -> anyhow::Result<()> {
    Ok(objects.put(&name(key.id), key.to_bytes()).await?)
}

fn name(id: Uuid) -> String {
    format!("{FOLDER}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_embedded::objects::Directory;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn a_deployment_has_one_first_key_and_more_by_rotation() {
        let dir = tempfile::tempdir().unwrap();
        let objects = Directory::open(dir.path()).unwrap();
        let first = open(&objects, true).await.unwrap();
        assert_eq!(first.len(), 1);
        assert_eq!(open(&objects, true).await.unwrap().jwks(), first.jwks());
        let next = rotate(&objects).await.unwrap();
        let both = open(&objects, true).await.unwrap();
        assert_eq!(both.len(), 2);
        let ids = both.jwks()["keys"].to_string();
        assert!(ids.contains(&next.id.to_string()));
    }

    #[tokio::test]
    async fn a_key_is_read_by_nobody_else_on_the_machine() {
        let dir = tempfile::tempdir().unwrap();
        let objects = Directory::open(dir.path()).unwrap();
        open(&objects, true).await.unwrap();
        let folder = dir.path().join(FOLDER);
        for file in std::fs::read_dir(folder).unwrap() {
            let mode = file.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }
}

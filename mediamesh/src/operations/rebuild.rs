//! Building a view anew beside the one in use, comparing the two, and switching.

use super::Tell;
use crate::instance::{Instance, new_id};
use anyhow::{anyhow, bail};
use mediamesh_domain::control::{ControlBody, SwitchView};
use mediamesh_domain::id::CommandId;
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_ports::progress::Progress as _;
use mediamesh_runtime::rebuild::{self, RebuildProgress, Throttle};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Rebuilds a view into the version after the one that readers use.
pub(super) async fn rebuild(
    instance: &Instance,
    view: &str,
    switch: bool,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let view = View::by_name(view).ok_or_else(|| {
        let names = View::ALL.map(View::as_str).join(", ");
        anyhow!("there is no view {view:?}: use one of {names}")
    })?;
    let old = instance.progress.active(view);
    let new = ViewVersion::new(view, old.version + 1);
    let built = build(instance, new, tell).await?;
    tell.progress("comparing", 0, None).await;
    let compared = match view {
        View::Search => rebuild::compare_search(&*instance.stores.search, old, new).await?,
        _ => rebuild::compare_rows(&*instance.stores.rows, old, new).await?,
    };
    let differences = compared.only_old + compared.only_new + compared.different;
    if switch {
        if differences > 0 {
            bail!(
                "{new} differs from {old} in {differences} places, so readers stay with {old}: {:?}",
                compared.named
            );
        }
        let body = SwitchView {
            view: view.as_str().to_owned(),
            version: new.version,
        };
        instance
            .decide_control(CommandId(new_id()), ControlBody::SwitchView(body))
            .await?;
    }
    Ok(json!({
        "view": view.as_str(),
        "from": old.version,
        "to": new.version,
        "records": built.done,
        "differences": differences,
        "compared": compared,
        "switched": switch,
    }))
}

/// Runs the rebuild on a thread of its own and tells how far it is.
async fn build(
    instance: &Instance,
    new: ViewVersion,
    tell: &Tell,
) -> anyhow::Result<RebuildProgress> {
    let (sender, mut steps) = mpsc::channel::<RebuildProgress>(16);
    let (pipeline, cancel) = (instance.pipeline.clone(), instance.cancel.child_token());
    let work = tokio::task::spawn_blocking(move || {
        let mut told = |step| {
            // A listener who is slow misses a step.
            let _ = sender.try_send(step);
        };
        rebuild::rebuild(&pipeline, new, Throttle::default(), &cancel, &mut told)
    });
    while let Some(step) = steps.recv().await {
        let done = u64::try_from(step.done).unwrap_or(0);
        let total = u64::try_from(step.done + step.left).ok();
        tell.progress("rebuilding", done, total).await;
    }
    Ok(work.await??)
}

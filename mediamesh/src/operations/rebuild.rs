//! Building a view anew beside the one in use, comparing the two, and switching.

use super::Tell;
use crate::instance::{Instance, new_id};
use anyhow::{anyhow, bail};
use mediamesh_domain::control::{ControlBody, SwitchView};
use mediamesh_domain::id::CommandId;
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_ports::progress::Progress as _;
use mediamesh_runtime::rebuild::{self, Comparison, Readers, RebuildProgress, Throttle};
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
    let (records, compared) = build(instance, old, new, tell).await?;
    let differences = compared.only_old + compared.only_new + compared.different;
    if !switch || differences > 0 {
        // The next rebuild begins at nothing; only one that was interrupted is gone on with.
        let removed = instance.pipeline.remove(new).await;
        removed.map_err(|reason| anyhow!("{new} was built and cannot be removed: {reason}"))?;
    }
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
        "records": records,
        "differences": differences,
        "compared": compared,
        "switched": switch,
    }))
}

/// Runs the rebuild on a thread of its own and tells how far it is; gives the records taken in, and how the two
/// versions compare while live traffic goes on into both.
async fn build(
    instance: &Instance,
    old: ViewVersion,
    new: ViewVersion,
    tell: &Tell,
) -> anyhow::Result<(i64, Comparison)> {
    let (sender, mut steps) = mpsc::channel::<RebuildProgress>(16);
    let (pipeline, cancel) = (instance.pipeline.clone(), instance.cancel.child_token());
    let readers = Readers {
        rows: instance.stores.rows.clone(),
        search: instance.stores.search.clone(),
    };
    let work = tokio::task::spawn_blocking(move || {
        let mut done = 0;
        let mut told = |step: RebuildProgress| {
            done = step.done;
            // A listener who is slow misses a step.
            let _ = sender.try_send(step);
        };
        let versions = (old, new);
        let compared = rebuild::rebuild_and_compare(
            &pipeline,
            &readers,
            versions,
            Throttle::default(),
            &cancel,
            &mut told,
        )?;
        Ok::<_, rebuild::Error>((done, compared))
    });
    while let Some(step) = steps.recv().await {
        let done = u64::try_from(step.done).unwrap_or(0);
        let total = u64::try_from(step.done + step.left).ok();
        tell.progress("rebuilding and comparing", done, total).await;
    }
    Ok(work.await??)
}

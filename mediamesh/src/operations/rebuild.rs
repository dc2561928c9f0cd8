//! Building a view anew beside the one in use, comparing the two, switching, and switching back.

use super::Tell;
use crate::instance::{Instance, new_id, now};
use anyhow::{anyhow, bail};
use mediamesh_domain::control::{ControlBody, SwitchView};
use mediamesh_domain::id::CommandId;
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_ports::control::Control as _;
use mediamesh_ports::progress::Progress as _;
use mediamesh_runtime::rebuild::{self, Comparison, Readers, RebuildProgress, Throttle};
use mediamesh_runtime::switches;
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Rebuilds a view into the version after the one that readers use.
pub(super) async fn rebuild(
    instance: &Instance,
    view: &str,
    switch: bool,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let view = named(view)?;
    if !instance.keeps_state() {
        bail!(
            "this process runs no streams and keeps no state, so it cannot build a view: ask a process that runs them, or \
             give the command line a directory of its own (--data-dir)"
        );
    }
    let old = instance.progress.active(view);
    let control = instance.control.current();
    let new = ViewVersion::new(view, control.next_view_version(view.as_str()));
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
        switch_to(instance, new).await?;
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

/// Lets readers use the version again that they used before, while it is kept, whatever the two say: the newer one is
/// what somebody doubts. How they differ is told.
pub(super) async fn back(instance: &Instance, view: &str, tell: &Tell) -> anyhow::Result<Value> {
    let view = named(view)?;
    let way_back = || switches::way_back(&instance.control.current(), view, now());
    let gone = || {
        anyhow!(
            "there is no version of {view:?} to go back to: the one before a switch is kept for an hour",
            view = view.as_str()
        )
    };
    let (from, to) = (instance.progress.active(view), way_back().ok_or_else(gone)?);
    tell.progress("waiting for the version before", 0, None)
        .await;
    let (pipeline, cancel) = (instance.pipeline.clone(), instance.cancel.child_token());
    let waiting = move || rebuild::await_caught_up(&pipeline, to, &cancel);
    tokio::task::spawn_blocking(waiting).await??;
    tell.progress("comparing", 0, None).await;
    let compared = rebuild::compare(readers(instance), from, to).await?;
    // A comparison may take its time.
    if way_back() != Some(to) {
        return Err(gone());
    }
    switch_to(instance, to).await?;
    Ok(json!({
        "view": view.as_str(),
        "from": from.version,
        "to": to.version,
        "differences": compared.only_old + compared.only_new + compared.different,
        "compared": compared,
        "switched": true,
    }))
}

fn named(view: &str) -> anyhow::Result<View> {
    View::by_name(view).ok_or_else(|| {
        let names = View::ALL.map(View::as_str).join(", ");
        anyhow!("there is no view {view:?}: use one of {names}")
    })
}

async fn switch_to(instance: &Instance, version: ViewVersion) -> anyhow::Result<()> {
    let body = SwitchView {
        view: version.view.as_str().to_owned(),
        version: version.version,
    };
    let body = ControlBody::SwitchView(body);
    instance
        .decide_control(CommandId(new_id()), body)
        .await
        .map(drop)
}

fn readers(instance: &Instance) -> Readers {
    Readers {
        rows: instance.stores.rows.clone(),
        search: instance.stores.search.clone(),
    }
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
    let readers = readers(instance);
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

//! Lists of feeds that become sources.

use crate::instance::{Instance, new_id};
use crate::operations::{Material, Tell};
use anyhow::{Context as _, bail};
use mediamesh_connectors::feed::{Document, opml};
use mediamesh_connectors::opml::{Fate, Planned, plan};
use mediamesh_domain::control::{ControlBody, CreateSource};
use mediamesh_domain::id::CommandId;
use mediamesh_domain::model::{Policy, SourcePolicies};
use mediamesh_ports::control::Control as _;
use serde_json::{Value, json};

/// Makes the sources of an OPML list, or only says what would become of each outline.
pub(super) async fn import(
    instance: &Instance,
    list: &Material,
    policy: Policy,
    dry_run: bool,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let Material::Bytes { bytes, .. } = list else {
        bail!("fetch the list and give the file");
    };
    let limits = instance.ingest.limits();
    let document = Document::decode(bytes, None, limits)?;
    let list = opml::read(&document, limits).context("the list cannot be read")?;
    let mut planned = plan(&list, &instance.control.current());
    let policies = SourcePolicies::both(policy);
    let all = planned.len() as u64;
    for (done, outline) in (0..).zip(&mut planned) {
        if !dry_run && outline.fate == Fate::New {
            make(instance, outline, policies).await;
            tell.progress("making sources", done + 1, Some(all)).await;
        }
    }
    let count = |fate| planned.iter().filter(|one| one.fate == fate).count();
    Ok(json!({
        "title": list.title,
        "dry_run": dry_run,
        "new": count(Fate::New),
        "there": count(Fate::There),
        "repeated": count(Fate::Repeated),
        "refused": count(Fate::Refused),
        "outlines": planned,
    }))
}

/// Makes a source of an outline; a refusal is told with it and does not stop the others.
async fn make(instance: &Instance, outline: &mut Planned, policies: SourcePolicies) {
    let Some(source_id) = outline.source_id else {
        return;
    };
    let fields = outline.source(policies);
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    if let Err(error) = instance.decide_control(CommandId(new_id()), body).await {
        outline.fate = Fate::Refused;
        outline.source_id = None;
        outline.reason = Some(format!("{error:#}"));
    }
}

//! The end of an upgrade: the data directory gets the newest format, which the build before cannot read.

use crate::instance::Instance;
use serde_json::Value;

/// Says what there is to do. There has been one format so far, so that is nothing.
pub(super) fn finalise(instance: &Instance) -> anyhow::Result<Value> {
    let Some(format) = instance.stores.format() else {
        anyhow::bail!(
            "outside servers hold this deployment: no data directory has a format to finalise"
        );
    };
    let newest = mediamesh_embedded::FORMAT;
    anyhow::ensure!(
        format == newest,
        "the data directory has format {format} and this build knows no way to {newest}: ask for the build between"
    );
    let said = format!(
        "the data directory has format {format}, the newest that this build writes: there is nothing to do"
    );
    Ok(said.into())
}

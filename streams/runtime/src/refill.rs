//! A search index that lost what it had is filled again: its sink begins anew at the start of the catalogue.

use crate::pipeline::Pipeline;
use crate::topology::sink_group;
use mediamesh_domain::position::Partition;
use mediamesh_domain::view::{View, ViewVersion};

/// Compares what a version of the index says of itself with what the view store was told after its flushes. Where the
/// index has less, it was lost or made anew, and its sink forgets how far it had come; says whether that is so.
///
/// Call it before the sink runs, and only where no other process may run it.
///
/// # Errors
/// What does not answer, in words.
pub async fn refill_search(pipeline: &Pipeline, version: i32) -> Result<bool, String> {
    let view = ViewVersion::new(View::Search, version);
    let group = sink_group(view);
    let index = pipeline.search.progress(view).await;
    let index = index.map_err(|error| error.to_string())?;
    for partition in (0..group.input.spec().partitions).map(Partition) {
        let told = pipeline.views.progress(view, partition).await;
        if told.map_err(|error| error.to_string())? > index.seq(partition) {
            let (groups, name) = (pipeline.groups.clone(), group.name);
            let forgotten = pipeline.handle.spawn_blocking(move || groups.forget(&name));
            let forgotten = forgotten.await.map_err(|error| error.to_string())?;
            return forgotten.map(|()| true).map_err(|error| error.to_string());
        }
    }
    Ok(false)
}

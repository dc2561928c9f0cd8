//! What a run saw, in sentences.

use super::{Coverage, RunCompleted};

impl RunCompleted {
    /// What is worth knowing of it.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        sentences(self)
    }
}

fn sentences(seen: &RunCompleted) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(seen.coverage().map(Coverage::sentence));
    notes.extend(pages_note(seen.pages_left, seen.page_failed.as_deref()));
    if seen.entries_missing > 0 {
        notes.push(format!(
            "{} entries were listed before and are not any more: nothing is removed for that.",
            seen.entries_missing
        ));
    }
    notes.extend(moves(seen));
    if seen.guids_missing > 0 {
        notes.push(format!(
            "{} entries have no guid: they are told apart by their media file, link or title.",
            seen.guids_missing
        ));
    }
    if seen.guids_repeated > 0 {
        notes.push(format!(
            "{} entries have the guid of another one in the same document.",
            seen.guids_repeated
        ));
    }
    notes
}

/// Where the feed goes on though a run does not.
#[must_use]
pub fn pages_note(left: bool, failed: Option<&str>) -> Option<String> {
    match failed {
        Some(reason) => Some(format!(
            "The feed's next page could not be read ({reason}): the next run tries it again."
        )),
        None => left.then(|| {
            "The feed has more pages than a run follows: raise the source's max_pages to read them."
                .to_owned()
        }),
    }
}

/// What was found of a move; what the server and the feed say alone where nothing of it was looked at.
fn moves(seen: &RunCompleted) -> Vec<String> {
    if let Some(found) = &seen.moved {
        return vec![found.sentence()];
    }
    let server = seen.moved_to.as_ref();
    let server =
        server.map(|url| format!("The server says that the feed moved for good to {url}."));
    let feed = seen.announced_url.as_ref();
    let feed = feed.map(|url| format!("The feed says that it moves to {url}."));
    server.into_iter().chain(feed).collect()
}

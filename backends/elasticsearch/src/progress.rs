//! How far a version has come: a document of its own, in no lane, written after the refresh that it speaks of.
//!
//! Several members of the sink's group write one index, each for its partitions. So what is noted is joined
//! with what stands there, over exactly what was read, and no partition ever goes back.

use crate::bulk::{At, Bulk, Guard, Outcome};
use crate::client::Call;
use crate::error::Error;
use crate::index::{SearchIndex, present};
use elasticsearch::http::Method;
use mediamesh_domain::position::Position;
use mediamesh_domain::view::ViewVersion;
use serde::{Deserialize, Serialize};

/// The id of the document; heads and documents have a `/` in theirs.
const ID: &str = "progress";
/// How often it is read again because another member wrote it in between.
const ROUNDS: usize = 10;

#[derive(Serialize, Deserialize)]
struct Source {
    progress: Position,
}

#[derive(Deserialize)]
struct Refreshed {
    #[serde(rename = "_shards")]
    shards: Shards,
}

#[derive(Deserialize)]
struct Shards {
    failed: u64,
}

impl SearchIndex {
    /// What was noted last; none where nothing ever was.
    pub(crate) async fn noted(&self, view: ViewVersion) -> Result<Position, Error> {
        let noted = present(self.read_progress(&self.alias(view)).await)?.flatten();
        Ok(noted.map(|(position, _)| position).unwrap_or_default())
    }

    /// Shows readers everything that was written, then notes how far the version has come with it.
    pub(crate) async fn show_and_note(
        &self,
        view: ViewVersion,
        progress: &Position,
    ) -> Result<(), Error> {
        let alias = self.to_write(view).await?;
        self.refresh(&alias).await?;
        for _ in 0..ROUNDS {
            if self.note(&alias, progress).await? {
                return Ok(());
            }
        }
        let often = "the progress is written by others again and again";
        Err(Error::Index(often.to_owned()))
    }

    async fn refresh(&self, alias: &str) -> Result<(), Error> {
        let path = format!("/{alias}/_refresh");
        let call = Call::new(Method::Post, &path);
        let refreshed: Refreshed = self.client().ask(&call).await?;
        match refreshed.shards.failed {
            0 => Ok(()),
            failed => Err(Error::Index(format!(
                "{failed} shards of {alias} were not refreshed"
            ))),
        }
    }

    /// Notes the progress, or says that somebody else wrote it in between.
    async fn note(&self, alias: &str, progress: &Position) -> Result<bool, Error> {
        let read = self.read_progress(alias).await?;
        let guard = read
            .as_ref()
            .map_or(Guard::Absent, |(_, at)| Guard::Over(*at));
        let before = read.map(|(position, _)| position);
        let mut joined = before.clone().unwrap_or_default();
        for (partition, seq) in &progress.0 {
            joined.advance(*partition, *seq);
        }
        if before.as_ref() == Some(&joined) {
            return Ok(true);
        }
        let mut bulk = Bulk::default();
        bulk.push(ID.to_owned(), guard, &Source { progress: joined })?;
        match self.client().bulk(alias, bulk).await?.pop() {
            Some(Outcome::Rejected(reason)) => Err(Error::Index(reason)),
            outcome => Ok(outcome == Some(Outcome::Done)),
        }
    }

    async fn read_progress(&self, alias: &str) -> Result<Option<(Position, At)>, Error> {
        let mut found = self.client().get::<Source>(alias, &[ID.to_owned()]).await?;
        let found = found.pop().flatten();
        Ok(found.map(|(source, at)| (source.progress, at)))
    }
}

#[cfg(test)]
mod tests;

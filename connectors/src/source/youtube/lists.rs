//! Which videos are in the playlists that a source's rules name.
//!
//! A video does not say which playlists it is in, and may come into one long after it appeared: so the
//! playlists are read whole, asked conditionally, and compared with what the last run knew.

use std::collections::{BTreeMap, BTreeSet};

use mediamesh_domain::model::SourceFields;
use serde::{Deserialize, Serialize};

/// What is in each playlist that rules name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::source) struct Lists(BTreeMap<String, List>);

/// What is in a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(in crate::source) struct List {
    /// By what it is asked for again.
    pub(in crate::source) etag: Option<String>,
    /// The ids of its videos.
    pub(in crate::source) videos: BTreeSet<String>,
}

impl Lists {
    /// The playlists that rules of a source name.
    pub(in crate::source) fn named(fields: &SourceFields) -> BTreeSet<String> {
        let named = fields
            .rules
            .iter()
            .filter_map(|rule| rule.when.playlist.as_deref());
        named.map(|id| id.trim().to_owned()).collect()
    }

    pub(in crate::source) fn get(&self, id: &str) -> Option<&List> {
        self.0.get(id)
    }

    pub(in crate::source) fn put(&mut self, id: String, list: List) {
        self.0.insert(id, list);
    }

    /// The playlists that a video is in.
    pub(in crate::source) fn with<'l>(&'l self, video: &'l str) -> impl Iterator<Item = &'l str> {
        let of = self
            .0
            .iter()
            .filter(move |(_, list)| list.videos.contains(video));
        of.map(|(id, _)| id.as_str())
    }

    /// The videos that are in other playlists than before.
    pub(in crate::source) fn moved(&self, before: &Self) -> BTreeSet<String> {
        let none = List::default();
        let ids = self.0.keys().chain(before.0.keys());
        let lists = ids.map(|id| [self, before].map(|lists| lists.get(id).unwrap_or(&none)));
        let differing = lists.flat_map(|[now, then]| now.videos.symmetric_difference(&then.videos));
        differing.cloned().collect()
    }

    /// Leaves videos where they were before: the next run finds that they have moved.
    pub(in crate::source) fn put_off(&mut self, videos: &[String], before: &Self) {
        if videos.is_empty() {
            return;
        }
        for (id, list) in &mut self.0 {
            let then = before.get(id);
            for video in videos {
                if then.is_some_and(|then| then.videos.contains(video)) {
                    list.videos.insert(video.clone());
                } else {
                    list.videos.remove(video);
                }
            }
            list.etag = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(of: &[(&str, &[&str])]) -> Lists {
        let list = |videos: &[&str]| List {
            etag: Some("e".to_owned()),
            videos: videos.iter().map(|id| (*id).to_owned()).collect(),
        };
        let all = of
            .iter()
            .map(|(id, videos)| ((*id).to_owned(), list(videos)));
        Lists(all.collect())
    }

    fn sorted(set: BTreeSet<String>) -> Vec<String> {
        set.into_iter().collect()
    }

    #[test]
    fn a_video_has_moved_that_came_or_went() {
        let before = lists(&[("a", &["1", "2"]), ("gone", &["9"])]);
        let now = lists(&[("a", &["2", "3"]), ("new", &["2"])]);
        assert_eq!(sorted(now.moved(&before)), ["1", "2", "3", "9"]);
        assert_eq!(sorted(now.moved(&now)), [""; 0]);
        assert_eq!(now.with("2").collect::<Vec<_>>(), ["a", "new"]);
    }

    #[test]
    fn what_is_put_off_is_found_to_have_moved_again() {
        let before = lists(&[("a", &["1"])]);
        let mut now = lists(&[("a", &["2", "3"])]);
        let read = now.clone();
        now.put_off(&["1".to_owned(), "3".to_owned()], &before);
        assert_eq!(sorted(read.moved(&now)), ["1", "3"]);
        assert_eq!(now.get("a").unwrap().etag, None, "it is asked for again");
    }
}

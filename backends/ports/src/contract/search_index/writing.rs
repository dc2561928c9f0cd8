//! What becomes of writes.

use super::{SearchIndex, VIEW, episode, everything, live, removal};
use crate::search_index::SearchWrite;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::text::{SearchDocument, TextField};
use mediamesh_domain::view::{View, ViewVersion};

fn at_seq(document: SearchDocument, seq: i64) -> SearchWrite {
    SearchWrite {
        seq: Seq(seq),
        ..live(document)
    }
}

async fn titles(index: &SearchIndex) -> Vec<String> {
    let found = index.search(&everything()).await;
    let documents = found.candidates.into_iter().map(|c| c.document);
    let titles = documents.filter_map(|d| d.texts(TextField::Title).next().map(str::to_owned));
    titles.collect()
}

/// Writes are found once they are flushed, and not before.
pub async fn nothing_is_found_before_the_flush_and_everything_after(index: SearchIndex) {
    assert_eq!(index.search(&everything()).await.total, 0);
    index.apply(vec![live(episode(1, "one"))]).await;
    assert_eq!(index.search(&everything()).await.total, 0);
    index.flush(1).await;
    assert_eq!(index.found(&everything()).await, [1]);
    index
        .apply(vec![live(episode(2, "two")), removal(1, 2)])
        .await;
    assert_eq!(index.found(&everything()).await, [1]);
    index.flush(2).await;
    assert_eq!(index.found(&everything()).await, [2]);
}

/// The progress is what the last flush said, nothing before the first.
pub async fn progress_is_that_of_the_last_flush(index: SearchIndex) {
    let progress = async || index.write.progress(VIEW).await.expect("progress is known");
    assert_eq!(progress().await, Position::default());
    index.apply(vec![live(episode(1, "one"))]).await;
    assert_eq!(progress().await, Position::default());
    let mut position = Position::at(Partition(0), Seq(7));
    position.advance(Partition(11), Seq(i64::MAX));
    let flushed = index.write.flush(VIEW, &position).await;
    flushed.expect("a flush goes through");
    assert_eq!(progress().await, position);
    index.apply(vec![live(episode(2, "two"))]).await;
    assert_eq!(progress().await, position);
}

/// Records that concern no document still move the progress.
pub async fn a_flush_without_writes_moves_the_progress(index: SearchIndex) {
    index.flush(4).await;
    index.flush(5).await;
    let progress = index.write.progress(VIEW).await.expect("progress is known");
    assert_eq!(progress, Position::at(Partition(0), Seq(5)));
    assert_eq!(index.search(&everything()).await.total, 0);
}

/// An item's documents are replaced together: a language that is gone is not found.
pub async fn a_newer_write_replaces_all_documents_of_its_item(index: SearchIndex) {
    let english = episode(1, "one");
    let arabic = SearchDocument {
        lang: "ar".to_owned(),
        ..episode(1, "واحد")
    };
    let both = SearchWrite {
        documents: vec![english, arabic],
        ..removal(1, 1)
    };
    index.apply(vec![both]).await;
    index.flush(1).await;
    assert_eq!(index.search(&everything()).await.total, 2);
    index.apply(vec![at_seq(episode(1, "two"), 2)]).await;
    index.apply(vec![at_seq(episode(1, "three"), 3)]).await;
    index.flush(3).await;
    assert_eq!(titles(&index).await, ["three"]);
}

/// A write with a lower `seq` loses, against what is flushed and what is not.
pub async fn an_older_write_changes_nothing(index: SearchIndex) {
    index.apply(vec![at_seq(episode(1, "new"), 9)]).await;
    index.apply(vec![at_seq(episode(1, "old"), 8)]).await;
    index.flush(9).await;
    assert_eq!(titles(&index).await, ["new"]);
    index
        .apply(vec![at_seq(episode(1, "older"), 7), removal(1, 8)])
        .await;
    index.flush(9).await;
    assert_eq!(titles(&index).await, ["new"]);
}

/// A late write brings no language that the newer one does not have, known before or not, flushed or not.
pub async fn an_older_write_adds_no_language(index: SearchIndex) {
    let write = |seq, langs: &[&str]| {
        let documents = langs.iter().map(|lang| SearchDocument {
            lang: (*lang).to_owned(),
            ..episode(1, "one")
        });
        SearchWrite {
            documents: documents.collect(),
            ..removal(1, seq)
        }
    };
    index.apply(vec![write(1, &["en", "ar"])]).await;
    index.apply(vec![write(4, &["en"])]).await;
    index.apply(vec![write(2, &["ar", "fr"])]).await;
    index.flush(4).await;
    index.apply(vec![write(3, &["de"])]).await;
    index.flush(4).await;
    let found = index.search(&everything()).await.candidates;
    let langs: Vec<_> = found.iter().map(|c| c.document.lang.as_str()).collect();
    assert_eq!(langs, ["en"]);
}

/// A replay after a crash leaves one document an item.
pub async fn a_repeated_write_changes_nothing(index: SearchIndex) {
    for _ in 0..2 {
        for _ in 0..2 {
            index.apply(vec![at_seq(episode(1, "one"), 3)]).await;
        }
        index.flush(3).await;
    }
    let found = index.search(&everything()).await;
    assert_eq!((found.total, found.candidates.len()), (1, 1));
}

/// A write without documents removes the item.
pub async fn a_removed_item_is_found_no_more(index: SearchIndex) {
    index.fill([episode(1, "one"), episode(2, "two")]).await;
    index.apply(vec![removal(1, 2), removal(3, 2)]).await;
    index.flush(2).await;
    assert_eq!(index.found(&everything()).await, [2]);
    index.apply(vec![at_seq(episode(1, "again"), 3)]).await;
    index.flush(3).await;
    assert_eq!(index.found(&everything()).await, [1, 2]);
}

/// A write that comes late does not undo a removal.
pub async fn an_older_write_does_not_bring_a_removed_item_back(index: SearchIndex) {
    index.fill([episode(1, "one")]).await;
    index.apply(vec![removal(1, 5)]).await;
    index.apply(vec![at_seq(episode(1, "late"), 4)]).await;
    index.flush(5).await;
    index.apply(vec![at_seq(episode(1, "later"), 4)]).await;
    index.flush(5).await;
    assert_eq!(index.search(&everything()).await.total, 0);
}

/// An item stands in each lane by itself.
pub async fn lanes_do_not_mix(index: SearchIndex) {
    let draft = SearchWrite {
        lane: Lane::Draft,
        ..at_seq(episode(1, "draft"), 4)
    };
    index
        .apply(vec![draft, at_seq(episode(1, "live"), 3)])
        .await;
    index.flush(4).await;
    assert_eq!(titles(&index).await, ["live"]);
    index.apply(vec![removal(1, 5)]).await;
    index.flush(5).await;
    assert_eq!(index.search(&everything()).await.total, 0);
    let drafts = crate::search_index::SearchRequest {
        lane: Lane::Draft,
        ..everything()
    };
    assert_eq!(index.found(&drafts).await, [1]);
}

/// A rebuild fills a version beside the one that is read; an old one goes without a trace.
pub async fn versions_do_not_mix_and_one_that_is_dropped_is_empty(index: SearchIndex) {
    let next = ViewVersion::new(View::Search, 2);
    let progress = Position::at(Partition(0), Seq(1));
    index.fill([episode(1, "one")]).await;
    let search = async || {
        let found = index.read.search(next, &everything()).await;
        found.expect("a search goes through").total
    };
    assert_eq!(search().await, 0);
    let writes = vec![live(episode(2, "two")), live(episode(3, "three"))];
    let write = index.write.apply(next, writes).await;
    write.expect("writes are taken in");
    let flushed = index.write.flush(next, &progress).await;
    flushed.expect("a flush goes through");
    assert_eq!(search().await, 2);
    for _ in 0..2 {
        let dropped = index.write.drop_version(next).await;
        dropped.expect("a version is dropped");
    }
    assert_eq!(search().await, 0);
    let left = index.write.progress(next).await.expect("progress is known");
    assert_eq!(left, Position::default());
    assert_eq!(index.found(&everything()).await, [1]);
}

/// The stored document is whole, in whatever language and however empty.
pub async fn a_document_comes_back_as_it_was_written(index: SearchIndex) {
    let mut full = episode(1, "Title  \"with\" <signs> \u{200f}و")
        .with_text(TextField::People, "ليلى")
        .with_text(TextField::Description, "line\nline \u{1f3a7}");
    full.state = "published".to_owned();
    full.categories = vec!["news".to_owned()];
    full.tags = vec!["Tag".to_owned(), "tag".to_owned(), "tag".to_owned()];
    full.published_at_us = Some(-1);
    full.duration_s = Some(i64::MAX);
    full.explicit = Some(false);
    full.popularity = 7;
    full.seq = 1;
    let bare = SearchDocument {
        text: Vec::new(),
        ..episode(2, "")
    };
    index.fill([full.clone(), bare.clone()]).await;
    let found = index.search(&everything()).await.candidates;
    let documents: Vec<_> = found.into_iter().map(|c| c.document).collect();
    assert_eq!(documents, [full, bare]);
}

//! Writers that overtake each other: a member that lost its partition and does not know it yet.

use crate::support::{Place, VIEW, at, episode, titles, write};
use mediamesh_domain::text::SearchDocument;
use mediamesh_ports::search_index::{SearchWrite, WriteSearch};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

const ITEMS: u128 = 6;
const SEQS: i64 = 8;
const WRITERS: usize = 3;
const LANGS: [&str; 4] = ["ar", "de", "en", "fr"];

/// Every item at every `seq`, each time in other languages, at times in none.
fn history(random: &mut StdRng) -> Vec<SearchWrite> {
    let mut all = Vec::new();
    for number in 1..=ITEMS {
        for seq in 1..=SEQS {
            let langs = LANGS.into_iter().filter(|_| random.random_bool(0.4));
            let documents = langs.map(|lang| SearchDocument {
                lang: lang.to_owned(),
                ..episode(number, &format!("title {seq}"))
            });
            all.push(write(number, seq, documents.collect()));
        }
    }
    all
}

/// What must be left: of each item the newest write.
fn newest(history: &[SearchWrite]) -> Vec<(u128, String, String)> {
    let last = history.iter().filter(|write| write.seq.0 == SEQS);
    let documents = last.flat_map(|write| &write.documents);
    let left = documents.map(|document| {
        let (number, lang) = (document.id.as_u128(), document.lang.clone());
        (number, lang, format!("title {SEQS}"))
    });
    left.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_writer_comes_last_the_newest_documents_stay() {
    for seed in 0..3 {
        let place = Place::new();
        place.open().flush(VIEW, &at(0, 0)).await.expect("made");
        let mut random = StdRng::seed_from_u64(seed);
        let history = history(&mut random);
        let writers = (0..WRITERS).map(|_| {
            let (index, mut own) = (place.open(), history.clone());
            own.shuffle(&mut random);
            tokio::spawn(async move {
                for some in own.chunks(5) {
                    index.apply(VIEW, some.to_vec()).await.expect("taken in");
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("a writer");
        }
        let index = place.open();
        index.flush(VIEW, &at(0, SEQS)).await.expect("flushed");
        assert_eq!(titles(&index).await, newest(&history), "seed {seed}");
    }
}

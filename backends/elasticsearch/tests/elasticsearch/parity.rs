//! The same documents in both engines: every answer is equal, to the order of its candidates.

use crate::generated::{CATEGORIES, LANGS, STATES, TAGS, WORDS, one_of, with_error, write};
use crate::support::{Place, VIEW, at};
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::text::{
    Clause, DocumentKind, IndexField, Layer, Query, SearchDocument, TextField, Tier, TierKind,
};
use mediamesh_elasticsearch::SearchIndex;
use mediamesh_embedded::search_index::{Options, SearchIndex as Embedded};
use mediamesh_ports::search_index::{
    Facet, Filters, ReadSearch, SearchRequest, SearchWrite, Sort, WriteSearch,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use tempfile::TempDir;
use uuid::Uuid;

/// Both engines, filled alike.
struct Pair {
    place: Place,
    dir: TempDir,
    embedded: Embedded,
    elasticsearch: SearchIndex,
}

impl Pair {
    fn new(shards: u32) -> Self {
        let mut place = Place::new();
        place.settings.shards = shards;
        let dir = TempDir::new().expect("a directory");
        let (embedded, _) = Embedded::open(dir.path(), Options::default()).expect("opened");
        let elasticsearch = place.open();
        Self {
            place,
            dir,
            embedded,
            elasticsearch,
        }
    }

    async fn write(&self, writes: &[SearchWrite], seq: i64) {
        let both: [&dyn WriteSearch; 2] = [&self.embedded, &self.elasticsearch];
        for index in both {
            index.apply(VIEW, writes.to_vec()).await.expect("taken in");
            index.flush(VIEW, &at(0, seq)).await.expect("flushed");
        }
    }

    /// Asks both and compares; how many were found.
    async fn ask(&self, request: &SearchRequest) -> usize {
        let embedded = self.embedded.search(VIEW, request).await.expect("found");
        let distributed = self
            .elasticsearch
            .search(VIEW, request)
            .await
            .expect("found");
        assert_eq!(distributed, embedded, "{request:?}");
        embedded.total
    }
}

fn request(tiers: Vec<Tier>) -> SearchRequest {
    SearchRequest {
        lane: Lane::Live,
        tiers,
        filters: Filters::default(),
        sort: Sort::Relevance,
        offset: 0,
        limit: 200,
        facets: vec![Facet::Kind, Facet::Lang, Facet::Category, Facet::Tag],
    }
}

/// What a reader may type: words, unfinished and misspelt ones, and words in quotes.
fn typed(random: &mut StdRng) -> String {
    let count = random.random_range(1..4);
    let words = (0..count).map(|_| {
        let word = one_of(random, &WORDS).to_owned();
        match random.random_range(0..6) {
            0 => with_error(random, &word),
            1 => word.chars().take(3).collect(),
            _ => word,
        }
    });
    let text = words.collect::<Vec<_>>().join(" ");
    match random.random_range(0..6) {
        0 => format!("\"{text}\""),
        1 => format!("{text} "),
        _ => text,
    }
}

fn filters(random: &mut StdRng) -> Filters {
    let some = |random: &mut StdRng, all: &[&str]| -> Vec<String> {
        let value = one_of(random, all).to_owned();
        if random.random_bool(0.3) {
            vec![value]
        } else {
            Vec::new()
        }
    };
    Filters {
        kinds: if random.random_bool(0.3) {
            vec![DocumentKind::Episode]
        } else {
            Vec::new()
        },
        program_id: random
            .random_bool(0.2)
            .then(|| Uuid::from_u128(random.random_range(1..6))),
        langs: some(random, &LANGS),
        categories: some(random, &CATEGORIES),
        tags: some(random, &TAGS),
        states: some(random, &STATES),
        explicit: random.random_bool(0.2).then(|| random.random_bool(0.5)),
        published_from_us: random.random_bool(0.2).then(|| random.random_range(-5..20)),
        published_until_us: random.random_bool(0.2).then(|| random.random_range(-5..20)),
        min_duration_s: random
            .random_bool(0.2)
            .then(|| random.random_range(0..3000)),
        max_duration_s: random
            .random_bool(0.2)
            .then(|| random.random_range(0..3000)),
    }
}

async fn both_engines_agree(shards: u32, seed: u64) {
    let pair = Pair::new(shards);
    let mut random = StdRng::seed_from_u64(seed);
    let mut seq = 0;
    // A `seq` says one thing of an item: what would say another is left out.
    let mut seen = BTreeSet::new();
    for _ in 0..4 {
        let writes: Vec<_> = (0..150)
            .map(|_| {
                seq += 1;
                // Some come late.
                let late = if random.random_bool(0.2) {
                    random.random_range(0..100)
                } else {
                    0
                };
                write(&mut random, 120, (seq - late).max(1))
            })
            .collect();
        let unique = writes
            .into_iter()
            .filter(|w| seen.insert((w.id, w.lane, w.seq)));
        pair.write(&unique.collect::<Vec<_>>(), seq).await;
    }
    let mut found = 0;
    for n in 0..90 {
        let text = if n % 10 == 0 {
            String::new()
        } else {
            typed(&mut random)
        };
        let base = request(Query::parse(&text).tiers());
        let sort = [Sort::Relevance, Sort::Newest, Sort::Oldest][n % 3];
        found += pair
            .ask(&SearchRequest {
                sort,
                ..base.clone()
            })
            .await;
        let narrow = SearchRequest {
            lane: if random.random_bool(0.8) {
                Lane::Live
            } else {
                Lane::Draft
            },
            filters: filters(&mut random),
            offset: random.random_range(0..10),
            limit: random.random_range(0..20),
            sort,
            ..base
        };
        pair.ask(&narrow).await;
    }
    assert!(found > 500, "the queries must find something: {found}");
    drop(pair.embedded);
    drop((pair.place, pair.dir));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_shard_answers_as_the_embedded_index() {
    both_engines_agree(1, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_shards_answer_as_the_embedded_index() {
    both_engines_agree(3, 2).await;
}

/// Words over few letters, so that many are near to each other, more of them than any limit of expansions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn near_words_are_the_same_in_both_engines() {
    let pair = Pair::new(1);
    let mut random = StdRng::seed_from_u64(3);
    let word = |random: &mut StdRng| -> String {
        let length = random.random_range(1..9);
        (0..length)
            .map(|_| ['a', 'b', 'c', 'د', 'ع'][random.random_range(0..5)])
            .collect()
    };
    let writes: Vec<_> = (0..1500_u128)
        .map(|number| {
            let id = Uuid::from_u128(number);
            let document = SearchDocument::new(id, DocumentKind::Episode, id, "en").with_text(
                TextField::Title,
                format!("{} {}", word(&mut random), word(&mut random)),
            );
            crate::support::write(number, 1, vec![document])
        })
        .collect();
    pair.write(&writes, 1).await;
    let mut most = 0;
    for n in 0..120 {
        let near = Clause::Fuzzy {
            field: IndexField::new(TextField::Title, Layer::Folded),
            text: word(&mut random),
            distance: 1 + n % 2,
            prefix_len: n % 3,
        };
        let tier = Tier {
            kind: TierKind::Fuzzy,
            score: 100,
            clause: near,
            only_if_fewer_than: None,
        };
        most = most.max(pair.ask(&request(vec![tier])).await);
    }
    assert!(most > 200, "some words have many neighbours: {most}");
}

/// The longest query there is stays below the engine's limit of clauses.
#[tokio::test]
async fn the_longest_query_runs() {
    let pair = Pair::new(1);
    let mut random = StdRng::seed_from_u64(4);
    let writes: Vec<_> = (1..50).map(|seq| write(&mut random, 20, seq)).collect();
    pair.write(&writes, 50).await;
    let words: Vec<String> = (0..32)
        .map(|n| format!("mohamd{}", (b'a' + n) as char))
        .collect();
    let query = words.join(" ").replace('{', "y");
    pair.ask(&request(Query::parse(&query).tiers())).await;
}

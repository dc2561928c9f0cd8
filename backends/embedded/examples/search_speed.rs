//! How fast the search index is, beside bare tantivy with the same fields.
//!
//! `cargo run --release -p mediamesh-embedded --example search_speed [documents]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that measures and prints"
)]

use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::text::{
    Clause, DocumentKind, IndexField, Query, SearchDocument, TextField, Tier,
};
use mediamesh_domain::view::{View, ViewVersion};
use mediamesh_embedded::search_index::{Options, SearchIndex};
use mediamesh_ports::search_index::{
    Facet, Filters, ReadSearch, SearchRequest, SearchWrite, Sort, WriteSearch,
};
use std::time::{Duration, Instant};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, PhraseQuery, RegexQuery, TermQuery,
};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, Value};
use tantivy::schema::{TextFieldIndexing, TextOptions};
use tantivy::{Index, IndexWriter, TantivyDocument, Term};
use uuid::Uuid;

const VIEW: ViewVersion = ViewVersion {
    view: View::Search,
    version: 1,
};
/// Documents between two flushes.
const FLUSH: usize = 10_000;
/// Documents in one call.
const BATCH: usize = 500;

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((self.0 >> 33) as usize) % end
    }

    /// Small numbers far more often than large ones, as words are used.
    fn skewed(&mut self, end: usize) -> usize {
        let unit = self.below(1 << 20) as f64 / f64::from(1 << 20);
        ((end as f64).powf(unit) - 1.0) as usize
    }
}

fn vocabulary(letters: &[&str], numbers: &mut Numbers) -> Vec<String> {
    let word = |n: &mut Numbers| -> String {
        let syllables = 2 + n.below(3);
        (0..syllables)
            .map(|_| letters[n.below(letters.len())])
            .collect()
    };
    (0..20_000).map(|_| word(numbers)).collect()
}

struct Corpus {
    english: Vec<String>,
    arabic: Vec<String>,
}

impl Corpus {
    fn new() -> Self {
        let mut numbers = Numbers(7);
        let latin = [
            "ba", "co", "di", "fer", "gan", "hol", "kit", "lam", "mo", "nes", "pra", "ru", "si",
            "ton", "vel", "sha",
        ];
        let arabic = [
            "با", "تو", "جي", "حر", "خال", "دم", "را", "سل", "شم", "صا", "عب", "في", "قم", "كت",
            "لي", "من",
        ];
        Self {
            english: vocabulary(&latin, &mut numbers),
            arabic: vocabulary(&arabic, &mut numbers),
        }
    }

    fn words(&self, number: usize) -> &[String] {
        if number.is_multiple_of(4) {
            &self.arabic
        } else {
            &self.english
        }
    }

    fn text(&self, number: usize, count: usize, seed: u64) -> String {
        let mut numbers = Numbers(number as u64 * 31 + seed);
        let words = self.words(number);
        let text: Vec<&str> = (0..count)
            .map(|_| words[numbers.skewed(words.len())].as_str())
            .collect();
        text.join(" ")
    }

    /// About 600 bytes of text.
    fn document(&self, number: usize) -> SearchDocument {
        let id = Uuid::from_u128((number as u128) << 64 | 0x8000_0000_0000_0000);
        let program = Uuid::from_u128(number as u128 / 100);
        let lang = if number.is_multiple_of(4) { "ar" } else { "en" };
        let long = if number.is_multiple_of(4) { 47 } else { 59 };
        let mut document = SearchDocument::new(id, DocumentKind::Episode, program, lang)
            .with_text(TextField::Title, self.text(number, 6, 1))
            .with_text(TextField::Description, self.text(number, long, 2));
        document.published_at_us = Some((number as i64 * 7_919 % 100_000) * 3_600_000_000);
        document.categories = vec![format!("category-{}", number % 12)];
        document.state = "published".to_owned();
        document
    }

    fn queries(&self) -> Vec<String> {
        let mut numbers = Numbers(99);
        (0..400)
            .map(|n| {
                let text = self.text(numbers.below(100_000), 1 + n % 3, 1);
                match n % 5 {
                    0 => text.chars().take(text.chars().count().max(4) - 1).collect(),
                    1 => format!("{text} "),
                    2 => format!("\"{text}\""),
                    3 => text.replacen("o", "i", 1),
                    _ => text,
                }
            })
            .collect()
    }
}

/// Processor time of this process so far, in seconds, all threads; what a busy machine cannot blur.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn write(document: SearchDocument) -> SearchWrite {
    SearchWrite {
        lane: Lane::Live,
        id: document.id,
        seq: Seq(1),
        documents: vec![document],
    }
}

async fn fill(index: &SearchIndex, corpus: &Corpus, count: usize) -> (Duration, f64) {
    let (mut time, mut used) = (Duration::ZERO, 0.0);
    for from in (0..count).step_by(BATCH) {
        let documents = (from..count.min(from + BATCH)).map(|n| corpus.document(n));
        let writes = documents.map(write).collect();
        let (start, before) = (Instant::now(), cpu());
        index.apply(VIEW, writes).await.unwrap();
        if (from + BATCH).is_multiple_of(FLUSH) || from + BATCH >= count {
            let progress = Position::at(Partition(0), Seq(from as i64));
            index.flush(VIEW, &progress).await.unwrap();
        }
        time += start.elapsed();
        used += cpu() - before;
    }
    (time, used)
}

/// Bare tantivy: the same text fields, a key, a time and the stored bytes.
struct Bare {
    index: Index,
    key: Field,
    time: Field,
    stored: Field,
    text: [Field; 16],
}

impl Bare {
    fn new(dir: &std::path::Path) -> Self {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let text = IndexField::all().map(|f| schema.add_text_field(f.name(), options.clone()));
        let key = schema.add_bytes_field("key", INDEXED);
        let time = schema.add_i64_field("time", FAST);
        let stored = schema.add_bytes_field("stored", STORED);
        let index = Index::create_in_dir(dir, schema.build()).unwrap();
        Self {
            index,
            key,
            time,
            stored,
            text,
        }
    }

    fn document(&self, document: &SearchDocument) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        out.add_bytes(self.key, document.id.as_bytes());
        out.add_i64(self.time, document.published_at_us.unwrap_or_default());
        out.add_bytes(self.stored, &serde_json::to_vec(document).unwrap());
        for (field, tokens) in document.indexed().iter() {
            out.add_text(self.text[field.index()], tokens);
        }
        out
    }

    fn fill(&self, corpus: &Corpus, count: usize) -> (Duration, f64) {
        let mut writer: IndexWriter = self.index.writer_with_num_threads(1, 48_000_000).unwrap();
        let (mut time, mut used) = (Duration::ZERO, 0.0);
        for from in (0..count).step_by(FLUSH) {
            let documents = (from..count.min(from + FLUSH)).map(|n| corpus.document(n));
            let documents: Vec<_> = documents.map(|d| self.document(&d)).collect();
            let (start, before) = (Instant::now(), cpu());
            for document in documents {
                writer.add_document(document).unwrap();
            }
            writer.commit().unwrap();
            time += start.elapsed();
            used += cpu() - before;
        }
        writer.wait_merging_threads().unwrap();
        (time, used)
    }

    fn clause(&self, clause: &Clause) -> Box<dyn tantivy::query::Query> {
        let term =
            |field: &IndexField, text: &str| Term::from_field_text(self.text[field.index()], text);
        match clause {
            Clause::Term { field, text } => {
                Box::new(TermQuery::new(term(field, text), IndexRecordOption::Basic))
            }
            Clause::Prefix { field, text } => {
                let pattern = format!("{text}.*");
                Box::new(RegexQuery::from_pattern(&pattern, self.text[field.index()]).unwrap())
            }
            Clause::Fuzzy {
                field,
                text,
                distance,
                ..
            } => Box::new(tantivy::query::FuzzyTermQuery::new(
                term(field, text),
                *distance,
                true,
            )),
            Clause::Phrase { field, terms } => Box::new(PhraseQuery::new(
                terms.iter().map(|text| term(field, text)).collect(),
            )),
            Clause::All(clauses) => Box::new(BooleanQuery::intersection(
                clauses.iter().map(|c| self.clause(c)).collect(),
            )),
            Clause::Any(clauses) => Box::new(BooleanQuery::union(
                clauses.iter().map(|c| self.clause(c)).collect(),
            )),
        }
    }

    fn run(&self, searcher: &tantivy::Searcher, tiers: &[&Tier]) -> (usize, usize) {
        let tiers = tiers.iter().map(|tier| -> Box<dyn tantivy::query::Query> {
            Box::new(ConstScoreQuery::new(
                self.clause(&tier.clause),
                tier.score as f32,
            ))
        });
        let query = DisjunctionMaxQuery::new(tiers.collect());
        let top = TopDocs::with_limit(20).order_by_score();
        let (top, count) = searcher.search(&query, &(top, Count)).unwrap();
        let mut bytes = 0;
        for (_, address) in top {
            let stored: TantivyDocument = searcher.doc(address).unwrap();
            let value = stored.get_first(self.stored).unwrap();
            let document: SearchDocument =
                serde_json::from_slice(value.as_value().as_bytes().unwrap()).unwrap();
            bytes += document.text.len();
        }
        (count, bytes)
    }

    /// The same two rounds of tiers.
    fn search(&self, searcher: &tantivy::Searcher, tiers: &[Tier]) -> usize {
        let certain: Vec<&Tier> = tiers
            .iter()
            .filter(|t| t.only_if_fewer_than.is_none())
            .collect();
        let (count, _) = self.run(searcher, &certain);
        if tiers
            .iter()
            .any(|t| t.only_if_fewer_than.is_some_and(|few| count < few))
        {
            let all: Vec<&Tier> = tiers.iter().collect();
            return self.run(searcher, &all).0;
        }
        count
    }
}

fn request(query: &str, facets: Vec<Facet>) -> SearchRequest {
    SearchRequest {
        lane: Lane::Live,
        tiers: Query::parse(query).tiers(),
        filters: Filters::default(),
        sort: Sort::Relevance,
        offset: 0,
        limit: 20,
        facets,
    }
}

fn percentiles(name: &str, mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let (p50, p99) = (at(0.5), at(0.99));
    println!("{name:34} p50 {p50:7.3} ms   p99 {p99:7.3} ms");
    (p50, p99)
}

#[tokio::main]
async fn main() {
    let count = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let corpus = Corpus::new();
    let bytes: usize = (0..1000)
        .map(|n| {
            corpus
                .document(n)
                .text
                .iter()
                .map(|t| t.text.len())
                .sum::<usize>()
        })
        .sum();
    println!(
        "{count} documents of {} bytes of text, flush every {FLUSH}",
        bytes / 1000
    );

    let dir = tempfile::TempDir::new().unwrap();
    let bare = Bare::new(dir.path());
    let rate = |name: &str, count: usize, (time, used): (Duration, f64)| {
        let rate = count as f64 / time.as_secs_f64();
        let micros = used * 1e6 / count as f64;
        println!("{name:34} {rate:9.0} documents/s {micros:7.1} us of processor each");
        (rate, micros)
    };
    let (bare_rate, bare_cpu) = rate(
        "bare tantivy, tokens ready",
        count,
        bare.fill(&corpus, count),
    );

    let sample: Vec<_> = (0..10_000).map(|n| corpus.document(n)).collect();
    let (start, before) = (Instant::now(), cpu());
    let fields: usize = sample.iter().map(|d| d.indexed().iter().count()).sum();
    assert!(fields > sample.len());
    rate(
        "analysis alone",
        sample.len(),
        (start.elapsed(), cpu() - before),
    );

    let ours = tempfile::TempDir::new().unwrap();
    let (index, _) = SearchIndex::open(ours.path(), Options::default()).unwrap();
    let time = fill(&index, &corpus, count).await;
    let (our_rate, our_cpu) = rate("search index, with analysis", count, time);
    let time = fill(&index, &corpus, count).await;
    rate("the same again, nothing newer", count, time);
    println!(
        "ratio ours/bare                    rate {:.2}   processor {:.2}",
        our_rate / bare_rate,
        our_cpu / bare_cpu
    );

    let queries = corpus.queries();
    let searcher = bare.index.reader().unwrap().searcher();
    let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..3 {
        for query in &queries {
            let plain = request(query, Vec::new());
            let start = Instant::now();
            let expected = bare.search(&searcher, &plain.tiers);
            let bare_time = start.elapsed();
            let start = Instant::now();
            let found = index.search(VIEW, &plain).await.unwrap();
            let our_time = start.elapsed();
            assert!(
                found.total <= expected,
                "{query}: {} of {expected}",
                found.total
            );
            let faceted = request(query, vec![Facet::Kind, Facet::Lang, Facet::Category]);
            let start = Instant::now();
            index.search(VIEW, &faceted).await.unwrap();
            if round > 0 {
                a.push(bare_time);
                b.push(our_time);
                c.push(start.elapsed());
            }
        }
    }
    let (p50, p99) = percentiles("bare tantivy, 20 hits and count", a);
    let (our50, our99) = percentiles("search index, 20 hits and count", b);
    percentiles("search index, with three facets", c);
    println!(
        "ratio ours/bare                     p50 {:.2}   p99 {:.2}",
        our50 / p50,
        our99 / p99
    );
}

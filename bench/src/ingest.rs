//! `./dev bench ingest`: bytes to raw elements and on to fields, per format, beside feed-rs on the same bytes.
//!
//! feed-rs stops at its own structs and keeps fewer fields; it is measured as it comes and with its sanitising, which
//! our normalising always does.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod documents;

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use documents::Read;
use mediamesh_connectors::feed::{self, Document, Limits, opml};
use mediamesh_domain::ingest::mapping::{self, Mapping};
use mediamesh_domain::ingest::{Element, FeedContext, RawFormat, youtube};
use mediamesh_domain::model::EpisodeFields;
use mediamesh_domain::{episode, program};

const PARSED: &str = "  parsed, raw elements     ";
const NORMALISED: &str = "  parsed and normalised    ";

/// Megabytes and entries a second, parsed and normalised, per format.
#[derive(Args)]
pub struct Ingest {
    /// How many entries each document has.
    #[arg(long, default_value_t = 2_000)]
    entries: usize,
    /// Seconds for each figure.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

impl Ingest {
    /// Runs everything and prints it.
    ///
    /// # Errors
    /// Where a document is not read in full: a benchmark of what is broken is none.
    pub fn run(&self) -> anyhow::Result<()> {
        let time = Duration::from_secs_f64(self.seconds);
        println!(
            "{} entries a document; ratios are entries a second, ours to theirs",
            self.entries
        );
        for sample in documents::all(self.entries) {
            let bytes = sample.text.as_bytes();
            println!("{}: {:.1} MB", sample.name, bytes.len() as f64 / 1e6);
            match &sample.read {
                Read::Feed => self.beside(bytes, time)?,
                Read::Mapped(mapping) => {
                    self.measure(PARSED, bytes, time, |bytes| parse_mapped(bytes, mapping))?;
                    let whole = |bytes: &[u8]| normalise_mapped(bytes, mapping);
                    self.measure(NORMALISED, bytes, time, whole)?;
                }
                Read::YouTube(mapping) => {
                    self.measure(PARSED, bytes, time, |bytes| parse_mapped(bytes, mapping))?;
                    let whole = |bytes: &[u8]| normalise_videos(bytes, mapping);
                    self.measure(NORMALISED, bytes, time, whole)?;
                }
                Read::List => {
                    self.measure("  read, outlines           ", bytes, time, list)?;
                }
            }
        }
        Ok(())
    }

    /// A feed, beside feed-rs.
    fn beside(&self, bytes: &[u8], time: Duration) -> anyhow::Result<()> {
        let parsed = self.measure(PARSED, bytes, time, parse)?;
        let whole = self.measure(NORMALISED, bytes, time, normalise)?;
        let plain = |bytes: &[u8]| peer(bytes, false);
        let plain = self.measure("  feed-rs                  ", bytes, time, plain)?;
        let safe = |bytes: &[u8]| peer(bytes, true);
        let safe = self.measure("  feed-rs, sanitising      ", bytes, time, safe)?;
        println!(
            "  ratios: parsed {:.2}; normalised {:.2}, to sanitising {:.2}",
            parsed / plain,
            whole / plain,
            whole / safe
        );
        Ok(())
    }

    /// Entries a second, after a first round that counts for nothing.
    fn measure(
        &self,
        what: &str,
        bytes: &[u8],
        time: Duration,
        work: impl Fn(&[u8]) -> anyhow::Result<usize>,
    ) -> anyhow::Result<f64> {
        let entries = work(bytes)?;
        anyhow::ensure!(
            entries == self.entries,
            "{what}: {entries} entries of {}",
            self.entries
        );
        let mut rounds = 0_u32;
        let began = Instant::now();
        while began.elapsed() < time {
            black_box(work(black_box(bytes))?);
            rounds += 1;
        }
        let rounds_per_s = f64::from(rounds) / began.elapsed().as_secs_f64();
        let rate = rounds_per_s * entries as f64;
        println!(
            "{what} {:>8.1} MB/s {rate:>9.0} entries/s",
            rounds_per_s * bytes.len() as f64 / 1e6
        );
        Ok(rate)
    }
}

fn parse(bytes: &[u8]) -> anyhow::Result<usize> {
    let limits = Limits::default();
    let document = Document::decode(bytes, None, &limits)?;
    let feed = feed::parse(&document, &limits)?;
    let mut entries = 0;
    for item in feed.items {
        black_box(item?);
        entries += 1;
    }
    Ok(entries)
}

fn normalise(bytes: &[u8]) -> anyhow::Result<usize> {
    let limits = Limits::default();
    let document = Document::decode(bytes, None, &limits)?;
    let feed = feed::parse(&document, &limits)?;
    let context = FeedContext {
        url: "https://feeds.example/shows/feed".to_owned(),
        ..feed.context
    };
    let (of_feed, of_entry): (fn(&_, &_) -> _, fn(&_, &_) -> _) = match feed.format {
        RawFormat::Atom => (program::normalise::atom, episode::normalise::atom),
        RawFormat::JsonFeed => (program::normalise::json_feed, episode::normalise::json_feed),
        _ => (program::normalise::rss, episode::normalise::rss),
    };
    black_box(of_feed(&feed.channel, &context));
    let mut entries = 0;
    for item in feed.items {
        let (fields, repairs) = of_entry(&item?, &context);
        anyhow::ensure!(!fields.title.is_empty(), "an entry without a title");
        black_box((fields, repairs));
        entries += 1;
    }
    Ok(entries)
}

fn parse_mapped(bytes: &[u8], mapping: &Mapping) -> anyhow::Result<usize> {
    mapped(bytes, mapping, |item, _| {
        black_box(item);
        Ok(())
    })
}

fn normalise_mapped(bytes: &[u8], mapping: &Mapping) -> anyhow::Result<usize> {
    mapped(bytes, mapping, |item, context| {
        entry(mapping::episode(mapping, &item, context).0)
    })
}

fn normalise_videos(bytes: &[u8], mapping: &Mapping) -> anyhow::Result<usize> {
    mapped(bytes, mapping, |item, context| {
        entry(youtube::episode(&item, context).0)
    })
}

fn entry(fields: EpisodeFields) -> anyhow::Result<()> {
    anyhow::ensure!(!fields.title.is_empty(), "an entry without a title");
    black_box(fields);
    Ok(())
}

/// Each entry of a document that is read by a mapping.
fn mapped(
    bytes: &[u8],
    mapping: &Mapping,
    each: impl Fn(Element, &FeedContext) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let limits = Limits::default();
    let document = Document::decode(bytes, None, &limits)?;
    let feed = feed::parse_mapped(&document, &limits, mapping)?;
    let mut entries = 0;
    for item in feed.items {
        each(item?, &feed.context)?;
        entries += 1;
    }
    Ok(entries)
}

fn list(bytes: &[u8]) -> anyhow::Result<usize> {
    let limits = Limits::default();
    let document = Document::decode(bytes, None, &limits)?;
    let list = opml::read(&document, &limits)?;
    Ok(black_box(list).outlines.len())
}

fn peer(bytes: &[u8], sanitise: bool) -> anyhow::Result<usize> {
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(sanitise)
        .build();
    let feed = parser.parse(bytes).context("feed-rs")?;
    Ok(black_box(feed).entries.len())
}

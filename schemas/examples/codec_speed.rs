//! How long the codec takes for one record: `cargo run --release -p mediamesh-schemas --example codec_speed`.
#![expect(clippy::print_stdout, reason = "it prints figures")]

use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::event::Event;
use mediamesh_domain::ingest::RawEntry;
use mediamesh_schemas::{Codec, Contract};
use std::hint::black_box;
use std::time::Instant;

/// Calls a run: few, so that some runs are not interrupted even on a busy machine.
const ROUNDS: u32 = 100;

/// The least nanoseconds per call among many short runs.
fn ns(mut call: impl FnMut()) -> u128 {
    let run = |call: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| call());
        start.elapsed().as_nanos() / u128::from(ROUNDS)
    };
    (0..1_000).map(|_| run(&mut call)).min().unwrap_or_default()
}

fn measure<T: Contract>(name: &str, bytes: &[u8]) {
    let codec = Codec::embedded();
    let record: T = codec.decode(bytes).expect("a golden record");
    let json = serde_json::to_vec(&record).expect("JSON");
    let encode = ns(|| drop(black_box(codec.encode(black_box(&record)))));
    let decode = ns(|| drop(black_box(codec.decode::<T>(black_box(bytes)))));
    let to_json = ns(|| drop(black_box(serde_json::to_vec(black_box(&record)))));
    let from_json = ns(|| drop(black_box(serde_json::from_slice::<T>(black_box(&json)))));
    println!(
        "{name:28} {:5} B: encode {encode:5} ns, decode {decode:5} ns; as JSON {:5} B: {to_json:5} ns, {from_json:5} ns",
        bytes.len(),
        json.len(),
    );
}

fn main() {
    measure::<Event>(
        "event, all fields",
        include_bytes!("../golden/content.events/v1-episode-created.bin"),
    );
    measure::<Event>(
        "event, published",
        include_bytes!("../golden/content.events/v1-episode-published.bin"),
    );
    measure::<CatalogRecord>(
        "catalogue, all fields",
        include_bytes!("../golden/catalog/v1-episode.bin"),
    );
    measure::<CatalogRecord>(
        "catalogue, few fields",
        include_bytes!("../golden/catalog/v1-arabic.bin"),
    );
    measure::<RawEntry>(
        "raw entry",
        include_bytes!("../golden/ingest.raw/v1-entry.bin"),
    );
}

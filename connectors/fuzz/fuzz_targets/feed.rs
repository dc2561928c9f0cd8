//! Any bytes as a feed. Start it from the fixtures: `cargo +nightly fuzz run feed fuzz/corpus/feed fixtures` (what it finds goes to the first folder).
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    mediamesh_connectors::feed::fuzzing::any_bytes(bytes, None);
});

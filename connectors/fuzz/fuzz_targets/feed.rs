//! Any bytes as a feed. Start it with the fixtures as its corpus: `cargo fuzz run feed fixtures`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    mediamesh_connectors::feed::fuzzing::any_bytes(bytes, None);
});

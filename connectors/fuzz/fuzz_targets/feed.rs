//! Any bytes as a feed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    mediamesh_connectors::feed::fuzzing::any_bytes(bytes, None);
});

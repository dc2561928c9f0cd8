//! Any bytes as a table or as a JSON of its own, by mappings.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    mediamesh_connectors::feed::fuzzing::any_mapped(bytes);
});

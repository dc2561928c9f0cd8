//! Any text as JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    mediamesh_connectors::feed::fuzzing::any_json(text);
});

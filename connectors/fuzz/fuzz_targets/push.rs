//! Any text as what is pushed, in every format.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    mediamesh_connectors::source::fuzzing::any_push(text);
});

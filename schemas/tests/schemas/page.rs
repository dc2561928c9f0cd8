//! The generated page of topics.

use std::{env, fs};

#[test]
fn the_page_of_topics_is_as_generated() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/topics.md");
    let page = mediamesh_schemas::topics_page();
    if env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(path, &page).expect("the page can be written");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/topics.md differs; write it with UPDATE_GENERATED=1 and look at the difference"
    );
}

//! The fuzz targets' bodies on corpora of our own: as they are, and broken in seeded ways.

use super::fuzzing::{any_bytes, any_json, any_list, any_mapped};
use super::*;
use crate::source::fuzzing::any_push;

const CORPUS: &[(&str, &[u8])] = &[
    ("atom.xml", include_bytes!("../../../fixtures/atom.xml")),
    (
        "youtube.xml",
        include_bytes!("../../../fixtures/youtube.xml"),
    ),
    (
        "podcast.xml",
        include_bytes!("../../../fixtures/podcast.xml"),
    ),
    ("mixed.xml", include_bytes!("../../../fixtures/mixed.xml")),
    ("rdf.xml", include_bytes!("../../../fixtures/rdf.xml")),
    ("feed.json", include_bytes!("../../../fixtures/feed.json")),
];

/// What reads bytes of strangers; it may refuse them, and nothing else.
type Reads = fn(&[u8]);

/// What is no feed, and by what it is read.
const OTHERS: &[(&str, &[u8], Reads)] = &[
    (
        "table.csv",
        include_bytes!("../../../fixtures/table.csv"),
        any_mapped,
    ),
    (
        "api.json",
        include_bytes!("../../../fixtures/api.json"),
        any_mapped,
    ),
    (
        "list.opml",
        include_bytes!("../../../fixtures/list.opml"),
        any_list,
    ),
    (
        "push.json",
        include_bytes!("../../../fixtures/push.json"),
        |bytes| any_push(&String::from_utf8_lossy(bytes)),
    ),
];

/// The fuzz targets; what one has found, or might, is in the folder of its name.
const TARGETS: &[(&str, Reads)] = &[
    ("feed", |bytes| any_bytes(bytes, None)),
    ("json", |bytes| any_json(&String::from_utf8_lossy(bytes))),
    ("mapped", any_mapped),
    ("list", any_list),
    ("push", |bytes| any_push(&String::from_utf8_lossy(bytes))),
];

/// Pieces that documents break on.
const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"</item>",
    b"<item>",
    b"<entry>",
    b"</entry>",
    b"\"",
    b"'",
    b"\\",
    b"\\u",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"\0",
    b"\xff",
    b"\xd8\xb3",
    b"\xef\xbb\xbf",
    b"xmlns:a='http://www.w3.org/2005/Atom'",
    b"<?xml encoding='utf-16'?>",
    b"&#x110000;",
    b"&nbsp;",
    b"type='xhtml'",
    b"xml:base='//'",
    b"99999999999999999999",
    b"null",
    b"<!DOCTYPE x>",
];

/// A generator of numbers that gives the same ones for the same seed (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// The document with up to four wounds.
fn broken(document: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = document.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(64)).min(bytes.len());
        match numbers.below(5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let piece = PIECES[numbers.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            2 => {
                let copied = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len() + 1);
                bytes.splice(to..to, copied);
            }
            3 => bytes.truncate(at),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
    }
    bytes
}

#[test]
fn every_document_of_the_corpus_keeps_what_must_hold() {
    for (name, document) in CORPUS {
        assert!(read(document).is_ok(), "{name}");
        any_bytes(document, None);
        any_bytes(document, Some("text/xml; charset=windows-1256"));
        any_json(&String::from_utf8_lossy(document));
    }
}

#[test]
fn what_fuzzing_found_keeps_what_must_hold() {
    for (target, any) in TARGETS {
        let folder = format!("{}/fuzz/regressions/{target}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let mut count = 0;
        for file in files {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let held = std::panic::catch_unwind(|| any(&bytes));
            assert!(held.is_ok(), "{}", path.display());
            count += 1;
        }
        assert!(count > 0, "{folder} is empty");
    }
}

#[test]
fn what_is_no_feed_keeps_what_must_hold_whole_and_broken() {
    for (name, document, any) in OTHERS {
        any(document);
        for seed in 1..=400_u64 {
            let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let bytes = broken(document, &mut numbers);
            let held = std::panic::catch_unwind(|| any(&bytes));
            assert!(held.is_ok(), "{name} broken with seed {seed}");
        }
    }
}

#[test]
fn the_corpora_are_read_to_the_end() {
    let limits = Limits::default();
    let text = |name: &str| OTHERS.iter().find(|(other, ..)| *other == name).unwrap().1;
    let count = |name: &str, mapping: &Mapping| {
        let document = Document::decode(text(name), None, &limits).unwrap();
        parse_mapped(&document, &limits, mapping)
            .unwrap()
            .item_count
    };
    assert_eq!(count("table.csv", &Mapping::by_name()), 3);
    let declared = Mapping::parse(super::fuzzing::DECLARED).unwrap();
    assert_eq!(count("api.json", &declared), 2);
    let document = Document::decode(text("list.opml"), None, &limits).unwrap();
    assert_eq!(opml::read(&document, &limits).unwrap().outlines.len(), 4);
    let pushed: Result<serde_json::Value, _> = serde_json::from_slice(text("push.json"));
    assert!(pushed.unwrap().is_object());
}

#[test]
fn no_broken_document_breaks_what_must_hold() {
    for (name, document) in CORPUS {
        for seed in 1..=400_u64 {
            let bytes = broken(
                document,
                &mut Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            );
            let held = std::panic::catch_unwind(|| {
                any_bytes(&bytes, None);
                if name.ends_with("json") {
                    any_json(&String::from_utf8_lossy(&bytes));
                }
            });
            assert!(held.is_ok(), "{name} broken with seed {seed}");
        }
    }
}

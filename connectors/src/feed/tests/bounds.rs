//! Time, work and memory of every format that is read.

use std::fmt::Write as _;
use std::process::Command;

use super::*;

/// How a document of a format is read to its end: how many entries it has, and the steps that it took.
type ReadAll = fn(&str, &Limits) -> Result<(usize, u64), ParseError>;

/// A document with so many entries, each with so much text.
type Make = fn(usize, &str) -> String;

/// Every format, how a document of it is made and how it is read.
const FORMATS: &[(&str, Make, ReadAll)] = &[
    ("rss", rss, feed),
    ("rss 1.0", rdf, feed),
    ("media rss", media, feed),
    ("atom", atom, feed),
    ("json feed", json_feed, feed),
    ("mapped json", api, declared),
    ("youtube api", videos, declared),
    ("csv", table, by_name),
    ("opml", outlines, list),
];

/// The variable that names the format to a child that measures.
const FORMAT: &str = "MEDIAMESH_TEST_FORMAT";

/// What may stand in memory beside the document: far less than its entries together.
const BESIDE: u64 = 8 * 1024 * 1024;

fn each(entries: usize, head: &str, tail: &str, mut one: impl FnMut(&mut String, usize)) -> String {
    // In one piece, so that making it takes no more memory than it has.
    let mut out = String::with_capacity(16 << 20);
    out.push_str(head);
    for n in 0..entries {
        one(&mut out, n);
    }
    out.push_str(tail);
    out
}

fn rss(entries: usize, text: &str) -> String {
    each(
        entries,
        "<rss><channel><title>T</title>",
        "</channel></rss>",
        |out, n| {
            let _ = write!(out, "<item><guid>{n}</guid><title>{text}</title></item>");
        },
    )
}

fn rdf(entries: usize, text: &str) -> String {
    let head = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
                xmlns='http://purl.org/rss/1.0/'><channel><title>T</title></channel>";
    each(entries, head, "</rdf:RDF>", |out, n| {
        let _ = write!(
            out,
            "<item rdf:about='http://a.example/{n}'><title>{text}</title></item>"
        );
    })
}

fn media(entries: usize, text: &str) -> String {
    let head = "<rss xmlns:media='http://search.yahoo.com/mrss/'><channel><title>T</title>";
    each(entries, head, "</channel></rss>", |out, n| {
        let _ = write!(
            out,
            "<item><guid>{n}</guid><media:group><media:title>{text}</media:title>\
             <media:content url='http://a.example/{n}.mp4'/></media:group></item>"
        );
    })
}

fn atom(entries: usize, text: &str) -> String {
    let head = "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>";
    each(entries, head, "</feed>", |out, n| {
        let _ = write!(out, "<entry><id>{n}</id><title>{text}</title></entry>");
    })
}

fn json_feed(entries: usize, text: &str) -> String {
    let head = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\"items\":[";
    each(entries, head, "]}", |out, n| {
        let _ = write!(out, "{{\"id\":\"{n}\",\"title\":\"{text}\"}},");
    })
}

fn api(entries: usize, text: &str) -> String {
    let head = "{\"meta\":{\"name\":\"T\"},\"list\":[{\"of\":[";
    each(entries, head, "]}]}", |out, n| {
        let _ = write!(
            out,
            "{{\"key\":{n},\"name\":\"{text}\",\"cast\":[{{\"who\":\"A\"}}]}},"
        );
    })
}

fn videos(entries: usize, text: &str) -> String {
    let head = "{\"meta\":{\"name\":\"T\"},\"list\":[{\"of\":[";
    each(entries, head, "]}]}", |out, n| {
        let _ = write!(
            out,
            "{{\"id\":\"{n}\",\"snippet\":{{\"title\":\"{text}\",\"thumbnails\":{{}}}},\
             \"statistics\":{{\"viewCount\":\"1\"}}}},"
        );
    })
}

fn table(entries: usize, text: &str) -> String {
    each(entries, "guid,title\n", "", |out, n| {
        let _ = writeln!(out, "{n},\"{text}\"");
    })
}

fn outlines(entries: usize, text: &str) -> String {
    each(entries, "<opml><body>", "</body></opml>", |out, n| {
        let _ = write!(
            out,
            "<outline text='{text}' xmlUrl='http://a.example/{n}'/>"
        );
    })
}

fn feed(text: &str, limits: &Limits) -> Result<(usize, u64), ParseError> {
    let document = Document::decode(text.as_bytes(), None, limits)?;
    count(parse(&document, limits)?)
}

fn declared(text: &str, limits: &Limits) -> Result<(usize, u64), ParseError> {
    mapped(text, limits, &Mapping::parse(fuzzing::DECLARED).unwrap())
}

fn by_name(text: &str, limits: &Limits) -> Result<(usize, u64), ParseError> {
    mapped(text, limits, &Mapping::by_name())
}

fn mapped(text: &str, limits: &Limits, mapping: &Mapping) -> Result<(usize, u64), ParseError> {
    let document = Document::decode(text.as_bytes(), None, limits)?;
    count(parse_mapped(&document, limits, mapping)?)
}

fn list(text: &str, limits: &Limits) -> Result<(usize, u64), ParseError> {
    let document = Document::decode(text.as_bytes(), None, limits)?;
    let list = opml::read(&document, limits)?;
    Ok((list.outlines.len(), list.steps))
}

/// Each entry is gone before the next one comes.
fn count(mut feed: Feed<'_>) -> Result<(usize, u64), ParseError> {
    let mut entries = 0;
    for item in feed.items.by_ref() {
        item?;
        entries += 1;
    }
    Ok((entries, feed.items.steps()))
}

#[test]
fn twice_the_entries_are_twice_the_work_in_every_format() {
    let limits = Limits::default();
    for (name, make, read) in FORMATS {
        let steps = |entries: usize| {
            let (found, steps) = read(&make(entries, "title"), &limits).unwrap();
            assert_eq!(found, entries, "{name}");
            steps
        };
        let (once, twice) = (steps(4_000), steps(8_000));
        assert!(twice * 10 <= once * 25, "{name}: {once} then {twice} steps");
        assert!(once > 4_000, "{name}: the work is counted");
    }
}

#[test]
fn twice_the_text_is_twice_the_work_in_every_format() {
    let limits = Limits::default();
    for (name, make, read) in FORMATS {
        let steps = |letters: usize| read(&make(4, &"a b ".repeat(letters)), &limits).unwrap().1;
        let (once, twice) = (steps(50_000), steps(100_000));
        assert!(twice * 10 <= once * 25, "{name}: {once} then {twice} steps");
    }
}

#[test]
fn every_format_ends_when_its_time_is_up() {
    let limits = Limits {
        max_time: std::time::Duration::ZERO,
        ..Limits::default()
    };
    for (name, make, read) in FORMATS {
        let error = read(&make(9_000, "title"), &limits).unwrap_err();
        assert_eq!(error.code(), "feed.took_too_long", "{name}");
    }
}

#[test]
fn a_document_beyond_the_limit_is_not_begun_in_any_format() {
    let limits = Limits {
        max_bytes: 1_000,
        ..Limits::default()
    };
    for (name, make, read) in FORMATS {
        let error = read(&make(100, "title"), &limits).unwrap_err();
        assert_eq!(error.code(), "feed.too_large", "{name}");
    }
}

/// Each format in a process of its own, whose highest mark of memory the system keeps.
#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_entries_in_15_mib_stand_in_memory_one_by_one_in_every_format() {
    let program = std::env::current_exe().unwrap();
    for (name, ..) in FORMATS {
        let child = Command::new(&program)
            .args(["--exact", CHILD, "--ignored", "--nocapture"])
            .env(FORMAT, name)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        let complaint = String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success(), "{name}: {said}{complaint}");
        assert!(said.contains("measured "), "{name}: {said}");
    }
}

/// The name of the test that a child runs.
const CHILD: &str = "feed::tests::bounds::a_child_measures_one_format";

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run in a process of its own by the test above"]
fn a_child_measures_one_format() {
    let name = std::env::var(FORMAT).unwrap();
    let (_, make, read) = FORMATS.iter().find(|(other, ..)| *other == name).unwrap();
    let text = "ع".repeat(700);
    let document = make(10_000, &text);
    let size = document.len();
    assert!((13 << 20..15 << 20).contains(&size), "{size} bytes");
    let before = highest();
    let (entries, _) = read(&document, &Limits::default()).unwrap();
    assert_eq!(entries, 10_000);
    let grown = highest() - before;
    println!("measured {name}: {grown} bytes beside {size}");
    // A list is its outlines: they are the answer, and stand together.
    let allowed = match name.as_str() {
        "opml" => BESIDE + 2 * size as u64,
        _ => BESIDE,
    };
    assert!(grown <= allowed, "{name}: {grown} bytes beside {size}");
}

/// The most memory that this process has had, in bytes.
#[cfg(target_os = "linux")]
fn highest() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let number = line.split_ascii_whitespace().nth(1).unwrap();
    number.parse::<u64>().unwrap() * 1024
}

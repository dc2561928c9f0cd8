//! Tables as programs write them.

use super::*;
use crate::feed::{Document, parse_mapped};

fn rows(bytes: &[u8], mapping: &Mapping) -> Result<Vec<Vec<(String, String)>>, ParseError> {
    let limits = Limits::default();
    let document = Document::decode(bytes, None, &limits)?;
    let feed = parse_mapped(&document, &limits, mapping)?;
    let count = feed.item_count;
    let cells = |item: Element| {
        item.children
            .into_iter()
            .map(|c| (c.name, c.text))
            .collect()
    };
    let rows: Vec<_> = feed
        .items
        .map(|item| item.map(cells))
        .collect::<Result<_, _>>()?;
    assert_eq!(rows.len(), count);
    Ok(rows)
}

fn row(cells: &[(&str, &str)]) -> Vec<(String, String)> {
    let cells = cells.iter();
    cells
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

#[test]
fn the_delimiter_the_quotes_and_the_charset_are_found_out() {
    let expected = vec![
        row(&[("title", "Nacht, \"Fähre\"\nzwei"), ("guid", "1")]),
        row(&[("title", "B")]),
    ];
    for (delimiter, end) in [(',', "\n"), (';', "\r\n"), ('\t', "\n"), ('|', "\r\n")] {
        let text = format!(
            "\u{feff}title{delimiter}guid{end}\"Nacht, \"\"Fähre\"\"\nzwei\"{delimiter} 1 {delimiter}more{end}B{end}"
        );
        assert_eq!(
            rows(text.as_bytes(), &Mapping::by_name()).unwrap(),
            expected,
            "{delimiter:?}"
        );
    }
    let western = b"title;guid\nF\xe4hre der Nacht;1\n";
    let western = rows(western, &Mapping::by_name()).unwrap();
    assert_eq!(western[0][0].1, "Fähre der Nacht");
}

#[test]
fn text_without_a_column_that_is_meant_is_no_table() {
    for (text, code) in [
        ("Not found", "feed.not_a_feed"),
        ("a,b\n1,2\n", "feed.not_a_feed"),
        ("", "feed.empty"),
    ] {
        assert_eq!(
            rows(text.as_bytes(), &Mapping::by_name())
                .unwrap_err()
                .code(),
            code,
            "{text}"
        );
    }
    let named = Mapping::parse(r#"{"fields": {"title": "/b"}}"#).unwrap();
    assert_eq!(rows(b"a,b\n1,2\n", &named).unwrap().len(), 1);
    let open = rows(b"title\n\"never closed", &Mapping::by_name()).unwrap();
    assert_eq!(open, [row(&[("title", "never closed")])]);
}

//! What kind of document a source says that it has, and what came.

use mediamesh_domain::ingest::RawFormat;
use mediamesh_domain::model::SourceFormat;

use crate::source::error::IngestError;

/// Whether a document is of the kind that its source says; one that says nothing takes any.
///
/// # Errors
/// [`IngestError::OtherFormat`].
pub(super) fn check(declared: SourceFormat, found: RawFormat) -> Result<(), IngestError> {
    let expected = match declared {
        SourceFormat::Rss => RawFormat::Rss,
        SourceFormat::Atom => RawFormat::Atom,
        SourceFormat::JsonFeed => RawFormat::JsonFeed,
        _ => return Ok(()),
    };
    if expected == found {
        return Ok(());
    }
    Err(IngestError::OtherFormat {
        declared: name(expected),
        found: name(found),
    })
}

fn name(format: RawFormat) -> &'static str {
    match format {
        RawFormat::Rss => "rss",
        RawFormat::Atom => "atom",
        RawFormat::JsonFeed => "json_feed",
        RawFormat::YoutubeApi => "youtube",
        RawFormat::Json => "json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_another_kind_than_the_source_says_is_refused_with_both() {
        let error = check(SourceFormat::Rss, RawFormat::Atom).unwrap_err();
        assert_eq!(error.code(), "ingest.other_format");
        let words = error.to_string();
        assert!(words.contains("rss") && words.contains("atom"), "{words}");
        for (declared, found) in [
            (SourceFormat::Rss, RawFormat::Rss),
            (SourceFormat::Atom, RawFormat::Atom),
            (SourceFormat::JsonFeed, RawFormat::JsonFeed),
            (SourceFormat::Auto, RawFormat::Atom),
            (SourceFormat::Youtube, RawFormat::Atom),
            (SourceFormat::Push, RawFormat::Rss),
        ] {
            assert!(check(declared, found).is_ok(), "{declared:?} {found:?}");
        }
    }
}

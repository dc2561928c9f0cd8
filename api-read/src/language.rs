//! Which language a reader gets: what the address names, else what the browser accepts, else the item's own.
//!
//! Knows tags (BCP 47) and nothing of items. A language that is not published is not there at all.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use mediamesh_domain::repair::language::canonical;

/// Ranges of an Accept-Language header that are read.
const MOST_RANGES: usize = 16;
/// Bytes of an Accept-Language header that are read.
const MOST_BYTES: usize = 1024;

/// The languages that a reader wishes for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The one that the address names.
    Named(String),
    /// Those that the browser accepts, the best first; `*` is any.
    Accepted(Vec<String>),
}

/// Why a text is not a language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language: use a BCP 47 tag such as ar or en-GB")]
pub struct NotALanguage;

impl Wish {
    /// What the address and the headers of a request wish for.
    ///
    /// # Errors
    /// [`NotALanguage`] where the address names none that can be.
    pub fn of(lang: Option<&str>, headers: &HeaderMap) -> Result<Self, NotALanguage> {
        match lang {
            Some(lang) => canonical(lang).map(Self::Named).ok_or(NotALanguage),
            None => Ok(Self::Accepted(accepted(headers))),
        }
    }

    /// The language that the address names.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(lang) => Some(lang),
            Self::Accepted(_) => None,
        }
    }

    /// The best of the languages that there are, else the main one; none where the address names one that
    /// is missing and the item is `strict`.
    ///
    /// What a browser sends unasked never hides an item: only a language in the address does.
    #[must_use]
    pub fn pick<'a>(&self, there: &[&'a str], main: &'a str, strict: bool) -> Option<&'a str> {
        match self {
            Self::Named(wanted) => best(wanted, there).or((!strict).then_some(main)),
            Self::Accepted(ranges) => {
                let found = ranges.iter().find_map(|range| match range.as_str() {
                    "*" => Some(main),
                    range => best(range, there),
                });
                Some(found.unwrap_or(main))
            }
        }
    }
}

/// The language that answers a wish best: the same, a wider one (RFC 4647 lookup), else another of its kind.
fn best<'a>(wanted: &str, there: &[&'a str]) -> Option<&'a str> {
    let mut range = wanted;
    loop {
        let same = |lang: &&&str| lang.eq_ignore_ascii_case(range);
        if let Some(found) = there.iter().find(same) {
            return Some(found);
        }
        match range.rfind('-') {
            Some(end) => range = &range[..end],
            None => break,
        }
    }
    let primary = |lang: &str| lang.split('-').next().map(str::to_ascii_lowercase);
    let same_kind = |lang: &&&str| primary(lang) == primary(wanted);
    there.iter().find(same_kind).copied()
}

/// The ranges of an Accept-Language header, the best first; those of weight 0 are left out.
fn accepted(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(ACCEPT_LANGUAGE).iter();
    let text = lines.filter_map(|line| line.to_str().ok());
    let text = text.filter(|line| line.len() <= MOST_BYTES);
    let mut ranges: Vec<(u16, String)> = text
        .flat_map(|line| line.split(','))
        .take(MOST_RANGES)
        .filter_map(range)
        .filter(|(weight, _)| *weight > 0)
        .collect();
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranges.into_iter().map(|(_, range)| range).collect()
}

/// One range with its weight in thousandths.
fn range(text: &str) -> Option<(u16, String)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?;
    let tag = if tag == "*" {
        tag.to_owned()
    } else {
        canonical(tag)?
    };
    let weight = match parts.find_map(|part| part.strip_prefix("q=")) {
        Some(weight) => weight
            .parse::<f32>()
            .ok()
            .filter(|w| (0.0..=1.0).contains(w))?,
        None => 1.0,
    };
    Some(((weight * 1000.0) as u16, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(line: &'static str) -> Wish {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, http::HeaderValue::from_static(line));
        Wish::of(None, &headers).unwrap()
    }

    fn named(lang: &str) -> Wish {
        Wish::of(Some(lang), &HeaderMap::new()).unwrap()
    }

    #[test]
    fn the_address_goes_before_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, http::HeaderValue::from_static("en"));
        let wish = Wish::of(Some("AR"), &headers).unwrap();
        assert_eq!(wish, Wish::Named("ar".to_owned()));
    }

    #[test]
    fn a_browser_gets_the_language_it_weighs_most() {
        let wish = accepts("de;q=0.2, fr;q=0, ar-EG;q=0.8,en-US;q=0.5");
        assert_eq!(wish.pick(&["en", "ar"], "en", false), Some("ar"));
        assert_eq!(wish.pick(&["en", "fr"], "fr", false), Some("en"));
        assert_eq!(wish.pick(&["ja"], "ja", true), Some("ja"));
        assert_eq!(accepts("*").pick(&["ja", "ar"], "ja", true), Some("ja"));
    }

    #[test]
    fn a_named_language_that_is_missing_hides_a_strict_item_only() {
        assert_eq!(named("fr").pick(&["ar", "en"], "ar", false), Some("ar"));
        assert_eq!(named("fr").pick(&["ar", "en"], "ar", true), None);
        assert_eq!(named("ar-MA").pick(&["ar", "en"], "en", true), Some("ar"));
        assert_eq!(
            named("ar").pick(&["en", "ar-EG"], "en", true),
            Some("ar-EG")
        );
    }

    #[test]
    fn text_that_is_no_language_is_told_or_passed_over() {
        assert_eq!(
            Wish::of(Some("'; drop"), &HeaderMap::new()),
            Err(NotALanguage)
        );
        for line in ["", ";;q=", "en;q=nan", "en;q=7", ",,,,", "***", "💥"] {
            let mut headers = HeaderMap::new();
            let value = http::HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.insert(ACCEPT_LANGUAGE, value);
            assert_eq!(
                Wish::of(None, &headers),
                Ok(Wish::Accepted(vec![])),
                "{line}"
            );
        }
    }

    #[test]
    fn a_long_header_is_read_in_part() {
        let line = vec!["en-US;q=0.1"; 50].join(",");
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, line.parse().unwrap());
        let Wish::Accepted(ranges) = Wish::of(None, &headers).unwrap() else {
            panic!("not named");
        };
        assert_eq!(ranges.len(), MOST_RANGES);
    }
}

//! The parameters of a search, read and checked.

use super::ask::{Asked, SearchTerms, Sort};
use crate::address::Address;
use crate::params::wrong;
use mediamesh_domain::repair::language::canonical;
use mediamesh_domain::text::{DocumentKind, Query};
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::search_index::{Facet, Filters};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, parse};
use utoipa::IntoParams;

/// Values of one filter at most.
const MOST_VALUES: usize = 20;
/// Bytes of a text to look for at most: more than anybody types.
const LONGEST: usize = 2048;
/// Parameters that change what a page shows of a search, but not where its hits stand.
const BESIDE: [&str; 4] = ["cursor", "limit", "facets", "explain"];

/// The parameters of a search.
pub(crate) const PARAMETERS: &[&str] = &[
    "q",
    "kind",
    "category",
    "tag",
    "language",
    "program",
    "explicit",
    "published_from",
    "published_until",
    "min_duration",
    "max_duration",
    "sort",
    "facets",
    "lang",
    "limit",
    "cursor",
];
/// The parameters that only the desk has.
pub(crate) const DESK_PARAMETERS: &[&str] = &["state", "explain"];

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct SearchParams {
    /// Words, "phrases in quotes" and a last word that may be unfinished; without it: everything.
    pub q: String,
    /// Only `program`, or only `episode`.
    pub kind: Option<String>,
    /// Only in one of these categories: slugs, with commas between.
    pub category: Option<String>,
    /// Only with one of these tags, with commas between.
    pub tag: Option<String>,
    /// Only in one of these languages: BCP 47 tags, with commas between.
    pub language: Option<String>,
    /// Only of this program: its id or slug.
    pub program: Option<String>,
    /// Only explicit, or only not explicit.
    pub explicit: Option<bool>,
    /// Only published at this time or later: RFC 3339, or a day.
    pub published_from: Option<String>,
    /// Only published before this time: RFC 3339, or a day.
    pub published_until: Option<String>,
    /// Only so many seconds long or longer.
    #[param(minimum = 0)]
    pub min_duration: Option<i64>,
    /// Only so many seconds long or shorter.
    #[param(minimum = 0)]
    pub max_duration: Option<i64>,
    /// In which order; the best first where it is left out.
    #[param(inline)]
    pub sort: Sort,
    /// Which facets to count: `kind`, `lang`, `category`, `tag`, with commas between.
    pub facets: Option<String>,
    /// The language in which to show hits that were found in several.
    pub lang: Option<String>,
    /// Hits of a page, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// Where the search goes on: taken from `links.next`.
    pub cursor: Option<String>,
}

/// What else the desk may ask.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DeskSearchParams {
    /// Only in one of these states, with commas between: `draft`, `in_review`, `published`, `unpublished`,
    /// `archived`.
    pub state: Option<String>,
    /// Whether each hit says why it was found and which spelling matched.
    pub explain: bool,
}

impl SearchParams {
    /// The search that is asked for.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn asked(&self, desk: &DeskSearchParams) -> Result<Asked, Problem> {
        if self.q.len() > LONGEST {
            let detail = format!("q is longer than {LONGEST} bytes");
            return Err(wrong("query_too_long", detail));
        }
        Ok(Asked {
            terms: SearchTerms {
                query: Query::parse(&self.q),
                filters: self.filters(desk)?,
                sort: self.sort,
            },
            facets: values("facets", self.facets.as_ref())?
                .iter()
                .map(|name| facet(name))
                .collect::<Result<_, _>>()?,
            explain: desk.explain,
        })
    }

    fn filters(&self, desk: &DeskSearchParams) -> Result<Filters, Problem> {
        let kinds = values("kind", self.kind.as_ref())?;
        let langs = values("language", self.language.as_ref())?;
        Ok(Filters {
            kinds: kinds
                .iter()
                .map(|kind| document_kind(kind))
                .collect::<Result<_, _>>()?,
            program_id: self.program.as_deref().map(program).transpose()?,
            langs: langs
                .iter()
                .map(|lang| language(lang))
                .collect::<Result<_, _>>()?,
            categories: values("category", self.category.as_ref())?,
            tags: values("tag", self.tag.as_ref())?,
            states: values("state", desk.state.as_ref())?,
            explicit: self.explicit,
            published_from_us: time("published_from", self.published_from.as_ref())?,
            published_until_us: time("published_until", self.published_until.as_ref())?,
            min_duration_s: self.min_duration,
            max_duration_s: self.max_duration,
        })
    }
}

/// Refuses parameters that a search does not have; gives what names the search: the others, in order.
///
/// # Errors
/// 400 that names the parameter.
pub(crate) fn scope(path: &str, query: Option<&str>, known: &[&[&str]]) -> Result<String, Problem> {
    let known = known.concat();
    let mut pairs: Vec<_> = parse(query.unwrap_or_default().as_bytes()).collect();
    if let Some((name, _)) = pairs
        .iter()
        .find(|(name, _)| !known.contains(&name.as_ref()))
    {
        let name: String = name.chars().take(40).collect();
        let detail = format!(
            "there is no parameter {name:?} here; there are: {}",
            known.join(", ")
        );
        return Err(wrong("unknown_parameter", detail));
    }
    pairs.retain(|(name, _)| !BESIDE.contains(&name.as_ref()));
    pairs.sort();
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    Ok(format!("{path}?{query}"))
}

fn values(name: &str, text: Option<&String>) -> Result<Vec<String>, Problem> {
    let values: Vec<String> = text
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .take(MOST_VALUES + 1)
        .collect();
    if values.len() > MOST_VALUES {
        let detail = format!("{name} takes at most {MOST_VALUES} values");
        return Err(wrong("too_many_values", detail));
    }
    Ok(values)
}

fn document_kind(name: &str) -> Result<DocumentKind, Problem> {
    match name {
        "program" => Ok(DocumentKind::Program),
        "episode" => Ok(DocumentKind::Episode),
        _ => Err(wrong("bad_kind", "kind is program or episode")),
    }
}

fn facet(name: &str) -> Result<Facet, Problem> {
    match name {
        "kind" => Ok(Facet::Kind),
        "lang" => Ok(Facet::Lang),
        "category" => Ok(Facet::Category),
        "tag" => Ok(Facet::Tag),
        _ => Err(wrong(
            "bad_facet",
            "facets are kind, lang, category and tag",
        )),
    }
}

fn language(tag: &str) -> Result<String, Problem> {
    let detail = "language takes BCP 47 tags such as ar or en-GB, with commas between";
    canonical(tag).ok_or_else(|| wrong("bad_language", detail))
}

fn program(name: &str) -> Result<uuid::Uuid, Problem> {
    let address = Address::parse(name);
    let address = address.ok_or_else(|| wrong("bad_program", "program is an id or a slug"))?;
    Ok(address.id)
}

/// A time, or a day: its first moment in UTC.
fn time(name: &str, text: Option<&String>) -> Result<Option<i64>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    let whole =
        || Timestamp::parse(text).or_else(|_| Timestamp::parse(&format!("{text}T00:00:00Z")));
    let detail =
        format!("{name} is a time such as 2026-11-20T08:00:00Z, or a day such as 2026-11-20");
    let time = whole().map_err(|_| wrong("bad_time", detail))?;
    Ok(Some(time.0))
}

//! What a search asks, in Elasticsearch's words.
//!
//! Everything is asked in filter context and scores nothing by itself. Each tier is a constant score, 1 for the
//! last and one more for each better one, and a document has the score of its best tier: small whole numbers
//! are exact in the engine's floats, so the score tells the tier.

use crate::mapping::{
    CATEGORY, DURATION, EXPLICIT, ID, KIND, LANE, LANG, PROGRAM, PUBLISHED, STATE, TAG,
};
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::text::{Clause, IndexField, Tier, TierKind};
use mediamesh_ports::search_index::{Filters, Sort};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// More edits than these no engine counts.
const MAX_DISTANCE: u8 = 2;

/// The tiers that are run together, the last one first.
#[derive(Debug)]
pub(crate) struct Tiers<'a>(Vec<&'a Tier>);

impl<'a> Tiers<'a> {
    pub(crate) fn new(mut tiers: Vec<&'a Tier>) -> Self {
        tiers.sort_by_key(|tier| tier.score);
        Self(tiers)
    }

    /// The tier whose score a document has.
    pub(crate) fn of_score(&self, score: f64) -> Option<TierKind> {
        let scores = (1_u32..).map(f64::from);
        let mut tiers = self.0.iter().zip(scores);
        tiers
            .find(|(_, own)| *own == score)
            .map(|(tier, _)| tier.kind)
    }

    fn query(&self) -> Value {
        let tiers = self.0.iter().zip(1_u32..);
        let tiers = tiers.map(|(tier, score)| {
            json!({ "constant_score": { "filter": clause(&tier.clause), "boost": score } })
        });
        any(
            tiers.collect(),
            |tiers| json!({ "dis_max": { "queries": tiers } }),
        )
    }
}

/// The documents of a lane that pass the filters and are in one of the tiers, where there are some to be in.
pub(crate) fn query(lane: Lane, filters: &Filters, tiers: Option<&Tiers<'_>>) -> Value {
    let must: Vec<Value> = tiers.map(Tiers::query).into_iter().collect();
    json!({ "bool": { "must": must, "filter": conditions(lane, filters) } })
}

/// In which order documents come; the last two columns leave nothing to chance.
pub(crate) fn order(sort: Sort) -> Value {
    let by_time = |order: &str| json!({ PUBLISHED: { "order": order, "missing": "_last" } });
    let rest = [json!({ ID: "asc" }), json!({ LANG: "asc" })];
    let first = match sort {
        Sort::Relevance => vec![json!({ "_score": "desc" }), by_time("desc")],
        Sort::Newest => vec![by_time("desc")],
        Sort::Oldest => vec![by_time("asc")],
    };
    first.into_iter().chain(rest).collect()
}

fn conditions(lane: Lane, filters: &Filters) -> Vec<Value> {
    let mut all = vec![json!({ "term": { LANE: lane.as_str() } })];
    let kinds: Vec<&str> = filters.kinds.iter().map(|kind| kind.name()).collect();
    if !kinds.is_empty() {
        all.push(json!({ "terms": { KIND: kinds } }));
    }
    for (column, values) in [
        (LANG, &filters.langs),
        (CATEGORY, &filters.categories),
        (TAG, &filters.tags),
        (STATE, &filters.states),
    ] {
        if !values.is_empty() {
            all.push(json!({ "terms": { column: values } }));
        }
    }
    if let Some(program) = filters.program_id {
        all.push(json!({ "term": { PROGRAM: program } }));
    }
    if let Some(explicit) = filters.explicit {
        all.push(json!({ "term": { EXPLICIT: explicit } }));
    }
    let published = [
        ("gte", filters.published_from_us),
        ("lt", filters.published_until_us),
    ];
    let lasting = [
        ("gte", filters.min_duration_s),
        ("lte", filters.max_duration_s),
    ];
    all.extend(range(PUBLISHED, published));
    all.extend(range(DURATION, lasting));
    all
}

fn range(column: &str, ends: [(&str, Option<i64>); 2]) -> Option<Value> {
    let ends = ends
        .into_iter()
        .filter_map(|(name, end)| Some((name, end?)));
    let ends: BTreeMap<&str, i64> = ends.collect();
    (!ends.is_empty()).then(|| json!({ "range": { column: ends } }))
}

/// The documents that match a clause, by the reading of the domain.
fn clause(asked: &Clause) -> Value {
    match asked {
        Clause::Term { field, text } => json!({ "term": { field.name(): text } }),
        Clause::Prefix { field, text } => json!({ "prefix": { field.name(): text } }),
        Clause::Fuzzy {
            field,
            text,
            distance,
            prefix_len,
        } => fuzzy(*field, text, *distance, *prefix_len),
        Clause::Phrase { field, terms } => phrase(*field, terms),
        Clause::All(clauses) if clauses.is_empty() => nothing(),
        Clause::All(clauses) => {
            let clauses: Vec<Value> = clauses.iter().map(clause).collect();
            json!({ "bool": { "filter": clauses } })
        }
        Clause::Any(clauses) => any(
            alternatives(clauses),
            |clauses| json!({ "bool": { "should": clauses, "minimum_should_match": 1 } }),
        ),
    }
}

/// Every near word counts, however many there are: the rewrite keeps Elasticsearch from taking the best 50.
fn fuzzy(field: IndexField, text: &str, distance: u8, prefix_len: u8) -> Value {
    json!({ "fuzzy": { field.name(): {
        "value": text,
        "fuzziness": distance.min(MAX_DISTANCE),
        "prefix_length": prefix_len,
        "transpositions": true,
        "rewrite": "constant_score",
    } } })
}

fn phrase(field: IndexField, terms: &[String]) -> Value {
    match terms {
        [] => nothing(),
        [one] => json!({ "term": { field.name(): one } }),
        terms => json!({ "match_phrase": { field.name(): terms.join(" ") } }),
    }
}

/// The alternatives of a clause; tokens of one field are asked for together, since the number of clauses of a
/// query is limited.
fn alternatives(clauses: &[Clause]) -> Vec<Value> {
    let mut tokens: BTreeMap<IndexField, Vec<&str>> = BTreeMap::new();
    let mut others = Vec::new();
    for asked in clauses {
        match asked {
            Clause::Term { field, text } => tokens.entry(*field).or_default().push(text),
            other => others.push(clause(other)),
        }
    }
    let tokens = tokens
        .into_iter()
        .map(|(field, texts)| match texts.as_slice() {
            [one] => json!({ "term": { field.name(): one } }),
            texts => json!({ "terms": { field.name(): texts } }),
        });
    tokens.chain(others).collect()
}

/// The one there is, or several joined, or nothing.
fn any(mut queries: Vec<Value>, join: impl FnOnce(Vec<Value>) -> Value) -> Value {
    match queries.len() {
        0 => nothing(),
        1 => queries.remove(0),
        _ => join(queries),
    }
}

fn nothing() -> Value {
    json!({ "match_none": {} })
}

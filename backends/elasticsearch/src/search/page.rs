//! A page of candidates, however deep it lies.

use super::answer::{Answer, Hit, Values};
use crate::client::{Call, Client};
use crate::error::Error;
use crate::mapping::{CATEGORY, KIND, LANG, TAG, WINDOW};
use crate::query::{Tiers, order, query};
use elasticsearch::http::Method;
use mediamesh_ports::search_index::{Candidate, Candidates, Facet, SearchRequest};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The most values a facet has.
const MOST_VALUES: usize = 100;
/// Values that each of several shards counts, so that what is frequent in all is not missed in one.
const VALUES_OF_A_SHARD: usize = 10_000;
/// A part of an answer is no answer.
const PARAMETERS: &[(&str, &str)] = &[("allow_partial_search_results", "false")];

/// Reads the candidates of a request from an index.
pub(super) struct Pages<'a> {
    client: &'a Client,
    path: String,
    request: &'a SearchRequest,
    tiers: Option<Tiers<'a>>,
    query: Value,
    shards: u32,
}

/// Where candidates are read from.
enum Start {
    /// So many from the front.
    Offset(usize),
    /// After a document's place.
    After(Vec<Value>),
}

impl<'a> Pages<'a> {
    pub(super) fn new(
        client: &'a Client,
        alias: &str,
        request: &'a SearchRequest,
        tiers: Option<Tiers<'a>>,
        shards: u32,
    ) -> Self {
        Self {
            client,
            path: format!("/{alias}/_search"),
            request,
            query: query(request.lane, &request.filters, tiers.as_ref()),
            tiers,
            shards,
        }
    }

    /// The candidates that were asked for, with everything that is counted.
    pub(super) async fn candidates(&self) -> Result<Candidates, Error> {
        let mut start = self.start().await?;
        let mut found = Candidates::default();
        let mut left = self.request.limit;
        let mut is_first = true;
        loop {
            let size = left.min(WINDOW);
            let answer = self.ask(&start, size, is_first).await?;
            if std::mem::take(&mut is_first) {
                found.total = answer.hits.total.value;
                found.facets = self.facets(answer.aggregations);
            }
            let hits = answer.hits.hits;
            left -= hits.len().min(left);
            let next = (hits.len() == size && left > 0)
                .then(|| place(&hits))
                .flatten();
            for hit in hits {
                found.candidates.push(self.candidate(hit)?);
            }
            match next {
                Some(place) => start = Start::After(place),
                None => return Ok(found),
            }
        }
    }

    /// Where the first candidate is: beyond the engine's own window, after the one before it.
    async fn start(&self) -> Result<Start, Error> {
        let mut skip = self.request.offset;
        if skip.saturating_add(self.request.limit.min(WINDOW)) <= WINDOW {
            return Ok(Start::Offset(skip));
        }
        let mut start = Start::Offset(0);
        while skip > 0 {
            let hits = self.places(&start, skip.min(WINDOW)).await?;
            let Some(place) = place(&hits) else { break };
            start = Start::After(place);
            skip -= hits.len().min(skip);
        }
        Ok(start)
    }

    /// The places of documents, without the documents.
    async fn places(&self, start: &Start, size: usize) -> Result<Vec<Hit>, Error> {
        let mut body = self.body(start, size);
        body.insert("_source".to_owned(), json!(false));
        body.insert("track_total_hits".to_owned(), json!(false));
        Ok(self.send(body).await?.hits.hits)
    }

    async fn ask(&self, start: &Start, size: usize, counts: bool) -> Result<Answer, Error> {
        let mut body = self.body(start, size);
        body.insert("track_total_hits".to_owned(), json!(counts));
        if counts && !self.request.facets.is_empty() {
            body.insert("aggs".to_owned(), self.aggregations());
        }
        self.send(body).await
    }

    async fn send(&self, body: Map<String, Value>) -> Result<Answer, Error> {
        let call = Call::new(Method::Post, &self.path).with(PARAMETERS);
        self.client.read(&call.json(&Value::Object(body))).await
    }

    fn body(&self, start: &Start, size: usize) -> Map<String, Value> {
        let mut body = Map::new();
        let mut say = |name: &str, value: Value| body.insert(name.to_owned(), value);
        say("query", self.query.clone());
        say("sort", order(self.request.sort));
        // A score tells the tier, also where another order is asked for.
        say("track_scores", json!(self.tiers.is_some()));
        say("size", json!(size));
        match start {
            Start::Offset(offset) => say("from", json!(offset)),
            Start::After(place) => say("search_after", json!(place)),
        };
        body
    }

    fn aggregations(&self) -> Value {
        let several = self.shards > 1;
        let of_shard = if several {
            VALUES_OF_A_SHARD
        } else {
            MOST_VALUES
        };
        let facets = self.request.facets.iter().map(|facet| {
            let terms = json!({
                "field": column(*facet),
                "size": MOST_VALUES,
                "shard_size": of_shard,
                "order": [{ "_count": "desc" }, { "_key": "asc" }],
            });
            (column(*facet).to_owned(), json!({ "terms": terms }))
        });
        Value::Object(facets.collect())
    }

    fn facets(&self, mut counted: BTreeMap<String, Values>) -> Vec<(Facet, Vec<(String, usize)>)> {
        let facets = self.request.facets.iter().map(|facet| {
            let values = counted.remove(column(*facet)).unwrap_or_default();
            (*facet, values.into_counts())
        });
        facets.collect()
    }

    fn candidate(&self, hit: Hit) -> Result<Candidate, Error> {
        let Some(source) = hit.source else {
            return Err(Error::Unreadable(
                "a document without what was stored".to_owned(),
            ));
        };
        let score = hit.score.unwrap_or_default();
        Ok(Candidate {
            document: source.document,
            tier: self.tiers.as_ref().and_then(|tiers| tiers.of_score(score)),
        })
    }
}

/// The place of the last document.
fn place(hits: &[Hit]) -> Option<Vec<Value>> {
    hits.last().map(|last| last.sort.clone())
}

fn column(facet: Facet) -> &'static str {
    match facet {
        Facet::Kind => KIND,
        Facet::Lang => LANG,
        Facet::Category => CATEGORY,
        Facet::Tag => TAG,
    }
}

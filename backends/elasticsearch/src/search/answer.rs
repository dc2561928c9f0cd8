//! What Elasticsearch answers to a search, as far as we look into it.

use mediamesh_domain::text::SearchDocument;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) hits: Hits,
    #[serde(default)]
    pub(super) aggregations: BTreeMap<String, Values>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Hits {
    /// How many there are in all, where that was asked.
    #[serde(default)]
    pub(super) total: Total,
    #[serde(default)]
    pub(super) hits: Vec<Hit>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Total {
    pub(super) value: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct Hit {
    #[serde(rename = "_score")]
    pub(super) score: Option<f64>,
    /// The stored parts, where they were asked for.
    #[serde(rename = "_source")]
    pub(super) source: Option<Source>,
    /// Its place in the order.
    #[serde(default)]
    pub(super) sort: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Source {
    pub(super) document: SearchDocument,
}

/// The values of a facet.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Values {
    buckets: Vec<Bucket>,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    key: String,
    doc_count: usize,
}

impl Values {
    /// The values with their counts.
    pub(super) fn into_counts(self) -> Vec<(String, usize)> {
        let buckets = self.buckets.into_iter();
        buckets
            .map(|bucket| (bucket.key, bucket.doc_count))
            .collect()
    }
}

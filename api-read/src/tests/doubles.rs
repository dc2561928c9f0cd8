//! The ports in memory.

use async_trait::async_trait;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::control::ControlState;
use mediamesh_domain::parked::{About, HeldKey};
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::text::{SearchDocument, Tier, TierKind};
use mediamesh_domain::view::{Row, RowKey, RowWrite, View, ViewVersion};
use mediamesh_ports::control::Control;
use mediamesh_ports::progress::Progress;
use mediamesh_ports::search_index::{
    self, Candidate, Candidates, Facet, Filters, ReadSearch, SearchRequest, Sort,
};
use mediamesh_ports::view_store::{self, Order, Range, ReadViews};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Rows in memory; counts what is asked of it.
#[derive(Default)]
pub struct Rows {
    pub rows: Mutex<BTreeMap<(ViewVersion, RowKey), Row>>,
    pub gets: AtomicUsize,
    pub hangs: AtomicBool,
    pub fails: AtomicBool,
}

impl Rows {
    pub fn write(&self, view: ViewVersion, write: RowWrite) {
        let mut rows = self.rows.lock().unwrap();
        match write.value {
            Some((meta, body)) => {
                let row = Row {
                    seq: write.seq,
                    meta,
                    body,
                };
                rows.insert((view, write.key), row);
            }
            None => {
                rows.remove(&(view, write.key));
            }
        }
    }

    async fn check(&self) -> Result<(), view_store::Error> {
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.fails.load(Ordering::SeqCst) {
            return Err(view_store::Error::Transient(
                "node 10.0.0.7 is away".to_owned(),
            ));
        }
        Ok(())
    }
}

#[async_trait]
impl ReadViews for Rows {
    async fn get(&self, view: ViewVersion, key: &RowKey) -> Result<Option<Row>, view_store::Error> {
        self.check().await?;
        self.gets.fetch_add(1, Ordering::SeqCst);
        Ok(self.rows.lock().unwrap().get(&(view, key.clone())).cloned())
    }

    async fn range(
        &self,
        view: ViewVersion,
        range: &Range,
    ) -> Result<Vec<(Vec<u8>, Row)>, view_store::Error> {
        self.check().await?;
        let rows = self.rows.lock().unwrap();
        let mut found: Vec<_> = rows
            .iter()
            .filter(|((v, key), _)| {
                *v == view && key.table == range.table && key.partition_key == range.partition_key
            })
            .map(|((_, key), row)| (key.clustering_key.clone(), row.clone()))
            .collect();
        if range.order == Order::Descending {
            found.reverse();
        }
        let after = |key: &Vec<u8>| match (&range.after, range.order) {
            (None, _) => true,
            (Some(after), Order::Ascending) => key > after,
            (Some(after), Order::Descending) => key < after,
        };
        found.retain(|(key, _)| after(key));
        found.truncate(range.limit);
        Ok(found)
    }

    async fn dump(
        &self,
        _: ViewVersion,
        _: Option<&RowKey>,
        _: usize,
    ) -> Result<Vec<(RowKey, Row)>, view_store::Error> {
        Ok(Vec::new())
    }
}

/// A search engine that evaluates clauses one by one.
#[derive(Default)]
pub struct Index {
    pub documents: Mutex<Vec<(Lane, SearchDocument)>>,
    pub requests: Mutex<Vec<SearchRequest>>,
}

impl Index {
    pub fn replace(&self, lane: Lane, id: uuid::Uuid, documents: Vec<SearchDocument>) {
        let mut all = self.documents.lock().unwrap();
        all.retain(|(l, document)| (*l, document.id) != (lane, id));
        all.extend(documents.into_iter().map(|document| (lane, document)));
    }
}

#[async_trait]
impl ReadSearch for Index {
    async fn search(
        &self,
        _: ViewVersion,
        request: &SearchRequest,
    ) -> Result<Candidates, search_index::Error> {
        self.requests.lock().unwrap().push(request.clone());
        let all = self.documents.lock().unwrap();
        let passing: Vec<&SearchDocument> = all
            .iter()
            .filter(|(lane, document)| *lane == request.lane && passes(&request.filters, document))
            .map(|(_, document)| document)
            .collect();
        let mut found = matching(&passing, &request.tiers);
        found.sort_by(|a, b| {
            let newest = b.document.published_at_us.cmp(&a.document.published_at_us);
            let by = match request.sort {
                Sort::Relevance => a.tier.cmp(&b.tier).then(newest),
                Sort::Newest => newest,
                Sort::Oldest => newest.reverse(),
            };
            by.then_with(|| a.document.key().cmp(&b.document.key()))
        });
        let facets = request
            .facets
            .iter()
            .map(|facet| (*facet, counts(*facet, &found)))
            .collect();
        Ok(Candidates {
            total: found.len(),
            candidates: found
                .into_iter()
                .skip(request.offset)
                .take(request.limit)
                .collect(),
            facets,
        })
    }
}

fn matching(documents: &[&SearchDocument], tiers: &[Tier]) -> Vec<Candidate> {
    let candidate = |document: &SearchDocument, tier| Candidate {
        document: document.clone(),
        tier,
    };
    if tiers.is_empty() {
        return documents
            .iter()
            .map(|document| candidate(document, None))
            .collect();
    }
    let of = |use_all: bool| -> Vec<Candidate> {
        let best = |document: &SearchDocument| -> Option<TierKind> {
            let indexed = document.indexed();
            let tiers = tiers
                .iter()
                .filter(|t| use_all || t.only_if_fewer_than.is_none());
            tiers
                .filter(|tier| tier.clause.matches(&indexed))
                .map(|tier| tier.kind)
                .min()
        };
        let found = documents
            .iter()
            .filter_map(|document| Some((*document, best(document)?)));
        found
            .map(|(document, tier)| candidate(document, Some(tier)))
            .collect()
    };
    let found = of(false);
    let few = tiers
        .iter()
        .filter_map(|tier| tier.only_if_fewer_than)
        .max();
    if few.is_some_and(|few| found.len() < few) {
        of(true)
    } else {
        found
    }
}

fn passes(filters: &Filters, document: &SearchDocument) -> bool {
    let any = |wanted: &[String], there: &[String]| {
        wanted.is_empty() || wanted.iter().any(|value| there.contains(value))
    };
    let one = |value: &String| std::slice::from_ref(value).to_vec();
    (filters.kinds.is_empty() || filters.kinds.contains(&document.kind))
        && filters
            .program_id
            .is_none_or(|id| id == document.program_id)
        && any(&filters.langs, &one(&document.lang))
        && any(&filters.categories, &document.categories)
        && any(&filters.tags, &document.tags)
        && any(&filters.states, &one(&document.state))
        && filters
            .explicit
            .is_none_or(|explicit| document.explicit == Some(explicit))
        && filters
            .published_from_us
            .is_none_or(|from| document.published_at_us >= Some(from))
        && filters
            .published_until_us
            .is_none_or(|until| document.published_at_us.is_some_and(|at| at < until))
        && filters
            .min_duration_s
            .is_none_or(|min| document.duration_s >= Some(min))
        && filters
            .max_duration_s
            .is_none_or(|max| document.duration_s.is_some_and(|length| length <= max))
}

fn counts(facet: Facet, found: &[Candidate]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for Candidate { document, .. } in found {
        let values = match facet {
            Facet::Kind => vec![document.kind.name().to_owned()],
            Facet::Lang => vec![document.lang.clone()],
            Facet::Category => document.categories.clone(),
            Facet::Tag => document.tags.clone(),
        };
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// Views' progress that tests move.
pub struct Marks {
    pub version: AtomicI32,
    pub held: Mutex<Vec<HeldKey>>,
    positions: watch::Sender<BTreeMap<View, Position>>,
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            version: AtomicI32::new(1),
            held: Mutex::default(),
            positions: watch::Sender::new(BTreeMap::new()),
        }
    }
}

impl Marks {
    pub fn advance(&self, view: View, position: &Position) {
        self.positions.send_modify(|positions| {
            let here = positions.entry(view).or_default();
            for (partition, seq) in &position.0 {
                here.advance(*partition, *seq);
            }
        });
    }
}

#[async_trait]
impl Progress for Marks {
    fn active(&self, view: View) -> ViewVersion {
        ViewVersion::new(view, self.version.load(Ordering::SeqCst))
    }

    fn current(&self, view: View) -> Position {
        self.positions
            .borrow()
            .get(&view)
            .cloned()
            .unwrap_or_default()
    }

    fn held(&self, view: View, about: About) -> Option<HeldKey> {
        let held = self.held.lock().unwrap();
        let is =
            |held: &&HeldKey| held.place.view == view && about.is_told_by(view, &held.place.key);
        held.iter().find(is).cloned()
    }

    async fn reach(
        &self,
        view: View,
        position: &Position,
        wait: Duration,
    ) -> Result<Position, Position> {
        let mut changes = self.positions.subscribe();
        let there = changes.wait_for(|positions| {
            positions
                .get(&view)
                .is_some_and(|here| here.includes(position))
        });
        let reached = tokio::time::timeout(wait, there).await.is_ok();
        let here = self.current(view);
        if reached { Ok(here) } else { Err(here) }
    }
}

/// A control state that tests set.
#[derive(Default)]
pub struct Desk(pub Mutex<Arc<ControlState>>);

#[async_trait]
impl Control for Desk {
    fn current(&self) -> Arc<ControlState> {
        Arc::clone(&self.0.lock().unwrap())
    }

    async fn reach(&self, seq: Seq, wait: Duration) -> bool {
        if self.current().seq < seq {
            tokio::time::sleep(wait).await;
        }
        self.current().seq >= seq
    }
}

//! Runs a request over the segments of an index.

use super::bits::Bits;
use super::collect::{First, Hit, Tiered, Values};
use super::evaluate::Evaluator;
use super::filters::allowed;
use super::schema::Fields;
use mediamesh_domain::text::{SearchDocument, Tier};
use mediamesh_ports::search_index::{Candidate, Candidates, SearchRequest};
use std::rc::Rc;
use tantivy::schema::Value;
use tantivy::{Searcher, SegmentReader, TantivyDocument, TantivyError};

/// One segment while a request runs.
struct Segment<'q> {
    reader: &'q SegmentReader,
    allowed: Bits,
    evaluator: Evaluator<'q>,
    /// The documents each tier found so far.
    found: Vec<(&'q Tier, Rc<Bits>)>,
}

/// Runs a request over what the searcher sees.
pub(super) fn search(
    searcher: &Searcher,
    fields: &Fields,
    request: &SearchRequest,
) -> Result<Candidates, TantivyError> {
    let segments = searcher.segment_readers().iter();
    let segments = segments.map(|reader| Segment::new(searcher, reader, fields, request));
    let mut segments = segments.collect::<Result<Vec<_>, _>>()?;
    let (certain, forgiving): (Vec<_>, Vec<_>) = request
        .tiers
        .iter()
        .partition(|tier| tier.only_if_fewer_than.is_none());
    let mut total = 0;
    for segment in &mut segments {
        segment.run(&certain)?;
        total += segment.count();
    }
    let few = |tier: &&Tier| tier.only_if_fewer_than.is_some_and(|few| total < few);
    let forgiving: Vec<_> = forgiving.into_iter().filter(few).collect();
    if !forgiving.is_empty() {
        for segment in &mut segments {
            segment.run(&forgiving)?;
        }
    }
    collect(searcher, fields, request, segments)
}

fn collect(
    searcher: &Searcher,
    fields: &Fields,
    request: &SearchRequest,
    segments: Vec<Segment<'_>>,
) -> Result<Candidates, TantivyError> {
    let most = request.offset.saturating_add(request.limit);
    let mut first = First::new(request.sort, if request.limit == 0 { 0 } else { most });
    let mut values: Vec<Values> = request
        .facets
        .iter()
        .map(|facet| Values::new(*facet))
        .collect();
    let mut total = 0;
    for (ordinal, segment) in segments.into_iter().enumerate() {
        let reader = segment.reader;
        let (all, by_tier) = segment.into_found(request.tiers.is_empty());
        total += all.count();
        first.segment(ordinal as u32, reader, &by_tier)?;
        for values in &mut values {
            values.segment(reader, &all)?;
        }
    }
    let hits = first.into_hits().into_iter().skip(request.offset);
    let candidates = hits.map(|hit| candidate(searcher, fields, &hit));
    Ok(Candidates {
        candidates: candidates.collect::<Result<_, _>>()?,
        total,
        facets: values.into_iter().map(Values::into_counts).collect(),
    })
}

fn candidate(searcher: &Searcher, fields: &Fields, hit: &Hit) -> Result<Candidate, TantivyError> {
    let stored: TantivyDocument = searcher.doc(hit.address)?;
    let bytes = stored.get_first(fields.document);
    let bytes = bytes.as_ref().and_then(Value::as_bytes);
    let document: SearchDocument = serde_json::from_slice(bytes.unwrap_or_default())
        .map_err(|error| TantivyError::InternalError(format!("a stored document: {error}")))?;
    Ok(Candidate {
        document,
        tier: hit.tier,
    })
}

impl<'q> Segment<'q> {
    fn new(
        searcher: &'q Searcher,
        reader: &'q SegmentReader,
        fields: &'q Fields,
        request: &'q SearchRequest,
    ) -> Result<Self, TantivyError> {
        Ok(Self {
            reader,
            allowed: allowed(reader, fields, request.lane, &request.filters)?,
            evaluator: Evaluator::new(searcher, reader, fields),
            found: Vec::new(),
        })
    }

    fn run(&mut self, tiers: &[&'q Tier]) -> Result<(), TantivyError> {
        if self.allowed.is_empty() {
            return Ok(());
        }
        for tier in tiers {
            self.found
                .push((tier, self.evaluator.clause(&tier.clause)?));
        }
        Ok(())
    }

    /// How many documents the tiers so far have found together.
    fn count(&self) -> usize {
        let mut all = Bits::none(self.reader.max_doc());
        for (_, documents) in &self.found {
            all.union(documents);
        }
        all.intersect(&self.allowed);
        all.count()
    }

    /// All documents found, and of each tier those that no better one found.
    fn into_found(mut self, is_everything: bool) -> (Bits, Vec<Tiered>) {
        if is_everything {
            let all = Tiered {
                tier: None,
                documents: self.allowed.clone(),
            };
            return (self.allowed, vec![all]);
        }
        self.found
            .sort_by_key(|(tier, _)| std::cmp::Reverse(tier.score));
        let mut rest = self.allowed.clone();
        let mut by_tier = Vec::with_capacity(self.found.len());
        for (tier, documents) in self.found {
            let mut best = rest.clone();
            best.intersect(&documents);
            rest.subtract(&best);
            by_tier.push(Tiered {
                tier: Some((tier.kind, tier.score)),
                documents: best,
            });
        }
        let mut all = self.allowed;
        all.subtract(&rest);
        (all, by_tier)
    }
}

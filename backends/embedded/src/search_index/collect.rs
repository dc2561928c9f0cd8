//! The first documents in an order that is the same however the index is cut into segments.

use super::bits::Bits;
use super::schema::{CATEGORY, ID_HIGH, ID_LOW, KIND, LANG, PUBLISHED, TAG};
use mediamesh_domain::text::TierKind;
use mediamesh_ports::search_index::{Facet, Sort};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, SegmentReader, TantivyError};

/// The most values a facet has.
const MOST_VALUES: usize = 100;

/// Documents of a segment whose best tier is the same.
#[derive(Debug)]
pub(super) struct Tiered {
    /// The tier with its score; none where the request had no tiers.
    pub(super) tier: Option<(TierKind, u32)>,
    pub(super) documents: Bits,
}

/// The part of a place that most comparisons end at: the best tier first, then by time, those without
/// one last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Coarse {
    tier: Reverse<u32>,
    undated: bool,
    time: u64,
}

/// The place of a document in the order: the smallest is the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    coarse: Coarse,
    id: (u64, u64),
    lang: String,
}

/// A document in its place, with the best tier it matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    place: Place,
    pub(super) address: DocAddress,
    pub(super) tier: Option<TierKind>,
}

impl PartialOrd for Hit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Hit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let places = self.place.cmp(&other.place);
        places.then_with(|| self.address.cmp(&other.address))
    }
}

/// Keeps the first `most` documents of all that it is given.
#[derive(Debug)]
pub(super) struct First {
    sort: Sort,
    most: usize,
    /// The last of those kept is on top.
    kept: BinaryHeap<Hit>,
}

/// The columns a place is made of, in one segment.
struct Columns {
    published: Option<Column<i64>>,
    id_high: Option<Column<u64>>,
    id_low: Option<Column<u64>>,
    lang: Option<StrColumn>,
}

impl First {
    pub(super) fn new(sort: Sort, most: usize) -> Self {
        Self {
            sort,
            most,
            kept: BinaryHeap::new(),
        }
    }

    /// Takes in the documents of one segment.
    pub(super) fn segment(
        &mut self,
        ordinal: u32,
        segment: &SegmentReader,
        found: &[Tiered],
    ) -> Result<(), TantivyError> {
        if self.most == 0 {
            return Ok(());
        }
        let columns = Columns::open(segment)?;
        for tiered in found {
            for document in tiered.documents.iter() {
                self.document(&columns, ordinal, document, tiered.tier)?;
            }
        }
        Ok(())
    }

    fn document(
        &mut self,
        columns: &Columns,
        ordinal: u32,
        document: u32,
        tier: Option<(TierKind, u32)>,
    ) -> Result<(), TantivyError> {
        let published = columns.published.as_ref().and_then(|c| c.first(document));
        let coarse = self.coarse(tier, published);
        let last = self.kept.peek().filter(|_| self.kept.len() == self.most);
        if last.is_some_and(|last| last.place.coarse < coarse) {
            return Ok(());
        }
        let hit = Hit {
            place: columns.place(coarse, document)?,
            address: DocAddress::new(ordinal, document),
            tier: tier.map(|(kind, _)| kind),
        };
        if last.is_some_and(|last| *last < hit) {
            return Ok(());
        }
        if self.kept.len() == self.most {
            self.kept.pop();
        }
        self.kept.push(hit);
        Ok(())
    }

    fn coarse(&self, tier: Option<(TierKind, u32)>, published: Option<i64>) -> Coarse {
        let ascending = published.map(|time| time.cast_unsigned() ^ (1 << 63));
        let time = match self.sort {
            Sort::Oldest => ascending,
            Sort::Relevance | Sort::Newest => ascending.map(|time| !time),
        };
        let score = tier.filter(|_| self.sort == Sort::Relevance);
        Coarse {
            tier: Reverse(score.map_or(0, |(_, score)| score)),
            undated: time.is_none(),
            time: time.unwrap_or(0),
        }
    }

    /// The documents kept, the first one first.
    pub(super) fn into_hits(self) -> Vec<Hit> {
        self.kept.into_sorted_vec()
    }
}

impl Columns {
    fn open(segment: &SegmentReader) -> Result<Self, TantivyError> {
        let columns = segment.fast_fields();
        Ok(Self {
            published: columns.column_opt(PUBLISHED)?,
            id_high: columns.column_opt(ID_HIGH)?,
            id_low: columns.column_opt(ID_LOW)?,
            lang: columns.str(LANG)?,
        })
    }

    fn place(&self, coarse: Coarse, document: u32) -> Result<Place, TantivyError> {
        let number = |column: &Option<Column<u64>>| {
            let value = column.as_ref().and_then(|column| column.first(document));
            value.unwrap_or_default()
        };
        let mut lang = String::new();
        if let Some(column) = &self.lang
            && let Some(ordinal) = column.term_ords(document).next()
        {
            column.ord_to_str(ordinal, &mut lang)?;
        }
        Ok(Place {
            coarse,
            id: (number(&self.id_high), number(&self.id_low)),
            lang,
        })
    }
}

/// Counts the values of a column.
#[derive(Debug)]
pub(super) struct Values {
    facet: Facet,
    counts: HashMap<String, usize>,
}

impl Values {
    pub(super) fn new(facet: Facet) -> Self {
        Self {
            facet,
            counts: HashMap::new(),
        }
    }

    /// Counts in the documents of one segment.
    pub(super) fn segment(
        &mut self,
        segment: &SegmentReader,
        documents: &Bits,
    ) -> Result<(), TantivyError> {
        let name = match self.facet {
            Facet::Kind => KIND,
            Facet::Lang => LANG,
            Facet::Category => CATEGORY,
            Facet::Tag => TAG,
        };
        let Some(column) = segment.fast_fields().str(name)? else {
            return Ok(());
        };
        let mut counts = vec![0_usize; column.num_terms()];
        for document in documents.iter() {
            for ordinal in column.term_ords(document) {
                counts[ordinal as usize] += 1;
            }
        }
        for (ordinal, count) in counts
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            let mut value = String::new();
            column.ord_to_str(ordinal as u64, &mut value)?;
            *self.counts.entry(value).or_default() += count;
        }
        Ok(())
    }

    /// The values, most first, then by value.
    pub(super) fn into_counts(self) -> (Facet, Vec<(String, usize)>) {
        let mut counts: Vec<_> = self.counts.into_iter().collect();
        counts.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        counts.truncate(MOST_VALUES);
        (self.facet, counts)
    }
}

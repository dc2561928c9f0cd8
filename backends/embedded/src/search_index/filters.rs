//! Which documents of a segment may be found at all.

use super::bits::Bits;
use super::evaluate::collect_term;
use super::schema::{DURATION, Fields, PUBLISHED};
use mediamesh_domain::catalog::Lane;
use mediamesh_ports::search_index::Filters;
use std::ops::RangeInclusive;
use tantivy::schema::Field;
use tantivy::{SegmentReader, TantivyError, Term};

/// The documents of a lane that pass the filters, without the deleted ones.
pub(super) fn allowed(
    segment: &SegmentReader,
    fields: &Fields,
    lane: Lane,
    filters: &Filters,
) -> Result<Bits, TantivyError> {
    let mut allowed = Bits::none(segment.max_doc());
    let lane = Term::from_field_text(fields.lane, lane.as_str());
    collect_term(segment, &lane, &mut allowed)?;
    if segment.has_deletes() {
        for document in 0..segment.max_doc() {
            if segment.is_deleted(document) {
                allowed.remove(document);
            }
        }
    }
    for terms in terms(fields, filters) {
        let mut some = Bits::none(segment.max_doc());
        for term in &terms {
            collect_term(segment, term, &mut some)?;
        }
        allowed.intersect(&some);
    }
    for (column, range) in ranges(filters) {
        allowed.intersect(&in_range(segment, column, range)?);
    }
    Ok(allowed)
}

/// Of each filter over values, the terms one of which a document must have.
fn terms(fields: &Fields, filters: &Filters) -> Vec<Vec<Term>> {
    let text = |field: Field, values: &[String]| -> Vec<Term> {
        let terms = values.iter().map(|v| Term::from_field_text(field, v));
        terms.collect()
    };
    let kinds = filters.kinds.iter();
    let kinds = kinds.map(|kind| Term::from_field_text(fields.kind, kind.name()));
    let program = filters.program_id.iter();
    let program = program.map(|id| Term::from_field_bytes(fields.program, id.as_bytes()));
    let explicit = filters.explicit.iter();
    let explicit = explicit.map(|value| Term::from_field_bool(fields.explicit, *value));
    let all = [
        kinds.collect(),
        program.collect(),
        text(fields.lang, &filters.langs),
        text(fields.category, &filters.categories),
        text(fields.tag, &filters.tags),
        text(fields.state, &filters.states),
        explicit.collect(),
    ];
    all.into_iter().filter(|terms| !terms.is_empty()).collect()
}

/// Each filter over a range, `None` for one that nothing can pass.
fn ranges(filters: &Filters) -> Vec<(&'static str, Option<RangeInclusive<i64>>)> {
    let mut ranges = Vec::new();
    if filters.published_from_us.is_some() || filters.published_until_us.is_some() {
        let from = filters.published_from_us.unwrap_or(i64::MIN);
        let last = filters
            .published_until_us
            .map_or(Some(i64::MAX), |until| until.checked_sub(1));
        ranges.push((PUBLISHED, last.map(|last| from..=last)));
    }
    if filters.min_duration_s.is_some() || filters.max_duration_s.is_some() {
        let from = filters.min_duration_s.unwrap_or(i64::MIN);
        let last = filters.max_duration_s.unwrap_or(i64::MAX);
        ranges.push((DURATION, Some(from..=last)));
    }
    ranges
}

fn in_range(
    segment: &SegmentReader,
    column: &str,
    range: Option<RangeInclusive<i64>>,
) -> Result<Bits, TantivyError> {
    let mut found = Bits::none(segment.max_doc());
    let column = segment.fast_fields().column_opt::<i64>(column)?;
    if let (Some(column), Some(range)) = (column, range.filter(|range| !range.is_empty())) {
        // A range below every value of the segment would find those with the smallest (tantivy 0.27 cuts both ends
        // off at it).
        if *range.end() < column.min_value() || column.max_value() < *range.start() {
            return Ok(found);
        }
        let mut documents = Vec::new();
        column.get_docids_for_value_range(range, 0..segment.max_doc(), &mut documents);
        found.extend(&documents);
    }
    Ok(found)
}

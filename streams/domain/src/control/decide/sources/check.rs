//! What a source may be.

use crate::decide::{Stop, refusal};
use crate::ingest::{binding, mapping};
use crate::model::{BindingRule, SourceFields, SourceFormat};
use crate::rules::Findings;
use crate::verdict::Finding;

/// The shortest time between two polls of a source, in seconds.
pub const SHORTEST_INTERVAL_S: i64 = 60;
/// The longest time between two polls of a source, in seconds: a year.
const LONGEST_INTERVAL_S: i64 = 366 * 86_400;
/// The most rules of one source.
const RULES: usize = 100;
/// The most pages that one run follows.
const PAGES: i32 = 1_000;
/// The most former addresses.
const FORMER: usize = 16;
/// The longest mapping, in bytes.
const MAPPING: usize = 64 * 1024;
/// The longest word of a rule, in characters.
const WORD: usize = 512;

/// Refuses fields that break rules, every broken rule with its pointer.
pub(super) fn check(fields: &SourceFields) -> Result<(), Stop> {
    let errors = check_source(fields);
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal::invalid(errors, None).into())
    }
}

/// The rules that fields of a source break, each with its pointer; names and addresses that others
/// have are not looked at.
#[must_use]
pub fn check_source(fields: &SourceFields) -> Vec<Finding> {
    let mut found = Findings::default();
    if fields.name.trim().is_empty() {
        found.error("/name", "name_missing", "a source needs a name");
    }
    if !fields.url.is_empty() {
        found.url("/url", &fields.url);
    }
    intervals(fields, &mut found);
    if fields
        .max_pages
        .is_some_and(|pages| !(1..=PAGES).contains(&pages))
    {
        let message = format!("a run follows 1 to {PAGES} pages");
        found.error("/max_pages", "pages_out_of_range", message);
    }
    if fields.rules.len() > RULES {
        found.error(
            "/rules",
            "too_many",
            format!("a source has {RULES} rules at most"),
        );
    }
    for (n, entry) in fields.rules.iter().take(RULES).enumerate() {
        rule(n, entry, &mut found);
        playlist(n, entry, fields, &mut found);
    }
    if fields.moved_from.len() > FORMER {
        let message = format!("{FORMER} former addresses are kept at most");
        found.error("/moved_from", "too_many", message);
    }
    for (n, url) in fields.moved_from.iter().take(FORMER).enumerate() {
        found.url(format_args!("/moved_from/{n}"), url);
    }
    mapped(fields, &mut found);
    if fields.format == SourceFormat::Opml {
        let message = "a list of feeds is no source: import it, and each feed of it is one";
        found.error("/format", "format_is_a_list", message);
    }
    found.checked().errors
}

fn intervals(fields: &SourceFields, found: &mut Findings) {
    let too_short =
        || format!("a source is polled every {SHORTEST_INTERVAL_S} seconds at most, or never: 0");
    if fields.interval_s != 0 && fields.interval_s < SHORTEST_INTERVAL_S {
        found.error("/interval_s", "interval_too_short", too_short());
    }
    for (pointer, value) in [
        ("/min_interval_s", fields.min_interval_s),
        ("/max_interval_s", fields.max_interval_s),
    ] {
        if value.is_some_and(|value| value < SHORTEST_INTERVAL_S) {
            found.error(pointer, "interval_too_short", too_short());
        }
    }
    for (pointer, value) in [
        ("/interval_s", Some(fields.interval_s)),
        ("/min_interval_s", fields.min_interval_s),
        ("/max_interval_s", fields.max_interval_s),
    ] {
        if value.is_some_and(|value| value > LONGEST_INTERVAL_S) {
            let message = "use a year at most; 0 as the interval: it is never polled";
            found.error(pointer, "interval_too_long", message);
        }
    }
    if let (Some(min), Some(max)) = (fields.min_interval_s, fields.max_interval_s)
        && min > max
    {
        let message = "the longest time between two polls is shorter than the shortest";
        found.error("/max_interval_s", "interval_range", message);
    }
}

fn rule(n: usize, rule: &BindingRule, found: &mut Findings) {
    let blank = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    let long = |text: &Option<String>| text.as_ref().is_some_and(|t| t.chars().count() > WORD);
    let (when, then) = (&rule.when, &rule.then);
    if when.is_empty() {
        let message =
            "name a playlist, category, season or title prefix; for all entries use program_id";
        found.error(format_args!("/rules/{n}/when"), "rule_empty", message);
    }
    if then.is_empty() {
        let message = "name a program, a season or a category";
        found.error(format_args!("/rules/{n}/then"), "rule_empty", message);
    }
    for (pointer, text) in [
        ("when/playlist", &when.playlist),
        ("when/category", &when.category),
        ("when/title_prefix", &when.title_prefix),
        ("then/category", &then.category),
    ] {
        if blank(text) {
            found.error(
                format_args!("/rules/{n}/{pointer}"),
                "rule_empty",
                "it is blank",
            );
        } else if long(text) {
            let message = format!("use {WORD} characters at most");
            found.error(format_args!("/rules/{n}/{pointer}"), "too_long", message);
        }
    }
    for (pointer, season) in [("when/season", when.season), ("then/season", then.season)] {
        if season.is_some_and(|season| season < 0) {
            let message = "a season is a number from 0";
            found.error(
                format_args!("/rules/{n}/{pointer}"),
                "season_invalid",
                message,
            );
        }
    }
}

/// A rule by a playlist that no entry of the source can say it is in would hold for nothing, and nobody would see why.
fn playlist(n: usize, rule: &BindingRule, fields: &SourceFields, found: &mut Findings) {
    let Some(id) = rule.when.playlist.as_ref() else {
        return;
    };
    if id.trim().is_empty() || binding::knows_playlist(fields, id) {
        return;
    }
    let message = "a feed does not say which playlist an entry is in: for a channel of YouTube use the format \
        `youtube` and the secret_name of an API key; else make a source of the playlist's own address";
    let pointer = format_args!("/rules/{n}/when/playlist");
    found.error(pointer, "playlist_unknown", message);
}

fn mapped(fields: &SourceFields, found: &mut Findings) {
    let Some(text) = &fields.mapping else {
        return;
    };
    if !matches!(fields.format, SourceFormat::Json | SourceFormat::Push) {
        let message = "only a source of the format `json` or `push` has a mapping";
        found.error("/mapping", "mapping_unused", message);
    }
    if text.len() > MAPPING {
        let message = format!("use {MAPPING} bytes at most");
        found.error("/mapping", "mapping_invalid", message);
        return;
    }
    for finding in mapping::check(text) {
        found.error(finding.pointer, &finding.code, finding.message);
    }
}

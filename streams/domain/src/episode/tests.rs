//! The rules for episodes, one by one: those that programs do not have.

use super::validate::{check, validate};
use crate::item::Stage;
use crate::lang::Lang;
use crate::model::*;
use crate::testing::episode_fields;
use crate::time::Timestamp;

type Change = fn(&mut EpisodeFields);

fn chapter(start_s: f64, end_s: Option<f64>) -> Chapter {
    Chapter {
        start_s,
        end_s,
        ..Chapter::default()
    }
}

fn bite(start_s: f64, duration_s: f64) -> Vec<Soundbite> {
    vec![Soundbite {
        start_s,
        duration_s,
        title: None,
    }]
}

#[rustfmt::skip]
const ERRORS: [(Change, &str, &str); 30] = [
    (|f| f.published_at = Some(Timestamp(i64::MIN)), "/published_at", "published_at_implausible"),
    (|f| f.published_at = Some(Timestamp(i64::MAX)), "/published_at", "published_at_implausible"),
    (|f| f.duration_s = Some(-1), "/duration_s", "duration_negative"),
    (|f| f.duration_s = Some(604_801), "/duration_s", "duration_too_long"),
    (|f| f.season = Some(-1), "/season", "number_negative"),
    (|f| f.number = Some(-1), "/number", "number_negative"),
    (|f| f.views = Some(-1), "/views", "number_negative"),
    (|f| f.likes = Some(-1), "/likes", "number_negative"),
    (|f| f.enclosures[0].url = "crossing.mp3".to_owned(), "/enclosures/0/url", "url_invalid"),
    (|f| f.enclosures[0].sources = vec!["ipfs://x".to_owned()], "/enclosures/0/sources/0", "url_invalid"),
    (|f| f.enclosures[0].length = Some(-1), "/enclosures/0/length", "length_negative"),
    (|f| f.enclosures[0].duration_s = Some(-1), "/enclosures/0/duration_s", "duration_negative"),
    (|f| f.enclosures[0].mime_type = Some("mp3".to_owned()), "/enclosures/0/mime_type", "mime_type_invalid"),
    (|f| f.enclosures[0].lang = Some(Lang::from("English")), "/enclosures/0/lang", "language_not_canonical"),
    (|f| f.enclosures = vec![f.enclosures[0].clone(); 201], "/enclosures", "too_many"),
    (|f| f.transcripts = vec![Transcript::default()], "/transcripts/0/url", "url_invalid"),
    (|f| f.chapters_url = Some("/chapters.json".to_owned()), "/chapters_url", "url_invalid"),
    (|f| f.chapters = vec![chapter(-1.0, None)], "/chapters/0/start_s", "chapter_start_invalid"),
    (|f| f.chapters = vec![chapter(f64::NAN, None)], "/chapters/0/start_s", "chapter_start_invalid"),
    (|f| f.chapters = vec![chapter(9.0, None), chapter(8.0, None)], "/chapters/1/start_s", "chapters_unordered"),
    (|f| f.chapters = vec![chapter(9.0, Some(8.0))], "/chapters/0/end_s", "chapter_end_invalid"),
    (|f| f.chapters = vec![chapter(9.0, Some(f64::NAN))], "/chapters/0/end_s", "chapter_end_invalid"),
    (|f| f.chapters = vec![chapter(0.0, None); 1_001], "/chapters", "too_many"),
    (|f| f.soundbites = bite(f64::INFINITY, 1.0), "/soundbites/0", "soundbite_invalid"),
    (|f| f.soundbites = bite(1.0, 0.0), "/soundbites/0", "soundbite_invalid"),
    (|f| f.links = vec![Link::default()], "/links/0/url", "url_invalid"),
    (|f| f.tags = vec![String::new()], "/tags/0", "tag_empty"),
    (|f| f.live = Some(broadcast(9, 8)), "/live/end", "live_ends_early"),
    (|f| f.guid = Some("x".repeat(4_097)), "/guid", "text_too_long"),
    (|f| f.social = vec![SocialLink::default(); 201], "/social", "too_many"),
];

fn broadcast(start: i64, end: i64) -> Live {
    Live {
        start: Some(Timestamp(start)),
        end: Some(Timestamp(end)),
        ..Live::default()
    }
}

#[test]
fn every_rule_has_its_code_and_its_pointer() {
    for (change, pointer, code) in ERRORS {
        let mut fields = episode_fields(1);
        change(&mut fields);
        let errors = check(&fields).errors;
        let found: Vec<_> = errors
            .iter()
            .map(|e| (e.pointer.as_str(), e.code.as_str()))
            .collect();
        assert_eq!(found, [(pointer, code)]);
    }
}

#[test]
fn an_episode_in_order_breaks_no_rule() {
    assert_eq!(check(&episode_fields(1)), crate::item::Checked::default());
}

#[test]
fn a_live_broadcast_needs_no_file() {
    let mut fields = episode_fields(1);
    fields.enclosures.clear();
    let (errors, _) = validate(&fields, Stage::Publish);
    assert_eq!(errors[0].code, "media_missing");
    assert_eq!(validate(&fields, Stage::Draft).0, []);
    fields.live = Some(Live::default());
    assert_eq!(validate(&fields, Stage::Publish).0, []);
}

#[test]
fn an_episode_without_a_date_may_be_shown() {
    let mut fields = episode_fields(1);
    fields.published_at = None;
    let (errors, warnings) = validate(&fields, Stage::Publish);
    assert_eq!(errors, []);
    assert_eq!(warnings[0].code, "published_at_missing");
}

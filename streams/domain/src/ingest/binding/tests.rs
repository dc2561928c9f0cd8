use super::*;
use crate::id::{RunId, SourceId};
use crate::ingest::{FeedContext, RawFormat};
use crate::lang::{Lang, Localized};
use crate::model::{BindingRule, BindingThen};
use crate::position::Seq;
use crate::time::Timestamp;
use uuid::Uuid;

fn raw() -> RawEntry {
    RawEntry {
        source_id: SourceId(Uuid::from_u128(1)),
        source_seq: Seq(1),
        run_id: RunId(Uuid::from_u128(2)),
        fetched_at: Timestamp(3),
        index: 0,
        format: RawFormat::Rss,
        feed: FeedContext::default(),
        raw_hash: Vec::new(),
        correlation_id: None,
        body: None,
        claim: None,
    }
}

fn program(n: u128) -> ProgramId {
    ProgramId(Uuid::from_u128(n))
}

fn rule(when: BindingWhen, then: BindingThen) -> BindingRule {
    BindingRule { when, then }
}

fn to(n: u128) -> BindingThen {
    BindingThen {
        program_id: Some(program(n)),
        ..BindingThen::default()
    }
}

fn episode() -> EpisodeFields {
    EpisodeFields {
        title: Localized([(Lang::from("ar"), "ليالي الميناء ٣".to_owned())].into()),
        season: Some(2),
        categories: vec!["arts".to_owned()],
        tags: vec!["Harbour".to_owned()],
        ..EpisodeFields::default()
    }
}

fn source(rules: Vec<BindingRule>) -> SourceFields {
    SourceFields {
        url: "https://www.youtube.com/feeds/videos.xml?playlist_id=PLquay".to_owned(),
        rules,
        ..SourceFields::default()
    }
}

#[test]
fn without_a_rule_an_entry_goes_to_the_sources_program() {
    let mut fields = episode();
    let own = raw().source_id.own_program();
    let entry = Element::default();
    assert_eq!(bind(&raw(), &entry, &mut fields, &source(Vec::new())), own);
    let bound = SourceFields {
        program_id: Some(program(9)),
        ..source(vec![rule(BindingWhen::default(), to(5))])
    };
    let target = bind(&raw(), &entry, &mut fields, &bound);
    assert_eq!(
        target,
        program(9),
        "a rule that names nothing holds for nothing"
    );
    assert_eq!(fields, episode());
}

#[test]
fn each_kind_of_rule_holds_for_what_it_names_alone() {
    let named = |text: &str| Some(text.to_owned());
    let none = BindingWhen::default;
    for (when, holds) in [
        (
            BindingWhen {
                playlist: named("PLquay"),
                ..none()
            },
            true,
        ),
        (
            BindingWhen {
                playlist: named("PLother"),
                ..none()
            },
            false,
        ),
        (
            BindingWhen {
                category: named("Arts"),
                ..none()
            },
            true,
        ),
        (
            BindingWhen {
                category: named("harbour"),
                ..none()
            },
            true,
        ),
        (
            BindingWhen {
                category: named("Comedy"),
                ..none()
            },
            false,
        ),
        (
            BindingWhen {
                season: Some(2),
                ..none()
            },
            true,
        ),
        (
            BindingWhen {
                season: Some(3),
                ..none()
            },
            false,
        ),
        (
            BindingWhen {
                title_prefix: named("ليالي"),
                ..none()
            },
            true,
        ),
        (
            BindingWhen {
                title_prefix: named("الميناء"),
                ..none()
            },
            false,
        ),
        (
            BindingWhen {
                season: Some(2),
                title_prefix: named("x"),
                ..none()
            },
            false,
        ),
    ] {
        let source = source(vec![rule(when.clone(), to(5))]);
        let target = target(&raw(), &Element::default(), &episode(), &source);
        assert_eq!(target.program_id == program(5), holds, "{when:?}");
    }
}

#[test]
fn the_first_rule_that_holds_counts_and_says_season_and_category() {
    let season = |season| BindingWhen {
        season: Some(season),
        ..BindingWhen::default()
    };
    let then = BindingThen {
        season: Some(7),
        category: Some("history".to_owned()),
        ..BindingThen::default()
    };
    let rules = vec![
        rule(season(1), to(5)),
        rule(season(2), then),
        rule(season(2), to(6)),
    ];
    let mut fields = episode();
    let program = bind(&raw(), &Element::default(), &mut fields, &source(rules));
    assert_eq!(program, raw().source_id.own_program());
    assert_eq!(fields.season, Some(7));
    assert_eq!(fields.categories, ["history", "arts"]);
}

#[test]
fn an_entry_may_be_in_several_playlists_and_the_first_rule_counts() {
    let playlist = |id: &str| BindingWhen {
        playlist: Some(id.to_owned()),
        ..BindingWhen::default()
    };
    let channel = SourceFields {
        url: "https://www.youtube.com/@quay".to_owned(),
        ..source(vec![
            rule(playlist("PLb"), to(5)),
            rule(playlist("PLa"), to(6)),
        ])
    };
    let in_lists = |lists: &[&str]| Element {
        children: lists
            .iter()
            .map(|list| Element {
                name: "playlistId".to_owned(),
                text: (*list).to_owned(),
                ..Element::default()
            })
            .collect(),
        ..Element::default()
    };
    for (lists, expected) in [
        (vec!["PLa", "PLb"], program(5)),
        (vec!["PLx", "PLa"], program(6)),
        (vec!["PLx"], raw().source_id.own_program()),
    ] {
        let target = target(&raw(), &in_lists(&lists), &episode(), &channel);
        assert_eq!(target.program_id, expected, "{lists:?}");
    }
}

#[test]
fn it_is_known_which_sources_can_tell_a_playlist() {
    let source = |url: &str, format, secret: Option<&str>| SourceFields {
        url: url.to_owned(),
        format,
        secret_name: secret.map(str::to_owned),
        ..SourceFields::default()
    };
    let channel = "https://www.youtube.com/feeds/videos.xml?channel_id=UCq";
    let list = "https://www.youtube.com/feeds/videos.xml?playlist_id=PLq";
    let other = "https://example.org/feed";
    for (url, format, secret, expected) in [
        (channel, SourceFormat::Youtube, Some("tube"), true),
        (channel, SourceFormat::Youtube, None, false),
        (channel, SourceFormat::Auto, Some("tube"), false),
        (channel, SourceFormat::Atom, Some("tube"), false),
        (list, SourceFormat::Youtube, None, true),
        (list, SourceFormat::Auto, None, true),
        (other, SourceFormat::Rss, None, false),
        (other, SourceFormat::Json, None, true),
        (other, SourceFormat::Auto, None, true),
        ("", SourceFormat::Push, None, true),
    ] {
        let known = knows_playlist(&source(url, format, secret), "PLq");
        assert_eq!(known, expected, "{url} {format:?} {secret:?}");
    }
}

//! What a source may do to items, and what not.

use crate::catalog::{Lane, Status};
use crate::command::{Command, CommandBody, ImportEpisode};
use crate::decide::keys;
use crate::id::{EpisodeId, ItemRef};
use crate::lang::{Lang, Localized};
use crate::model::{EpisodeFields, Policy, ProgramFields, SourcePolicies};
use crate::testing::*;
use crate::verdict::EntryOutcome;

fn under(policies: SourcePolicies, fetch: i64, fields: EpisodeFields) -> Command {
    let mut origin = origin(fetch, 0, &format!("{fields:?}"));
    origin.policies = policies;
    source_says(
        &origin.clone(),
        CommandBody::ImportEpisode(ImportEpisode { origin, fields }),
    )
}

fn imported(fetch: i64, title: &str) -> Command {
    import_episode(fetch, 0, titled(title))
}

fn titled(title: &str) -> EpisodeFields {
    EpisodeFields {
        title: Localized::one(Lang::from("en"), title),
        ..episode_fields(1)
    }
}

/// The only episode there is.
fn episode(world: &World) -> EpisodeId {
    let mut found = world.state.under(b"e/").map(|(key, _)| key.clone());
    let key = found.next().unwrap();
    assert_eq!(found.next(), None, "one episode");
    EpisodeId(uuid::Uuid::from_slice(&key[key.len() - 16..]).unwrap())
}

fn edit(n: i64, world: &World, patch: &str, publish: bool) -> Command {
    let body = crate::command::UpdateEpisode {
        episode_id: episode(world),
        patch: patch.to_owned(),
        publish,
        reason: None,
        restores: None,
    };
    ask(n, CommandBody::UpdateEpisode(body))
}

fn title(world: &World, lane: Lane) -> Option<String> {
    let document = world.episode_document(episode(world), lane)?;
    document
        .fields
        .title
        .get(&Lang::from("en"))
        .map(str::to_owned)
}

fn on_air() -> World {
    given([
        import_program(1, program_fields()),
        imported(1, "Night crossing 1"),
    ])
}

#[test]
fn a_feed_makes_its_program_and_its_episodes() {
    let world = given([])
        .when(import_program(1, program_fields()))
        .entry(EntryOutcome::Created)
        .happened(&["program_created", "program_published"])
        .when(imported(1, "Night crossing 1"))
        .entry(EntryOutcome::Created)
        .happened(&["episode_created", "episode_published"]);
    assert_eq!(
        title(&world, Lane::Live).as_deref(),
        Some("Night crossing 1")
    );
}

#[test]
fn an_entry_before_its_program_is_refused() {
    let _ = given([])
        .when(imported(1, "A"))
        .refused("not_found")
        .entry(EntryOutcome::Refused);
}

#[test]
fn new_entries_follow_the_policy_of_their_source() {
    let cases = [
        (Policy::Publish, Status::Published),
        (Policy::Review, Status::InReview),
        (Policy::Draft, Status::Draft),
    ];
    for (policy, status) in cases {
        let world = given([import_program(1, program_fields())])
            .when(under(
                policies(policy, Policy::Publish),
                1,
                episode_fields(1),
            ))
            .entry(EntryOutcome::Created);
        let draft = world
            .episode_document(episode(&world), Lane::Draft)
            .unwrap();
        assert_eq!(draft.facts.status, status);
        let live = world.episode_document(episode(&world), Lane::Live);
        assert_eq!(live.is_some(), status == Status::Published);
    }
}

#[test]
fn an_entry_that_may_not_be_shown_waits_for_an_editor() {
    let mute = EpisodeFields {
        enclosures: Vec::new(),
        ..episode_fields(1)
    };
    let world = given([import_program(1, program_fields())])
        .when(import_episode(1, 0, mute))
        .entry(EntryOutcome::Created)
        .happened(&["episode_created"]);
    let warnings = &world.acceptance().warnings;
    assert!(
        warnings
            .iter()
            .any(|warning| warning.code == "media_missing")
    );
    let draft = world
        .episode_document(episode(&world), Lane::Draft)
        .unwrap();
    assert_eq!(draft.facts.status, Status::InReview);
}

#[test]
fn changes_to_what_is_live_follow_a_policy_of_their_own() {
    for (policy, live) in [
        (Policy::Publish, "Dawn crossing"),
        (Policy::Review, "Night crossing 1"),
        (Policy::Draft, "Night crossing 1"),
    ] {
        let world = on_air()
            .when(under(
                policies(Policy::Publish, policy),
                2,
                titled("Dawn crossing"),
            ))
            .entry(EntryOutcome::Changed);
        assert_eq!(world.changed(), ["/title/en"]);
        assert_eq!(title(&world, Lane::Draft).as_deref(), Some("Dawn crossing"));
        assert_eq!(title(&world, Lane::Live).as_deref(), Some(live));
    }
}

#[test]
fn a_source_does_not_publish_what_an_editor_is_at_work_on() {
    let world = on_air();
    let edit = edit(5, &world, r#"{"number":8}"#, false);
    let world = world
        .when(edit)
        .when(imported(2, "Dawn crossing"))
        .entry(EntryOutcome::Changed);
    assert_eq!(
        title(&world, Lane::Live).as_deref(),
        Some("Night crossing 1")
    );
    let live = world.episode_document(episode(&world), Lane::Live).unwrap();
    assert_eq!(live.fields.number, Some(1));
}

#[test]
fn what_an_editor_set_survives_the_next_import() {
    let world = on_air();
    let edit = edit(
        5,
        &world,
        r#"{"title":{"en":"The crossing"},"tags":null}"#,
        true,
    );
    let mut fields = titled("Night crossing 1, again");
    fields.duration_s = Some(1_900);
    let world = world
        .when(edit)
        .when(import_episode(2, 0, fields))
        .entry(EntryOutcome::Changed);
    assert_eq!(world.changed(), ["/duration_s"]);
    assert_eq!(title(&world, Lane::Live).as_deref(), Some("The crossing"));
}

#[test]
fn a_language_that_an_editor_added_survives_the_next_import() {
    let world = on_air();
    let edit = edit(5, &world, r#"{"title":{"ar":"عبور الليل"}}"#, true);
    let world = world
        .when(edit)
        .when(imported(2, "Dawn crossing"))
        .entry(EntryOutcome::Changed);
    let live = world.episode_document(episode(&world), Lane::Live).unwrap();
    assert_eq!(live.fields.title.get(&Lang::from("ar")), Some("عبور الليل"));
    assert_eq!(
        live.fields.title.get(&Lang::from("en")),
        Some("Dawn crossing")
    );
    assert_eq!(live.facts.languages.len(), 2);
}

#[test]
fn what_an_editor_made_is_not_changed_by_a_source() {
    let world = given([create_program(1)])
        .when(import_program(
            2,
            ProgramFields {
                author: Some("Somebody else".to_owned()),
                tags: vec!["sea".to_owned()],
                ..program_fields()
            },
        ))
        .entry(EntryOutcome::Same)
        .happened(&["program_updated"]);
    assert_eq!(
        world.changed(),
        Vec::<String>::new(),
        "only what it says is noted"
    );
    assert_eq!(world.program(PROGRAM).unwrap().draft, program_fields());
}

#[test]
fn the_same_entry_again_costs_no_event() {
    let world = on_air().when(imported(2, "Night crossing 1"));
    assert_eq!(world.step().decision.changes.len(), 1, "that it was seen");
    let _ = world.entry(EntryOutcome::Same).happened(&[]);
}

#[test]
fn the_same_record_again_is_a_duplicate() {
    let _ = on_air()
        .when(imported(1, "Night crossing 1"))
        .duplicate()
        .when(import_program(1, program_fields()))
        .duplicate();
}

#[test]
fn an_older_fetch_that_comes_late_is_dropped() {
    let world = on_air()
        .when(imported(3, "Dawn crossing"))
        .when(imported(2, "Dusk crossing"))
        .entry(EntryOutcome::Stale)
        .happened(&[]);
    assert_eq!(title(&world, Lane::Live).as_deref(), Some("Dawn crossing"));
}

#[test]
fn an_older_fetch_is_dropped_also_where_the_newer_one_changed_nothing() {
    let _ = on_air()
        .when(imported(3, "Night crossing 1"))
        .entry(EntryOutcome::Same)
        .when(imported(2, "Dusk crossing"))
        .entry(EntryOutcome::Stale);
}

#[test]
fn an_entry_without_a_title_is_refused() {
    let untitled = EpisodeFields {
        title: Localized::default(),
        subtitle: Localized::default(),
        description: Localized::default(),
        default_lang: None,
        ..episode_fields(1)
    };
    let world = given([import_program(1, program_fields())])
        .when(import_episode(1, 4, untitled))
        .refused("invalid_fields")
        .broken(&[("/title", "title_missing")])
        .entry(EntryOutcome::Refused);
    let import = world
        .step()
        .decision
        .verdict
        .clone()
        .unwrap()
        .import
        .unwrap();
    assert_eq!((import.index, import.run_id), (4, run(1)));
}

#[test]
fn an_entry_whose_language_nobody_knows_is_taken() {
    let und = Lang::undetermined();
    let fields = EpisodeFields {
        title: Localized::one(und.clone(), "Zzz"),
        description: Localized::default(),
        languages: vec![und.clone()],
        default_lang: Some(und),
        ..episode_fields(1)
    };
    let _ = given([import_program(1, program_fields())])
        .when(import_episode(1, 0, fields))
        .entry(EntryOutcome::Created)
        .happened(&["episode_created", "episode_published"]);
}

#[test]
fn a_change_that_breaks_a_rule_is_refused_and_what_stands_stays() {
    let world = on_air();
    let broken = EpisodeFields {
        duration_s: Some(-5),
        ..episode_fields(1)
    };
    let world = world
        .when(import_episode(2, 0, broken))
        .entry(EntryOutcome::Refused)
        .broken(&[("/duration_s", "duration_negative")]);
    assert_eq!(
        world
            .episode(PROGRAM, episode(&world))
            .unwrap()
            .draft
            .duration_s,
        Some(1_800)
    );
}

#[test]
fn nothing_that_a_source_says_brings_an_unpublished_item_back() {
    let world = on_air();
    let body = crate::command::UnpublishEpisode {
        episode_id: episode(&world),
        reason: None,
    };
    let world = world
        .when(ask(5, CommandBody::UnpublishEpisode(body)))
        .when(imported(2, "Dawn crossing"))
        .entry(EntryOutcome::Changed)
        .happened(&["episode_updated"]);
    assert_eq!(world.episode_document(episode(&world), Lane::Live), None);
}

#[test]
fn a_sighting_stands_beside_its_item() {
    let world = on_air().when(imported(2, "Night crossing 1"));
    let key = keys::sighting(PROGRAM, ItemRef::episode(episode(&world)), SOURCE);
    assert!(world.state.0.contains_key(&key));
}

//! Making items and changing their drafts.

use crate::catalog::{Lane, Status};
use crate::command::{Command, CommandBody, CreateProgram};
use crate::id::ProgramId;
use crate::lang::{Lang, Localized};
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::{Partition, Seq, Version};
use crate::testing::*;
use crate::verdict::RefusalKind;
use uuid::Uuid;

fn create(n: i64, fields: ProgramFields, publish: bool) -> Command {
    ask(
        n,
        CommandBody::CreateProgram(CreateProgram { fields, publish }),
    )
}

#[test]
fn a_program_is_made_as_a_draft_that_readers_do_not_see() {
    let world = given([])
        .when(create(1, program_fields(), false))
        .accepted()
        .happened(&["program_created"]);
    assert_eq!(world.acceptance().version, Version(1));
    assert_eq!(world.acceptance().seq, Seq(1));
    assert_eq!(world.acceptance().partition, Partition(7));
    let draft = world.program_document(PROGRAM, Lane::Draft).unwrap();
    assert_eq!(draft.facts.status, Status::Draft);
    assert!(draft.facts.slug.starts_with("harbour-lights-"));
    assert!(draft.facts.unpublished_changes);
    assert_eq!(world.program_document(PROGRAM, Lane::Live), None);
}

#[test]
fn a_program_is_made_and_published_in_one_command() {
    let world = given([])
        .when(create_program(1))
        .accepted()
        .happened(&["program_created", "program_published"]);
    let live = world.program_document(PROGRAM, Lane::Live).unwrap();
    assert_eq!(live.facts.version, Version(2));
    assert_eq!(live.facts.languages, [Lang::from("en")]);
    assert_eq!(live.facts.first_published_at, Some(at(1)));
}

#[test]
fn what_may_not_be_shown_may_be_saved() {
    let untitled = ProgramFields::default();
    let world = given([])
        .when(create(1, untitled.clone(), false))
        .accepted();
    let _ = world
        .when(create(2, untitled, true).of_program(ProgramId(Uuid::from_u128(2))))
        .refused("invalid_fields")
        .broken(&[("/title", "title_missing")]);
}

#[test]
fn an_id_is_given_once() {
    let world = given([create_program(1)]).when(create(2, program_fields(), false));
    assert_eq!(world.refusal().kind, RefusalKind::Conflict);
    let _ = world.refused("exists");
}

#[test]
fn what_is_expected_to_have_a_version_is_not_made() {
    let world = given([]).when(create(1, program_fields(), false).if_match(3));
    assert_eq!(world.refusal().kind, RefusalKind::PreconditionFailed);
    let _ = world
        .when(create(2, program_fields(), false).if_match(0))
        .accepted();
}

#[test]
fn an_episode_needs_its_program() {
    let world = given([]).when(create_episode(1, episode_fields(1), true));
    assert_eq!(world.refusal().kind, RefusalKind::NotFound);
    let _ = world
        .refused("not_found")
        .when(update_episode(2, "{}", false))
        .refused("not_found")
        .when(publish_episode(3))
        .refused("not_found")
        .when(update_program(4, "{}", false))
        .refused("not_found")
        .when(publish_program(5))
        .refused("not_found");
}

#[test]
fn an_episode_with_nothing_to_play_is_not_published() {
    let mute = EpisodeFields {
        enclosures: Vec::new(),
        ..episode_fields(1)
    };
    let _ = given([create_program(1)])
        .when(create_episode(2, mute.clone(), true))
        .refused("invalid_fields")
        .broken(&[("/enclosures", "media_missing")])
        .when(create_episode(3, mute, false))
        .accepted()
        .when(publish_episode(4))
        .broken(&[("/enclosures", "media_missing")]);
}

#[test]
fn a_change_stays_in_the_draft_until_it_is_published() {
    let world = given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
    ])
    .when(update_episode(
        3,
        r#"{"title":{"en":"Dawn crossing"}}"#,
        false,
    ))
    .happened(&["episode_updated"]);
    assert_eq!(world.changed(), ["/title/en"]);
    let draft = world.episode_document(EPISODE, Lane::Draft).unwrap();
    assert_eq!(
        draft.fields.title.get(&Lang::from("en")),
        Some("Dawn crossing")
    );
    assert!(draft.facts.unpublished_changes);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(
        live.fields.title.get(&Lang::from("en")),
        Some("Night crossing 1")
    );
    let world = world
        .when(publish_episode(4))
        .happened(&["episode_published"]);
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    assert_eq!(
        live.fields.title.get(&Lang::from("en")),
        Some("Dawn crossing")
    );
    assert_eq!(live.facts.updated_at, at(4));
    assert_eq!(live.facts.first_published_at, Some(at(2)));
}

#[test]
fn a_change_goes_live_in_the_same_command_where_it_asks_for_that() {
    let world = given([create_program(1)])
        .when(update_program(2, r#"{"author":"The Quay"}"#, true))
        .happened(&["program_updated", "program_published"]);
    let live = world.program_document(PROGRAM, Lane::Live).unwrap();
    assert_eq!(live.fields.author.as_deref(), Some("The Quay"));
    assert_eq!(live.facts.version, Version(4));
}

#[test]
fn asking_for_what_is_so_is_no_event() {
    let world = given([create_program(1)])
        .when(update_program(2, r#"{"author":"Quay Radio"}"#, false))
        .accepted()
        .happened(&[])
        .when(update_program(3, "{}", true))
        .happened(&[])
        .when(publish_program(4))
        .happened(&[]);
    assert_eq!(world.acceptance().version, Version(2));
    assert_eq!(world.acceptance().seq, Seq(2));
}

#[test]
fn a_change_that_is_taken_back_leaves_no_unpublished_change() {
    let world = given([
        create_program(1),
        update_program(2, r#"{"author":"The Quay"}"#, false),
        update_program(3, r#"{"author":"Quay Radio"}"#, false),
    ]);
    let draft = world.program_document(PROGRAM, Lane::Draft).unwrap();
    assert!(!draft.facts.unpublished_changes);
    let _ = world.when(publish_program(4)).happened(&[]);
}

#[test]
fn null_takes_a_field_back_to_what_it_is_without() {
    let world = given([create_program(1)]).when(update_program(
        2,
        r#"{"author":null,"languages":null,"description":null,"block":true}"#,
        false,
    ));
    let mut changed = world.changed();
    changed.sort();
    assert_eq!(
        changed,
        ["/author", "/block", "/description/en", "/languages"]
    );
    let draft = world.program(PROGRAM).unwrap().draft;
    assert_eq!(draft.author, None);
    assert!(draft.languages.is_empty() && draft.description.is_empty() && draft.block);
    let world = world.when(update_program(3, r#"{"block":null}"#, false));
    assert!(!world.program(PROGRAM).unwrap().draft.block);
}

#[test]
fn languages_are_fields_of_their_own() {
    let world = given([create_program(1)])
        .when(update_program(
            2,
            r#"{"title":{"ar":"أضواء المرفأ"}}"#,
            true,
        ))
        .accepted();
    assert_eq!(world.changed(), ["/title/ar"]);
    let live = world.program_document(PROGRAM, Lane::Live).unwrap();
    assert_eq!(live.facts.languages, [Lang::from("ar"), Lang::from("en")]);
    let world = world.when(update_program(3, r#"{"title":{"ar":null}}"#, true));
    assert_eq!(world.changed(), ["/title/ar"]);
    let live = world.program_document(PROGRAM, Lane::Live).unwrap();
    assert_eq!(live.facts.languages, [Lang::from("en")]);
}

#[test]
fn a_text_without_a_title_in_its_language_is_not_published() {
    let world = given([create_program(1)])
        .when(update_program(
            2,
            r#"{"description":{"ar":"<p>حكايات</p>"}}"#,
            true,
        ))
        .accepted();
    let warnings: Vec<_> = world
        .acceptance()
        .warnings
        .iter()
        .map(|w| w.code.as_str())
        .collect();
    assert_eq!(warnings, ["text_without_title"]);
    let live = world.program_document(PROGRAM, Lane::Live).unwrap();
    assert_eq!(live.fields.description.0.len(), 1);
    let draft = world.program_document(PROGRAM, Lane::Draft).unwrap();
    assert_eq!(draft.fields.description.0.len(), 2);
}

#[test]
fn a_patch_that_does_not_fit_is_refused_at_its_pointer() {
    let cases = [
        ("{", ""),
        ("[]", ""),
        ("\"title\"", ""),
        (r#"{"titel":{}}"#, "/titel"),
        (r#"{"a/b~c":1}"#, "/a~1b~0c"),
        (r#"{"title":"Harbour"}"#, "/title"),
        (r#"{"title":{"en":7}}"#, "/title/en"),
        (r#"{"title":{"e.n":7}}"#, "/title/e.n"),
        (r#"{"tags":"sea"}"#, "/tags"),
        (r#"{"tags":["sea",4]}"#, "/tags/1"),
        (r#"{"medium":"vinyl"}"#, "/medium"),
        (
            r#"{"artwork":[{"url":"https://a.example/1.jpg","width":"wide"}]}"#,
            "/artwork/0/width",
        ),
        (
            r#"{"availability":{"form":"2026-01-01T00:00:00Z"}}"#,
            "/availability/form",
        ),
        (r#"{"availability":{"from":"soon"}}"#, "/availability/from"),
    ];
    let mut world = given([create_program(1)]);
    for (n, (patch, pointer)) in cases.into_iter().enumerate() {
        world = world.when(update_program(2 + n as i64, patch, false));
        assert_eq!(world.refusal().kind, RefusalKind::Invalid, "{patch}");
        world = world.broken(&[(pointer, "patch_invalid")]);
    }
}

#[test]
fn what_an_editor_writes_is_made_safe_to_show() {
    let unsafe_html =
        r#"{"description":{"en":"<p onclick=\"x()\">Hello<script>alert(1)</script></p>"}}"#;
    let world = given([create_program(1)])
        .when(update_program(2, unsafe_html, true))
        .accepted();
    let live = world.program_document(PROGRAM, Lane::Live).unwrap();
    assert_eq!(
        live.fields.description.get(&Lang::from("en")),
        Some("<p>Hello</p>")
    );
    let warning = &world.acceptance().warnings[0];
    assert_eq!(
        (warning.pointer.as_str(), warning.code.as_str()),
        ("/description/en", "html_sanitised")
    );
    let world = world
        .when(update_program(3, unsafe_html, true))
        .accepted()
        .happened(&[]);
    let fields = EpisodeFields {
        description: Localized::one(Lang::from("en"), "<img src=x onerror=alert(1)>Go"),
        ..episode_fields(1)
    };
    let world = world.when(create_episode(4, fields, true)).accepted();
    let live = world.episode_document(EPISODE, Lane::Live).unwrap();
    let html = live.fields.description.get(&Lang::from("en")).unwrap();
    assert!(!html.contains("onerror"), "{html}");
}

#[test]
fn time_in_the_log_does_not_go_back_under_a_clock_that_does() {
    let world = given([create_program(100)])
        .when(update_program(101, r#"{"author":"B"}"#, false).asked_at(5))
        .accepted();
    assert_eq!(world.events.last().unwrap().decided_at, at(100));
    let verdict = world.step().decision.verdict.as_ref().unwrap();
    assert_eq!(verdict.decided_at, at(100));
}

#[test]
fn a_world_goes_on_from_its_events_alone() {
    let first = given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
    ]);
    let again = World::after(&first.events);
    assert_eq!(again.state, first.state);
}

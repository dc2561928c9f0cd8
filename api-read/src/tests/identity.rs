//! Merged items, where fields come from, and matches that are worth a look.

use super::scene::{Scene, episode, program};
use http::StatusCode;
use mediamesh_domain::command::{
    CommandBody, FetchOrder, ImportEpisode, ImportOrigin, MergeEpisodes, MergeProgram, UndoMerge,
};
use mediamesh_domain::control::SourceEntry;
use mediamesh_domain::id::{ProgramId, RunId, SourceId};
use mediamesh_domain::model::{EpisodeFields, Policy, SourceFields, SourcePolicies};
use mediamesh_domain::position::Version;
use uuid::Uuid;

const SOURCE: SourceId = SourceId(Uuid::from_u128(0x51));

fn import(run: u128, fields: EpisodeFields) -> CommandBody {
    let policies = SourcePolicies::both(Policy::Publish);
    CommandBody::ImportEpisode(ImportEpisode {
        origin: ImportOrigin {
            source_id: SOURCE,
            run_id: RunId(Uuid::from_u128(run)),
            order: FetchOrder {
                fetched_at: super::scene::START.plus_seconds(run as i64),
                index: 0,
            },
            policies,
            raw_hash: format!("{fields:?}").into_bytes(),
            repairs: Vec::new(),
            renormalised: false,
        },
        fields,
    })
}

fn know_the_source(scene: &Scene) {
    let mut control = (*scene.desk.0.lock().unwrap().clone()).clone();
    let entry = SourceEntry {
        version: Version(1),
        fields: SourceFields::default(),
        created_at: scene.now(),
        updated_at: scene.now(),
    };
    control.sources.insert(SOURCE, entry);
    *scene.desk.0.lock().unwrap() = control.into();
}

#[tokio::test]
async fn a_merged_episode_leads_to_the_one_that_stays_by_id_and_slug() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let stays = scene.episode(id, episode(&[("en", "One")], 1), true);
    let ends = scene.episode(id, episode(&[("en", "Two")], 2), true);
    let by_id = format!("/api/v1/episodes/{ends}");
    let slug = scene.get(&by_id).await.json()["slug"]
        .as_str()
        .unwrap()
        .to_owned();
    let merge = MergeEpisodes {
        from: ends,
        into: stays,
        follow: false,
        reason: None,
    };
    scene.command(id, CommandBody::MergeEpisodes(merge));
    for path in [by_id.clone(), format!("/api/v1/episodes/{slug}")] {
        let answer = scene.get(&path).await;
        assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY, "{path}");
        assert_eq!(
            answer.header("location"),
            format!("/api/v1/episodes/{stays}")
        );
    }
    let there = scene.get(&format!("/api/v1/episodes/{stays}")).await;
    assert_eq!(there.json()["same_as"][0], ends.to_string());
    let list = format!("/api/v1/programs/{id}/episodes");
    assert_eq!(scene.get(&list).await.titles(), ["One"]);
    let drafts = format!("/api/v1/desk/programs/{id}/episodes");
    assert_eq!(scene.desk_get(&drafts).await.titles(), ["One"]);
    let draft = scene
        .desk_get(&format!("/api/v1/desk/episodes/{ends}"))
        .await;
    assert_eq!(draft.json()["facts"]["merged_into"], stays.to_string());
    let history = scene
        .desk_get(&format!("/api/v1/desk/episodes/{ends}/history"))
        .await;
    assert_eq!(history.json()["data"][0]["other"], stays.to_string());

    let undo = UndoMerge {
        episode_id: ends,
        reason: None,
    };
    scene.command(id, CommandBody::UndoMerge(undo));
    assert_eq!(scene.get(&by_id).await.status, StatusCode::OK);
    assert_eq!(scene.get(&list).await.titles(), ["Two", "One"]);
}

#[tokio::test]
async fn a_merged_program_leads_to_the_other_with_its_list() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Old")]), true);
    let into = scene.program(program(&[("en", "New")]), true);
    let merge = MergeProgram {
        into,
        sources: Vec::new(),
        reason: None,
    };
    scene.command(id, CommandBody::MergeProgram(merge));
    let answer = scene.get(&format!("/api/v1/programs/{id}")).await;
    assert_eq!(
        answer.header("location"),
        format!("/api/v1/programs/{into}")
    );
    let answer = scene
        .get(&format!("/api/v1/programs/{id}/episodes?limit=5"))
        .await;
    assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
    assert_eq!(
        answer.header("location"),
        format!("/api/v1/programs/{into}/episodes?limit=5")
    );
    assert_eq!(scene.get("/api/v1/programs").await.titles(), ["New"]);
}

#[tokio::test]
async fn an_episode_is_shown_when_its_program_is() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "One")], 1), true);
    let until = scene.now().plus_seconds(60);
    scene.patch_program(
        id,
        &format!(r#"{{"availability": {{"until": "{until}", "countries": ["EG"]}}}}"#),
    );
    let path = format!("/api/v1/episodes/{part}");
    let answer = scene.get(&path).await;
    assert_eq!(answer.json()["availability"]["countries"][0], "EG");
    scene.pass(61);
    assert_eq!(scene.get(&path).await.status, StatusCode::NOT_FOUND);
}

fn imported(scene: &Scene) -> (ProgramId, Uuid) {
    let id = scene.program(program(&[("en", "Program")]), true);
    let mut fields = episode(&[("en", "One")], 1);
    fields.guid = Some("first".to_owned());
    scene.command(id, import(1, fields.clone()));
    fields.guid = Some("second".to_owned());
    let decision = scene.command(id, import(2, fields));
    (id, decision.events[0].item.id)
}

#[tokio::test]
async fn every_field_tells_who_set_it_and_what_the_source_says_meanwhile() {
    let scene = Scene::new();
    let (id, part) = imported(&scene);
    scene.patch(id, part.into(), r#"{"title": {"en": "Ours"}}"#, true);
    let path = format!("/api/v1/desk/episodes/{part}/provenance");
    let all = scene.desk_get(&path).await;
    assert_eq!(all.status, StatusCode::OK);
    let fields = all.json()["data"].as_array().unwrap().clone();
    let of = |pointer: &str| {
        fields
            .iter()
            .find(|f| f["pointer"] == pointer)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&of("/guid")["by"], &of("/guid")["held"]),
        (&"source".into(), &false.into())
    );
    assert_eq!(of("/guid")["run_id"], Uuid::from_u128(2).to_string());
    let title = of("/title/en");
    assert_eq!(
        (&title["value"], &title["held"]),
        (&"Ours".into(), &true.into())
    );
    assert_eq!(title["source"]["value"], "One");
    let overridden = scene.desk_get(&format!("{path}?overridden=true")).await;
    let overridden = overridden.json()["data"].as_array().unwrap().clone();
    assert_eq!(overridden.len(), 1);
}

#[tokio::test]
async fn the_matches_of_a_source_are_told_with_what_speaks_against_them() {
    let scene = Scene::new();
    know_the_source(&scene);
    let (_, part) = imported(&scene);
    let path = format!("/api/v1/desk/sources/{SOURCE}/merges?suspicious=true");
    let page = scene.desk_get(&path).await;
    assert_eq!(
        page.status,
        StatusCode::OK,
        "{}",
        String::from_utf8_lossy(&page.body)
    );
    let found = page.json()["data"][0].clone();
    assert_eq!(found["episode_id"], part.to_string());
    assert_eq!(
        (&found["rung"], &found["suspicions"][0]),
        (&"media_url".into(), &"guid_differs".into())
    );
    assert_eq!(
        found["links"]["split"],
        format!("/api/v1/episodes/{part}/split")
    );
    let nobody = scene
        .desk_get(&format!("/api/v1/desk/sources/{}/merges", Uuid::nil()))
        .await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

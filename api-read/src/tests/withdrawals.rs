//! What readers and the desk are told of what was withdrawn.

use super::scene::{Scene, episode, program, texts};
use http::StatusCode;
use mediamesh_domain::command::{CommandBody, WithdrawEpisode, WithdrawProgram};
use mediamesh_domain::id::{EpisodeId, ProgramId};
use serde_json::json;

fn withdraw(scene: &Scene, program: ProgramId, episode_id: EpisodeId) {
    let body = WithdrawEpisode {
        episode_id,
        note: texts(&[
            ("ar", "الاقتباس غير صحيح."),
            ("en", "A quotation was wrong."),
        ]),
        reason: Some("a complaint".to_owned()),
    };
    scene.command(program, CommandBody::WithdrawEpisode(body));
}

#[tokio::test]
async fn a_withdrawn_episode_answers_410_with_its_note_in_the_readers_language() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "One"), ("ar", "واحد")], 1), true);
    let path = format!("/api/v1/episodes/{part}");
    let slug = scene.get(&path).await.json()["slug"].clone();
    withdraw(&scene, id, part);
    let at = scene.now().to_string();
    let gone = scene.get(&format!("{path}?lang=ar")).await;
    assert_eq!(
        (gone.status, gone.code()),
        (StatusCode::GONE, "withdrawn".into())
    );
    assert_eq!(
        gone.json()["withdrawn"],
        json!({"at": at, "note": "الاقتباس غير صحيح.", "lang": "ar", "dir": "rtl"})
    );
    let by_slug = format!("/api/v1/episodes/{}", slug.as_str().unwrap());
    let gone = scene.get_with(&by_slug, &[("accept-language", "en")]).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert_eq!(gone.json()["withdrawn"]["note"], "A quotation was wrong.");
    let list = format!("/api/v1/programs/{id}/episodes");
    assert_eq!(scene.get(&list).await.titles(), Vec::<String>::new());
    let found = scene.get("/api/v1/search?q=one").await.json();
    assert_eq!(found["data"], json!([]));
    // The desk sees it, and where it stands.
    let draft = scene
        .desk_get(&format!("/api/v1/desk/episodes/{part}"))
        .await;
    assert_eq!(draft.json()["facts"]["status"], "withdrawn");
    let listed = scene
        .desk_get("/api/v1/desk/episodes?state=withdrawn")
        .await;
    assert_eq!(listed.titles().len(), 1);
}

#[tokio::test]
async fn a_withdrawn_program_is_gone_with_its_episodes_and_their_list() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "One")], 1), true);
    let body = WithdrawProgram {
        note: texts(&[("en", "The rights ended.")]),
        reason: None,
    };
    scene.command(id, CommandBody::WithdrawProgram(body));
    for path in [
        format!("/api/v1/programs/{id}"),
        format!("/api/v1/programs/{id}/episodes"),
        format!("/api/v1/episodes/{part}"),
    ] {
        let gone = scene.get(&path).await;
        assert_eq!(gone.status, StatusCode::GONE, "{path}");
        assert_eq!(
            gone.json()["withdrawn"]["note"],
            "The rights ended.",
            "{path}"
        );
    }
    assert_eq!(
        scene.get("/api/v1/programs").await.titles(),
        Vec::<String>::new()
    );
    let proof = scene
        .desk_get(&format!("/api/v1/desk/programs/{id}/withdrawal"))
        .await;
    let surfaces = proof.json()["surfaces"].as_array().unwrap().clone();
    let names: Vec<&str> = surfaces
        .iter()
        .map(|s| s["surface"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["document", "lists", "search", "episodes"]);
    assert_eq!(proof.json()["gone"], true);
}

#[tokio::test]
async fn the_proof_of_a_withdrawal_says_since_when_it_is_gone_from_each_surface() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "One")], 1), true);
    let path = format!("/api/v1/desk/episodes/{part}/withdrawal");
    let early = scene.desk_get(&path).await;
    assert_eq!(
        (early.status, early.code()),
        (StatusCode::NOT_FOUND, "not_withdrawn".into())
    );
    withdraw(&scene, id, part);
    let at = scene.now().to_string();
    let proof = scene.desk_get(&path).await.json();
    assert_eq!(proof["withdrawn_at"], at);
    assert_eq!(proof["reason"], "a complaint");
    assert_eq!(proof["by"]["id"], "editor");
    assert_eq!(proof["note"]["en"], "A quotation was wrong.");
    assert_eq!(proof["gone"], true);
    for surface in proof["surfaces"].as_array().unwrap() {
        assert_eq!(surface["gone_since"], at, "{surface}");
    }
    let history = scene
        .desk_get(&format!("/api/v1/desk/episodes/{part}/history"))
        .await;
    assert_eq!(
        history.json()["data"][0]["note"]["en"],
        "A quotation was wrong."
    );
}

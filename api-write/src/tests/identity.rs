//! Merges, their undoing and releases, as an editor asks for them.

use super::world::{Answer, Desk, NOW, call, episode, program};
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::command::{
    Command, CommandBody, FetchOrder, ImportEpisode, ImportOrigin, ImportProgram, Principal,
};
use mediamesh_domain::event::EventBody;
use mediamesh_domain::id::{CommandId, ItemKind, RunId, SourceId};
use mediamesh_domain::model::{Policy, SourcePolicies};
use mediamesh_domain::project::document_key;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::View;
use mediamesh_ports::event_log::partition_of_program;
use mediamesh_ports::progress::Progress as _;
use mediamesh_ports::view_store::ReadViews as _;
use serde_json::{Value, json};
use uuid::Uuid;

async fn post(desk: &Desk, path: &str, body: &Value) -> Answer {
    call("POST", path)
        .key(&desk.editor)
        .json(body)
        .send(desk)
        .await
}

/// Two episodes of one program, by their paths.
async fn two(desk: &Desk) -> (String, String, String) {
    let made = post(desk, "/api/v1/programs?publish=true", &program()).await;
    let path = format!("/api/v1/programs/{}/episodes?publish=true", made.id());
    let one = post(desk, &path, &episode()).await.id().to_owned();
    let other = post(desk, &path, &episode()).await.id().to_owned();
    (made.id().to_owned(), one, other)
}

#[tokio::test]
async fn an_episode_is_merged_and_itself_again() {
    let desk = Desk::new();
    let (_, one, other) = two(&desk).await;
    let merge = format!("/api/v1/episodes/{other}/merge");
    let merged = post(&desk, &merge, &json!({ "into": one, "reason": "the same" })).await;
    assert_eq!(merged.status, 200, "{}", merged.text);
    assert_eq!(merged.id(), one, "the answer is about the one that stays");
    let patch = call("PATCH", format!("/api/v1/episodes/{other}"))
        .key(&desk.editor)
        .text("application/merge-patch+json", r#"{"season": 2}"#)
        .send(&desk)
        .await;
    assert_eq!((patch.status, &patch.body["code"]), (409, &"merged".into()));
    let unmerge = format!("/api/v1/episodes/{other}/unmerge");
    let back = post(&desk, &unmerge, &json!({})).await;
    assert_eq!(
        (back.status, back.id()),
        (200, other.as_str()),
        "{}",
        back.text
    );
    let again = post(&desk, &unmerge, &json!({})).await;
    assert_eq!(
        (again.status, &again.body["code"]),
        (409, &"not_merged".into())
    );
}

#[tokio::test]
async fn what_cannot_be_merged_is_said_in_words() {
    let desk = Desk::new();
    let (program, one, _) = two(&desk).await;
    let merge = format!("/api/v1/episodes/{one}/merge");
    for (body, status, code) in [
        (json!({ "into": one }), 422, "merge_with_itself"),
        (json!({ "into": program }), 404, "not_found"),
        (
            json!({ "into": program, "version": 99 }),
            409,
            "version_conflict",
        ),
    ] {
        let answer = post(&desk, &merge, &body).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (status, &code.into()),
            "{body}"
        );
    }
    let shapeless = post(&desk, &merge, &json!({ "to": one })).await;
    assert_eq!(shapeless.status, 422, "{}", shapeless.text);
}

#[tokio::test]
async fn fields_are_given_back_by_pointer() {
    let desk = Desk::new();
    let (program, one, _) = two(&desk).await;
    for path in [
        format!("/api/v1/episodes/{one}/release"),
        format!("/api/v1/programs/{program}/release"),
    ] {
        let answer = post(&desk, &path, &json!({ "pointers": ["/title"] })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let answer = post(&desk, &path, &json!({ "pointers": ["/nothing"] })).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert_eq!(answer.error(), ("/pointers/0", "pointer_unknown"));
    }
}

const SOURCE: SourceId = SourceId(Uuid::from_u128(4));

/// What a source says in its nth fetch, of its program or of an episode.
fn import(desk: &Desk, nth: i64, says: Value) {
    let program_id = SOURCE.own_program();
    let origin = ImportOrigin {
        source_id: SOURCE,
        run_id: RunId(Uuid::from_u128(nth as u128)),
        order: FetchOrder {
            fetched_at: Timestamp(NOW.0 + nth * 1_000_000),
            index: 0,
        },
        policies: SourcePolicies::both(Policy::Publish),
        raw_hash: nth.to_be_bytes().to_vec(),
        repairs: Vec::new(),
        renormalised: false,
    };
    let body = if says.get("enclosures").is_some() {
        let fields = serde_json::from_value(says).unwrap();
        CommandBody::ImportEpisode(ImportEpisode { origin, fields })
    } else {
        let fields = serde_json::from_value(says).unwrap();
        CommandBody::ImportProgram(ImportProgram { origin, fields })
    };
    let command = Command {
        command_id: CommandId(Uuid::from_u128(5_000 + nth as u128)),
        program_id,
        at: NOW,
        principal: Principal::source(SOURCE),
        expected: None,
        reply_to: None,
        payload_hash: None,
        correlation_id: None,
        body,
    };
    desk.world.import(partition_of_program(program_id), command);
}

/// An episode of a feed under a guid, with the same file under every one.
fn entry(guid: &str, title: &str, number: i32) -> Value {
    let mut says = episode();
    says["guid"] = json!(guid);
    says["title"]["en"] = json!(title);
    says["number"] = json!(number);
    says
}

/// The draft document of an episode, as the desk reads it.
async fn draft(desk: &Desk, id: &str) -> Value {
    let key = document_key(
        Lane::Draft,
        ItemKind::Episode,
        id.parse::<Uuid>().unwrap(),
        "",
    );
    let view = desk.world.active(View::Catalog);
    let row = desk.world.get(view, &key).await.unwrap().unwrap();
    serde_json::from_slice(&row.body).unwrap()
}

/// The only episode that was imported, and the version in which another entry was taken for it.
fn imported(desk: &Desk) -> (String, Option<i64>) {
    let inner = desk.world.lock();
    let (mut id, mut version) = (String::new(), None);
    for event in &inner.events {
        match &event.body {
            EventBody::EpisodeCreated(made) => id = made.episode_id.to_string(),
            EventBody::EpisodeMatched(_) => version = Some(event.version.0),
            _ => {}
        }
    }
    (id, version)
}

#[tokio::test]
async fn an_entry_that_was_taken_for_an_episode_gets_one_of_its_own() {
    let desk = Desk::new();
    import(&desk, 1, program());
    import(&desk, 2, entry("one", "One", 1));
    import(&desk, 3, entry("two", "Two", 2));
    let (one, version) = imported(&desk);
    let version = version.expect("the file is the same, so the entry is taken for the episode");
    assert_eq!(draft(&desk, &one).await["fields"]["number"], 2);

    let path = format!("/api/v1/episodes/{one}/split");
    let body = json!({ "version": version, "publish": true, "reason": "another one" });
    let split = post(&desk, &path, &body).await;
    assert_eq!(split.status, 201, "{}", split.text);
    let two = split.id().to_owned();
    assert_ne!(two, one);
    assert_eq!(split.header("location"), format!("/api/v1/episodes/{two}"));
    let (old, new) = (draft(&desk, &one).await, draft(&desk, &two).await);
    assert_eq!(
        (&old["fields"]["guid"], &old["fields"]["number"]),
        (&json!("one"), &json!(1))
    );
    assert_eq!(
        (&new["fields"]["guid"], &new["fields"]["number"]),
        (&json!("two"), &json!(2))
    );
    assert_eq!(new["facts"]["status"], "published");

    // From now on each is known by its own mark.
    import(&desk, 4, entry("two", "Two, again", 7));
    assert_eq!(draft(&desk, &two).await["fields"]["number"], 7);
    assert_eq!(draft(&desk, &one).await["fields"]["number"], 1);
}

#[tokio::test]
async fn a_split_names_a_version_in_which_an_entry_came_in() {
    let desk = Desk::new();
    import(&desk, 1, program());
    import(&desk, 2, entry("one", "One", 1));
    let (one, _) = imported(&desk);
    let path = format!("/api/v1/episodes/{one}/split");
    let end = desk.world.end();
    let none = post(&desk, &path, &json!({ "version": 99 })).await;
    assert_eq!(
        (none.status, &none.body["code"]),
        (409, &"no_such_entry".into())
    );
    let shapeless = post(&desk, &path, &json!({})).await;
    assert_eq!(shapeless.status, 422);
    let nobody = "/api/v1/episodes/01900000-0000-7000-8000-000000000000/split";
    let missing = post(&desk, nobody, &json!({ "version": 1 })).await;
    assert_eq!(missing.status, 404);
    assert_eq!(desk.world.end(), end, "nothing happened");
}

#[tokio::test]
async fn a_held_field_is_the_sources_again_once_it_is_released_and_the_others_stay() {
    let desk = Desk::new();
    import(&desk, 1, program());
    import(&desk, 2, entry("one", "Theirs", 1));
    let (one, _) = imported(&desk);
    let edit = call("PATCH", format!("/api/v1/episodes/{one}?publish=true"))
        .key(&desk.editor)
        .text(
            "application/merge-patch+json",
            r#"{"title": {"en": "Mine"}, "number": 40}"#,
        );
    assert_eq!(edit.send(&desk).await.status, 200);

    import(&desk, 3, entry("one", "Theirs, again", 2));
    let kept = draft(&desk, &one).await;
    assert_eq!(kept["fields"]["title"]["en"], "Mine");
    assert_eq!(kept["fields"]["number"], 40);
    assert_eq!(kept["provenance"]["fields"]["/title/en"]["held"], true);

    let release = format!("/api/v1/episodes/{one}/release");
    let released = post(&desk, &release, &json!({ "pointers": ["/title/en"] })).await;
    assert_eq!(released.status, 200, "{}", released.text);
    let now = draft(&desk, &one).await;
    assert_eq!(
        now["fields"]["title"]["en"], "Theirs, again",
        "what the source last said applies at once"
    );
    assert_eq!(now["fields"]["number"], 40, "the other field stays held");

    import(&desk, 4, entry("one", "Theirs, at last", 3));
    let then = draft(&desk, &one).await;
    assert_eq!(then["fields"]["title"]["en"], "Theirs, at last");
    assert_eq!(then["fields"]["number"], 40);
}

//! Search: order, marks, filters, facets, pages, and the desk's explanation.

use super::scene::{Scene, episode, program, texts};
use http::StatusCode;
use mediamesh_domain::model::{EpisodeFields, Fallback, Person, ProgramFields};

/// A program in Arabic and English with some episodes.
fn library(scene: &Scene) {
    let coffee = scene.program(
        program(&[("ar", "بودكاست القهوة"), ("en", "The Coffee Show")]),
        true,
    );
    for day in 1..4 {
        let title = format!("The Coffee Show number {day}");
        scene.episode(coffee, episode(&[("en", &title)], day), true);
    }
    let guest = EpisodeFields {
        persons: vec![Person {
            name: "محمد صلاح".to_owned(),
            ..Person::default()
        }],
        tags: vec!["football".to_owned()],
        categories: vec!["sports".to_owned()],
        explicit: Some(true),
        duration_s: Some(3_600),
        description: texts(&[("ar", "<p>حديثٌ عن <b>الكُرة</b> &amp; الحياة</p>")]),
        ..episode(&[("ar", "لقاء اللاعب")], 10)
    };
    scene.episode(coffee, guest, true);
}

async fn found(scene: &Scene, query: &str) -> Vec<String> {
    let answer = scene.get(&format!("/api/v1/search?{query}")).await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, StatusCode::OK, "{query}: {text}");
    answer.titles()
}

#[tokio::test]
async fn the_show_of_a_name_comes_before_its_episodes() {
    let scene = Scene::new();
    library(&scene);
    let titles = found(&scene, "q=the+coffee+show").await;
    assert_eq!(titles[0], "The Coffee Show");
    assert_eq!(titles.len(), 4);
}

#[tokio::test]
async fn a_show_is_found_by_its_name_however_many_newer_episodes_carry_it() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Daily Bread")]), true);
    for day in 1..=450 {
        scene.episode(
            id,
            episode(&[("en", &format!("Daily Bread {day}"))], day),
            true,
        );
    }
    for sort in ["relevance", "newest"] {
        let mut path = format!("/api/v1/search?q=daily+bread&sort={sort}&limit=90");
        let mut walked = Vec::new();
        loop {
            let page = scene.get(&path).await;
            assert_eq!(page.json()["meta"]["total"], 451);
            assert_eq!(page.json()["meta"]["total_is_exact"], false);
            walked.extend(page.titles());
            let Some(next) = page.next() else { break };
            path = next;
        }
        if sort == "relevance" {
            assert_eq!(walked[0], "Daily Bread");
        }
        assert_eq!(walked.len(), 451, "{sort}");
        walked.sort();
        walked.dedup();
        assert_eq!(walked.len(), 451, "{sort}: none twice");
    }
    for request in scene.index.requests.lock().unwrap().iter() {
        assert!(request.limit <= 200 && request.offset <= 400);
    }
}

#[tokio::test]
async fn arabic_is_found_by_other_spellings_and_by_latin_letters() {
    let scene = Scene::new();
    library(&scene);
    for query in ["القهوه", "قهوة", "محمد", "mohamed salah"] {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        assert!(
            !found(&scene, &format!("q={query}")).await.is_empty(),
            "{query}"
        );
    }
}

#[tokio::test]
async fn hits_are_marked_in_text_that_is_escaped() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Shows")]), true);
    let fields = EpisodeFields {
        description: texts(&[(
            "en",
            "<p>All of &lt;script&gt; and markup, told by <i>somebody</i>.</p>",
        )]),
        ..episode(&[("en", "Tea & <b>milk</b>")], 1)
    };
    scene.episode(id, fields, true);
    let answer = scene.get("/api/v1/search?q=milk+markup").await.json();
    let hit = &answer["data"][0];
    assert_eq!(hit["title"], "Tea & <b>milk</b>");
    assert_eq!(
        hit["highlights"]["title"],
        "Tea &amp; &lt;b&gt;<mark>milk</mark>&lt;/b&gt;"
    );
    let description = hit["highlights"]["description"].as_str().unwrap();
    assert!(
        description.contains("&lt;script&gt; and <mark>markup</mark>"),
        "{description}"
    );
    assert_eq!(hit["program"]["title"], "Shows");
    assert!(hit["slug"].as_str().unwrap().starts_with("tea-b-milk-b-"));
}

#[tokio::test]
async fn filters_leave_out_what_does_not_pass() {
    let scene = Scene::new();
    library(&scene);
    let only = ["لقاء اللاعب"];
    for query in [
        "category=sports",
        "category=sports,music",
        "tag=football",
        "explicit=true",
        "min_duration=3600",
        "published_from=2026-01-10",
        "published_from=2026-01-10T00:00:00Z&published_until=2027-01-01",
        "kind=episode&language=ar",
    ] {
        assert_eq!(found(&scene, query).await, only, "{query}");
    }
    assert_eq!(
        found(&scene, "kind=program&lang=en").await,
        ["The Coffee Show"]
    );
    assert_eq!(
        found(&scene, "max_duration=602&kind=episode").await.len(),
        2
    );
    assert!(found(&scene, "category=nothing").await.is_empty());
}

#[tokio::test]
async fn a_program_narrows_a_search_to_its_own() {
    let scene = Scene::new();
    library(&scene);
    let other = scene.program(program(&[("en", "Another Coffee")]), true);
    assert_eq!(
        found(&scene, &format!("q=coffee&program={other}")).await,
        ["Another Coffee"]
    );
}

#[tokio::test]
async fn without_words_everything_comes_newest_first_each_item_once() {
    let scene = Scene::new();
    library(&scene);
    let newest = found(&scene, "").await;
    assert_eq!(newest.len(), 5, "{newest:?}");
    assert_eq!(newest[0], "لقاء اللاعب");
    let mut oldest = found(&scene, "sort=oldest").await;
    oldest.reverse();
    assert_eq!(oldest, newest);
    let english = found(&scene, "kind=program&lang=en").await;
    assert_eq!(english, ["The Coffee Show"]);
}

#[tokio::test]
async fn facets_count_what_was_found() {
    let scene = Scene::new();
    library(&scene);
    let answer = scene
        .get("/api/v1/search?q=coffee&facets=kind,lang")
        .await
        .json();
    let facets = &answer["meta"]["facets"];
    let expected =
        serde_json::json!([{"value": "episode", "count": 3}, {"value": "program", "count": 1}]);
    assert_eq!(facets["kind"], expected);
    assert_eq!(
        facets["lang"],
        serde_json::json!([{"value": "en", "count": 4}])
    );
    assert_eq!(answer["meta"]["total"], 4);
    assert_eq!(answer["meta"]["total_is_exact"], true);
    assert!(
        scene.get("/api/v1/search?q=coffee").await.json()["meta"]
            .get("facets")
            .is_none()
    );
}

#[tokio::test]
async fn pages_of_a_search_neither_skip_nor_repeat_while_others_come() {
    for query in [
        "q=coffee",
        "q=coffee&sort=newest",
        "q=coffee&sort=oldest",
        "",
    ] {
        let scene = Scene::new();
        library(&scene);
        let all = found(&scene, query).await;
        let mut path = format!("/api/v1/search?{query}&limit=2");
        let mut walked = Vec::new();
        loop {
            let page = scene.get(&path).await;
            walked.extend(page.titles());
            let Some(next) = page.next() else { break };
            path = next;
            scene.pass(86_400 * 100);
            let other = scene.program(program(&[("en", "Tea alone")]), true);
            scene.episode(other, episode(&[("en", "More tea")], 400), true);
        }
        let walked: Vec<_> = walked
            .into_iter()
            .filter(|title| all.contains(title))
            .collect();
        assert_eq!(walked, all, "{query}");
    }
}

#[tokio::test]
async fn a_hit_that_was_just_taken_away_is_left_out() {
    let scene = Scene::new();
    library(&scene);
    let gone = scene
        .index
        .documents
        .lock()
        .unwrap()
        .last()
        .unwrap()
        .1
        .clone();
    scene.rows.rows.lock().unwrap().retain(|(_, key), _| {
        !String::from_utf8_lossy(&key.partition_key).ends_with(&gone.id.to_string())
    });
    assert!(found(&scene, "kind=episode&language=ar").await.is_empty());
}

#[tokio::test]
async fn the_desk_says_which_folding_matched() {
    let scene = Scene::new();
    library(&scene);
    let query: String = url::form_urlencoded::byte_serialize("القهوه".as_bytes()).collect();
    let path = format!("/api/v1/desk/search?q={query}&explain=true");
    let answer = scene.desk_get(&path).await.json();
    let hit = &answer["data"][0];
    assert_eq!(hit["matched"], "folded");
    assert_eq!(
        hit["explanation"]["terms"][0]["words"],
        "folded: ta marbuta"
    );
    let public = scene
        .get(&format!("/api/v1/search?q={query}&explain=true"))
        .await;
    assert_eq!(
        (public.status.as_u16(), public.code().as_str()),
        (400, "unknown_parameter")
    );
}

#[tokio::test]
async fn the_desk_finds_drafts_by_their_state() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Shows")]), true);
    scene.episode(id, episode(&[("en", "Not yet")], 1), false);
    scene.episode(id, episode(&[("en", "Already")], 2), true);
    let drafts = scene.desk_get("/api/v1/desk/search?state=draft").await;
    assert_eq!(drafts.titles(), ["Not yet"]);
    assert_eq!(drafts.json()["data"][0]["status"], "draft");
    assert_eq!(
        scene
            .desk_get("/api/v1/desk/search?kind=episode")
            .await
            .titles()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_strict_item_is_found_in_the_language_that_is_named_alone() {
    let scene = Scene::new();
    let strict = ProgramFields {
        fallback: Fallback::Strict,
        tags: vec!["tea".to_owned()],
        ..program(&[("ar", "شاي"), ("en", "Tea")])
    };
    scene.program(strict, true);
    assert_eq!(found(&scene, "q=tea&lang=en").await, ["Tea"]);
    assert_eq!(found(&scene, "q=tea&lang=ar").await, ["شاي"]);
    assert!(found(&scene, "q=tea&lang=fr").await.is_empty());
}

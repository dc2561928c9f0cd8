//! Rules that send a channel's videos to programs by the playlist they are in, by the YouTube Data API.

use std::collections::BTreeMap;
use std::sync::Mutex;

use mediamesh_domain::command::{Command, CommandBody};
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::ingest::normalise;
use mediamesh_domain::model::{BindingRule, BindingThen, BindingWhen, SourceFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

/// The videos of each playlist by its id, the channel's uploads among them; in the letters of the test's server.
type Tube = Arc<Mutex<BTreeMap<&'static str, Vec<String>>>>;

const FERRIES: ProgramId = ProgramId(Uuid::from_u128(0xfe));

fn answer(tube: &Tube, head: &str) -> String {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let url = url::Url::parse(&format!("http://h{path}")).unwrap();
    let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    match url.path() {
        "/v3/channels" => {
            let channel = json!({"id": "ucq", "snippet": {"title": "Quay TV"},
                "contentDetails": {"relatedPlaylists": {"uploads": "uuq"}}});
            server::ok(&[], &json!({"items": [channel]}).to_string())
        }
        "/v3/playlistitems" => {
            let tube = tube.lock().unwrap();
            let Some(list) = tube.get(query["playlistid"].as_str()) else {
                let refusal = json!({"error": {"errors": [{"reason": "playlistNotFound"}]}});
                return server::answer("404 Not Found", &[], &refusal.to_string());
            };
            let etag = format!("\"{}\"", list.join("-"));
            if head.contains(&format!("if-none-match: {etag}")) {
                return server::answer("304 Not Modified", &[], "");
            }
            let from: usize = query.get("pagetoken").map_or(0, |at| at.parse().unwrap());
            let to = list.len().min(from + 50);
            let item = |id: &String| json!({"contentDetails": {"videoId": id}});
            let items: Vec<Value> = list[from..to].iter().map(item).collect();
            let mut body = json!({"items": items});
            if to < list.len() {
                body["nextPageToken"] = json!(to.to_string());
            }
            server::ok(&[&format!("etag: {etag}")], &body.to_string())
        }
        "/v3/videos" => {
            let ids: Vec<&str> = query["id"].split(',').collect();
            assert!(ids.len() <= 50, "{ids:?}");
            let video = |id: &&str| json!({"id": id, "snippet": {"title": format!("Video {id}")}});
            let items: Vec<Value> = ids.iter().map(video).collect();
            server::ok(&[], &json!({"items": items}).to_string())
        }
        other => panic!("asked for {other}"),
    }
}

fn names(ids: impl IntoIterator<Item = usize>) -> Vec<String> {
    ids.into_iter().map(|n| format!("v{n}")).collect()
}

async fn channel(lists: &[(&'static str, Vec<String>)], rules: &[&str]) -> (Tube, Server, World) {
    let tube: Tube = Arc::new(Mutex::new(lists.iter().cloned().collect()));
    let played = Arc::clone(&tube);
    let server = Server::answering(move |head| answer(&played, head)).await;
    let mut world = World::new(&[&server]);
    let api = YouTubeApi {
        base: server.url("/v3"),
        daily_units: 1_000,
    };
    let credentials = |name: &str| (name == "tube").then(|| Credential::query("key", "secret"));
    world.ingest = world
        .ingest
        .with_youtube(api)
        .with_credentials(Arc::new(credentials));
    let fields = &mut world.job.source.fields;
    "https://www.youtube.com/@quay".clone_into(&mut fields.url);
    fields.format = SourceFormat::Youtube;
    fields.secret_name = Some("tube".to_owned());
    fields.rules = rules.iter().map(|list| rule(list)).collect();
    (tube, server, world)
}

fn rule(playlist: &str) -> BindingRule {
    BindingRule {
        when: BindingWhen {
            playlist: Some(playlist.to_owned()),
            ..BindingWhen::default()
        },
        then: BindingThen {
            program_id: Some(FERRIES),
            ..BindingThen::default()
        },
    }
}

/// The videos among the new records that go to the program of the rules, and how many there are in all.
fn ferries(world: &World) -> (Vec<String>, usize) {
    let entries = world.appended();
    let commands: Vec<Command> = entries
        .iter()
        .filter(|entry| entry.index >= 0)
        .map(|entry| normalise(entry, &world.job.source.fields).unwrap())
        .collect();
    let there = commands.iter().filter(|c| c.program_id == FERRIES);
    let guid = |command: &Command| match &command.body {
        CommandBody::ImportEpisode(import) => import.fields.guid.clone().unwrap_or_default(),
        other => panic!("no episode: {other:?}"),
    };
    let mut there: Vec<String> = there.map(guid).collect();
    there.sort();
    (there, commands.len())
}

#[tokio::test]
async fn videos_of_a_playlist_go_to_its_program_and_a_poll_without_news_costs_a_unit_a_list() {
    let mut list = names([60, 2]);
    list.push("of_another_channel".to_owned());
    let uploads = names((1..=60).rev());
    let (tube, server, world) = channel(&[("uuq", uploads), ("plq", list)], &["plq"]).await;
    let report = world.run().await;
    assert_eq!((report.pages, report.appended), (2, 60));
    // The list, the channel, and two a page.
    assert_eq!(report.quota.map(|quota| quota.used), Some(6));
    let expected = ["yt:video:v2", "yt:video:v60"].map(str::to_owned);
    assert_eq!(ferries(&world), (expected.to_vec(), 60));

    let again = world.run().await;
    assert!(again.not_modified);
    assert_eq!(again.quota.map(|quota| quota.used), Some(2));

    // A video that is on an older page of the channel comes into the list.
    tube.lock()
        .unwrap()
        .get_mut("plq")
        .unwrap()
        .push("v3".to_owned());
    let moved = world.run().await;
    assert_eq!(moved.appended, 1, "the others are as they were");
    let expected = vec!["yt:video:v3".to_owned()];
    assert_eq!(ferries(&world), (expected, 1));
    assert!(world.run().await.not_modified);
    assert!(server.paths().iter().all(|path| !path.contains("search")));
}

#[tokio::test]
async fn a_playlist_of_more_than_a_page_is_read_whole() {
    let uploads = names((1..=120).rev());
    let list = names(1..=110);
    let (_tube, _server, world) = channel(&[("uuq", uploads), ("plq", list)], &["plq"]).await;
    let report = world.run().await;
    assert_eq!(report.appended, 120);
    assert_eq!(ferries(&world).0.len(), 110);
    // Three pages of the list, the channel, and two a page.
    assert_eq!(report.quota.map(|quota| quota.used), Some(3 + 1 + 6));
}

#[tokio::test]
async fn where_a_playlist_of_a_rule_is_not_there_nothing_goes_to_a_wrong_program() {
    let uploads = names((1..=3).rev());
    let (_tube, _server, world) = channel(&[("uuq", uploads)], &["plgone"]).await;
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "youtube.list_not_found");
    assert!(error.to_string().contains("plgone"), "{error}");
    assert_eq!(world.appended().len(), 0);
}

#[tokio::test]
async fn a_run_that_failed_finds_again_which_videos_have_moved() {
    let uploads = names((1..=60).rev());
    let (tube, _server, world) = channel(&[("uuq", uploads), ("plq", Vec::new())], &["plq"]).await;
    world.run().await;
    tube.lock()
        .unwrap()
        .get_mut("plq")
        .unwrap()
        .push("v3".to_owned());
    world.appended();
    world.log.fail_after(0);
    let failed = world.ingest.run(&world.job, Input::Fetch).await;
    assert!(failed.is_err());
    world.log.fail_after(usize::MAX);
    assert_eq!(world.run().await.appended, 1);
    assert_eq!(ferries(&world).0, ["yt:video:v3"]);
}

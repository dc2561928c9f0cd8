//! Lists of feeds that become sources.

use super::world::{Answer, Desk, call};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::model::{Policy, SourcePolicies};
use mediamesh_ports::event_log;
use serde_json::json;

const A: &str = "https://a.example/feed.xml";
const B: &str = "https://b.example/feed.xml";

async fn import(desk: &Desk, query: &str, list: &str) -> Answer {
    call("POST", format!("/api/v1/sources/import{query}"))
        .key(&desk.admin)
        .text("text/x-opml", list)
        .send(desk)
        .await
}

fn fates(answer: &Answer) -> Vec<&str> {
    let outlines = answer.body["outlines"].as_array().unwrap().iter();
    outlines
        .map(|outline| outline["fate"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_list_makes_each_source_once_and_tells_what_it_left_alone() {
    let desk = Desk::new();
    let list = format!("{A}\n!ftp\n{B}\n{A}\n");
    let answer = import(&desk, "?policy=publish", &list).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(fates(&answer), ["new", "refused", "new", "repeated"]);
    let counts = ["new", "there", "repeated", "refused", "pending"].map(|name| &answer.body[name]);
    assert_eq!(counts, [2, 0, 1, 1, 0]);
    assert_eq!(answer.body["outlines"][1]["line"], 2);
    let control = mediamesh_ports::control::Control::current(&*desk.world);
    let made = &control.sources[&SourceId::of_address(A)].fields;
    assert_eq!(made.policies, SourcePolicies::both(Policy::Publish));
    let end = desk.world.end();
    let again = import(&desk, "", &list).await;
    assert_eq!(fates(&again), ["there", "refused", "there", "repeated"]);
    assert_eq!(desk.world.end(), end, "nothing is made twice");
}

#[tokio::test]
async fn a_dry_run_of_a_list_appends_nothing() {
    let desk = Desk::new();
    let answer = import(&desk, "?dry_run=true", A).await;
    assert_eq!((answer.status, fates(&answer)), (200, vec!["new"]));
    assert_eq!(answer.body["dry_run"], true);
    assert!(desk.world.lock().appended.is_empty());
}

#[tokio::test]
async fn a_source_whose_name_is_taken_is_refused_and_the_others_are_made() {
    let desk = Desk::new();
    let body = json!({"name": A, "url": "https://other.example/"});
    let made = call("POST", "/api/v1/sources").key(&desk.admin).json(&body);
    assert_eq!(made.send(&desk).await.status, 201);
    let answer = import(&desk, "", &format!("{A}\n{B}")).await;
    assert_eq!(fates(&answer), ["refused", "new"]);
    let outline = &answer.body["outlines"][0];
    assert!(
        outline["reason"].as_str().unwrap().contains("name"),
        "{outline}"
    );
    assert!(outline.get("source_id").is_none());
}

#[tokio::test]
async fn a_long_list_is_taken_in_by_the_same_request_again() {
    let desk = Desk::new();
    let list: String = (0..1_200)
        .map(|n| format!("https://{n}.example/\n"))
        .collect();
    let first = import(&desk, "", &list).await;
    assert_eq!(
        (&first.body["new"], &first.body["more"]),
        (&json!(1_000), &json!(true))
    );
    assert_eq!(first.body["outlines"][1_100]["fate"], "left");
    let second = import(&desk, "", &list).await;
    assert_eq!(
        (&second.body["new"], &second.body["more"]),
        (&json!(200), &json!(false))
    );
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_where_it_is_wrong() {
    let desk = Desk::new();
    let refused = import(&desk, "", "{}").await;
    assert_eq!(
        (refused.status, refused.body["code"].as_str()),
        (422, Some("feed.ill_formed"))
    );
    assert!(refused.body["detail"].as_str().unwrap().contains("line 1"));
    let json = call("POST", "/api/v1/sources/import").key(&desk.admin);
    assert_eq!(json.json(&json!({})).send(&desk).await.status, 415);
    let wrong = import(&desk, "?policy=perhaps", A).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text);
}

#[tokio::test]
async fn a_log_that_is_away_takes_no_list() {
    let desk = Desk::new();
    desk.world.lock().mode =
        super::world::Mode::Fails(event_log::Error::Transient("away".to_owned()));
    assert_eq!(import(&desk, "", A).await.status, 503);
    desk.world.lock().mode = super::world::Mode::Takes;
    let undecided = import(&desk, "", A).await;
    assert_eq!(
        (undecided.status, fates(&undecided)),
        (200, vec!["pending"])
    );
}

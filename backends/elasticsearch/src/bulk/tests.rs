use super::*;
use crate::scripted::{client, server};
use serde_json::json;

fn bulk(documents: usize) -> Bulk {
    let mut bulk = Bulk::default();
    for n in 0..documents {
        let pushed = bulk.push(format!("d{n}"), Guard::Newest(Seq(7)), &json!({ "n": n }));
        pushed.expect("JSON");
    }
    bulk
}

/// An answer that tells these statuses.
fn answer(statuses: &[u16]) -> String {
    let items = statuses.iter().map(|status| {
        let error = json!({ "type": "t", "reason": "outer", "caused_by": { "type": "c", "reason": "why" } });
        json!({ "index": { "status": status, "error": (*status > 299).then_some(error) } })
    });
    json!({ "errors": true, "items": items.collect::<Vec<_>>() }).to_string()
}

#[tokio::test]
async fn what_is_pushed_back_is_sent_again_alone() {
    let (first, second) = (answer(&[201, 429, 409, 503, 400]), answer(&[200, 200]));
    let (url, asked) = server(&[(200, &first), (200, &second)]).await;
    let outcomes = client(&url).bulk("a", bulk(5)).await.expect("answered");
    let refused = Outcome::Rejected("document d4: why (c, status 400)".to_owned());
    let done = Outcome::Done;
    assert_eq!(
        outcomes,
        [done.clone(), done.clone(), Outcome::Conflict, done, refused]
    );
    let asked = asked.lock().expect("whole");
    let again = "{\"index\":{\"_id\":\"d1\",\"version\":7,\"version_type\":\"external_gte\"}}\n{\"n\":1}\n\
                 {\"index\":{\"_id\":\"d3\",\"version\":7,\"version_type\":\"external_gte\"}}\n{\"n\":3}\n";
    assert_eq!(asked[1].1, again);
    assert!(asked[0].0.contains("require_alias=true"), "{}", asked[0].0);
}

#[tokio::test]
async fn a_server_that_keeps_pushing_back_is_given_up() {
    let (url, asked) = server(&[(200, &answer(&[429]))]).await;
    let given_up = client(&url).bulk("a", bulk(1)).await.expect_err("no end");
    assert!(given_up.is_transient(), "{given_up}");
    assert!(asked.lock().expect("whole").len() <= 4);
}

#[tokio::test]
async fn a_missing_index_is_no_documents_fault() {
    let (url, _) = server(&[(200, &answer(&[404, 201]))]).await;
    client(&url)
        .bulk("a", bulk(2))
        .await
        .expect_err("the call failed");
}

#[tokio::test]
async fn a_document_that_is_too_large_alone_is_refused() {
    let (url, _) = server(&[(413, "")]).await;
    let outcomes = client(&url).bulk("a", bulk(1)).await.expect("answered");
    assert!(
        matches!(outcomes[..], [Outcome::Rejected(_)]),
        "{outcomes:?}"
    );
    client(&url)
        .bulk("a", bulk(2))
        .await
        .expect_err("whose fault is it?");
}

#[tokio::test]
async fn an_answer_that_misses_documents_is_not_believed() {
    let (url, _) = server(&[(200, &answer(&[201]))]).await;
    client(&url)
        .bulk("a", bulk(2))
        .await
        .expect_err("one is missing");
}

#[tokio::test]
async fn nothing_is_sent_for_nothing() {
    let (url, asked) = server(&[(500, "")]).await;
    let outcomes = client(&url)
        .bulk("a", Bulk::default())
        .await
        .expect("nothing");
    assert!(outcomes.is_empty() && asked.lock().expect("whole").is_empty());
}

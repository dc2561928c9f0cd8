//! The life of an item over HTTP, in a whole instance.

use mediamesh_tests::deployment::{Deployment, On};
use mediamesh_tests::http::{Answer, Clients};
use reqwest::Method;
use serde_json::{Value, json};

mediamesh_tests::on_both!(what_is_withdrawn_is_gone_from_every_surface);

/// A program and an episode of it, both live.
async fn on_air(clients: &Clients) -> (String, String) {
    let program = json!({"title": {"en": "Harbour"}, "default_lang": "en"});
    let program = made(clients, "/programs?publish=true", program).await;
    let episode = json!({
        "title": {"en": "Arrivals"},
        "enclosures": [{"url": "https://media.example/1.mp3", "mime_type": "audio/mpeg"}]
    });
    let path = format!("/programs/{program}/episodes?publish=true");
    let episode = made(clients, &path, episode).await;
    (program, episode)
}

async fn made(clients: &Clients, path: &str, fields: Value) -> String {
    let answer = clients.desk(Method::POST, path, fields).await.unwrap();
    assert_eq!(answer.status, 201, "{:#}", answer.body);
    answer.id().to_owned()
}

async fn read(clients: &Clients, path: &str, after: &Answer) -> Answer {
    clients.read(path, after.position.as_deref()).await.unwrap()
}

async fn what_is_withdrawn_is_gone_from_every_surface(on: On) {
    let deployment = Deployment::new(on);
    let clients = Clients::start(&deployment).await.unwrap();
    let (program, episode) = on_air(&clients).await;
    let path = format!("/episodes/{episode}");
    let note = json!({"note": {"en": "A quotation was wrong."}});
    let gone = clients.desk(Method::DELETE, &path, note).await.unwrap();
    assert_eq!(gone.status, 200, "{:#}", gone.body);

    let told = read(&clients, &path, &gone).await;
    assert_eq!(told.status, 410, "{:#}", told.body);
    assert_eq!(told.body["withdrawn"]["note"], "A quotation was wrong.");
    let list = format!("/programs/{program}/episodes");
    for list in [list.as_str(), "/search?q=arrivals"] {
        let listed = read(&clients, list, &gone).await;
        assert_eq!(
            (listed.status, &listed.body["data"]),
            (200, &json!([])),
            "{list}"
        );
    }
    let proof = format!("/episodes/{episode}/withdrawal");
    let proof = clients.desk_read(&proof, gone.position.as_deref());
    let proof = proof.await.unwrap();
    assert_eq!(proof.body["gone"], true, "{:#}", proof.body);
    let surfaces = proof.body["surfaces"].as_array().unwrap();
    assert!(
        surfaces
            .iter()
            .all(|surface| surface["gone_since"].is_string())
    );

    // An editor does not bring it back, and a program takes its episodes along.
    let publish = format!("{path}/publish");
    let publish = clients
        .desk(Method::POST, &publish, json!({}))
        .await
        .unwrap();
    assert_eq!(
        (publish.status, &publish.body["code"]),
        (409, &json!("withdrawn"))
    );
    let (program, episode) = on_air(&clients).await;
    let path = format!("/programs/{program}?note=Rights.&lang=en");
    let gone = clients
        .desk(Method::DELETE, &path, Value::Null)
        .await
        .unwrap();
    assert_eq!(gone.status, 200, "{:#}", gone.body);
    for path in [
        format!("/programs/{program}"),
        format!("/episodes/{episode}"),
    ] {
        let told = read(&clients, &path, &gone).await;
        assert_eq!(
            (told.status, &told.body["withdrawn"]["note"]),
            (410, &json!("Rights."))
        );
    }
    clients.served.close().await;
}

//! Records that nobody can process, through a whole instance: listed, looked at, sent again, given up; and keys that a
//! view holds back.

use mediamesh::instance::Instance;
use mediamesh::operations::{Request, outcome};
use mediamesh_domain::catalog::{Lane, key};
use mediamesh_domain::command::CommandBody;
use mediamesh_domain::id::{ItemKind, ItemRef, ProgramId};
use mediamesh_domain::parked::About;
use mediamesh_domain::position::Partition;
use mediamesh_domain::project::document_key;
use mediamesh_domain::verdict::{Accepted, Outcome};
use mediamesh_domain::view::{RowMeta, View};
use mediamesh_ports::event_log::{NewRecord, partition_of_program};
use mediamesh_ports::progress::Progress as _;
use mediamesh_schemas::Topic;
use mediamesh_schemas::codec::embedded_id;
use mediamesh_tests::commands::{ask, command, create_program, open, rename_program};
use serde_json::Value;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A record whose bytes name a schema and are none of it.
fn poison(topic: Topic, partition: Partition, key: &str) -> NewRecord {
    poison_of(embedded_id(topic, 2), topic, partition, key)
}

/// The same, of a schema that is registered under an id.
fn poison_of(schema: u32, topic: Topic, partition: Partition, key: &str) -> NewRecord {
    let mut value = vec![0];
    value.extend(schema.to_be_bytes());
    value.extend([0xff; 3]);
    NewRecord {
        topic,
        partition,
        key: key.as_bytes().to_vec(),
        value: Some(value),
        headers: Vec::new(),
        timestamp: mediamesh::instance::now(),
    }
}

async fn list(instance: &Instance) -> Value {
    let request = Request::DeadLetters {
        topic: None,
        limit: 100,
    };
    outcome(instance, request).await.unwrap()
}

/// The lists of dead letters and parked keys, once they have so many.
async fn listed(instance: &Instance, letters: usize, parked: usize) -> Value {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        let list = list(instance).await;
        let count = |name: &str| list[name].as_array().unwrap().len();
        if (count("dead_letters"), count("parked")) == (letters, parked) {
            return list;
        }
        assert!(Instant::now() < deadline, "{list:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn drop_of(id: &str, dry_run: bool) -> Request {
    Request::DropDeadLetter {
        id: id.to_owned(),
        dry_run,
    }
}

fn redrive(id: Option<&str>, dry_run: bool) -> Request {
    Request::Redrive {
        topic: None,
        id: id.map(str::to_owned),
        dry_run,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_looked_at_sent_again_alone_and_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let instance = open(directory.path()).await.unwrap();
    let poisons = [1, 2, 3].map(|n| poison(Topic::ContentCommands, Partition(n), "k"));
    instance.stores.append.append(poisons.into()).await.unwrap();
    let first = listed(&instance, 3, 0).await;
    let id = first["dead_letters"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(id, "content.commands/1/0");

    let show = Request::DeadLetter { id: id.clone() };
    let shown = outcome(&instance, show).await.unwrap();
    assert_eq!(shown["code"], first["dead_letters"][0]["code"]);
    assert_eq!(shown["record"]["bytes"], 8);
    assert_eq!(shown["record"]["begins"], "00000007d2ffffff");

    let would = outcome(&instance, redrive(Some(&id), true)).await.unwrap();
    assert_eq!(would["would_send"].as_array().unwrap().len(), 1);
    listed(&instance, 3, 0).await;
    // It comes back as a letter of its own, for nothing is mended; the first is not listed again.
    outcome(&instance, redrive(Some(&id), false)).await.unwrap();
    let again = listed(&instance, 3, 0).await;
    let ids: Vec<&str> = again["dead_letters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|letter| letter["id"].as_str().unwrap())
        .collect();
    // Whether it stands before or behind the note that the first was sent again is nobody's promise.
    assert!(
        ids[0].starts_with("content.commands/1/") && ids[0] != id,
        "{ids:?}"
    );
    assert_eq!(ids[1..], ["content.commands/2/0", "content.commands/3/0"]);

    let would = outcome(&instance, drop_of(ids[1], true)).await.unwrap();
    assert_eq!(would["would_drop"]["id"], ids[1]);
    listed(&instance, 3, 0).await;
    outcome(&instance, drop_of(ids[1], false)).await.unwrap();
    listed(&instance, 2, 0).await;
    let gone = outcome(&instance, drop_of(ids[1], false))
        .await
        .unwrap_err();
    assert!(gone.to_string().contains("sent again or dropped"), "{gone}");
    let wrong = outcome(&instance, drop_of("content.events/1/0", false))
        .await
        .unwrap_err();
    assert!(
        wrong.to_string().contains("`mediamesh dlt list`"),
        "{wrong}"
    );
    instance.end().await;
    drop(instance);
    let instance = open(directory.path()).await.unwrap();
    listed(&instance, 2, 0).await;
    instance.end().await;
}

async fn accepted(instance: &Instance, program: ProgramId, body: CommandBody) -> Accepted {
    let verdict = ask(instance, command(program, body)).await.unwrap();
    match verdict.outcome {
        Outcome::Accepted(accepted) => accepted,
        Outcome::Refused(refusal) => panic!("{}", refusal.message),
    }
}

async fn shown_version(instance: &Instance, program: ProgramId) -> i64 {
    let view = instance.progress.active(View::Catalog);
    let key = document_key(Lane::Draft, ItemKind::Program, program.0, "");
    let row = instance.stores.rows.get(view, &key).await.unwrap().unwrap();
    serde_json::from_slice::<RowMeta>(&row.meta)
        .unwrap()
        .version
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_key_is_told_as_held_and_its_bad_record_can_be_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let instance = open(directory.path()).await.unwrap();
    let program = ProgramId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
    accepted(&instance, program, create_program("One")).await;
    let draft = key(program, ItemRef::program(program), Lane::Draft);
    let bad = poison(Topic::Catalog, partition_of_program(program), &draft);
    instance.stores.append.append(vec![bad]).await.unwrap();
    let list = listed(&instance, 0, 2).await;
    let about = About::Item(ItemRef::program(program));
    for view in [View::Catalog, View::Search] {
        let held = instance.progress.held(view, about).unwrap();
        assert_eq!(held.records, 1);
    }

    let before = shown_version(&instance, program).await;
    let written = accepted(&instance, program, rename_program("Two")).await;
    assert!(written.version.0 > before, "writes go on");
    let ids: Vec<String> = list["parked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| held["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        shown_version(&instance, program).await,
        before,
        "its new state waits behind"
    );
    let shown = outcome(&instance, Request::DeadLetter { id: ids[0].clone() })
        .await
        .unwrap();
    assert_eq!(shown["key"], draft);

    let tried = outcome(&instance, redrive(None, false)).await.unwrap();
    assert!(
        tried["parked"][0]["still_held"].as_i64() >= Some(1),
        "nothing was mended: {tried:#}"
    );
    let would = outcome(&instance, drop_of(&ids[0], true)).await.unwrap();
    assert_eq!(would["would_drop"]["id"], ids[0].as_str());
    for id in &ids {
        let given_up = outcome(&instance, drop_of(id, false)).await.unwrap();
        assert_eq!(given_up["parked"][0]["still_held"], 0, "{given_up:#}");
    }
    listed(&instance, 0, 0).await;
    assert_eq!(instance.progress.held(View::Catalog, about), None);
    assert_eq!(
        shown_version(&instance, program).await,
        written.version.0,
        "what was behind it is shown"
    );
    instance.end().await;
}

/// Three processes: one runs the sinks and parks, one answers the desk, one is the command line.
mod servers {
    use super::*;
    use mediamesh::configuration::Configuration;
    use mediamesh::instance::{Purpose, serve};
    use mediamesh_tests::addresses::free;
    use mediamesh_tests::deployment::{Deployment, On};
    use reqwest::{Client, Method, Response};
    use serde_json::json;
    use std::net::SocketAddr;

    /// The desk of one process.
    struct Desk {
        http: Client,
        at: SocketAddr,
        key: String,
    }

    impl Desk {
        async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Response {
            let url = format!("http://{}/api/v1/{path}", self.at);
            let mut asked = self.http.request(method, url).bearer_auth(&self.key);
            if let Some(body) = body {
                asked = asked.json(&body);
            }
            asked.send().await.unwrap()
        }

        async fn write(&self, method: Method, path: &str, title: &str) -> Value {
            let body = json!({ "title": { "en": title } });
            let answer = self.ask(method, path, Some(body)).await;
            let (status, written) = (answer.status(), answer.json::<Value>().await.unwrap());
            assert!(status.is_success(), "{status}: {written:#}");
            written
        }

        /// The title that editors see, and why a newer one is held back.
        async fn shown(&self, id: &str) -> (Value, Option<String>) {
            let path = format!("desk/programs/{id}");
            let answer = self.ask(Method::GET, &path, None).await;
            let held = answer.headers().get("held");
            let held = held.map(|code| code.to_str().unwrap().to_owned());
            let shown: Value = answer.json().await.unwrap();
            (shown["fields"]["title"]["en"].clone(), held)
        }

        /// Waits until editors see a title with nothing held back.
        async fn shows(&self, id: &str, title: &str) {
            let deadline = Instant::now() + Duration::from_secs(40);
            loop {
                let (shown, held) = self.shown(id).await;
                if shown == title && held.is_none() {
                    return;
                }
                assert!(Instant::now() < deadline, "{shown} {held:?}, not {title}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    fn at(configuration: Configuration) -> Configuration {
        let listen = free();
        Configuration {
            listen,
            ..configuration
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_key_that_one_process_parks_is_seen_and_settled_from_others() {
        let deployment = Deployment::new(On::Servers);
        let streams = serve(at(deployment.node("a")), "streams".parse().unwrap());
        let streams = streams.await.unwrap();
        let apis = at(deployment.node("b"));
        let desk = Desk {
            http: Client::builder().no_proxy().build().unwrap(),
            at: apis.listen.write,
            key: streams.first_key.as_ref().unwrap().reveal().to_owned(),
        };
        let apis = serve(apis, "api-write,api-read".parse().unwrap())
            .await
            .unwrap();
        let line = Instance::open(deployment.node("a"), Purpose::Operate)
            .await
            .unwrap();

        let made = desk
            .write(Method::POST, "programs?publish=true", "One")
            .await;
        let id = made["id"].as_str().unwrap();
        desk.shows(id, "One").await;
        let program: ProgramId = id.parse().unwrap();
        let draft = key(program, ItemRef::program(program), Lane::Draft);
        let partition = partition_of_program(program);
        let schema = apis.instance.codec.id(Topic::Catalog).unwrap();
        let bad = poison_of(schema, Topic::Catalog, partition, &draft);
        line.stores.append.append(vec![bad]).await.unwrap();

        // What one parks, the others tell: the command line its place and bytes, the desk why editors wait.
        let list = listed(&line, 0, 2).await;
        listed(&apis.instance, 0, 2).await;
        let ids: Vec<&str> = list["parked"]
            .as_array()
            .unwrap()
            .iter()
            .map(|held| held["id"].as_str().unwrap())
            .collect();
        let show = Request::DeadLetter {
            id: ids[0].to_owned(),
        };
        let shown = outcome(&line, show).await.unwrap();
        assert_eq!(
            (&shown["key"], &shown["records"]),
            (&json!(draft), &json!(1))
        );
        assert!(
            shown["record"]["begins"]
                .as_str()
                .unwrap()
                .ends_with("ffffff"),
            "{shown:#}"
        );
        let path = format!("programs/{id}?publish=true");
        let written = desk.write(Method::PATCH, &path, "Two").await;
        let code = written["held"]["code"].as_str().map(str::to_owned);
        assert!(code.is_some(), "{written:#}");
        assert_eq!(desk.shown(id).await, (json!("One"), code));

        // Another process than the one that parked asks; that one does it, and says so to all.
        let tried = outcome(&line, redrive(None, false)).await.unwrap();
        for tried in tried["parked"].as_array().unwrap() {
            assert!(
                tried["still_held"].as_i64() >= Some(1),
                "nothing was mended: {tried:#}"
            );
        }
        for id in &ids {
            let given_up = outcome(&apis.instance, drop_of(id, false)).await.unwrap();
            assert_eq!(given_up["parked"][0]["still_held"], 0, "{given_up:#}");
        }
        listed(&line, 0, 0).await;
        desk.shows(id, "Two").await;
        line.end().await;
        apis.close().await;
        streams.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_letter_is_sent_again_from_another_process_than_the_one_that_wrote_it() {
        let deployment = Deployment::new(On::Servers);
        let streams = deployment.open().await.unwrap();
        let line = Instance::open(deployment.node("b"), Purpose::Operate)
            .await
            .unwrap();
        let schema = line.codec.id(Topic::ContentCommands).unwrap();
        let bad = poison_of(schema, Topic::ContentCommands, Partition(3), "k");
        line.stores.append.append(vec![bad]).await.unwrap();
        let first = listed(&line, 1, 0).await["dead_letters"][0]["id"].clone();
        let first = first.as_str().unwrap().to_owned();
        let sent = outcome(&line, redrive(Some(&first), false)).await.unwrap();
        assert_eq!(sent["sent"], 1);
        // It comes back as a letter of its own, for nothing is mended, and the first is settled for all.
        let deadline = Instant::now() + Duration::from_secs(40);
        for instance in [&line, &streams] {
            loop {
                let list = listed(instance, 1, 0).await;
                if list["dead_letters"][0]["id"] != first.as_str() {
                    break;
                }
                assert!(Instant::now() < deadline, "{list:#}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        line.end().await;
        streams.end().await;
    }
}

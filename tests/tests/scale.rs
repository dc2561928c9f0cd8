//! A deployment of several processes: the work is shared, a killed one is taken over, and a write at one is read at
//! another.

mod servers {
    use mediamesh::instance::{Instance, Purpose};
    use mediamesh_domain::event::{Event, EventBody};
    use mediamesh_tests::deployment::{Deployment, On};
    use mediamesh_tests::invariants::{check, events};
    use mediamesh_tests::node::Node;
    use reqwest::header::{AUTHORIZATION, HeaderMap};
    use reqwest::{Client, StatusCode};
    use serde_json::{Value, json};
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    const PROGRAM: &str = env!("CARGO_BIN_EXE_node");
    /// Writers at once, and what each writes.
    const WRITERS: usize = 4;
    const WRITES: usize = 40;
    /// How long a write may take in all, with a take-over in it.
    const PATIENCE: Duration = Duration::from_secs(90);

    /// A program that was made, and the position of its making.
    struct Made {
        id: String,
        title: String,
        position: String,
    }

    fn client() -> Client {
        // Who does not answer at all is asked again, and in the end the test fails.
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20));
        client.build().unwrap()
    }

    /// Makes a program, asking at one process after the other until one answers for certain.
    async fn make(http: &Client, at: &[SocketAddr], key: &str, title: String) -> Made {
        let from = Instant::now();
        let body = json!({ "title": { "en": title } }).to_string();
        for turn in 0.. {
            assert!(from.elapsed() < PATIENCE, "{title} was not made in time");
            let write = at[turn % at.len()];
            let asked = http
                .post(format!("http://{write}/api/v1/programs?publish=true"))
                .header(AUTHORIZATION, format!("Bearer {key}"))
                .header("content-type", "application/json")
                // The same however often it is asked: it happens once.
                .header("idempotency-key", format!("\"{title}\""))
                .body(body.clone());
            let Ok(answer) = asked.send().await else {
                continue;
            };
            let (status, headers) = (answer.status(), answer.headers().clone());
            if status == StatusCode::CREATED {
                let position = text(&headers, "position");
                let made: Value = answer.json().await.unwrap();
                let id = made["id"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{made}"))
                    .to_owned();
                return Made {
                    id,
                    title,
                    position,
                };
            }
            let later = [StatusCode::ACCEPTED, StatusCode::SERVICE_UNAVAILABLE];
            let said = answer.text().await.unwrap_or_default();
            assert!(later.contains(&status), "{status}: {said}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        unreachable!("the loop has no end of its own")
    }

    fn text(headers: &HeaderMap, name: &str) -> String {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_else(|| panic!("no {name}")).to_owned()
    }

    /// Reads a program at a position, again where the views are not there yet.
    async fn read(http: &Client, at: SocketAddr, made: &Made) {
        let from = Instant::now();
        loop {
            let asked = http
                .get(format!("http://{at}/api/v1/programs/{}?lang=en", made.id))
                .header("if-position-at-least", &made.position);
            let answer = asked.send().await.expect("reads are answered");
            let status = answer.status();
            let said = answer.text().await.unwrap();
            if status == StatusCode::OK {
                assert!(said.contains(&made.title), "{}: {said}", made.title);
                return;
            }
            // While sinks are taken over the views may be late; they never answer what was before.
            assert_eq!(status, StatusCode::PRECONDITION_FAILED, "{said}");
            assert!(from.elapsed() < PATIENCE, "{}: {said}", made.title);
        }
    }

    /// How many programs' makings there are in the log, by title.
    fn makings(
        events: &BTreeMap<mediamesh_domain::position::Partition, Vec<Event>>,
    ) -> Vec<String> {
        let all = events.values().flatten();
        let titles = all.filter_map(|event| match &event.body {
            EventBody::ProgramCreated(created) => {
                let title = serde_json::to_value(&created.fields.title).unwrap();
                Some(title["en"].as_str().unwrap().to_owned())
            }
            _ => None,
        });
        titles.collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn three_share_the_work_and_what_a_killed_one_had_is_taken_over() {
        let deployment = Deployment::new(On::Servers);
        let start = |name, roles| Node::start(PROGRAM, &deployment, name, roles);
        let mut first = start("s1", "streams,connectors").await.unwrap();
        let key = first.key.take().expect("the first process shows the key");
        let mut second = start("s2", "streams").await.unwrap();
        let third = start("s3", "streams").await.unwrap();
        let a = start("a", "api-write,api-read").await.unwrap();
        let b = start("b", "api-write,api-read").await.unwrap();
        assert_eq!(
            (&second.key, &a.key),
            (&None, &None),
            "there is one first key"
        );

        let (http, done) = (client(), Arc::new(AtomicUsize::new(0)));
        let writers = (0..WRITERS).map(|writer| {
            let (http, key, done) = (http.clone(), key.clone(), Arc::clone(&done));
            let at = [a.write, b.write];
            tokio::spawn(async move {
                let mut made = Vec::new();
                for n in 0..WRITES {
                    made.push(make(&http, &at, &key, format!("program {writer}-{n}")).await);
                    done.fetch_add(1, Ordering::SeqCst);
                }
                made
            })
        });
        let writers: Vec<_> = writers.collect();
        while done.load(Ordering::SeqCst) < WRITERS * WRITES / 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for node in [&first, &second, &third] {
            let decided = node
                .metric("mediamesh_records_total", "decide")
                .await
                .unwrap();
            assert!(decided > 0.0, "each has a share of the partitions");
        }
        second.kill().unwrap();
        let killed = Instant::now();
        let mut made = Vec::new();
        for writer in writers {
            made.extend(writer.await.unwrap());
        }
        println!(
            "all writes acknowledged {:.1} s after the kill",
            killed.elapsed().as_secs_f64()
        );
        // What was written at one is read at the other, by its position.
        for (n, made) in made.iter().enumerate() {
            read(&http, [a.read, b.read][n % 2], made).await;
        }

        let question = Instance::open(deployment.configuration(), Purpose::Operate)
            .await
            .unwrap();
        let log = events(&question).await.unwrap();
        check(&log, &BTreeSet::new()).unwrap();
        let mut makings = makings(&log);
        makings.sort();
        let mut expected: Vec<String> = made.into_iter().map(|made| made.title).collect();
        expected.sort();
        assert_eq!(makings, expected, "each once, and none is lost");
        question.end().await;
    }
}

//! Any client of Kafka takes part: what is here of ours reads and writes by the registry's schemas alone.

/// On the real servers alone: there is no Kafka to take part in otherwise.
mod servers {
    use mediamesh::instance::{Instance, new_id};
    use mediamesh::operations::{IngestRequest, Material, Request, SourcesRequest, outcome};
    use mediamesh_domain::catalog::Lane;
    use mediamesh_domain::control::{ControlBody, CreateSource};
    use mediamesh_domain::id::{CommandId, ProgramId, SourceId};
    use mediamesh_domain::model::{Policy, SourceFields, SourcePolicies};
    use mediamesh_domain::project::episodes_key;
    use mediamesh_domain::view::{Table, View};
    use mediamesh_ports::contract::server;
    use mediamesh_ports::event_log::partition_of;
    use mediamesh_ports::progress::Progress as _;
    use mediamesh_ports::view_store::{Order, Range};
    use mediamesh_schemas::Topic;
    use mediamesh_tests::deployment::{Deployment, On};
    use mediamesh_tests::python::python;
    use std::collections::BTreeMap;
    use std::process::Command;
    use std::time::Duration;

    async fn take_in(instance: &Instance) {
        let text = r#"<rss version="2.0"><channel><title>Night Bus</title><language>en</language>
            <item><guid>a</guid><title>One</title></item>
            <item><guid>b</guid><title>Two</title></item></channel></rss>"#;
        let request = Request::Ingest(IngestRequest {
            name: None,
            policy: Policy::Publish,
            material: Material::Bytes {
                name: "bus.xml".to_owned(),
                bytes: text.as_bytes().to_vec(),
            },
        });
        outcome(instance, request).await.unwrap();
    }

    /// Titles of a program's live episodes.
    async fn titles(instance: &Instance, program: ProgramId) -> Vec<String> {
        let range = Range {
            table: Table::Episodes,
            partition_key: episodes_key(Lane::Draft, program),
            after: None,
            order: Order::Ascending,
            limit: 100,
        };
        let view = instance.progress.active(View::Catalog);
        let rows = instance.stores.rows.range(view, &range).await.unwrap();
        let text = rows
            .iter()
            .map(|(_, row)| String::from_utf8_lossy(&row.body).into_owned());
        text.collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_of_another_language_reads_every_event_where_java_would_put_it() {
        let deployment = Deployment::new(On::Servers);
        let instance = deployment.open().await.unwrap();
        take_in(&instance).await;
        for (topic, least) in [("content.events", 3), ("catalog", 3), ("control.events", 1)] {
            let name = format!("{}{topic}", deployment.topic_prefix());
            let read = python("read.py", &[&name]);
            assert!(read.len() >= least, "{topic}: {} records", read.len());
            for line in &read {
                assert!(
                    line["schema"].as_u64().is_some() && line["record"].is_object(),
                    "{line}"
                );
            }
            if topic == "control.events" {
                continue;
            }
            let mut seqs = BTreeMap::<i64, i64>::new();
            for line in read
                .iter()
                .filter(|line| topic != "catalog" || line["record"]["seq"].is_i64())
            {
                let partition = line["partition"].as_i64().unwrap();
                let seq = line["record"]["seq"].as_i64().unwrap();
                let before = seqs.insert(partition, seq);
                assert!(
                    before <= Some(seq),
                    "{topic} {partition}: {before:?} before {seq}"
                );
            }
            if topic == "content.events" {
                for line in &read {
                    let key = line["key"].as_str().unwrap();
                    let partitions = i32::try_from(line["partitions"].as_i64().unwrap()).unwrap();
                    let java = partition_of(key.as_bytes(), partitions);
                    assert_eq!(
                        line["partition"].as_i64(),
                        Some(i64::from(java.0)),
                        "{line}"
                    );
                }
            }
        }
        let listed = Command::new("kcat")
            .args(["-L", "-b", &server("KAFKA")])
            .output()
            .unwrap();
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        for topic in Topic::ALL {
            let spec = topic.spec();
            let (name, partitions) = (spec.name, spec.partitions);
            let line = format!(
                "topic \"{}{name}\" with {partitions} partitions",
                deployment.topic_prefix()
            );
            assert!(listed.contains(&line), "{line}");
        }
        instance.end().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_client_of_another_language_puts_into_the_topic_comes_out_in_the_views() {
        let deployment = Deployment::new(On::Servers);
        let instance = deployment.open().await.unwrap();
        let source_id = SourceId::of_address("name:snake");
        let fields = SourceFields {
            name: "snake".to_owned(),
            policies: SourcePolicies::both(Policy::Publish),
            ..SourceFields::default()
        };
        let body = ControlBody::CreateSource(CreateSource { source_id, fields });
        let id = CommandId(new_id());
        instance.decide_control(id, body).await.unwrap();
        let topic = format!("{}ingest.raw", deployment.topic_prefix());
        let source = source_id.to_string();
        let told = python("push.py", &[&topic, &source, "Scales", "Sheds"]);
        assert_eq!(told[0]["records"], 3);
        let program = source_id.own_program();
        let mut found = Vec::new();
        for _ in 0..600 {
            found = titles(&instance, program).await;
            if found.len() == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(found.len(), 2, "{found:?}");
        for title in ["Scales", "Sheds"] {
            assert!(
                found.iter().any(|row| row.contains(title)),
                "{title}: {found:?}"
            );
        }
        let run = told[0]["run"].as_str().unwrap().parse().unwrap();
        let told = SourcesRequest::Run { run, outcome: None };
        let told = outcome(&instance, Request::Sources(told)).await;
        // No connector tells of the run; what became of its entries is told all the same, or that it is not known.
        assert!(
            told.is_ok_and(|run| run["counts"]["created"] == 2),
            "the run's entries"
        );
        instance.end().await;
    }
}

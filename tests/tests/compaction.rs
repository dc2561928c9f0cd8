//! A catalogue whose topic was really compacted gives the same views.

mod servers {
    use mediamesh::instance::Instance;
    use mediamesh::operations::{Request, outcome};
    use mediamesh_domain::id::{EpisodeId, ProgramId};
    use mediamesh_domain::position::Partition;
    use mediamesh_domain::verdict::Outcome;
    use mediamesh_ports::contract::server;
    use mediamesh_schemas::{Topic, topics};
    use mediamesh_tests::commands::{ask, command, create_episode, create_program, rename_episode};
    use mediamesh_tests::deployment::{Deployment, On};
    use rdkafka::ClientConfig;
    use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
    use rdkafka::client::DefaultClientContext;
    use std::time::Duration;
    use uuid::Uuid;

    /// How often each episode is renamed.
    const RENAMES: usize = 60;
    const EPISODES: u128 = 3;

    /// The catalogue's topic as operators would make it that is compacted within a second.
    async fn make_catalog(deployment: &Deployment) {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", server("KAFKA"));
        let admin: AdminClient<DefaultClientContext> = config.create().unwrap();
        let name = format!(
            "{}{}",
            deployment.topic_prefix(),
            Topic::Catalog.spec().name
        );
        let topic = NewTopic::new(&name, topics::PARTITIONS, TopicReplication::Fixed(1))
            .set("cleanup.policy", "compact")
            .set("segment.ms", "200")
            .set("min.cleanable.dirty.ratio", "0.001")
            .set("max.compaction.lag.ms", "500");
        let made = admin.create_topics([&topic], &AdminOptions::new()).await;
        assert!(made.unwrap().iter().all(Result::is_ok), "{name} is made");
    }

    /// How many records stand in the catalogue.
    async fn records(instance: &Instance) -> usize {
        let mut count = 0;
        for partition in (0..topics::PARTITIONS).map(Partition) {
            let log = &instance.stores.read;
            let bounds = log.bounds(Topic::Catalog, partition).await.unwrap();
            let mut from = bounds.start;
            while from < bounds.end {
                let page = log
                    .read(Topic::Catalog, partition, from, 500)
                    .await
                    .unwrap();
                count += page.records.len();
                from = page.next;
            }
        }
        count
    }

    async fn write(
        instance: &Instance,
        program: ProgramId,
        body: mediamesh_domain::command::CommandBody,
    ) {
        let verdict = ask(instance, command(program, body)).await.unwrap();
        assert!(
            matches!(verdict.outcome, Outcome::Accepted(_)),
            "{verdict:?}"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_compacted_catalogue_is_rebuilt_into_the_same_views() {
        let deployment = Deployment::new(On::Servers);
        make_catalog(&deployment).await;
        let instance = deployment.open().await.unwrap();
        let program = ProgramId(Uuid::from_u128(7));
        write(&instance, program, create_program("Tides")).await;
        let episodes: Vec<_> = (0..EPISODES)
            .map(|n| EpisodeId(Uuid::from_u128(n)))
            .collect();
        for episode in &episodes {
            write(&instance, program, create_episode(*episode, "first")).await;
        }
        for round in 0..RENAMES {
            for episode in &episodes {
                write(
                    &instance,
                    program,
                    rename_episode(*episode, &format!("name {round}")),
                )
                .await;
            }
        }
        let written = RENAMES * episodes.len();
        let mut left = records(&instance).await;
        for turn in 0..120 {
            if left < written / 2 {
                break;
            }
            // A segment is closed by the record that comes after its time; the cleaner takes the closed ones.
            write(
                &instance,
                program,
                rename_episode(episodes[0], &format!("late {turn}")),
            )
            .await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            left = records(&instance).await;
        }
        assert!(
            left < written / 2,
            "compacted: {left} of more than {written}"
        );
        for view in ["catalog", "search"] {
            let request = Request::Rebuild {
                view: view.to_owned(),
                switch: false,
            };
            let rebuilt = outcome(&instance, request).await.unwrap();
            assert_eq!(rebuilt["differences"], 0, "{view}: {rebuilt}");
            assert!(
                rebuilt["compared"]["equal"].as_u64() > Some(0),
                "{view}: {rebuilt}"
            );
        }
        instance.end().await;
    }
}

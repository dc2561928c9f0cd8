//! A source that somebody asks to have polled, at any of the processes that share the polling.

mod servers {
    use axum::Router;
    use axum::http::header;
    use axum::routing::get;
    use mediamesh::configuration::{Configuration, Egress};
    use mediamesh::instance::{Served, new_id, serve};
    use mediamesh_domain::control::{ControlBody, CreateSource};
    use mediamesh_domain::id::{CommandId, SourceId};
    use mediamesh_domain::model::SourceFields;
    use mediamesh_ports::control::Control as _;
    use mediamesh_tests::addresses::free;
    use mediamesh_tests::deployment::{Deployment, On};
    use serde_json::Value;
    use std::net::SocketAddr;
    use std::time::{Duration, Instant};

    const FEED: &str = "<rss><channel><title>Quay</title><link>https://quay.example/</link>\
        <item><guid>quay-1</guid><title>Arrivals</title></item></channel></rss>";

    async fn feed() -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kind = [(header::CONTENT_TYPE, "application/rss+xml")];
        let router = Router::new().route("/feed", get(move || async move { (kind, FEED) }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    async fn start(configuration: Configuration, feed: SocketAddr, roles: &str) -> Served {
        let configuration = Configuration {
            listen: free(),
            egress: Egress {
                origins: vec![feed.to_string()],
                ..Egress::default()
            },
            ..configuration
        };
        serve(configuration, roles.parse().unwrap()).await.unwrap()
    }

    /// At most one of two owns a source: the other is asked for what it does not poll by itself.
    #[tokio::test(flavor = "multi_thread")]
    async fn any_process_that_shares_the_polling_polls_what_it_is_asked_for() {
        let (deployment, feed) = (Deployment::new(On::Servers), feed().await);
        let roles = "streams,connectors,api-write";
        let first = start(deployment.node("a"), feed, roles).await;
        let key = first.first_key.as_ref().unwrap().reveal().to_owned();
        let second = start(deployment.node("b"), feed, "connectors,api-write").await;

        let url = format!("http://{feed}/feed");
        let source_id = SourceId::of_address(&url);
        // Nobody polls it in its time.
        let fields = SourceFields {
            name: "Quay".to_owned(),
            url,
            interval_s: 3600,
            paused: true,
            ..SourceFields::default()
        };
        let made = ControlBody::CreateSource(CreateSource { source_id, fields });
        let made = first.instance.decide_control(CommandId(new_id()), made);
        let seq = made.await.unwrap().seq;
        assert!(
            second
                .instance
                .control
                .reach(seq, Duration::from_secs(20))
                .await
        );

        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        for (served, appended) in [(&first, 1), (&second, 0), (&first, 0)] {
            let at = served.instance.configuration.listen.write;
            let path = format!("http://{at}/api/v1/sources/{source_id}/poll");
            let answer = http.post(path).bearer_auth(&key).send().await.unwrap();
            let status = answer.status().as_u16();
            let polled: Value = answer.json().await.unwrap();
            assert_eq!(status, 200, "{polled:#}");
            assert_eq!(polled["appended"], appended, "{polled:#}");
        }
        // Each is a run, and all processes tell of all.
        let from = Instant::now();
        loop {
            let at = second.instance.configuration.listen.write;
            let path = format!("http://{at}/api/v1/desk/runs");
            let answer = http.get(path).bearer_auth(&key).send().await.unwrap();
            let runs: Value = answer.json().await.unwrap();
            if runs["data"].as_array().map(Vec::len) == Some(3) {
                break;
            }
            assert!(from.elapsed() < Duration::from_secs(30), "{runs:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        second.close().await;
        first.close().await;
    }
}

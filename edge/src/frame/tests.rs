use super::*;
use crate::problem::{MEDIA_TYPE, ProblemBody, TYPE_BASE};
use axum::body::{Body, to_bytes};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tower::ServiceExt;

fn app() -> Router {
    let routes = Router::new()
        .route("/ok", get(async || "fine"))
        .route(
            "/panic",
            get(async || -> &'static str { panic!("secret detail") }),
        )
        .route("/slow", get(async || std::future::pending::<()>().await))
        .route(
            "/body",
            post(async |body: crate::body::Body| body.hash().to_vec()),
        );
    let frame = Frame {
        deadline: Duration::from_millis(20),
        body_limit: 16,
        ..Frame::new("test", std::sync::Arc::new(uuid::Uuid::nil))
    };
    let beside = Router::new().route("/beside/slow", post(beside_slow));
    serve_beside(
        OpenApiRouter::from(routes),
        OpenApiRouter::from(beside),
        &frame,
    )
}

/// Longer than the frame lets anything take, and with more than it takes.
async fn beside_slow(body: Body) -> &'static str {
    tokio::time::sleep(Duration::from_millis(60)).await;
    let taken = to_bytes(body, usize::MAX).await.is_ok();
    if taken { "taken" } else { "refused" }
}

async fn send(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let request = headers
        .iter()
        .fold(Request::builder(), |r, (name, value)| {
            r.header(*name, *value)
        })
        .method(method)
        .uri(path)
        .body(Body::from(body.to_owned()))
        .unwrap();
    app().oneshot(request).await.unwrap()
}

async fn problem(response: Response) -> ProblemBody {
    assert_eq!(response.headers()[CONTENT_TYPE], MEDIA_TYPE);
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: ProblemBody = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(body.status, status.as_u16());
    assert!(body.kind.starts_with(TYPE_BASE));
    assert!(body.trace_id.is_some() && body.instance.is_some());
    body
}

#[tokio::test]
async fn an_address_with_nothing_behind_it_is_a_problem_whatever_is_accepted() {
    let response = send("GET", "/nowhere", &[("accept", "text/html")], "").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let body = problem(response).await;
    assert_eq!(body.instance.as_deref(), Some("/nowhere"));
    assert!(body.kind.ends_with("/no-such-route"));
}

#[tokio::test]
async fn what_is_beside_the_frame_has_bounds_of_its_own() {
    let response = send("POST", "/beside/slow", &[], &"long".repeat(100)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "taken");
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_keeps_allow() {
    let response = send("DELETE", "/ok", &[], "").await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "GET,HEAD");
    assert!(
        problem(response)
            .await
            .kind
            .ends_with("/method-not-allowed")
    );
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing_of_it() {
    let response = send("GET", "/panic", &[], "").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = problem(response).await;
    assert!(!serde_json::to_string(&body).unwrap().contains("secret"));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_a_problem_with_retry_after() {
    let response = send("GET", "/slow", &[], "").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key(RETRY_AFTER));
    assert!(problem(response).await.kind.ends_with("/deadline-exceeded"));
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_problem_and_one_at_it_is_taken() {
    assert_eq!(
        send("POST", "/body", &[], &"x".repeat(16)).await.status(),
        StatusCode::OK
    );
    let response = send("POST", "/body", &[], &"x".repeat(17)).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(problem(response).await.kind.ends_with("/content-too-large"));
}

#[tokio::test]
async fn every_answer_carries_a_correlation_id_and_the_security_headers() {
    for (sent, echoed) in [
        ("order-17", "order-17"),
        ("not plain", "00000000-0000-0000-0000-000000000000"),
    ] {
        for path in ["/ok", "/nowhere"] {
            let response = send("GET", path, &[("x-correlation-id", sent)], "").await;
            let headers = response.headers();
            assert_eq!(headers[correlation::HEADER], echoed);
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["referrer-policy"], "no-referrer");
            assert!(headers.contains_key("strict-transport-security"));
            assert!(headers.contains_key("content-security-policy"));
        }
    }
}

#[tokio::test]
async fn what_was_asked_with_a_key_is_not_stored() {
    let response = send("GET", "/ok", &[("authorization", "Bearer x")], "").await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(
        !send("GET", "/ok", &[], "")
            .await
            .headers()
            .contains_key("cache-control")
    );
}

#[tokio::test]
async fn a_failed_head_has_the_headers_of_the_get_and_no_body() {
    let response = send("HEAD", "/nowhere", &[], "").await;
    assert_eq!(response.headers()[CONTENT_TYPE], MEDIA_TYPE);
    assert!(to_bytes(response.into_body(), 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_page_for_people_loads_nothing_from_elsewhere() {
    for path in ["/docs", "/docs/page.css", "/docs/page.js"] {
        let response = send("GET", path, &[], "").await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{path}"
        );
    }
    assert_eq!(
        send("GET", "/openapi.json", &[], "").await.status(),
        StatusCode::OK
    );
}

//! The descriptions: checked in, and true.

use super::scene::{Scene, ask};
use crate::{DeskApi, ReadApi, desk_routes, public_routes};
use http::StatusCode;
use mediamesh_edge::openapi;
use serde_json::Value;
use std::path::Path;
use utoipa::openapi::{OpenApi, RefOr};
use utoipa_axum::router::OpenApiRouter;

/// What a face is made of, for a description of it alone.
pub trait Face {
    fn of(scene: &Scene) -> Self;
}

impl Face for ReadApi {
    fn of(scene: &Scene) -> Self {
        Self::new(scene.ports())
    }
}

impl Face for DeskApi {
    fn of(scene: &Scene) -> Self {
        Self::new(scene.ports(), scene.desk.clone() as _)
    }
}

fn description<A: Face>(routes: impl Fn(A) -> OpenApiRouter) -> OpenApi {
    let mut api = routes(A::of(&Scene::new())).into_openapi();
    openapi::finish(&mut api);
    api
}

/// The paths of a face.
pub fn paths<A: Face>(routes: impl Fn(A) -> OpenApiRouter) -> Vec<String> {
    description(routes).paths.paths.keys().cloned().collect()
}

/// A path with every parameter filled in.
pub fn filled(path: &str, value: &str) -> String {
    let part = |part: &str| {
        if part.starts_with('{') {
            value.to_owned()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn checked_in(name: &str, api: &OpenApi) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = openapi::json(api);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "{name} is out of date: run the tests once with UPDATE_GENERATED=1"
    );
}

#[test]
fn the_descriptions_that_are_checked_in_are_those_of_the_code() {
    checked_in("openapi.json", &description(public_routes));
    checked_in("openapi-desk.json", &description(desk_routes));
}

#[tokio::test]
async fn the_description_that_is_served_is_the_one_that_is_checked_in() {
    let served = ask(Scene::new().public(), "GET", "/openapi.json", &[]).await;
    assert_eq!(served.status, StatusCode::OK);
    let described: Value =
        serde_json::from_str(&openapi::json(&description(public_routes))).unwrap();
    assert_eq!(served.json(), described);
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let page = ask(Scene::new().public(), "GET", "/docs", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn every_route_that_is_described_is_there_and_takes_reads_alone() {
    let scene = Scene::new();
    let described = [
        (scene.public(), paths(public_routes)),
        (scene.desk(), paths(desk_routes)),
    ];
    for (router, paths) in described {
        for path in paths {
            let path = filled(&path, "01900000-0000-7000-8000-000000000001");
            let answer = ask(router.clone(), "GET", &path, &[("x-api-key", &scene.key)]).await;
            let no_route = answer.status == StatusCode::NOT_FOUND
                && answer.json()["type"]
                    .as_str()
                    .unwrap()
                    .ends_with("no-such-route");
            assert!(!no_route, "{path}");
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                let answer = ask(router.clone(), method, &path, &[("x-api-key", &scene.key)]).await;
                assert_eq!(
                    answer.status,
                    StatusCode::METHOD_NOT_ALLOWED,
                    "{method} {path}"
                );
            }
        }
    }
}

#[test]
fn every_route_is_described() {
    let page = include_str!("../routes.rs");
    let routes = page.matches(".routes(routes!(").count();
    assert_eq!(
        routes,
        paths(public_routes).len() + paths(desk_routes).len()
    );
    assert!(
        !page.contains(".route(") && !page.contains(".nest"),
        "only routes! describes a route"
    );
}

#[test]
fn every_parameter_and_answer_says_what_it_is() {
    for api in [description(public_routes), description(desk_routes)] {
        for (path, item) in &api.paths.paths {
            let get = item.get.as_ref().unwrap();
            assert!(
                get.summary.is_some() && get.operation_id.is_some(),
                "{path}"
            );
            for parameter in get.parameters.iter().flatten() {
                let RefOr::T(parameter) = parameter else {
                    continue;
                };
                assert!(
                    parameter.description.is_some(),
                    "{path}: {}",
                    parameter.name
                );
            }
        }
    }
}

//! People in a deployment: the first administrator comes in by the command line, a token of one process opens the others,
//! and what one takes back the others refuse.

use mediamesh::configuration::Configuration;
use mediamesh::instance::{Served, serve};
use mediamesh::operations::{self, Request, UsersRequest};
use mediamesh_domain::access::Role;
use mediamesh_tests::addresses::free;
use mediamesh_tests::deployment::{Deployment, On};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

mediamesh_tests::on_both!(a_person_is_known_by_every_process_and_shut_out_by_every_one);

const EMAIL: &str = "nour@media.example";
const PASSWORD: &str = "correct horse battery";

async fn start(configuration: Configuration, roles: &str) -> (Served, SocketAddr) {
    let listen = free();
    let write = listen.write;
    let configuration = Configuration {
        listen,
        ..configuration
    };
    let served = serve(configuration, roles.parse().unwrap()).await.unwrap();
    (served, write)
}

async fn ask(at: SocketAddr, method: Method, path: &str, token: &str, body: Value) -> Response {
    let http = Client::builder().no_proxy().build().unwrap();
    let asked = http.request(method, format!("http://{at}{path}"));
    let asked = match token {
        "" => asked,
        token => asked.bearer_auth(token),
    };
    let asked = match body {
        Value::Null => asked,
        body => asked.json(&body),
    };
    asked.send().await.unwrap()
}

async fn log_in(at: SocketAddr) -> Value {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let answer = ask(at, Method::POST, "/api/v1/sessions", "", body).await;
    assert_eq!(answer.status().as_u16(), 201);
    answer.json().await.unwrap()
}

/// What a process answers to somebody's question about themselves, once it is `wanted` or a while has passed.
async fn soon(at: SocketAddr, token: &str, wanted: u16) -> u16 {
    let mut status = 0;
    for _ in 0..100 {
        let answer = ask(at, Method::GET, "/api/v1/users/me", token, Value::Null).await;
        status = answer.status().as_u16();
        if status == wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    status
}

async fn a_person_is_known_by_every_process_and_shut_out_by_every_one(on: On) {
    let deployment = Deployment::new(on);
    let (first, one) = start(deployment.node("a"), "streams,api-write").await;
    let (second, other) = match on {
        On::DataDirectory => (None, one),
        On::Servers => {
            let (second, other) = start(deployment.node("b"), "api-write").await;
            (Some(second), other)
        }
    };
    let invite = UsersRequest::Invite {
        email: EMAIL.to_owned(),
        name: "Nour".to_owned(),
        role: Role::Admin,
    };
    let made = operations::outcome(&first.instance, Request::Users(invite)).await;
    let made = made.unwrap();
    let set = json!({"token": made["token"], "password": PASSWORD});
    let set = ask(other, Method::POST, "/api/v1/users/redeem", "", set).await;
    assert_eq!(set.status().as_u16(), 204);
    let session = log_in(other).await;
    let token = session["access_token"].as_str().unwrap();
    for at in [one, other] {
        assert_eq!(soon(at, token, 200).await, 200);
        let desk = ask(at, Method::GET, "/api/v1/desk/programs", token, Value::Null).await;
        assert_eq!(desk.status().as_u16(), 200, "the desk knows them too");
    }
    let rotated = operations::outcome(&first.instance, Request::RotateKeys).await;
    assert!(rotated.unwrap()["key"].is_string());
    assert_eq!(
        soon(one, token, 200).await,
        200,
        "no token is refused for it"
    );
    let out = "/api/v1/sessions/current";
    let out = ask(one, Method::DELETE, out, token, Value::Null).await;
    assert_eq!(out.status().as_u16(), 204);
    for at in [one, other] {
        assert_eq!(soon(at, token, 401).await, 401);
    }
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let refresh = ask(other, Method::POST, "/api/v1/sessions/refresh", "", refresh).await;
    assert_eq!(refresh.status().as_u16(), 401);
    if let Some(second) = second {
        second.close().await;
    }
    first.close().await;
}

//! Names that lead where they should not.

use std::net::IpAddr;

use super::super::super::testing::{Answers, Server, answer, redirect};
use super::super::super::vet::Refused;
use super::*;

/// Takes 127.0.0.1 for a public address and any other for a private one, so that a test has both
/// on loopback.
fn only_the_first(address: IpAddr) -> Result<(), Refused> {
    match address.to_string().as_str() {
        "127.0.0.1" => Ok(()),
        _ => Err(Refused::Address {
            address,
            range: "private network",
        }),
    }
}

/// A "public" server on 127.0.0.1 and a canary on the same port of 127.0.0.2.
async fn public_and_canary(
    handle: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static,
) -> (Server, Server, Policy) {
    let public = Server::start(handle).await;
    let private = format!("127.0.0.2:{}", public.addr.port()).parse().unwrap();
    let canary = Server::start_at(private, |_| answer("200 OK", &[], "secret")).await;
    let mut policy = Policy::default();
    policy.ports.insert(public.addr.port());
    (public, canary, policy)
}

#[tokio::test]
async fn a_name_that_is_rebound_to_a_private_address_reaches_nobody() {
    let (public, canary, policy) = public_and_canary(|_| answer("200 OK", &[], "feed")).await;
    let dns = Answers::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = Client::with_vet(policy, dns.clone(), only_the_first).unwrap();
    let url = format!("http://rebind.example:{}/", public.addr.port());
    assert!(get(&client, url.clone()).await.is_ok());
    assert_eq!(
        dns.asked.load(std::sync::atomic::Ordering::SeqCst),
        1,
        "one look-up a connection"
    );
    let error = get(&client, url).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused(Refused::Host { .. })),
        "{error}"
    );
    assert!(!error.to_string().contains("127.0.0.2"), "{error}");
    assert_eq!((public.connections(), canary.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_that_is_rebound_between_redirects_reaches_nobody() {
    let (public, canary, policy) = public_and_canary(|_| redirect(302, "/next")).await;
    let dns = Answers::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = Client::with_vet(policy, dns, only_the_first).unwrap();
    let url = format!("http://rebind.example:{}/", public.addr.port());
    let error = get(&client, url).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused(Refused::Host { .. })),
        "{error}"
    );
    assert_eq!((public.connections(), canary.connections()), (1, 0));
}

#[tokio::test]
async fn of_a_mixed_answer_only_the_public_address_is_asked() {
    let (public, canary, policy) = public_and_canary(|_| answer("200 OK", &[], "feed")).await;
    let url = format!("http://mixed.example:{}/", public.addr.port());
    let mixed: [&[&str]; 2] = [
        &["127.0.0.2", "127.0.0.1"],
        &["127.0.0.1", "127.0.0.2", "::1"],
    ];
    for answers in mixed {
        let dns = Answers::new(&[answers]);
        let client = Client::with_vet(policy.clone(), dns, only_the_first).unwrap();
        assert!(get(&client, url.clone()).await.is_ok());
    }
    assert_eq!((public.connections(), canary.connections()), (2, 0));
}

#[tokio::test]
async fn a_name_that_leads_only_to_private_addresses_is_refused() {
    let canary = Server::canary().await;
    let port = canary.addr.port();
    let mut policy = Policy::default();
    policy.ports.insert(port);
    let answers: [&[&str]; 5] = [
        &["127.0.0.1"],
        &["::1", "127.0.0.1"],
        &["::ffff:127.0.0.1"],
        &["0.0.0.0"],
        &["64:ff9b::7f00:1", "10.0.0.1", "169.254.169.254"],
    ];
    for answer in answers {
        let client = Client::with_resolver(policy.clone(), Answers::new(&[answer])).unwrap();
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://inside.example:{port}/");
            let error = get(&client, url).await.unwrap_err();
            assert!(
                matches!(error, Error::Refused(Refused::Host { .. })),
                "{answer:?}: {error:?}"
            );
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_name_without_an_address_is_unknown() {
    for answers in [&[][..], &[&[][..]]] {
        let client = Client::with_resolver(Policy::default(), Answers::new(answers)).unwrap();
        let error = get(&client, "https://typo.example/".into())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, Error::UnknownHost { host } if host == "typo.example"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_listed_name_may_lead_to_this_machine_on_its_port_alone() {
    let server = Server::start(|_| answer("200 OK", &[], "sample")).await;
    let canary = Server::canary().await;
    let mut policy = Policy::default();
    policy.ports.insert(canary.addr.port());
    policy.origins.insert(
        format!("samples.test:{}", server.addr.port())
            .parse()
            .unwrap(),
    );
    let client = Client::with_resolver(policy, Answers::new(&[&["127.0.0.1"]])).unwrap();
    let listed = format!("http://samples.test:{}/", server.addr.port());
    assert!(get(&client, listed).await.is_ok());
    let other = format!("http://samples.test:{}/", canary.addr.port());
    let error = get(&client, other).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused(Refused::Host { .. })),
        "{error}"
    );
    assert_eq!((server.connections(), canary.connections()), (1, 0));
}

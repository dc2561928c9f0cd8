use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mediamesh_domain::id::{LinkId, SessionId, UserId};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

const START: i64 = 1_800_000_000;

/// Tokens of one key, and a clock in seconds.
struct Scene {
    tokens: Tokens,
    now: Arc<AtomicI64>,
}

fn key(id: u128, starts_at: i64) -> SigningKey {
    let starts_at = Timestamp(starts_at * 1_000_000);
    SigningKey::generate(Uuid::from_u128(id), starts_at).unwrap()
}

fn scene() -> Scene {
    let now = Arc::new(AtomicI64::new(START));
    let told = Arc::clone(&now);
    let clock: Clock = Arc::new(move || Timestamp(told.load(Ordering::Relaxed) * 1_000_000));
    Scene {
        tokens: Tokens::new(KeyRing::new([key(1, 0)]), clock),
        now,
    }
}

fn shown() -> Shown {
    Shown {
        user_id: UserId(Uuid::from_u128(10)),
        session_id: SessionId(Uuid::from_u128(11)),
        epoch: 3,
    }
}

fn access(scene: &Scene) -> String {
    scene
        .tokens
        .access(shown(), Uuid::from_u128(12))
        .unwrap()
        .token
}

fn refresh(generation: i32) -> RefreshToken {
    RefreshToken {
        user_id: shown().user_id,
        session_id: shown().session_id,
        generation,
    }
}

/// The token with another header or other claims, signed by our own key.
fn forged(scene: &Scene, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let token = access(scene);
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap_or_default()
    });
    let (mut header, mut claims) = (parts.next().unwrap(), parts.next().unwrap());
    change(&mut header, &mut claims);
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(&header), encode(&claims));
    let ring = scene.tokens.ring();
    let own = ring.signing(Timestamp(START * 1_000_000)).unwrap();
    let algorithm = jsonwebtoken::Algorithm::EdDSA;
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &own.encoding(), algorithm).unwrap();
    format!("{message}.{signature}")
}

#[test]
fn an_access_token_says_who_and_which_session_until_it_ends() {
    let scene = scene();
    let token = access(&scene);
    assert_eq!(scene.tokens.shown(&token), Some(shown()));
    assert_eq!(
        scene.tokens.shown(&forged(&scene, |_, _| ())),
        Some(shown())
    );
    scene.now.store(START + ACCESS_S, Ordering::Relaxed);
    assert_eq!(scene.tokens.shown(&token), None);
    scene.now.store(START - 60, Ordering::Relaxed);
    assert_eq!(scene.tokens.shown(&token), None, "it is of the future");
}

#[test]
fn each_claim_is_needed_and_of_its_type() {
    let scene = scene();
    for claim in [
        "iss", "aud", "sub", "sid", "jti", "epoch", "iat", "nbf", "exp",
    ] {
        let values = [
            None,
            Some(json!(null)),
            Some(json!("9999999999")),
            Some(json!(["mediamesh"])),
            Some(json!({})),
            Some(json!(true)),
            Some(json!(-1)),
            Some(json!(1e300)),
        ];
        for value in values {
            let said = format!("{claim}: {value:?}");
            let token = forged(&scene, |_, claims| {
                let claims = claims.as_object_mut().unwrap();
                match value {
                    Some(value) => claims.insert(claim.to_owned(), value),
                    None => claims.remove(claim),
                };
            });
            // An epoch is any number: whether it is the person's is asked elsewhere.
            let harmless = said == "epoch: Some(Number(-1))";
            assert_eq!(scene.tokens.shown(&token).is_some(), harmless, "{said}");
        }
    }
}

#[test]
fn the_header_chooses_a_key_of_ours_and_nothing_else() {
    let scene = scene();
    for (member, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("typ", json!("JWT")),
        ("typ", json!(null)),
        ("kid", json!(null)),
        ("kid", json!("../../dev/null")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("http://keys.example/1")),
        ("kid", json!("k".repeat(10_000))),
        ("kid", json!(Uuid::from_u128(2).to_string())),
    ] {
        let token = forged(&scene, |header, _| header[member] = value.clone());
        assert_eq!(scene.tokens.shown(&token), None, "{member}: {value}");
    }
    let with_address = forged(&scene, |header, _| {
        header["jku"] = json!("https://keys.example/jwks.json");
    });
    assert_eq!(
        scene.tokens.shown(&with_address),
        Some(shown()),
        "it is not asked"
    );
}

#[test]
fn a_token_that_was_changed_is_not_ours() {
    let scene = scene();
    let token = access(&scene);
    let other = self::scene();
    assert_eq!(other.tokens.shown(&token), None, "of another deployment");
    for n in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[n] = if changed[n] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last letter of a part holds bits that stand for nothing.
        if n + 1 < token.len() && token.as_bytes()[n + 1] != b'.' {
            assert_eq!(scene.tokens.shown(&changed), None, "{n}");
        }
    }
}

#[test]
fn no_kind_of_token_stands_for_another() {
    let scene = scene();
    let tokens = &scene.tokens;
    let link = LinkToken {
        user_id: shown().user_id,
        link_id: LinkId(Uuid::from_u128(13)),
    };
    let access = access(&scene);
    let refreshes = tokens.refresh(refresh(1)).unwrap();
    let links = tokens.link(link).unwrap();
    assert_eq!(tokens.open_refresh(&refreshes), Some(refresh(1)));
    assert_eq!(tokens.open_link(&links), Some(link));
    for token in [&refreshes, &links] {
        assert_eq!(tokens.shown(token), None);
    }
    for token in [&access, &links, &links.replace("mml_", "mmr_")] {
        assert_eq!(tokens.open_refresh(token), None);
    }
    for token in [&access, &refreshes, &refreshes.replace("mmr_", "mml_")] {
        assert_eq!(tokens.open_link(token), None);
    }
}

#[test]
fn a_refresh_token_names_its_generation_and_is_the_same_each_time() {
    let scene = scene();
    let tokens = &scene.tokens;
    assert_eq!(tokens.refresh(refresh(2)), tokens.refresh(refresh(2)));
    assert_ne!(tokens.refresh(refresh(2)), tokens.refresh(refresh(3)));
    let token = tokens.refresh(refresh(2)).unwrap();
    let other = tokens.refresh(refresh(3)).unwrap();
    let mixed = format!(
        "{}.{}",
        token.split_once('.').unwrap().0,
        other.split_once('.').unwrap().1
    );
    assert_eq!(tokens.open_refresh(&mixed), None);
    assert_eq!(tokens.open_refresh(&"mmr_".repeat(1_000)), None);
}

#[test]
fn no_token_is_refused_while_keys_change() {
    let scene = scene();
    let (old, sealed) = (access(&scene), scene.tokens.refresh(refresh(1)).unwrap());
    let first = scene.tokens.ring().key(Uuid::from_u128(1)).unwrap().clone();
    let next = key(2, START + SETTLE_S);
    scene
        .tokens
        .replace(KeyRing::new([first.clone(), next.clone()]));
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!(
        kid(&access(&scene)),
        first.id.to_string(),
        "it is only published yet"
    );
    let published = scene.tokens.ring().jwks();
    assert_eq!(published["keys"].as_array().unwrap().len(), 2);
    scene.now.store(START + SETTLE_S, Ordering::Relaxed);
    assert_eq!(kid(&access(&scene)), next.id.to_string());
    for token in [old, access(&scene)] {
        assert!(scene.tokens.shown(&token).is_some());
    }
    assert!(scene.tokens.open_refresh(&sealed).is_some());
    let retired = |after: i64| {
        let now = Timestamp((START + SETTLE_S + after) * 1_000_000);
        scene.tokens.ring().retired(now)
    };
    assert!(
        retired(REFRESH_S).is_empty(),
        "a refresh token may still live"
    );
    assert_eq!(retired(REFRESH_S + 86_400), [first.id]);
}

#[test]
fn a_key_is_kept_and_read_again_and_published_without_its_secret() {
    let made = key(1, 5);
    let read = SigningKey::from_bytes(&made.to_bytes()).unwrap();
    assert_eq!((read.id, read.starts_at), (made.id, made.starts_at));
    let ring = KeyRing::new([read]);
    let published = ring.jwks();
    let names: Vec<_> = published["keys"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["kty", "crv", "alg", "use", "kid", "x"]);
    assert_eq!(format!("{made:?}"), format!("SigningKey({}, …)", made.id));
    for bytes in [b"".as_slice(), b"{}", b"null"] {
        assert!(SigningKey::from_bytes(bytes).is_err());
    }
}

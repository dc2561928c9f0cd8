//! API keys: a prefix is used once and never again; a name is free again when its key is revoked.

use super::{Decided, Held, api_key_id, name_key, name_taken};
use crate::control::{ControlFact, CreateApiKey, RevokeApiKey};
use crate::decide::values::{decode, put, read, removal};
use crate::decide::{Stop, refusal};
use crate::position::{Seq, Version};
use crate::rules::Findings;
use crate::state::{StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::RefusalKind;

pub(super) fn create(
    state: &dyn StateView,
    body: &CreateApiKey,
    seq: Seq,
) -> Result<Decided, Stop> {
    let id = api_key_id(&body.prefix);
    if let Some(held) = held(state, &body.prefix)? {
        if held.value == *body && !is_revoked(&held) {
            return Ok(Decided::nothing(id, &held));
        }
        let message = "this prefix was used before: make another key";
        return Err(refusal::new(RefusalKind::Conflict, "prefix_taken", message).into());
    }
    check(body)?;
    let name = name_key(NAMES, &body.name);
    if read::<String>(state, &name)?.is_some() {
        return Err(name_taken("API key", &body.name).into());
    }
    let held = Held::first(seq, body.clone());
    let changes = vec![put(key(&body.prefix), &held)?, put(name, &body.prefix)?];
    let fact = ControlFact::ApiKeyCreated(body.clone());
    Ok(Decided::happens(id, &held, fact, changes))
}

pub(super) fn revoke(
    state: &dyn StateView,
    body: &RevokeApiKey,
    at: Timestamp,
    seq: Seq,
) -> Result<Decided, Stop> {
    let id = api_key_id(&body.prefix);
    let Some(held) = held(state, &body.prefix)? else {
        let message = format!("there is no API key {}", body.prefix);
        return Err(refusal::new(RefusalKind::NotFound, "not_found", message).into());
    };
    if is_revoked(&held) {
        return Ok(Decided::nothing(id, &held));
    }
    if opens_all(&held, at) && !another_opens_all(state, &body.prefix, at)? {
        let message = "it is the last key with the scope admin: make another one first";
        return Err(refusal::conflict("last_admin_key", message, held.version).into());
    }
    let now = held.next(seq, held.value.clone());
    let changes = vec![
        put(key(&body.prefix), &now)?,
        removal(name_key(NAMES, &now.value.name)),
    ];
    let fact = ControlFact::ApiKeyRevoked(body.clone());
    Ok(Decided::happens(id, &now, fact, changes))
}

/// The key with a prefix, revoked or not.
pub(super) fn held(
    state: &dyn StateView,
    prefix: &str,
) -> Result<Option<Held<CreateApiKey>>, Unreadable> {
    read(state, &key(prefix))
}

/// A key is made, and revoked, and nothing else ever happens to it.
pub(super) fn is_revoked(held: &Held<CreateApiKey>) -> bool {
    held.version > Version(1)
}

/// Whether a key lets its holder do everything now.
fn opens_all(held: &Held<CreateApiKey>, at: Timestamp) -> bool {
    let key = &held.value;
    !is_revoked(held) && key.scopes.iter().any(|scope| scope == ADMIN) && !key.is_over(at)
}

/// Whether there is another such key.
fn another_opens_all(
    state: &dyn StateView,
    prefix: &str,
    at: Timestamp,
) -> Result<bool, Unreadable> {
    let mut after = Vec::new();
    loop {
        let page = state.scan(KEYS, &after, PAGE)?;
        for (_, value) in &page {
            let held: Held<CreateApiKey> = decode(value)?;
            if held.value.prefix != prefix && opens_all(&held, at) {
                return Ok(true);
            }
        }
        match page.last() {
            Some((last, _)) if page.len() == PAGE => after.clone_from(last),
            _ => return Ok(false),
        }
    }
}

fn check(body: &CreateApiKey) -> Result<(), Stop> {
    let mut found = Findings::default();
    if body.prefix.trim().is_empty() {
        found.error("/prefix", "prefix_missing", "a key needs a prefix");
    }
    if body.name.trim().is_empty() {
        found.error("/name", "name_missing", "a key needs a name");
    }
    let errors = found.checked().errors;
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal::invalid(errors, None).into())
    }
}

/// The prefix of keys' names.
const NAMES: &[u8] = b"m/";

/// The prefix of keys.
const KEYS: &[u8] = b"k/";
/// Keys looked at at once.
const PAGE: usize = 100;
/// The scope that opens everything.
const ADMIN: &str = "admin";

fn key(prefix: &str) -> Vec<u8> {
    [KEYS, prefix.as_bytes()].concat()
}

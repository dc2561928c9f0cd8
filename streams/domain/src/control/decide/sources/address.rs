//! No two sources at one address, also after a move.

use crate::decide::values::{put, read, removal};
use crate::decide::{Stop, refusal};
use crate::id::SourceId;
use crate::model::SourceFields;
use crate::repair::url::canonical_feed;
use crate::state::{Change, StateView, Unreadable};
use crate::verdict::{Finding, Refusal, RefusalKind};

use super::{Held, key};

/// How many former addresses are kept.
const KEPT: usize = 16;
/// The prefix of the addresses that sources have.
const ADDRESSES: &[u8] = b"u/";

/// The fields after a change of the address: the former one is remembered, the last one last.
pub(super) fn moved(before: &SourceFields, mut now: SourceFields) -> SourceFields {
    if now.url == before.url || before.url.is_empty() {
        return now;
    }
    let former = &mut now.moved_from;
    former.retain(|url| *url != now.url && *url != before.url);
    former.push(before.url.clone());
    let surplus = former.len().saturating_sub(KEPT);
    former.drain(..surplus);
    now
}

/// Refuses an address that another source has.
pub(super) fn is_free(state: &dyn StateView, url: &str, id: SourceId) -> Result<(), Stop> {
    match owner(state, url)? {
        Some(other) if other != id => Err(refused(other).into()),
        _ => Ok(()),
    }
}

/// The source has the address from now on.
pub(super) fn taken(url: &str, id: SourceId) -> Result<Option<Change>, Unreadable> {
    address_key(url).map(|key| put(key, &id)).transpose()
}

/// The source has the address no longer.
pub(super) fn given_up(
    state: &dyn StateView,
    url: &str,
    id: SourceId,
) -> Result<Option<Change>, Unreadable> {
    let Some(key) = address_key(url) else {
        return Ok(None);
    };
    let owner = read::<SourceId>(state, &key)?;
    Ok(owner.filter(|owner| *owner == id).map(|_| removal(key)))
}

/// The source that is fetched at an address. A source that was made before addresses were kept is
/// found by its id, which is made of the address.
fn owner(state: &dyn StateView, url: &str) -> Result<Option<SourceId>, Unreadable> {
    let Some(address) = address_key(url) else {
        return Ok(None);
    };
    if let Some(owner) = read::<SourceId>(state, &address)? {
        return Ok(Some(owner));
    }
    let id = SourceId::of_address(&canonical(url));
    let held = read::<Held<SourceFields>>(state, &key(id))?;
    Ok(held.filter(|held| held.value.url == url).map(|_| id))
}

fn canonical(url: &str) -> String {
    canonical_feed(url).unwrap_or_else(|| url.to_owned())
}

fn address_key(url: &str) -> Option<Vec<u8>> {
    (!url.is_empty()).then(|| [ADDRESSES, canonical(url).as_bytes()].concat())
}

fn refused(other: SourceId) -> Refusal {
    let message = format!("the source {other} is fetched there: change that one instead");
    let errors = vec![Finding::new("/url", "address_taken", message)];
    Refusal {
        kind: RefusalKind::Conflict,
        ..refusal::invalid(errors, None)
    }
}

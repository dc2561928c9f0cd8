//! Sessions: begun with a password, carried on by refresh tokens that are each used once, ended by who has them.
//!
//! A session is state and no event: only what ends one before its time is told to everybody. No token stands here,
//! nor the hash of one: a token names its session and generation and is sealed with a key of the deployment, and here
//! is decided which generation is the last.

use super::rights::is_self;
use super::users::{self, Step};
use super::{Decided, named_id};
use crate::access::Denied;
use crate::command::PrincipalKind;
use crate::control::{
    ControlFact, EndSession, OpenSession, RefreshSession, SessionEnded, SessionEnding, UserStatus,
};
use crate::decide::values::{decode, put, read, removal};
use crate::decide::{Stop, refusal};
use crate::id::{SessionId, UserId};
use crate::position::{Seq, Version};
use crate::state::{Change, StateView, Unreadable};
use crate::time::Timestamp;
use crate::verdict::RefusalKind;
use serde::{Deserialize, Serialize};

/// How long the last but one refresh token is answered as before, in seconds: an answer may be lost.
const GRACE_S: i64 = 10;
/// How many old sessions a new one forgets at most.
const FORGET: usize = 10;
/// The prefix of sessions by the time they end.
const ENDS: &[u8] = b"j/";

/// A session.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Session {
    user_id: UserId,
    epoch: i32,
    /// The generation of the refresh token that is to be used next.
    generation: i32,
    refreshed_at: Timestamp,
    until: Timestamp,
}

pub(super) fn open(step: Step<'_>, body: &OpenSession) -> Result<Decided, Stop> {
    let person = users::held(step.state, body.user_id)?;
    let person = person.ok_or_else(ended)?.value.state;
    if person.status != UserStatus::Active || person.epoch != body.epoch || body.until <= step.at {
        return Err(ended());
    }
    if read::<Session>(step.state, &key(body.session_id))?.is_some() {
        let message = "there is such a session: use a new id";
        return Err(refusal::new(RefusalKind::Conflict, "id_taken", message).into());
    }
    let session = Session {
        user_id: body.user_id,
        epoch: body.epoch,
        generation: 1,
        refreshed_at: step.at,
        until: body.until,
    };
    let mut changes = forget(step.state, step.at)?;
    changes.push(put(
        ends_key(body.until, body.session_id),
        &body.session_id,
    )?);
    keep(body.session_id, &session, changes)
}

pub(super) fn refresh(step: Step<'_>, body: &RefreshSession) -> Result<Decided, Stop> {
    let session = read::<Session>(step.state, &key(body.session_id))?.ok_or_else(ended)?;
    is_self(&step.command.principal, session.user_id)?;
    let person = users::held(step.state, session.user_id)?;
    let open = person.is_some_and(|person| {
        let person = person.value.state;
        person.status == UserStatus::Active && person.epoch == session.epoch
    });
    if !open || session.until <= step.at || body.generation > session.generation {
        return Err(ended());
    }
    if body.generation == session.generation {
        let next = Session {
            generation: session.generation + 1,
            refreshed_at: step.at,
            ..session
        };
        return keep(body.session_id, &next, Vec::new());
    }
    let late = step.at > session.refreshed_at.plus_seconds(GRACE_S);
    if body.generation + 1 == session.generation && !late {
        return keep(body.session_id, &session, Vec::new());
    }
    end_early(body.session_id, &session, SessionEnding::Reused, step.seq)
}

pub(super) fn end(step: Step<'_>, body: &EndSession) -> Result<Decided, Stop> {
    let Some(session) = read::<Session>(step.state, &key(body.session_id))? else {
        return Ok(over(body.session_id));
    };
    match step.command.principal.kind {
        PrincipalKind::User => is_self(&step.command.principal, session.user_id)?,
        PrincipalKind::System => {}
        PrincipalKind::ApiKey | PrincipalKind::Source => {
            return Err(Denied::Reserved.refusal().into());
        }
    }
    end_early(
        body.session_id,
        &session,
        SessionEnding::LoggedOut,
        step.seq,
    )
}

/// The session is as is said; the answer's version is the generation of the token that comes next.
fn keep(id: SessionId, session: &Session, mut changes: Vec<Change>) -> Result<Decided, Stop> {
    changes.push(put(key(id), session)?);
    Ok(Decided {
        changes,
        version: Version(i64::from(session.generation)),
        ..over(id)
    })
}

/// The session ends and everybody hears of it; the answer's version is 0, the generation that no token has.
fn end_early(
    id: SessionId,
    session: &Session,
    ending: SessionEnding,
    seq: Seq,
) -> Result<Decided, Stop> {
    let fact = ControlFact::SessionEnded(SessionEnded {
        session_id: id,
        user_id: session.user_id,
        ending,
    });
    Ok(Decided {
        fact: Some(fact),
        changes: vec![removal(key(id)), removal(ends_key(session.until, id))],
        seq,
        ..over(id)
    })
}

/// There is no such session any more.
fn over(id: SessionId) -> Decided {
    Decided {
        fact: None,
        changes: Vec::new(),
        accounts: Vec::new(),
        id: named_id("session", &id.to_string()),
        version: Version(0),
        seq: Seq(0),
    }
}

fn forget(state: &dyn StateView, at: Timestamp) -> Result<Vec<Change>, Unreadable> {
    let now = ends_key(at, SessionId(uuid::Uuid::max()));
    let mut changes = Vec::new();
    for (ends, id) in state.scan(ENDS, b"", FORGET)? {
        if ends > now {
            break;
        }
        changes.push(removal(key(decode(&id)?)));
        changes.push(removal(ends));
    }
    Ok(changes)
}

fn ended() -> Stop {
    let message = "the session has ended: log in again";
    refusal::new(RefusalKind::Forbidden, "session_ended", message).into()
}

fn key(id: SessionId) -> Vec<u8> {
    [b"i/", id.as_bytes().as_slice()].concat()
}

fn ends_key(until: Timestamp, id: SessionId) -> Vec<u8> {
    [ENDS, &until.0.max(0).to_be_bytes(), id.as_bytes()].concat()
}

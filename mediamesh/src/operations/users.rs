//! People, for the command line: how the first administrator comes in, and how somebody who is locked out does again.

use super::value;
use crate::instance::{Instance, new_id, now, signing_keys};
use anyhow::{Context as _, anyhow};
use mediamesh_domain::access::{Grants, Role};
use mediamesh_domain::control::accounts::Profile;
use mediamesh_domain::control::{Access, ControlBody, InviteUser, LinkUser};
use mediamesh_domain::id::{CommandId, LinkId, UserId};
use mediamesh_edge::tokens::LinkToken;
use mediamesh_ports::accounts::Accounts as _;
use mediamesh_ports::control::Control as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a link holds, in seconds.
const LINK_S: i64 = 86_400;
/// How long it is waited until what was written is known.
const WAIT: Duration = Duration::from_secs(5);

/// What can be asked about people.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum UsersRequest {
    /// Make an account, and what sets its password.
    Invite {
        /// The e-mail address.
        email: String,
        /// The name.
        name: String,
        /// The role.
        role: Role,
    },
    /// Make what sets a new password.
    Link {
        /// The e-mail address.
        email: String,
    },
    /// Everybody.
    List,
}

/// A link that was made.
#[derive(Serialize)]
struct Made {
    user_id: UserId,
    token: String,
    expires_at: String,
}

pub(super) async fn answer(instance: &Instance, request: UsersRequest) -> anyhow::Result<Value> {
    match request {
        UsersRequest::Invite { email, name, role } => invite(instance, email, name, role).await,
        UsersRequest::Link { email } => link(instance, &email).await,
        UsersRequest::List => Ok(list(instance)),
    }
}

/// Publishes a new key that tokens are signed with.
pub(super) async fn rotate(instance: &Instance) -> anyhow::Result<Value> {
    let key = signing_keys::rotate(&*instance.stores.objects).await?;
    Ok(json!({ "key": key.id, "signs_from": key.starts_at }))
}

async fn invite(
    instance: &Instance,
    email: String,
    name: String,
    role: Role,
) -> anyhow::Result<Value> {
    let (user_id, link_id) = (UserId(new_id()), LinkId(new_id()));
    let until = now().plus_seconds(LINK_S);
    let body = ControlBody::InviteUser(InviteUser {
        user_id,
        profile: Profile { email, name },
        access: Access {
            role,
            scopes: Vec::new(),
            grants: Grants::everything(),
        },
        link_id,
        link_until: until,
    });
    let accepted = instance.decide_control(CommandId(new_id()), body).await?;
    instance.accounts.reach(accepted.seq, WAIT).await;
    made(instance, LinkToken { user_id, link_id }, until.to_string())
}

async fn link(instance: &Instance, email: &str) -> anyhow::Result<Value> {
    let user_id = instance.accounts.by_email(email);
    let user_id = user_id.ok_or_else(|| anyhow!("nobody has the address {email}"))?;
    let (link_id, until) = (LinkId(new_id()), now().plus_seconds(LINK_S));
    let body = ControlBody::LinkUser(LinkUser {
        user_id,
        link_id,
        until,
    });
    instance.decide_control(CommandId(new_id()), body).await?;
    made(instance, LinkToken { user_id, link_id }, until.to_string())
}

fn list(instance: &Instance) -> Value {
    let state = instance.control.current();
    let people = state.users.iter().map(|(id, entry)| {
        let account = instance.accounts.of(*id).unwrap_or_default();
        json!({
            "id": id, "email": account.profile.email, "name": account.profile.name,
            "role": entry.state.access.role, "status": entry.state.status,
        })
    });
    Value::Array(people.collect())
}

fn made(instance: &Instance, link: LinkToken, expires_at: String) -> anyhow::Result<Value> {
    let token = instance.tokens.link(link);
    value(Made {
        user_id: link.user_id,
        token: token.context("there is no key to sign with: run `mediamesh keys rotate`")?,
        expires_at,
    })
}

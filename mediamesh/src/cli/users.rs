//! `mediamesh users` and `mediamesh keys`.

use super::{Common, operate, output};
use crate::operations::{Request, UsersRequest};
use clap::{Args, Subcommand, ValueEnum};
use mediamesh_domain::access::Role;
use serde_json::Value;
use std::process::ExitCode;

/// Invite people, and let them set a new password.
#[derive(Debug, Args)]
pub(super) struct Users {
    #[command(subcommand)]
    verb: UsersVerb,
}

#[derive(Debug, Subcommand)]
enum UsersVerb {
    /// Make an account, and print the token that sets its password.
    Invite {
        /// The e-mail address: by it the person logs in.
        email: String,
        /// What the person is called.
        #[arg(long)]
        name: String,
        /// What the person may do.
        #[arg(long, value_enum, default_value = "admin")]
        role: RoleArgument,
    },
    /// Print a token that sets a new password of somebody, once.
    Link {
        /// The e-mail address.
        email: String,
    },
    /// Everybody with an account.
    List,
}

/// A role as it is written on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleArgument {
    /// Everything.
    Admin,
    /// Writes and publishes.
    Editor,
    /// Writes, and publishes nothing.
    Author,
    /// Has an account and no more.
    User,
}

impl From<RoleArgument> for Role {
    fn from(role: RoleArgument) -> Self {
        match role {
            RoleArgument::Admin => Self::Admin,
            RoleArgument::Editor => Self::Editor,
            RoleArgument::Author => Self::Author,
            RoleArgument::User => Self::User,
        }
    }
}

/// The keys that people's tokens are signed with.
#[derive(Debug, Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    verb: KeysVerb,
}

#[derive(Debug, Subcommand)]
enum KeysVerb {
    /// Publish a new key, which signs in five minutes; tokens of the old one hold until they end.
    Rotate,
}

impl Users {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let request = match &self.verb {
            UsersVerb::Invite { email, name, role } => UsersRequest::Invite {
                email: email.clone(),
                name: name.clone(),
                role: (*role).into(),
            },
            UsersVerb::Link { email } => UsersRequest::Link {
                email: email.clone(),
            },
            UsersVerb::List => UsersRequest::List,
        };
        let said = operate::ask(common, "users", Request::Users(request))?;
        match &said {
            Value::Array(people) => people.iter().for_each(show),
            made => {
                let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
                output::line(format_args!("user   {}", text("user_id")));
                output::line(format_args!("token  {}", text("token")));
                output::line(format_args!(
                    "It sets the password once, until {}: POST /api/v1/users/redeem {{\"token\": …, \"password\": …}}",
                    text("expires_at")
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(person: &Value) {
    let text = |name: &str| person[name].as_str().unwrap_or_default();
    output::line(format_args!(
        "{}  {:<8} {:<8} {}  {}",
        text("id"),
        text("role"),
        text("status"),
        text("email"),
        text("name")
    ));
}

impl Keys {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let KeysVerb::Rotate = self.verb;
        let said = operate::ask(common, "keys", Request::RotateKeys)?;
        output::line(format_args!(
            "the key {} is published, and signs from {}",
            said["key"].as_str().unwrap_or_default(),
            said["signs_from"].as_str().unwrap_or_default()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

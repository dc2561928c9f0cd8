//! What a command about content asks of its principal.

use super::Scope;
use crate::command::CommandBody;

/// What must be had for a command to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A scope that holds for the command's program.
    Scope(Scope),
    /// To be a source, or the deployment itself.
    Import,
    /// To be the deployment itself.
    System,
}

impl Need {
    /// What a command needs. What is not named here changes what readers see, or may: it needs the scope to publish.
    #[must_use]
    pub fn of(body: &CommandBody) -> Self {
        match body {
            CommandBody::CreateProgram(create) => Self::written(create.publish),
            CommandBody::UpdateProgram(update) => Self::written(update.publish),
            CommandBody::CreateEpisode(create) => Self::written(create.publish),
            CommandBody::UpdateEpisode(update) => Self::written(update.publish),
            CommandBody::ImportProgram(_) | CommandBody::ImportEpisode(_) => Self::Import,
            CommandBody::FireTimer(_) => Self::System,
            _ => Self::Scope(Scope::ContentWrite),
        }
    }

    const fn written(publish: bool) -> Self {
        Self::Scope(if publish {
            Scope::ContentWrite
        } else {
            Scope::ContentDraft
        })
    }
}

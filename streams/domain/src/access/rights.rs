//! What somebody may do now.

use super::{Need, Role, Scope};
use crate::command::CommandBody;
use crate::control::CreateApiKey;
use crate::decide::refusal;
use crate::id::ProgramId;
use crate::verdict::{Refusal, RefusalKind};
use std::collections::BTreeSet;

/// The programs that content scopes hold for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All.
    Everything,
    /// These, and no new ones.
    Programs(BTreeSet<ProgramId>),
}

/// What somebody may do now, and for which programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The scopes.
    pub scopes: Vec<Scope>,
    /// The programs that content scopes hold for.
    pub reach: Reach,
}

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// A scope is missing.
    Scope(Scope),
    /// The scopes hold for other programs.
    Program(ProgramId),
    /// Only sources and the deployment itself ask for this.
    Reserved,
    /// There is no such key or person, or they have ended.
    Nobody,
}

impl Rights {
    /// Those of the deployment itself.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            scopes: vec![Scope::Admin],
            reach: Reach::Everything,
        }
    }

    /// Those of an API key. A scope that this build does not know gives nothing.
    #[must_use]
    pub fn of_key(key: &CreateApiKey) -> Self {
        Self {
            scopes: parsed(&key.scopes).collect(),
            reach: Reach::Everything,
        }
    }

    /// Those of a role with further scopes.
    #[must_use]
    pub fn of_role(role: Role, more: &[String], reach: Reach) -> Self {
        let mut scopes: Vec<Scope> = role.scopes().iter().copied().chain(parsed(more)).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let reach = match role {
            Role::Admin => Reach::Everything,
            _ => reach,
        };
        Self { scopes, reach }
    }

    /// Whether a scope is among them.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|own| own.implies(scope))
    }

    /// Whether content scopes hold for a program.
    #[must_use]
    pub fn reach(&self, program: ProgramId) -> bool {
        match &self.reach {
            Reach::Everything => true,
            Reach::Programs(programs) => programs.contains(&program),
        }
    }

    /// Whether they allow a command about a program.
    ///
    /// # Errors
    /// What is missing.
    pub fn allow(&self, program: ProgramId, body: &CommandBody) -> Result<(), Denied> {
        match Need::of(body) {
            Need::Scope(scope) => self.allow_scope(program, scope),
            Need::Import | Need::System => Err(Denied::Reserved),
        }
    }

    /// Whether they allow what a scope names for a program.
    ///
    /// # Errors
    /// What is missing.
    pub fn allow_scope(&self, program: ProgramId, scope: Scope) -> Result<(), Denied> {
        if !self.may(scope) {
            return Err(Denied::Scope(scope));
        }
        if !self.reach(program) {
            return Err(Denied::Program(program));
        }
        Ok(())
    }
}

impl Denied {
    /// The refusal of a command.
    #[must_use]
    pub fn refusal(self) -> Refusal {
        let (code, message) = match self {
            Self::Scope(scope) => ("scope_missing", format!("the scope {scope} is needed")),
            Self::Program(program) => (
                "program_not_granted",
                format!("the program {program} is none of those that were granted"),
            ),
            Self::Reserved => (
                "command_reserved",
                "only the deployment itself asks for this".to_owned(),
            ),
            Self::Nobody => (
                "principal_unknown",
                "there is no such key or person, or they have ended".to_owned(),
            ),
        };
        refusal::new(RefusalKind::Forbidden, code, message)
    }
}

fn parsed(scopes: &[String]) -> impl Iterator<Item = Scope> {
    scopes.iter().filter_map(|scope| scope.parse().ok())
}

//! Which roles an instance takes.

use super::Wrong;
use std::collections::BTreeSet;
use std::str::FromStr;

/// A part of the work that an instance can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Polls sources.
    Connectors,
    /// Runs the processors and sinks.
    Streams,
    /// Serves the write API and the desk.
    ApiWrite,
    /// Serves the read API.
    ApiRead,
}

impl Role {
    /// Every role with its name.
    pub const ALL: [(&'static str, Self); 4] = [
        ("connectors", Self::Connectors),
        ("streams", Self::Streams),
        ("api-write", Self::ApiWrite),
        ("api-read", Self::ApiRead),
    ];
}

/// The roles that an instance takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Every role.
    #[must_use]
    pub fn all() -> Self {
        Self(Role::ALL.into_iter().map(|(_, role)| role).collect())
    }

    /// Whether a role is among them.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }
}

impl FromStr for Roles {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let names = || Role::ALL.map(|(name, _)| name).join(", ");
        let roles = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| {
                Role::ALL
                    .into_iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, role)| role)
                    .ok_or_else(|| Wrong(format!("{name:?} is no role: use some of {}", names())))
            })
            .collect::<Result<BTreeSet<_>, _>>()?;
        if roles.is_empty() {
            return Err(Wrong(format!("name at least one role of {}", names())));
        }
        Ok(Self(roles))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_by_name_and_others_are_refused_with_a_list() {
        let roles: Roles = "api-read, streams".parse().unwrap();
        assert!(roles.has(Role::ApiRead) && roles.has(Role::Streams) && !roles.has(Role::ApiWrite));
        let wrong = "api-raed".parse::<Roles>().unwrap_err();
        assert!(
            wrong.0.contains("api-raed") && wrong.0.contains("connectors"),
            "{wrong}"
        );
        assert!("".parse::<Roles>().is_err());
    }
}

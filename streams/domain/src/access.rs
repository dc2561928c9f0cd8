//! Who may do what: scopes, the roles that stand for some of them, and the programs that they hold for.
//!
//! The APIs ask here before they append a command, and the deciders ask again when they take it: anybody who can
//! write to the log can append one. Nothing that is not given is allowed: an empty list gives nothing.

mod need;
mod rights;
mod role;
mod scope;
#[cfg(test)]
mod tests;

pub use need::Need;
pub use rights::{Denied, Reach, Rights};
pub use role::{Grants, Role};
pub use scope::{Scope, UnknownScope};

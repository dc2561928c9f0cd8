//! Bringing a keyspace up to date, by files that are applied in order and never changed.
//!
//! Any number of nodes may do this at once: each statement makes a table that is not there, with an id that
//! follows from its name, and the notes of what was applied are the same from everyone.

use crate::connect::{Cluster, rows};
use crate::error::{Error, Fault};
use crate::statements::{self, on};
use crate::tables::{self, Holds, fill};
use mediamesh_domain::view::{View, ViewVersion};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A file of statements.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the order.
    pub number: i32,
    /// Its name.
    pub name: &'static str,
    /// What it says: `CREATE TABLE IF NOT EXISTS` alone, for that is what both servers can be told twice.
    pub text: &'static str,
}

/// The migrations of this build, in their order.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "0001-history.cql",
        text: include_str!("../migrations/0001-history.cql"),
    },
    Migration {
        number: 2,
        name: "0002-drops.cql",
        text: include_str!("../migrations/0002-drops.cql"),
    },
    Migration {
        number: 3,
        name: "0003-rows.cql",
        text: include_str!("../migrations/0003-rows.cql"),
    },
];

/// What is to be done, or was done, in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The file, or `keyspace`.
    pub name: String,
    /// Its statements as the servers are told them.
    pub statements: Vec<String>,
}

impl Migration {
    /// Its statements, without the comments before them. What stands in a comment ends no statement.
    pub(crate) fn statements(&self) -> Vec<&'static str> {
        let (mut statements, mut rest) = (Vec::new(), self.text);
        while let Some(end) = end_of_statement(rest) {
            let statement = rest.get(..end).unwrap_or_default();
            let begin = statement
                .split_inclusive('\n')
                .take_while(|line| line.starts_with("--") || line.trim().is_empty())
                .map(str::len)
                .sum();
            statements.push(statement.get(begin..).unwrap_or_default().trim());
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        statements
    }

    fn checksum(&self) -> String {
        let digest = Sha256::digest(self.text.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn step(&self, keyspace: &str) -> Step {
        let statements = self.statements().into_iter().flat_map(|statement| {
            let tables = tables_of(statement);
            let fill = move |table: Option<&str>| fill(statement, keyspace, table, 0);
            if tables.is_empty() {
                vec![fill(None)]
            } else {
                tables.iter().map(|table| fill(Some(table))).collect()
            }
        });
        Step {
            name: self.name.to_owned(),
            statements: statements.collect(),
        }
    }
}

/// Where the first statement's semicolon is.
fn end_of_statement(text: &str) -> Option<usize> {
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        match line.find(';') {
            Some(at) if !line.starts_with("--") => return Some(from + at),
            _ => from += line.len(),
        }
    }
    None
}

/// The tables of the first versions that a statement makes.
fn tables_of(statement: &str) -> Vec<String> {
    let holds = |view: View| {
        let rows = view.tables().iter().map(|table| Holds::Rows(*table));
        rows.chain([Holds::Progress])
    };
    View::ALL
        .into_iter()
        .flat_map(|view| holds(view).map(move |holds| (view, holds)))
        .filter(|(_, holds)| statement.contains(holds.placeholder()))
        .map(|(view, holds)| holds.name(ViewVersion::new(view, 1)))
        .collect()
}

/// What is to be done to bring the keyspace up to date; empty where it is.
///
/// # Errors
/// [`Error::Changed`] naming the file, [`Error::Cluster`].
pub async fn plan(cluster: &Cluster, migrations: &[Migration]) -> Result<Vec<Step>, Error> {
    Ok(pending(cluster, migrations)
        .await?
        .into_iter()
        .map(|(_, step)| step)
        .collect())
}

/// Brings the keyspace up to date and says what was done.
///
/// # Errors
/// [`Error::Changed`] naming the file, [`Error::Cluster`]; what was done so far stays, and the next run goes on
/// from there.
pub async fn apply(cluster: &Cluster, migrations: &[Migration]) -> Result<Vec<Step>, Error> {
    let mut done = Vec::new();
    for (migration, step) in pending(cluster, migrations).await? {
        for statement in &step.statements {
            cluster.change_schema(statement.clone()).await?;
        }
        if let Some(migration) = migration {
            note(cluster, &migration).await?;
        }
        tracing::info!(step = %step.name, keyspace = %cluster.settings.keyspace, "the keyspace was brought up to date");
        done.push(step);
    }
    Ok(done)
}

async fn pending(
    cluster: &Cluster,
    migrations: &[Migration],
) -> Result<Vec<(Option<Migration>, Step)>, Error> {
    let applied = applied(cluster).await?;
    let keyspace = &cluster.settings.keyspace;
    let mut pending = Vec::new();
    if !cluster.has_keyspace().await? {
        let statement = statements::CREATE_KEYSPACE
            .replace("{keyspace}", keyspace)
            .replace("{replication}", &cluster.settings.replication.cql());
        let step = Step {
            name: "keyspace".to_owned(),
            statements: vec![statement],
        };
        pending.push((None, step));
    }
    for migration in migrations {
        match applied.get(&migration.number) {
            None => pending.push((Some(*migration), migration.step(keyspace))),
            Some(checksum) if *checksum == migration.checksum() => {}
            Some(_) => return Err(Error::Changed(migration.name.to_owned())),
        }
    }
    Ok(pending)
}

/// The checksums of what was applied, by number. A build that is older than the keyspace leaves alone what it
/// does not know.
async fn applied(cluster: &Cluster) -> Result<BTreeMap<i32, String>, Fault> {
    if !cluster.tables().await?.contains(tables::HISTORY) {
        return Ok(BTreeMap::new());
    }
    let history = on(&cluster.name(tables::HISTORY), statements::HISTORY);
    cluster.await_statement(&history).await?;
    let history = rows::<(i32, String, String)>(cluster.execute(&history, ()).await?)?;
    Ok(history
        .into_iter()
        .map(|(number, _, checksum)| (number, checksum))
        .collect())
}

async fn note(cluster: &Cluster, migration: &Migration) -> Result<(), Fault> {
    let note = on(&cluster.name(tables::HISTORY), statements::SET_HISTORY);
    let values = (
        migration.number,
        migration.name,
        migration.checksum(),
        i64::from(migration.number),
    );
    cluster.execute(&note, values).await.map(drop)
}

#[cfg(test)]
mod tests;

//! The names of tables, and the statements that make them.

use crate::migrate::Migration;
use mediamesh_domain::view::{Table, ViewVersion};
use uuid::Uuid;

/// What has been applied.
pub(crate) const HISTORY: &str = "schema_history";
/// How often versions were dropped.
pub(crate) const DROPS: &str = "view_drops";

/// What a table of a view's version holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// The rows that answer one question.
    Rows(Table),
    /// How far the version has come.
    Progress,
}

impl Holds {
    /// What stands for the table's name in a migration.
    pub(crate) fn placeholder(self) -> &'static str {
        match self {
            Self::Rows(_) => "{rows}",
            Self::Progress => "{progress}",
        }
    }

    /// The table's name in a version of a view, for example `catalog_v1_episodes`.
    pub(crate) fn name(self, view: ViewVersion) -> String {
        let what = match self {
            Self::Rows(table) => table.as_str(),
            Self::Progress => "progress",
        };
        format!("{}_v{}_{what}", view.view.as_str(), view.version)
    }

    /// The statement that makes such a table: the last of the migrations that does.
    pub(crate) fn template(self, migrations: &[Migration]) -> Option<&'static str> {
        let mut statements = migrations.iter().flat_map(Migration::statements);
        statements.rfind(|statement| statement.contains(self.placeholder()))
    }
}

/// Every table that a version of a view may have; progress first, so that nobody trusts what is half dropped.
pub(crate) fn of(view: ViewVersion) -> impl Iterator<Item = String> {
    let rows = Table::ALL.into_iter().map(Holds::Rows);
    std::iter::once(Holds::Progress)
        .chain(rows)
        .map(move |holds| holds.name(view))
}

/// A statement of a migration with the names in their places.
///
/// A table's id follows from its name, so two nodes that make it at the same time make the same one: on Cassandra
/// they would else make two, and lose what was written to one of them.
pub(crate) fn fill(statement: &str, keyspace: &str, table: Option<&str>, drops: i32) -> String {
    let mut filled = statement.replace("{keyspace}", keyspace);
    if let Some(table) = table {
        let name = format!("{keyspace}.{table}");
        filled = filled.replace("{rows}", &name).replace("{progress}", &name);
    }
    let id = filled
        .strip_prefix(crate::statements::CREATE_TABLE)
        .map(|rest| {
            let name = rest.split([' ', '(']).next().unwrap_or_default();
            Uuid::new_v5(&IDS, format!("{name}#{drops}").as_bytes())
        });
    match id {
        Some(id) => filled.replace("{id}", &id.to_string()),
        None => filled,
    }
}

/// The namespace of tables' ids.
const IDS: Uuid = Uuid::from_u128(0x5c1f_52d0_3f3e_4a1c_9d0b_7b6a_4d4d_0e11);

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::view::View;

    #[test]
    fn names_carry_the_version_and_fit_into_48_characters() {
        for view in View::ALL {
            for name in of(ViewVersion::new(view, i32::MAX)) {
                assert!(name.len() <= 48, "{name}");
            }
        }
        let version = ViewVersion::new(View::Catalog, 2);
        let name = Holds::Rows(Table::Episodes).name(version);
        assert_eq!(name, "catalog_v2_episodes");
        assert_eq!(of(version).next().unwrap(), "catalog_v2_progress");
    }

    #[test]
    fn ids_follow_from_keyspace_name_and_drops() {
        let template = "CREATE TABLE IF NOT EXISTS {rows} (k int PRIMARY KEY) WITH ID = '{id}'";
        let ids = [("a", "x", 0), ("b", "x", 0), ("a", "y", 0), ("a", "x", 1)]
            .map(|(keyspace, table, drops)| fill(template, keyspace, Some(table), drops))
            .map(|made| made.rsplit_once(" = ").unwrap().1.to_owned());
        let different: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
        assert_eq!(ids[0], "'c94ffdb3-a894-5f7c-a575-a2a8102a8da2'");
    }
}
